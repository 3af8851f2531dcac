"""Who takes a currency: one answer for the chat, the command line and files."""

from dataclasses import replace

import pytest

from store.errors import CurrencyNotTaken
from store.payments import takers
from store.payments.cash import CashOnDelivery
from store.payments.gateway import Capabilities, PaymentGateway
from store.payments.registry import registry
from store.payments.takers import Taken
from tests.doubles import telegram

CASH = CashOnDelivery()


def page(*currencies: str) -> PaymentGateway:
    """A way to pay on a page, in these currencies; in any, without."""
    gateway = CashOnDelivery()
    gateway.name = "page"
    gateway.capabilities = replace(Capabilities(currencies=None, hold=None), currencies=frozenset(currencies) or None)
    return gateway


@pytest.mark.parametrize(
    ("gateways", "currency", "told"),
    [
        ((), "EUR", Taken.PAID),
        ((CASH,), "EUR", Taken.PAID),
        ((page("USD"),), "EUR", Taken.BY_NOBODY),
        ((page("USD"), CASH), "EUR", Taken.IN_CASH),
        ((page("USD"), CASH), "USD", Taken.PAID),
        ((page(), CASH), "EUR", Taken.PAID),
        ((page("USD"), CASH), "XTR", Taken.BY_NOBODY),
        ((telegram.stars(), CASH), "XTR", Taken.PAID),
        ((telegram.stars(), CASH), "EUR", Taken.IN_CASH),
    ],
)
def test_who_takes_it(gateways: tuple[PaymentGateway, ...], currency: str, told: Taken) -> None:
    """A shop that has nothing but cash is still being set up; nobody has Stars in a pocket."""
    assert takers.taken(registry(*gateways), currency) is told


def test_what_nobody_takes_is_refused_and_what_only_cash_takes_is_not() -> None:
    takers.check(registry(page("USD"), CASH), "EUR")
    with pytest.raises(CurrencyNotTaken):
        takers.check(registry(page("USD"), CASH), "XTR")
