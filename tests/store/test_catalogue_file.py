import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from store.catalogue_file import BadCatalogue, check

CATALOGUE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "bot" / "demo" / "seed" / "catalogue.json").read_text("utf-8")
)
MUG = {"slug": "mug", "category": "ceramics", "kind": "physical", "title": {"en": "Mug"}}

Change = Callable[[dict[str, Any]], object]


def put(*path: str | int, value: Any) -> Change:
    def change(catalogue: Any) -> None:
        for step in path[:-1]:
            catalogue = catalogue[step]
        catalogue[path[-1]] = value

    return change


def leave_out(*path: str | int) -> Change:
    def change(catalogue: Any) -> None:
        for step in path[:-1]:
            catalogue = catalogue[step]
        del catalogue[path[-1]]

    return change


def test_the_demos_catalogue_is_one() -> None:
    check(CATALOGUE)


FIRST = ("products", 0, "variants", 0)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (leave_out("shop"), "shop: is missing"),
        (leave_out(*FIRST, "price_minor"), "products[0].variants[0].price_minor: is missing"),
        (put(*FIRST, "price_minor", value=19.99), "products[0].variants[0].price_minor: must be a whole number"),
        (put(*FIRST, "stars", value=400), "products[0].variants[0].stars: Stars pay for digital goods only"),
        (put("shop", "currency", value="XTR"), "products[0].variants[0].price_minor: Stars pay for digital goods only"),
        (put(*FIRST, "price_minor", value="1999"), "products[0].variants[0].price_minor: must be a whole number"),
        (put(*FIRST, "price_minor", value=float("nan")), "must be a whole number"),
        (put(*FIRST, "on_hand", value=-5), "products[0].variants[0].on_hand: is less than 0"),
        (put(*FIRST, "on_hand", value=True), "products[0].variants[0].on_hand: must be a whole number"),
        (put(*FIRST, "weight_g", value=2**70), "products[0].variants[0].weight_g: is more than"),
        (put(*FIRST, "prise", value=1), "products[0].variants[0].prise: is not known here"),
        (put(*FIRST, "sku", value="DRESS-M"), "the sku 'dress-m' is there 2 times"),
        (put("products", 0, "variants", value=[]), "products[0].variants: "),
        (put("products", 0, "title", value={"en": " "}), "products[0].title: is empty in every language"),
        (put("products", 0, "title", value="Dress"), "products[0].title: must be texts by language"),
        (put("products", 0, "title", value={"en": "a\ud800"}), "products[0].title.en: "),
        (put("products", 0, "category", value="shoes"), "products[0].category: there is no category 'shoes'"),
        (put("products", 0, "kind", value="service"), "products[0].kind: must be 'physical' or 'digital'"),
        (put("products", 0, "kind", value="digital"), "digital_content: a digital product needs something to send"),
        (put("products", 1, value=7), "products[1]: must be an object"),
        (put("shop", "currency", value="EURO"), "shop.currency: unknown currency 'EURO'"),
        (put("shop", "timezone", value="Mars/Olympus"), "shop.timezone: is no time zone"),
        (put("shop", "timezone", value="../../etc/passwd"), "shop.timezone: is no time zone"),
        (
            put("delivery", 0, "zones", 0, "currency", value="EUR"),
            "delivery[0].zones[0].currency: the shop sells in USD",
        ),
        (put("delivery", 0, "zones", 0, "min_days", value=9), "delivery[0].zones[0].min_days: is more than max_days"),
        (put("delivery", value=[]), "digital products need a method of the kind digital"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(change: Change, told: str) -> None:
    """In one line, for somebody who looks for it in a file of a thousand."""
    catalogue = copy.deepcopy(CATALOGUE)
    change(catalogue)
    with pytest.raises(BadCatalogue) as wrong:
        check(catalogue)
    assert told in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_file_that_is_wrong_everywhere_is_still_told_in_one_line() -> None:
    broken = CATALOGUE | {"products": [MUG] * 100}
    with pytest.raises(BadCatalogue, match=r"products\[0\]\.variants: is missing; .*; and 97 more$"):
        check(broken)
