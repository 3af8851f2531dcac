"""Which concepts a message names ("parcel", "where", "yet"), by a list of words in all languages. Pure."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from store.parcels.asking.numbered import Numbered, pair
from store.parcels.asking.plain import is_chinese, plain

# Whoever asks for a parcel names one of these.
ANCHORS = frozenset({"parcel", "order", "track", "ship"})
_SHORTEST_BEGINNING = 2
_LONGEST_BEGINNING = 20
_LONGEST_IN_CHINESE = 7
_ARABIC_BEFORE = ("وال", "بال", "لل", "ال", "و", "ب", "ف", "ل", "ه")


class _Lexicon(NamedTuple):
    """Whole words, what words begin with, several words by the first of them, and Chinese words; *concepts* in the order of their places.

    What follows a first word is one text, a line each, with its concept: "up*:pickup".
    """

    concepts: Sequence[str]
    whole: Numbered
    beginnings: Numbered
    several: Mapping[str, str]
    chinese: Mapping[str, Sequence[str]]


def concepts(tokens: Sequence[str]) -> list[str]:
    """In the order of the message; a word may stand for several."""
    return [concept for at, token in enumerate(tokens) for concept in _at(tokens, at, token)]


def _at(tokens: Sequence[str], at: int, token: str) -> Sequence[str]:
    if is_chinese(token):
        return list(_in_chinese(token))
    lexicon = _lexicon()
    found: set[str] = set()
    for word in _forms(token):
        places = set(lexicon.whole.find(word))
        for end in range(_SHORTEST_BEGINNING, min(len(word), _LONGEST_BEGINNING) + 1):
            places.update(lexicon.beginnings.find(word[:end]))
        found.update(lexicon.concepts[place] for place in places)
        if word in lexicon.several:
            found.update(_of_several(lexicon.several[word], tokens[at + 1 :]))
    return sorted(found)


def _forms(token: str) -> Iterator[str]:
    yield token
    if "\u0600" <= token[0] <= "\u06ff":
        yield from (
            token[len(each) :] for each in _ARABIC_BEFORE if token.startswith(each) and len(token) > len(each) + 2
        )


def _of_several(lines: str, following: Sequence[str]) -> Iterator[str]:
    for line in lines.splitlines():
        words, _, concept = line.partition(":")
        rest = words.split()
        said = following[: len(rest)]
        if len(said) == len(rest) and said[:-1] == rest[:-1]:
            last = rest[-1]
            if said[-1].startswith(last[:-1]) if last.endswith("*") else said[-1] == last:
                yield concept


def _in_chinese(run: str) -> Iterator[str]:
    """The longest word at each place; the next one begins behind it."""
    chinese = _lexicon().chinese
    at = 0
    while at < len(run):
        size = next((size for size in range(_LONGEST_IN_CHINESE, 0, -1) if run[at : at + size] in chinese), 0)
        yield from chinese.get(run[at : at + size], ())
        at += size or 1


@cache
def _lexicon() -> _Lexicon:
    places: dict[str, int] = {}
    whole: list[int] = []
    beginnings: list[int] = []
    chinese: dict[str, tuple[str, ...]] = {}
    several: dict[str, list[str]] = defaultdict(list)
    for words, begins, concept in _written():
        first, *rest = words
        if is_chinese(first):
            chinese[first] = (*chinese[first], concept) if first in chinese else _alone(concept)
        elif rest:
            several[first].append(f"{' '.join(rest)}{'*' if begins else ''}:{concept}")
        else:
            place = places.setdefault(concept, len(places))
            (beginnings if begins else whole).append(pair(first, place))
    lines = {first: "\n".join(each) for first, each in several.items()}
    return _Lexicon(list(places), Numbered.of(whole), Numbered.of(beginnings), lines, chinese)


@cache
def _alone(concept: str) -> tuple[str, ...]:
    """Most Chinese words mean one thing: those share their tuples."""
    return (concept,)


def _written() -> Iterator[tuple[list[str], bool, str]]:
    """Words one after the other, whether the last one may go on, and what they mean."""
    with Path(__file__).with_name("concepts.txt").open(encoding="utf-8") as lines:
        for line in lines:
            concept, colon, meant = line.partition(":")
            if not colon or line.startswith("#"):
                continue
            for written in meant.split():
                if words := plain(written.rstrip("*").replace("_", " ")).split():
                    yield words, written.endswith("*"), sys.intern(concept)
