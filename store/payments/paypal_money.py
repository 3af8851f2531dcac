"""Amounts as PayPal writes them: decimal texts, with as many decimals as PayPal allows, which are not always the currency's own."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from store import money
from store.payments.gateway import GatewayError

# Source: PayPal's currency codes. Left out: CNY, BRL and MYR, which are only for accounts of their own countries, and RUB, which is suspended.
DECIMALS: Mapping[str, int] = dict.fromkeys(
    "AUD CAD CHF CZK DKK EUR GBP HKD ILS MXN NOK NZD PHP PLN SEK SGD THB USD".split(), 2
) | dict.fromkeys(("HUF", "JPY", "TWD"), 0)
MULTIPLES = {
    currency: 10 ** (money.exponent(currency) - decimals)
    for currency, decimals in DECIMALS.items()
    if decimals < money.exponent(currency)
}
_VALUE = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,3})?")


def to_wire(amount_minor: int, currency: str) -> dict[str, str]:
    """1999, USD → 19.99. Raises: GatewayError for what PayPal cannot take, such as half a forint."""
    if currency not in DECIMALS:
        raise GatewayError(f"PayPal takes no {currency}")
    exact = money.to_decimal(amount_minor, currency)
    rounded = exact.quantize(Decimal(1).scaleb(-DECIMALS[currency]))
    if rounded != exact:
        raise GatewayError(f"PayPal takes whole {currency} alone")
    return {"currency_code": currency, "value": f"{rounded:f}"}


def from_wire(amount: Mapping[str, Any]) -> tuple[int, str]:
    """19.99, USD → 1999, USD; a debit is negative. Raises: ValueError, KeyError, TypeError."""
    value, currency = amount["value"], amount["currency_code"]
    if not isinstance(value, str) or not _VALUE.fullmatch(value):
        raise ValueError("not an amount")
    return money.to_minor(value, currency), currency
