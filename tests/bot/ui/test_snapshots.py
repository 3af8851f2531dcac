"""How the screens look that nobody sees while all goes well: empty ones, refusals, and those that have too much to say.

`make snapshots` writes them anew; the difference is for a person to look at.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.ui import cart, catalog, orders, review, staff_orders
from bot.ui.errors import BAD_INPUT, apology, in_words
from bot.ui.i18n import LANGUAGES, Translator, translator
from bot.ui.screen import Screen
from notifications import html
from store.catalog import Page, ProductCard
from store.errors import BadInput, CartChanged, OutOfStock, RefundTooLarge, StoreError
from tests import pseudo
from tests.bot.test_errors import leaves
from tests.bot.ui.test_every_screen import SCREENS
from tests.bot.ui.views import (
    PROMISED,
    a_cart,
    a_category,
    a_checkout,
    a_line,
    a_product,
    a_story,
    a_variant,
    an_order,
    an_order_line,
)

FOLDER = Path(__file__).parent / "snapshots"
PARAMS = {"minimum": 1, "maximum": 99, "limit": 3, "currency": "KWD"}
LONG = "The very best handmade stoneware " * 4
TITLE = {"en": LONG.strip(), "zh": "手工烧制的陶瓷马克杯" * 12, "ru": "Кружка ручной работы из каменной керамики " * 3}
CARDS = tuple(ProductCard(n, TITLE, None, 1_234_567_89, True, "USD", n % 3 == 0) for n in range(1, 9))

EMPTY = (
    "nothing yet",
    "empty cart",
    "no orders",
    "nothing comes",
    "no delivery",
    "not understood",
    "withdrawn",
    "expired",
)
TOO_MUCH: dict[str, Callable[[Translator], Screen]] = {
    "long category": lambda t: catalog.category_screen(Page(CARDS, a_category(title=TITLE), 1, 9), t),
    "long product": lambda t: catalog.product_screen(
        a_product(
            *(a_variant(n, title=TITLE, price_minor=1_234_567_89, compare_at_minor=9_999_999_99) for n in range(1, 13)),
            title=TITLE,
            description={"en": LONG * 40, "zh": TITLE["zh"] * 40},
        ),
        t,
        quantity=20,
    ),
    "long cart": lambda t: cart.cart_screen(
        a_cart(*(a_line(n, title=TITLE, unit_minor=1_234_567_89, free=n % 4) for n in range(1, 31))), t, page=1
    ),
    "long review": lambda t: review.review_screen(
        a_checkout(
            cart=a_cart(*(a_line(n, title=TITLE) for n in range(1, 31))),
            contact_name="Ann " * 32,
            note="Ring twice. " * 40,
        ),
        t,
        zone="UTC",
        promised=PROMISED,
    ),
    "long order": lambda t: orders.order_screen(
        a_story(an_order(*(an_order_line(id=n, position=n, title=TITLE) for n in range(50)), note="Ring twice. " * 40)),
        t,
        zone="UTC",
    ),
    "long card": lambda t: staff_orders.staff_card_screen(
        a_story(an_order(*(an_order_line(id=n, position=n, title=TITLE) for n in range(50)), note="Ring twice. " * 40)),
        t,
        "UTC",
        {},
    ),
}


def _refusals(t: Translator) -> str:
    """Everything that can stand in somebody's way, in words."""
    situations: list[StoreError] = [kind(**PARAMS) for kind in leaves(StoreError)]
    situations += [BadInput(field=field, reason=reason, **PARAMS) for field, reason in BAD_INPUT]
    situations += [
        OutOfStock(title=TITLE, free=0),
        OutOfStock(title=TITLE, free=2),
        CartChanged(total_minor=4890, currency="USD"),
        RefundTooLarge(refundable_minor=500, currency="USD"),
    ]
    return "\n".join([*(in_words(situation, t) for situation in situations), apology("a1b2c3", t)])


def _drawn(screen: Screen) -> str:
    rows = (" ".join(f"[{button.label}]" for button in row) for row in screen.rows)
    return "\n".join([str(screen.text), *rows])


DRAWINGS: dict[str, Callable[[Translator], str]] = {
    **{name: lambda t, name=name: _drawn(SCREENS[name](t) or Screen("")) for name in EMPTY},  # type: ignore[misc,arg-type]  # a lambda's default has no type of its own
    **{name: lambda t, made=made: _drawn(made(t)) for name, made in TOO_MUCH.items()},  # type: ignore[misc]  # a lambda's default has no type of its own
    "refusals": _refusals,
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_screen_looks_as_it_did(name: str) -> None:
    """In every language, and in one whose words are 40 % longer."""
    languages = {**{language: translator(language) for language in LANGUAGES}, pseudo.CODE: pseudo.translator()}
    drawn = "".join(f"==== {language}\n{DRAWINGS[name](t)}\n\n" for language, t in languages.items())
    kept = FOLDER / f"{name.replace(' ', '-')}.txt"
    if os.environ.get("DUKKAN_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        kept.write_text(drawn, encoding="utf-8")
    assert drawn == kept.read_text(encoding="utf-8"), "look at the difference; `make snapshots` keeps it"


@pytest.mark.parametrize("language", [*LANGUAGES, pseudo.CODE])
@pytest.mark.parametrize("name", TOO_MUCH)
def test_a_screen_with_too_much_to_say_stays_one_message(name: str, language: str) -> None:
    """Also below its picture, and with words that are 40 % longer."""
    screen = TOO_MUCH[name](pseudo.translator() if language == pseudo.CODE else translator(language))
    assert html.visible_length(screen.text) <= (html.CAPTION_MAX if screen.picture else html.TEXT_MAX)
