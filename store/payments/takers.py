"""Who of the shop's ways to pay takes a currency: asked wherever the merchant begins to sell in one, or writes prices in it."""

from enum import StrEnum

from store.errors import CurrencyNotTaken
from store.payments.registry import Gateways
from store.payments.telegram_facts import XTR


class Taken(StrEnum):
    PAID = "paid"
    IN_CASH = "in_cash"  # on delivery alone, by whoever has that currency in their pocket
    BY_NOBODY = "by_nobody"


def taken(gateways: Gateways, currency: str) -> Taken:
    """A shop that has nothing but cash is still being set up: whatever it writes is taken for payable."""
    known = [gateway.capabilities for gateway in gateways.values()]
    paid = [each for each in known if not each.is_offline]
    if not paid or any(each.currencies is None or currency in each.currencies for each in paid):
        return Taken.PAID
    # Cash takes any money there is. Stars are none that anybody has in a pocket.
    is_cash = currency != XTR and any(each.currencies is None or currency in each.currencies for each in known)
    return Taken.IN_CASH if is_cash else Taken.BY_NOBODY


def check(gateways: Gateways, currency: str) -> None:
    """Somebody can pay in it. Raises: CurrencyNotTaken."""
    if taken(gateways, currency) is Taken.BY_NOBODY:
        raise CurrencyNotTaken(currency=currency)
