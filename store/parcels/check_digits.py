"""Check digits of tracking numbers: whether the last sign of a number follows from the others. Pure, and true for exactly one sign a serial."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)

# The sign that follows from a serial.
CheckDigit = Callable[[str], str]


def m10(even: int, odd: int) -> CheckDigit:
    """Weighted by position from the left, products not folded. Letters count too: A is 2, H is 9, I is 0."""
    return partial(_m10, weights=(even, odd))


def weighted(*weights: int) -> CheckDigit:
    """Digits by repeated weights, modulo 11, and 10 counts as 0."""
    return partial(_weighted, weights=weights)


def luhn(serial: str) -> str:
    """From the right, every other digit doubled, beginning with the last."""
    doubled = [int(digit) * 2 for digit in serial[::-2]]
    total = sum(value - 9 if value > 9 else value for value in doubled) + sum(map(int, serial[-2::-2]))
    return str(-total % 10)


def m7(serial: str) -> str:
    """The serial as one number, modulo 7."""
    return str(int(serial) % 7)


def s10(serial: str) -> str:
    """Of the Universal Postal Union."""
    rest = sum(int(digit) * weight for digit, weight in zip(serial, _S10_WEIGHTS, strict=True)) % 11
    return {0: "5", 1: "0"}.get(rest, str(11 - rest))


def m37_36(serial: str) -> str:
    """ISO 7064, over digits and letters."""
    rest = 36
    for sign in serial:
        rest += _SIGNS.index(sign)
        rest = (rest - 36 if rest > 36 else rest) * 2
        rest = rest - 37 if rest > 36 else rest
    return _SIGNS[(37 - rest) % 36]


def _m10(serial: str, *, weights: Sequence[int]) -> str:
    values = (int(sign) if sign.isdigit() else (ord(sign) - 3) % 10 for sign in serial)
    return str(-sum(value * weight for value, weight in zip(values, cycle(weights), strict=False)) % 10)


def _weighted(serial: str, *, weights: Sequence[int]) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(serial, cycle(weights), strict=False))
    return str(total % 11 % 10)
