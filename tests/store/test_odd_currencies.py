"""Currencies with three decimals, with none, and those that providers see otherwise than ISO 4217, from what is typed to what is asked for.

Literal vectors: a multiplication and a division by the same wrong factor would cancel out.
"""

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest

from bot.ui.format import money
from bot.ui.i18n import LANGUAGES
from store import captions, catalog, presentment, price_filling, price_lists, prices
from store.audit import SYSTEM
from store.db import Database
from store.errors import BadInput
from store.importing import cells, exporting
from store.importing.trouble import BadCell, What
from store.money import _EXPONENTS, _TWO_DECIMALS, to_decimal
from store.payments import paypal_money, stripe_money
from store.payments.gateway import Capabilities, GatewayError
from store.payments.paypal import PaypalGateway
from tests.builders import NOW, a_cart, a_customer, a_shop, a_variant
from tests.doubles import stripe_gateways
from tests.store.importing.working import goods, imported

EVERY = sorted({*_EXPONENTS, *_TWO_DECIMALS})
# currency, in its smallest unit, as a file says it, as it is read in English and in Russian
VECTORS = [
    ("KWD", 1_234, "1.234", "KWD1.234", "1,234 KWD"),
    ("BHD", 1_234_567, "1234.567", "BHD1,234.567", "1 234,567 BHD"),
    ("JOD", 500, "0.500", "JOD0.500", "0,500 JOD"),
    ("OMR", 10, "0.010", "OMR0.010", "0,010 OMR"),
    ("TND", 12_500, "12.500", "TND12.500", "12,500 TND"),
    ("JPY", 1_234, "1234", "¥1,234", "1 234 ¥"),
    ("KRW", 1_234_567, "1234567", "₩1,234,567", "1 234 567 ₩"),
    ("VND", 25_000, "25000", "₫25,000", "25 000 ₫"),
    ("ISK", 4_990, "4990", "ISK4,990", "4 990 ISK"),
    ("UGX", 37_000, "37000", "UGX37,000", "37 000 UGX"),
    ("HUF", 123_450, "1234.50", "HUF1,234.50", "1 234,50 HUF"),
    ("TWD", 12_300, "123.00", "NT$123.00", "123,00 NT$"),
    ("IQD", 1_234_567, "1234.567", "IQD1,234.567", "1 234,567 IQD"),
    ("IQD", 5_000_000, "5000.000", "IQD5,000", "5 000 IQD"),
    ("RSD", 1_050, "10.50", "RSD10.50", "10,50 RSD"),
    ("LBP", 123_456, "1234.56", "LBP1,234.56", "1 234,56 LBP"),
    ("MGA", 150, "1.50", "MGA1.50", "1,50 MGA"),
]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(("currency", "minor", "written", "english", "russian"), VECTORS)
def test_an_amount_is_the_same_wherever_it_is_written(
    currency: str, minor: int, written: str, english: str, russian: str
) -> None:
    """Nothing is rounded away on a screen: who reads 11 dinars is not asked for 10.50."""
    assert str(to_decimal(minor, currency)) == written
    assert cells.amount_minor(written, currency) == captions.price(written, currency) == minor
    assert (plain(money(minor, currency, "en")), plain(money(minor, currency, "ru"))) == (english, russian)
    assert captions.price(english, currency) == captions.price(russian, currency) == minor


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shown_can_be_typed(language: str) -> None:
    """In each of the currencies that a shop may have, with the sign that the shop itself shows beside it."""
    for minor in (1, 1_234_567):
        shown = {currency: money(minor, currency, language) for currency in EVERY}
        assert {currency: captions.price(text, currency) for currency, text in shown.items()} == dict.fromkeys(
            EVERY, minor
        )


@pytest.mark.parametrize(
    ("cell", "currency"),
    [("1,234", "KWD"), ("12,500", "TND"), ("1,234", "USD"), ("1.234", "HUF"), ("0.5", "JPY"), ("0.0001", "KWD")],
)
def test_a_cell_that_could_be_two_amounts_or_none_is_refused(cell: str, currency: str) -> None:
    """A thousand apart. With three decimals a point is what a file is exported with."""
    with pytest.raises(BadCell) as bad:
        cells.amount_minor(cell, currency)
    assert bad.value.what is What.NOT_AN_AMOUNT


@pytest.mark.parametrize(
    ("cell", "currency", "minor"),
    [("0,500", "JOD", 500), ("12,5", "TND", 12_500), ("1234,500", "TND", 1_234_500), ("1 234,500", "TND", 1_234_500),
     ("1,234.500", "KWD", 1_234_500), ("1 234", "JPY", 1_234), ("1,234.00", "HUF", 123_400)],
)  # fmt: skip
def test_a_cell_that_is_one_amount_is_read(cell: str, currency: str, minor: int) -> None:
    assert cells.amount_minor(cell, currency) == minor


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [("0.500", "USD", 50), ("0,500", "KWD", 500), ("1,234", "USD", 123_400), ("1,234", "KWD", 1_234), ("5,000", "IQD", 5_000_000),
     ("5.000", "IQD", 5_000_000), ("5000.000", "IQD", 5_000_000), ("1,234,567", "JPY", 1_234_567)],
)  # fmt: skip
def test_three_digits_behind_a_sign_are_a_thousand_where_the_currency_has_no_place_for_them(
    typed: str, currency: str, minor: int
) -> None:
    """But not behind a zero: half a dollar is no five hundred. What was read stands on the card that answers."""
    assert captions.price(typed, currency) == minor


@pytest.mark.parametrize("currency", ["KWD", "JPY", "HUF", "TWD", "ISK"])
async def test_a_list_goes_out_and_comes_back_and_is_bought_in(db: Database, currency: str, tmp_path: Path) -> None:
    """Its column says what the vectors say, and the customer's cart counts in it."""
    minor, written = next((minor, written) for code, minor, written, *_ in VECTORS if code == currency)
    await a_shop(db)
    mug, ann = await a_variant(db, price_minor=1500, stock=5), await a_customer(db)
    async with db.begin() as session:
        await price_lists.offer(session, currency, actor=SYSTEM, now=NOW)
        await prices.set_price(session, mug.id, currency, minor, actor=SYSTEM, now=NOW)
        await presentment.choose(session, ann.id, currency, now=NOW)
    cart = await a_cart(db, ann, mug, quantity=3)
    assert (cart.currency, cart.subtotal_minor) == (currency, minor * 3)
    await exporting.write(db, tmp_path / "goods.csv")
    text = (tmp_path / "goods.csv").read_text("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert row[f"price:{currency.lower()}"] == written
    before = await goods(db)
    assert not (await imported(db, tmp_path, text)).has_changes
    assert await goods(db) == before


@pytest.mark.parametrize(
    ("currency", "rate", "minor"),
    [("KWD", "0.3071", 6_130), ("JPY", "149.55", 2_984), ("HUF", "361.37", 720_900), ("TWD", "31.93", 63_700),
     ("ISK", "138.2", 2_757), ("UGX", "3701", 73_835), ("TND", "3.1187", 62_220), ("EUR", "0.92", 1_835)],
)  # fmt: skip
async def test_a_rate_makes_prices_that_whoever_takes_the_currency_takes(
    sqlite_db: Database, currency: str, rate: str, minor: int
) -> None:
    """$19.95 in whole forints and Taiwan dollars, because PayPal knows no half ones; a fils ends in 0 at Stripe."""
    mug = await a_variant(sqlite_db, price_minor=1995)
    await price_filling.fill(sqlite_db, currency, Decimal(rate), anew=False, actor=SYSTEM, now=NOW)
    async with sqlite_db.read() as session:
        assert (await catalog.variant(session, mug.id, currency))[1].price_minor == minor
    with pytest.raises(BadInput):
        await price_filling.fill(sqlite_db, currency, Decimal("0.000001"), anew=True, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("currency", "minor", "stripe", "paypal"),
    [
        ("KWD", 12_340, 12_340, None),
        ("KWD", 12_345, None, None),
        ("JPY", 500, 500, "500"),
        ("KRW", 1_500, 1_500, None),
        ("HUF", 17_500, 17_500, "175"),
        ("HUF", 17_550, 17_550, None),
        ("TWD", 10_000, 10_000, "100"),
        ("TWD", 10_001, 10_001, None),
        ("ISK", 4_990, None, None),
        ("UGX", 37_000, None, None),
        ("MGA", 150, None, None),
        ("MGA", 500_000, 5_000, None),
        ("USD", 1_999, 1_999, "19.99"),
    ],
)
def test_a_gateway_is_offered_for_just_what_it_can_ask_for(
    currency: str, minor: int, stripe: int | None, paypal: str | None
) -> None:
    """What it would refuse when the customer has chosen it is not offered."""

    def is_offered(capabilities: Capabilities) -> bool:
        return capabilities.take(minor, currency, {"physical"})

    assert is_offered(stripe_gateways.over_its_double().capabilities) == (stripe is not None)
    assert is_offered(PaypalGateway.capabilities) == (paypal is not None)
    if stripe is None:
        with pytest.raises(ValueError, match="Stripe"):
            stripe_money.to_wire(minor, currency)
    else:
        assert stripe_money.to_wire(minor, currency) == stripe
    if paypal is None:
        with pytest.raises(GatewayError):
            paypal_money.to_wire(minor, currency)
    else:
        assert paypal_money.to_wire(minor, currency)["value"] == paypal
