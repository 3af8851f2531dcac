"""What tracking numbers look like: one row a format, as a literal table.

Shapes and check digits are facts of tracking_number_data (MIT, Copyright (c) 2017 Jeff Keen), written down in our own form. A shape's first group
is the serial, its second the check digit.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from store.parcels.check_digits import CheckDigit, luhn, m7, m10, m37_36, s10, weighted
from store.parcels.posts import POST_OF

Holds = Callable[[re.Match[str]], bool]


@dataclass(frozen=True, slots=True)
class Format:
    """*brand* is who carries numbers of one of these shapes. Without *holds* the shape alone says so, which is a hint and no proof."""

    brand: str
    name: str
    shapes: tuple[re.Pattern[str], ...]
    holds: Holds | None

    def fits(self, number: str) -> bool:
        found = (match for shape in self.shapes if (match := shape.fullmatch(number)))
        return any(self.holds is None or self.holds(match) for match in found)

    @property
    def has_check(self) -> bool:
        return self.holds is not None


def _holds(found: re.Match[str], *, digit: CheckDigit) -> bool:
    return digit(found[1]) == found[2]


def _of_a_post(found: re.Match[str]) -> bool:
    return found[3] in POST_OF and s10(found[1]) == found[2]


def _led_by(found: re.Match[str], *, lead: str, digit: CheckDigit) -> bool:
    """The serial is counted with a sign in front that is not printed, unless it begins with it."""
    serial = found[1] if found[1].startswith(lead) else lead + found[1]
    return digit(serial) == found[2]


def _always_led_by(found: re.Match[str], *, lead: str, digit: CheckDigit) -> bool:
    return digit(lead + found[1]) == found[2]


def _format(brand: str, name: str, *shapes: str, holds: Holds | None = None) -> Format:
    return Format(brand, name, tuple(re.compile(shape, re.ASCII) for shape in shapes), holds)


def hint(brand: str, shape: str) -> Format:
    """A shape that is known from examples only."""
    return _format(brand, "by examples", shape)


def _checked(digit: CheckDigit) -> Holds:
    return partial(_holds, digit=digit)


_31, _13, _12 = _checked(m10(3, 1)), _checked(m10(1, 3)), _checked(m10(1, 2))
_EXPRESS, _SERIAL13 = _checked(weighted(3, 1, 7)), _checked(weighted(1, 7, 3))
_LUHN, _37 = _checked(luhn), _checked(m37_36)
_LEGACY = partial(_always_led_by, lead="91", digit=m10(3, 1))

# A ZIP code may stand in front of the service: one of five digits, and of nine where 22 digits follow.
_ZIP, _ZIP9 = r"(?:420\d{5})?", r"420\d{9}"
_IMPB_C22 = r"(92\d{3}9\d{15}|93\d{3}[0-8]\d{15}|95\d{19})(\d)"
_IMPB_C26 = r"(92\d{3}9\d{19}|93\d{3}[0-8]\d{19}|95\d{23})(\d)"
_IMPB_N22, _IMPB_N26, _IMPB_N30 = r"(94\d{19})(\d)", r"(94\d{23})(\d)", r"(94\d{3}9\d{23})(\d)"

FORMATS = (
    _format("amazon", "Logistics", r"TB[ACM]\d{12}"),
    _format("amazon", "International", r"[ACF]\d{10}"),
    _format("canada_post", "16", r"(\d{15})(\d)", holds=_31),
    _format("canpar", "22", r"[CDKLSUXZ]\d{21}"),
    _format("dhl", "Express", r"(\d{9,10})(\d)", holds=_checked(m7)),
    _format("dhl", "Express piece", r"J[A-Z]{2,3}\d{9,10}"),
    _format("dhl", "eCommerce", r"(?:GM|LX|RX|UV|CN|SG|TH|IN|HK|MY)\d[0-9A-Z]{9,38}"),
    _format("dhl", "eCommerce 14", r"\d{14}"),
    _format("dpd", "28", r"(\d{27})([0-9A-Z])", holds=_37),
    _format("dpd", "14", r"(\d{14})([0-9A-Z])", holds=_37),
    _format("fedex", "Express 12", r"(\d{11})(\d)", holds=_EXPRESS),
    _format("fedex", "Express 34", r"[0-8]\d{19}(\d{13})(\d)", holds=_SERIAL13),
    _format("fedex", "ASTRA 32", r"3\d{15}(\d{11})(\d)\d{4}", holds=_EXPRESS),
    _format("fedex", "Ground 15", r"(\d{14})(\d)", holds=_13),
    _format("fedex", "Ground SSCC-18", r"0[0124](\d{15})(\d)", holds=_31),
    _format("fedex", "Ground 96", r"96\d{5}(\d{14})(\d)", holds=_13),
    _format("fedex", "Ground GSN", r"96\d{18}(\d{13})(\d)", holds=_SERIAL13),
    _format("gofo", "US", r"GFUS\d{14}"),
    _format("landmark", "LTN", r"LTN\d{8}N1"),
    _format("lasership", "LX", r"L[AIEHNX][1-3]\d{7}"),
    _format("lasership", "1LS7 15", r"1LS7[12]\d{10}"),
    _format("lasership", "1LS7 18", r"1LS7[12]\d{2}01[1-4]\d{6}1"),
    _format("lasership", "1LSCX", r"1LSCX[0-9A-Z]{10}"),
    _format("old_dominion", "LTL", r"((?:777|778|072|780)\d{7})(\d)", holds=_LUHN),
    _format("old_dominion", "Guaranteed", r"(80\d{8})(\d)", holds=_LUHN),
    _format("ontrac", "C", r"C(\d{13})(\d)", holds=partial(_led_by, lead="4", digit=m10(1, 2))),
    _format("ontrac", "D", r"D(\d{13})(\d)", holds=partial(_led_by, lead="5", digit=m10(1, 2))),
    _format("purolator", "12", r"([0-5]\d{10})(\d)", holds=_LUHN),
    _format("purolator", "3 letters", r"[A-Z]{3}\d{9}"),
    _format("post", "S10", r"[A-Z]{2}(\d{8})(\d)([A-Z]{2})", holds=_of_a_post),
    _format("speedee", "20", r"SP\d{18}"),
    _format("ups", "1Z", r"1Z([0-9A-Z]{15})(\d)", holds=_12),
    _format("ups", "waybill", r"[AHJKTV](\d{9})(\d)", holds=_12),
    _format("usps", "20", r"(\d{19})(\d)", holds=_31),
    _format("usps", "IMpb N", _ZIP + _IMPB_N22, _ZIP9 + _IMPB_N22, _ZIP + _IMPB_N26, _IMPB_N30, holds=_31),
    _format("usps", "Legacy", r"(?:420\d{5}(?:\d{4})?)?(?:91)?(\d{19})(\d)", holds=_LEGACY),
    _format("usps", "IMpb C", _ZIP + _IMPB_C22, _ZIP9 + _IMPB_C22, _ZIP + _IMPB_C26, holds=_31),
    _format("yodel", "UK", r"JJ?D\d{16}"),
    _format("yunexpress", "YT", r"YT\d{16}"),
)
