"""What Stripe counts an amount in. Its table is its own: Madagascar's ariary has no decimals there, and two in ISO 4217.

Source: Stripe's documentation of currencies, as of 2026.
"""

from decimal import Decimal

from store.money import exponent as own_exponent
from store.money import to_decimal, to_minor

_WITHOUT_DECIMALS = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD JOD KWD OMR TND"  # the last of them must be 0
# ISK and UGX are missing: Stripe counts them in hundredths that they do not have, and takes whole ones only.
_TWO_DECIMALS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CVE CZK DKK DOP DZD EGP ETB "
    "EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR "
    "MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TOP TRY TTD "
    "TWD TZS UAH USD UYU UZS WST XCD YER ZAR ZMW"
)
EXPONENTS = (
    dict.fromkeys(_WITHOUT_DECIMALS.split(), 0)
    | dict.fromkeys(_TWO_DECIMALS.split(), 2)
    | dict.fromkeys(_THREE_DECIMALS.split(), 3)
)
# Half of what it has no sign for is no amount; of three decimals the last is 0.
MULTIPLES = dict.fromkeys(_THREE_DECIMALS.split(), 10) | {
    currency: 10 ** (own_exponent(currency) - decimals)
    for currency, decimals in EXPONENTS.items()
    if decimals < own_exponent(currency)
}
_LARGEST = 99_999_999
# A charge is worth about half a dollar at least. Where Stripe names no sum, it says so itself.
_LEAST = {
    "AED": "2.00",
    "AUD": "0.50",
    "BGN": "1.00",
    "BRL": "0.50",
    "CAD": "0.50",
    "CHF": "0.50",
    "CZK": "15.00",
    "DKK": "2.50",
    "EUR": "0.50",
    "GBP": "0.30",
    "HKD": "4.00",
    "HUF": "175.00",
    "INR": "0.50",
    "JPY": "50",
    "MXN": "10.00",
    "MYR": "2.00",
    "NOK": "3.00",
    "NZD": "0.50",
    "PLN": "2.00",
    "RON": "2.00",
    "SEK": "3.00",
    "SGD": "0.50",
    "THB": "10.00",
    "USD": "0.50",
}


def to_wire(amount_minor: int, currency: str) -> int:
    """1999, USD → 1999; 500, MGA → 5. Raises: ValueError for what Stripe does not take."""
    exponent = EXPONENTS.get(currency)
    if exponent is None:
        raise ValueError(f"Stripe does not take {currency}")
    scaled = to_decimal(amount_minor, currency).scaleb(exponent)
    if scaled != scaled.to_integral_value() or (exponent == 3 and scaled % 10):
        raise ValueError(f"Stripe cannot take {amount_minor} {currency}")
    return int(scaled)


def from_wire(amount: object, currency: object) -> tuple[int, str]:
    """5, mga → 500, MGA. Raises: ValueError."""
    if type(amount) is not int or not isinstance(currency, str) or currency.upper() not in EXPONENTS:
        raise ValueError("not an amount of Stripe's")
    code = currency.upper()
    return to_minor(Decimal(amount).scaleb(-EXPONENTS[code]), code), code


def minimums() -> dict[str, int]:
    return {currency: to_minor(least, currency) for currency, least in _LEAST.items()}


def maximums() -> dict[str, int]:
    """Eight digits, however many of them stand behind the point."""
    return {currency: from_wire(_LARGEST, currency)[0] for currency in EXPONENTS}
