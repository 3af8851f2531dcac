"""Tracking numbers as people type and paste them, and what they say about their carriers."""

import re
import unicodedata
from collections.abc import Mapping
from enum import IntEnum
from itertools import pairwise

from store.parcels import brands
from store.parcels.carrier import Carrier

# Spaces, every kind of hyphen, and what cannot be seen.
_SEPARATORS = re.compile("[\\s\\-\u2010-\u2015\u2212_.·\u00ad\u180e\u200b-\u200f\u2060\ufeff]+")
_NUMBER = re.compile(r"[A-Z0-9]{6,41}")
# JD writes which of how many parcels it is behind the number.
_OF_SEVERAL = re.compile(r"^(JD[A-Z0-9]{13})-\d+-\d+-?$")
_ALONE = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{8,41}(?![A-Z0-9])")
# A message is read so far; fewer digits than this are a price, a year or a postcode.
_READ, _DIGITS_MIN = 1000, 10
# What looks like another sign: Cyrillic letters, and the O and I that people read as digits.
_CYRILLIC = str.maketrans("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS")
_AS_DIGITS = str.maketrans("OQDIL", "00011")


class Proof(IntEnum):
    """How much a number says about its carrier. One of three random numbers passes a check digit somewhere: digits alone prove nothing."""

    DIGITS = 0
    CHECKED_DIGITS = 1
    LETTERS = 2
    CHECKED_LETTERS = 3


def normalise(text: str) -> str | None:
    """ "sb 7k2m-4q9x" → "SB7K2M4Q9X"; None when it cannot be a tracking number. Full-width digits are digits."""
    plain = unicodedata.normalize("NFKC", text[:200]).strip().upper()
    if of_several := _OF_SEVERAL.match(plain):
        plain = of_several[1]
    plain = _SEPARATORS.sub("", plain)
    return plain if _NUMBER.fullmatch(plain) and any(sign.isdigit() for sign in plain) else None


def suggestion(text: str) -> str | None:
    """What was perhaps meant where signs that look alike were typed: a number with a check digit that holds. To be asked, never taken."""
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:200])).upper().translate(_CYRILLIC)
    if len(plain) > 41:
        return None
    tried = (plain, plain[:2] + plain[2:].translate(_AS_DIGITS), plain.translate(_AS_DIGITS), _inside(plain))
    return next((number for number in tried if number != normalise(text) and _is_checked(number)), None)


def found_in(text: str) -> str | None:
    """The one number among the words of a message that letters or a check digit make certain; None where there is none, or are several."""
    certain = {word for word in words_of(text) if max(proofs(word).values(), default=Proof.DIGITS) > Proof.DIGITS}
    return certain.pop() if len(certain) == 1 else None


def pasted_in(text: str) -> str | None:
    """The number that somebody has pasted, alone or in a carrier's message; None where none is certain, or several are.

    Digits count where there is nothing else, or where the message names the one whose number they can be.
    """
    if (certain := found_in(text)) is not None:
        return certain
    alone = normalise(text)
    if alone is not None and len(alone) >= _DIGITS_MIN and not is_a_remark(text):
        return alone
    named = set(brands.named_in(text[:_READ]))
    meant = {word for word in words_of(text) if len(word) >= _DIGITS_MIN and named & proofs(word).keys()}
    return meant.pop() if len(meant) == 1 else None


def words_of(text: str) -> set[str]:
    """What may be a number in it. Chinese and pages' addresses have no blanks around theirs."""
    read = text[:_READ]
    between_blanks = {normalise(word.strip(",;:.!?()[]<>\"'")) for word in read.split()}
    between_signs = {normalise(found[0]) for found in _ALONE.finditer(unicodedata.normalize("NFKC", read).upper())}
    return {word for word in between_blanks | between_signs if word is not None}


def is_a_remark(text: str) -> bool:
    """Whether it is words with a figure among them ("packed 2 boxes"), whatever `normalise` can make of it."""
    words = text.split()
    # A number's letters are at its ends: "RR 123 456 789 CN"; of "it is SB34…" two come one after the other.
    has_word = any(len(word) > 3 and word.isalpha() for word in words)
    has_words = any(one.isalpha() and other.isalpha() for one, other in pairwise(words))
    return len(words) > 1 and (has_word or has_words or sum(sign.isdigit() for sign in text) < 4)


def proofs(number: str) -> dict[str, Proof]:
    """The brands that have numbers like this, with the strongest proof of each, the strongest first."""
    found: dict[str, Proof] = {}
    for row in brands.formats_of(number):
        proof = Proof(2 * (not number.isdigit()) + row.has_check)
        found[row.brand] = max(proof, found.get(row.brand, proof))
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def candidates(carriers: Mapping[str, Carrier], number: str) -> list[str]:
    """The carriers whose format the number has; several mean: ask, never guess."""
    return [name for name, carrier in carriers.items() if carrier.recognises(number)]


def _inside(plain: str) -> str:
    """A post's number has its letters at both ends."""
    return plain[:2] + plain[2:-2].translate(_AS_DIGITS) + plain[-2:]


def _is_checked(number: str) -> bool:
    return any(row.has_check for row in brands.formats_of(number))
