"""The demo shop's catalogue and pictures, as they are shipped in the package."""

import json
import re
from collections.abc import Iterator
from importlib import resources
from typing import Any
from zoneinfo import available_timezones

import pytest
from PIL import Image

SEED = resources.files("bot.demo") / "seed"
PICTURES = SEED / "pictures"
LANGUAGES = {"en", "zh", "ru"}
MOST_BYTES = 45_000


@pytest.fixture(scope="module")
def catalogue() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((SEED / "catalogue.json").read_text(encoding="utf-8"))
    return read


def variants(catalogue: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (variant for product in catalogue["products"] for variant in product["variants"])


def titles(catalogue: dict[str, Any]) -> list[dict[str, str]]:
    named = [catalogue["shop"]["name"]]
    named += [thing["title"] for part in ("categories", "products", "delivery") for thing in catalogue[part]]
    return named + [variant["title"] for variant in variants(catalogue) if variant["title"]]


def test_the_shop_is_worth_a_visit(catalogue: dict[str, Any]) -> None:
    """There is enough to browse: products, categories that all hold some, sizes and colours to choose from."""
    assert len(catalogue["products"]) >= 24
    used = {product["category"] for product in catalogue["products"]}
    assert used == {category["slug"] for category in catalogue["categories"]} and len(used) >= 5
    assert sum(len(product["variants"]) > 1 for product in catalogue["products"]) >= 10


def test_slugs_and_skus_are_unique(catalogue: dict[str, Any]) -> None:
    """Nothing is sold under another thing's name."""
    for names in (
        [category["slug"] for category in catalogue["categories"]],
        [product["slug"] for product in catalogue["products"]],
        [variant["sku"] for variant in variants(catalogue)],
        [method["code"] for method in catalogue["delivery"]],
    ):
        assert len(names) == len(set(names))
        assert all(re.fullmatch(r"[A-Za-z0-9-]{2,64}", name) for name in names)


def test_every_text_is_there_in_three_languages(catalogue: dict[str, Any]) -> None:
    """A customer who reads Chinese or Russian never meets a hole."""
    for text in titles(catalogue) + [product["description"] for product in catalogue["products"]]:
        assert set(text) == LANGUAGES
        assert all(words.strip() == words and words for words in text.values())


def test_texts_are_written_in_their_own_script(catalogue: dict[str, Any]) -> None:
    """No description was left in English under another language's key."""
    for product in catalogue["products"]:
        for text in (product["title"], product["description"]):
            assert re.search(r"[\u4e00-\u9fff]", text["zh"]) and not re.search(r"[\u0400-\u04ff]", text["zh"])
            assert re.search(r"[\u0400-\u04ff]", text["ru"]) and not re.search(r"[\u4e00-\u9fff]", text["ru"])
            assert not re.search(r"[\u0400-\u04ff\u4e00-\u9fff]", text["en"])


def test_texts_fit_a_button_and_a_caption(catalogue: dict[str, Any]) -> None:
    """Titles stand on buttons, descriptions under a picture with price and stock around them."""
    assert all(len(words) <= 64 for text in titles(catalogue) for words in text.values())
    assert all(len(words) <= 600 for product in catalogue["products"] for words in product["description"].values())


def test_variants_of_a_product_can_be_told_apart(catalogue: dict[str, Any]) -> None:
    """Several variants carry several names; a single one needs none."""
    for product in catalogue["products"]:
        for language in LANGUAGES:
            names = [variant["title"].get(language, "") for variant in product["variants"]]
            assert len(names) == len(set(names))
            assert len(names) == 1 or all(names)


def test_prices_are_sound(catalogue: dict[str, Any]) -> None:
    """Whole cents above zero, and a struck-out price is the higher one."""
    for variant in variants(catalogue):
        assert type(variant["price_minor"]) is int and variant["price_minor"] > 0
        assert variant["compare_at_minor"] is None or variant["compare_at_minor"] > variant["price_minor"]


def test_goods_have_weight_and_downloads_have_content(catalogue: dict[str, Any]) -> None:
    """A parcel can be priced by weight; a download has none, and something to deliver."""
    kinds = [(product["kind"], variant) for product in catalogue["products"] for variant in product["variants"]]
    assert {kind for kind, _ in kinds} == {"physical", "digital"}
    for kind, variant in kinds:
        if kind == "digital":
            assert variant["weight_g"] == 0 and "https://example.org/" in variant["digital_content"]
        else:
            assert variant["weight_g"] > 0 and variant["digital_content"] is None


def test_stock_shows_every_situation(catalogue: dict[str, Any]) -> None:
    """The demo has a last piece, a low shelf, a sold-out size and a sold-out product."""
    stock = {variant["on_hand"] for variant in variants(catalogue)}
    assert {0, 1, 2, 3} <= stock and min(stock) == 0
    assert any(not any(v["on_hand"] for v in product["variants"]) for product in catalogue["products"])
    assert any(0 in (c := [v["on_hand"] for v in product["variants"]]) and any(c) for product in catalogue["products"])


def test_every_country_can_be_delivered_to(catalogue: dict[str, Any]) -> None:
    """Courier, pick-up and download each have a zone for everywhere; only the courier costs money."""
    assert {method["kind"] for method in catalogue["delivery"]} == {"courier", "pickup", "digital"}
    for method in catalogue["delivery"]:
        assert any(zone["country"] == "*" and not zone["postcode_prefix"] for zone in method["zones"])
        assert (method["carrier"] is not None) == (method["kind"] == "courier")
        assert all((zone["price_minor"] > 0) == (method["kind"] == "courier") for zone in method["zones"])


def test_zones_are_sound(catalogue: dict[str, Any]) -> None:
    """A place has one price a method, in the shop's currency, and arrives no earlier than it can."""
    for method in catalogue["delivery"]:
        places = [(zone["country"], zone["postcode_prefix"], zone["max_weight_g"]) for zone in method["zones"]]
        assert len(places) == len(set(places))
        for zone in method["zones"]:
            assert zone["currency"] == catalogue["shop"]["currency"]
            assert 0 <= zone["min_days"] <= zone["max_days"] and zone["per_kg_minor"] >= 0


def test_the_shop_knows_its_money_and_its_time(catalogue: dict[str, Any]) -> None:
    """The time zone exists and the currency is a code."""
    assert catalogue["shop"]["timezone"] in available_timezones()
    assert re.fullmatch(r"[A-Z]{3}", catalogue["shop"]["currency"])


def test_every_product_has_its_own_picture(catalogue: dict[str, Any]) -> None:
    """No picture is missing, none serves two products, none lies there unused."""
    shop = catalogue["shop"]
    named = [product["picture"] for product in catalogue["products"]] + [shop["picture"], shop["placeholder"]]
    assert sorted(named) == sorted(entry.name for entry in PICTURES.iterdir())


def test_pictures_are_small_and_alike_in_shape() -> None:
    """A picture loads on a slow phone, and the chat does not jump between products."""
    for entry in PICTURES.iterdir():
        assert len(entry.read_bytes()) <= MOST_BYTES, entry.name
        with entry.open("rb") as stream, Image.open(stream) as picture:
            assert (picture.format, picture.size) == ("JPEG", (960, 720)), entry.name
