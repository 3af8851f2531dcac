"""Tracking numbers as people type and paste them."""

import re
import unicodedata
from collections.abc import Mapping

from store.parcels.carrier import Carrier

_SEPARATORS = re.compile(r"[\s\-–—_.·]+")
_NUMBER = re.compile(r"[A-Z0-9]{6,40}")


def normalise(text: str) -> str | None:
    """ "sb 7k2m-4q9x" → "SB7K2M4Q9X"; None when it cannot be a tracking number. Full-width digits are digits."""
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:200])).upper()
    return plain if _NUMBER.fullmatch(plain) and any(sign.isdigit() for sign in plain) else None


def is_a_remark(text: str) -> bool:
    """Whether it is words with a figure among them ("packed 2 boxes"), whatever `normalise` can make of it."""
    words = text.split()
    has_word = any(len(word) > 3 and word.isalpha() for word in words)
    return len(words) > 1 and (has_word or sum(sign.isdigit() for sign in text) < 4)


def candidates(carriers: Mapping[str, Carrier], number: str) -> list[str]:
    """The carriers whose format the number has; several mean: ask, never guess."""
    return [name for name, carrier in carriers.items() if carrier.recognises(number)]
