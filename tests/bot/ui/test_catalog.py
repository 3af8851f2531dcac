"""The shelves."""

from bot.ui.callbacks import AddToCart, ShowCategory, ShowProduct, ShowVariant
from bot.ui.catalog import categories_screen, category_screen, product_screen, quantity_screen
from bot.ui.states import Awaiting
from store.catalog import Page, ProductCard
from tests.bot.ui.views import T, a_category, a_product, a_variant, button, labels


def _card(id: int = 7, **values: object) -> ProductCard:  # noqa: A002 - the field's own name
    plain = {"title": {"en": f"Mug {id}"}, "picture": None, "price_minor": 1500, "currency": "USD"}
    return ProductCard(**{"id": id, "has_price_range": False, "is_sold_out": False} | plain | values)  # type: ignore[arg-type]  # the given values are of several types


def test_an_empty_shop_says_so_and_leads_home() -> None:
    screen = categories_screen([], T)

    assert "Nothing here yet" in screen.text
    assert labels(screen) == ["Home"]


def test_a_page_leads_on_only_where_there_is_more() -> None:
    middle = category_screen(Page((_card(),), a_category(), before=5, after=9), T)
    alone = category_screen(Page((_card(),), a_category(), before=None, after=None), T)

    assert button(middle, "Previous").press == ShowCategory(category_id=3, cursor=-5)
    assert button(middle, "Next").press == ShowCategory(category_id=3, cursor=9)
    assert not {"◀ Previous", "Next ▶"} & set(labels(alone))


def test_the_place_in_the_list_survives_looking_at_a_product() -> None:
    page = category_screen(Page((_card(),), a_category(), before=5, after=9), T, cursor=4)
    assert button(page, "Mug 7").press == ShowProduct(product_id=7, cursor=4)

    product = product_screen(a_product(), T, cursor=4)
    assert button(product, "Back").press == ShowCategory(category_id=3, cursor=4)


def test_a_list_says_what_things_cost_and_what_is_gone() -> None:
    cards = (_card(1), _card(2, has_price_range=True), _card(3, is_sold_out=True))
    text = category_screen(Page(cards, a_category(), None, None), T).text

    assert "Mug 1: $15.00" in text
    assert "Mug 2: from $15.00" in text
    assert "Mug 3: sold out" in text


def test_a_hostile_title_is_not_markup() -> None:
    screen = product_screen(a_product(title={"en": "<b>Mug</b> & co"}), T)

    assert "&lt;b&gt;Mug&lt;/b&gt; &amp; co" in screen.text


def test_a_reduced_price_shows_the_old_one_struck_through() -> None:
    """And says so: the stroke is not heard, and is lost where a text is copied."""
    assert "$15.00, was <s>$20.00</s>" in product_screen(a_product(a_variant(compare_at_minor=2000)), T).text
    assert "<s>" not in product_screen(a_product(a_variant(compare_at_minor=1500)), T).text


def test_few_pieces_are_counted_and_many_are_not() -> None:
    assert "4 left" in product_screen(a_product(a_variant(free=4)), T).text
    assert "left" not in product_screen(a_product(a_variant(free=40)), T).text


def test_the_chosen_variant_is_ticked_and_sold_out_ones_say_so() -> None:
    small = a_variant(1, title={"en": "S"}, free=0)
    large = a_variant(2, title={"en": "L"})
    screen = product_screen(a_product(small, large), T)

    assert "✅ L" in labels(screen)
    assert "S (sold out)" in labels(screen)


def test_what_is_sold_out_cannot_be_added() -> None:
    screen = product_screen(a_product(a_variant(free=0)), T)

    assert "Sold out" in screen.text
    assert not [label for label in labels(screen) if "Add" in label or label == "➕"]


def test_the_stepper_counts_and_the_button_names_the_sum() -> None:
    screen = product_screen(a_product(), T, quantity=3)

    assert button(screen, "➖").press == ShowVariant(variant_id=11, quantity=2)
    assert button(screen, "➕").press == ShowVariant(variant_id=11, quantity=4)
    assert button(screen, "Add to cart").label == "Add to cart · $45.00"
    assert button(screen, "Add to cart").press == AddToCart(variant_id=11, quantity=3, seen_minor=1500)


def test_a_quantity_is_never_more_than_there_is() -> None:
    screen = product_screen(a_product(a_variant(free=2)), T, quantity=99)

    assert button(screen, "Add to cart").label == "Add to cart · $30.00"


def test_a_withdrawn_product_offers_only_the_way_back() -> None:
    for gone in (a_product(status="archived"), a_product(a_variant(is_active=False))):
        screen = product_screen(gone, T)
        assert "no longer sold" in screen.text
        assert labels(screen) == ["← Back", "Home"]


def test_a_description_of_any_length_fits_below_a_picture() -> None:
    screen = product_screen(a_product(description={"en": "word " * 1000}), T)

    assert len(screen.text) < 1024


def test_a_digital_product_has_no_stock_to_tell() -> None:
    text = product_screen(a_product(a_variant(free=3), kind="digital"), T).text

    assert "Sent to this chat" in text
    assert "left" not in text


def test_a_number_can_be_typed() -> None:
    product = a_product(a_variant(free=8))
    screen = quantity_screen(product, product.variants[0], T)

    assert screen.awaits == Awaiting.QUANTITY
    assert "from 1 to 8" in screen.text
