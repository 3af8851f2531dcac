"""Payment cards' numbers, by their looks: none is ever kept. Everything here is pure."""

import re
import unicodedata

# In one piece or in their groups; the first digit is a card scheme's. What stands behind a plus is a phone number.
_NUMBERS = re.compile(r"(?<![\d+])[2-68](?:[ \-\u00a0.]?\d){13,18}(?!\d)")
# Where the schemes' numbers begin, and how many digits they have.
_SCHEMES = (
    (re.compile(r"4"), {16, 19}),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"6011|64[4-9]|65"), {16, 19}),
    (re.compile(r"62|81"), {16, 17, 18, 19}),
    (re.compile(r"35(?:2[89]|[3-8])"), {16}),
    (re.compile(r"220[0-4]"), {16, 19}),
    (re.compile(r"3(?:0[0-5]|[689])"), {14, 16, 19}),
)


def has_card_number(text: str) -> bool:
    """Whether something in the text looks like a payment card: a scheme's beginning, its length, and a check digit that fits."""
    plain = "".join(map(_plain, unicodedata.normalize("NFKC", text[:4096])))
    return any(_is_card(re.sub(r"\D", "", found[0])) for found in _NUMBERS.finditer(plain))


def _plain(character: str) -> str:
    """A digit of another script, ٤ or ४, as people who read that script type it."""
    return str(unicodedata.decimal(character, character))


def _is_card(digits: str) -> bool:
    fits = any(begins.match(digits) and len(digits) in lengths for begins, lengths in _SCHEMES)
    return fits and _passes_luhn(digits)


def _passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(value - 9 if value > 9 else value for value in doubled)) % 10 == 0
