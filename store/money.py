"""Money in integer minor units. Amounts are `int`, never float; a currency's exponent says where the point goes.

Source: ISO 4217 table A.1; Telegram's `XTR` (Stars) has no minor unit.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

_EXPONENTS = dict.fromkeys(
    (
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
        "XTR",
    ),
    0,
) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
_TWO_DECIMALS = frozenset(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD "
    "EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL "
    "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
    "SLE SOS SRD SSP STN SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG".split()
)

# What a price that is counted from a rate is a multiple of, where a provider takes no less: PayPal whole forints and Taiwan dollars, Stripe whole
# ariary and no single fils.
_STEPS = {"HUF": 100, "MGA": 100, "TWD": 100} | dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 10)

# Ten thousand million of most currencies: above it a price is a slip of the finger, and a cart's total would leave what a button can carry.
PRICE_MAX_MINOR = 10**12


def exponent(currency: str) -> int:
    """Number of decimals of *currency*. Raises: ValueError for a code that is not a currency: a guess would be wrong by a factor of 100."""
    if currency in _TWO_DECIMALS:
        return 2
    try:
        return _EXPONENTS[currency]
    except KeyError:
        raise ValueError(f"unknown currency {currency!r}") from None


def is_currency(code: str) -> bool:
    return code in _TWO_DECIMALS or code in _EXPONENTS


def step(currency: str) -> int:
    """The smallest difference of prices, in minor units, that everybody who takes this currency takes."""
    return _STEPS.get(currency, 1)


def to_decimal(amount_minor: int, currency: str) -> Decimal:
    """1999, USD → Decimal("19.99"), exact."""
    return Decimal(amount_minor).scaleb(-exponent(currency))


def to_minor(amount: Decimal | str, currency: str) -> int:
    """ "19.99", USD → 1999. Raises: ValueError when the amount has more decimals than the currency, or is no number."""
    try:
        scaled = Decimal(amount).scaleb(exponent(currency))
    except ArithmeticError:
        raise ValueError(f"not an amount: {amount!r}") from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"not an amount in {currency}: {amount!r}")
    return int(scaled)


def share(amount_minor: int, numerator: int, denominator: int) -> int:
    """*amount* × numerator / denominator, rounded half up (away from zero), in integers."""
    return int((Decimal(amount_minor) * numerator / denominator).quantize(Decimal(1), ROUND_HALF_UP))


def allocate(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Split *amount* over *weights* (≥ 0) by largest remainder: the parts sum exactly to the whole, ties go to the earlier position.

    A weight of 0 gets nothing, unless all are 0: then the parts are as equal as possible.
    """
    if not weights:
        raise ValueError("nothing to allocate to")
    total = sum(weights)
    if total == 0:
        weights, total = [1] * len(weights), len(weights)
    parts = [amount_minor * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount_minor * weights[i] % total), i))
    for position in by_remainder[: amount_minor - sum(parts)]:
        parts[position] += 1
    return parts
