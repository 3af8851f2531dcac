"""The product export of Shopify: the real file where it lies beside the checkout, and small ones with what real files do."""

from pathlib import Path

from store.importing.goods import Goods, ShopFacts
from store.importing.plain import text_of
from store.importing.trouble import Trouble, What
from tests.store.importing.files import a_file, everything

HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,"
    "Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,"
    "Variant Compare At Price,Variant Requires Shipping,Image Src,Image Position,Gift Card,Status\n"
)


def read(folder: Path, rows: str, *, currency: str = "USD") -> tuple[list[Goods], list[Trouble]]:
    return everything(a_file(folder, HEADER + rows), shop=ShopFacts(currency, "en"))


def test_the_real_export_is_understood(shared_data: Path) -> None:
    """Twenty products, one of them in three sizes; tags for want of types; every picture a link."""
    goods, troubles = everything(shared_data / "catalogues" / "shopify-apparel.csv")
    assert not troubles
    assert len(goods) == 20
    top = next(each for each in goods if each.handle == "classic-varsity-top")
    assert [piece.about["title"] for piece in top.pieces] == [{"en": "Small"}, {"en": "Medium"}, {"en": "Large"}]
    assert {piece.about["price_minor"] for piece in top.pieces} == {6000}
    assert top.about["home"].name == "women"
    assert all(each.about["pictures"][0].startswith("https://burst.shopifycdn.com/") for each in goods)


def test_options_become_variants_and_image_rows_a_gallery(tmp_path: Path) -> None:
    rows = (
        "tee,Tee,<p>Soft.</p>,Us,Shirts,,true,Size,S,Colour,Red,TEE-S,200,shopify,3,deny,12.00,15.00,true,https://x.example/2.jpg,2,false,active\n"
        "tee,,,,,,,,M,,Red,TEE-M,210,shopify,4,continue,12.00,,true,https://x.example/1.jpg,1,,\n"
        "tee,,,,,,,,,,,,,,,,,,,https://x.example/3.jpg,3,,\n"
    )
    [tee], troubles = read(tmp_path, rows)
    assert not troubles
    assert [piece.about["title"] for piece in tee.pieces] == [{"en": "S / Red"}, {"en": "M / Red"}]
    assert tee.about["pictures"] == [f"https://x.example/{n}.jpg" for n in (1, 2, 3)]
    assert [piece.about["allow_backorder"] for piece in tee.pieces] == [False, True]
    assert tee.pieces[0].about["compare_at_minor"] == 1500
    assert tee.pieces[1].about["weight_g"] == 210


def test_a_product_that_is_not_published_is_a_draft(tmp_path: Path) -> None:
    rows = (
        "a,A,,,,,false,Title,Default Title,,,A,0,,1,deny,1,,true,,,,\n"
        "b,B,,,,,true,Title,Default Title,,,B,0,,1,deny,1,,true,,,,archived\n"
        "c,C,,,,,true,Title,Default Title,,,C,0,,1,deny,1,,true,,,,active\n"
    )
    goods, _ = read(tmp_path, rows)
    assert [each.about["status"] for each in goods] == ["draft", "archived", "active"]
    assert goods[0].pieces[0].about["title"] == {"en": ""}


def test_what_cannot_be_asked_for_again_is_made_to_fit(tmp_path: Path) -> None:
    """A gift card is left out, a negative stock is none, a digital product without content a draft; the merchant is told where."""
    rows = (
        "card,Gift,,,,,true,Title,Default Title,,,G,0,,1,deny,1,,false,,,true,\n"
        "mug,Mug,,,,,true,Title,Default Title,,,M,0,shopify,-2,deny,1,,true,,,,\n"
        f"long,{'L' * 200},,,,,true,Title,Default Title,,,L,0,,1,deny,1,,true,ftp://x.example/1.jpg,1,,\n"
    )
    goods, troubles = read(tmp_path, rows)
    assert [(each.what, each.line) for each in troubles] == [
        (What.GIFT_CARD, 2),
        (What.NEGATIVE_STOCK, 3),
        (What.SHORTENED, 4),
        (What.PICTURE_LEFT_OUT, 4),
    ]
    assert [each.handle for each in goods] == ["mug", "long"]
    assert goods[0].pieces[0].about["on_hand"] == 0
    assert len(goods[1].about["title"]["en"]) == 128


def test_a_price_in_another_currencys_decimals(tmp_path: Path) -> None:
    """Prices are decimals with a point also where the currency has none."""
    [mug], troubles = read(
        tmp_path, "mug,Mug,,,,,true,Title,Default Title,,,M,0,,1,deny,1200.00,,true,,,,\n", currency="JPY"
    )
    assert not troubles
    assert mug.pieces[0].about["price_minor"] == 1200


def test_a_variant_without_a_name_gets_the_same_one_each_time(tmp_path: Path) -> None:
    """So that a second import finds it again, also when its row has moved."""
    one = "tee,Tee,,,,,true,Size,S,,,,0,,1,deny,1,,true,,,,\ntee,,,,,,,,M,,,,0,,1,deny,1,,true,,,,\n"
    other = "tee,Tee,,,,,true,Size,M,,,,0,,1,deny,1,,true,,,,\ntee,,,,,,,,S,,,,0,,1,deny,1,,true,,,,\n"
    names = [
        {piece.about["title"]["en"]: piece.sku for piece in read(tmp_path, rows)[0][0].pieces} for rows in (one, other)
    ]
    assert names[0] == names[1] == {"S": "tee-s", "M": "tee-m"}


def test_a_row_that_cannot_be_understood_is_told(tmp_path: Path) -> None:
    rows = "mug,Mug,,,,,true,Title,Default Title,,,M,heavy,,many,deny,dear,,true,,,,\n"
    goods, troubles = read(tmp_path, rows)
    assert not goods
    assert [(each.line, each.column) for each in troubles] == [
        (2, "Variant Grams"),
        (2, "Variant Price"),
        (2, "Variant Inventory Qty"),
    ]


def test_columns_may_be_missing_added_or_in_another_order(tmp_path: Path) -> None:
    content = "Variant Price,Handle,Market Price / Mars,Title,Option1 Name\n5,mug,7,Mug,Title\n"
    [mug], troubles = everything(a_file(tmp_path, content))
    assert not troubles
    assert mug.pieces[0].about["price_minor"] == 500
    assert mug.pieces[0].sku == "mug"


def test_a_body_becomes_text_and_a_script_nothing() -> None:
    """As it reads in a chat: paragraphs, lists, no markup, nothing that was never meant to be read."""
    body = (
        "<style>p{}</style><p>Soft &amp; warm<br>for <b>winter</b>.</p><ul><li>Wool</li><li>Silk</li></ul>"
        "<script>alert(1)</script><p>&lt;b&gt; stays text</p><img src=x onerror=alert(1)>"
    )
    assert text_of(body) == "Soft & warm\nfor winter.\n\n• Wool\n• Silk\n\n<b> stays text"
    assert text_of("5 < 6 and 7 > 3\nnext") == "5 < 6 and 7 > 3\nnext"
