"""Which concepts a message names ("parcel", "where", "yet"), by a list of words in all languages. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from store.parcels.asking.plain import is_chinese, plain

# Whoever asks for a parcel names one of these.
ANCHORS = frozenset({"parcel", "order", "track", "ship"})
_SHORTEST_BEGINNING = 2
_LONGEST_IN_CHINESE = 7
_ARABIC_BEFORE = ("وال", "بال", "لل", "ال", "و", "ب", "ف", "ل", "ه")


class _Words(NamedTuple):
    """Words one after the other; a last one that `begins` may go on."""

    words: tuple[str, ...]
    begins: bool
    concept: str


_Lexicon: TypeAlias = Mapping[str, Sequence[_Words]]


def concepts(tokens: Sequence[str]) -> list[str]:
    """In the order of the message; a word may stand for several."""
    return [concept for at, token in enumerate(tokens) for concept in _at(tokens, at, token)]


def _at(tokens: Sequence[str], at: int, token: str) -> Iterator[str]:
    if is_chinese(token):
        yield from _in_chinese(token)
        return
    found = {each.concept: len(each.words) for each in _candidates(token) if _fits(each, tokens, at)}
    yield from sorted(found)


def _candidates(token: str) -> Iterator[_Words]:
    spaced, _ = _lexicon()
    for word in _forms(token):
        yield from (each for each in spaced.get(word, ()))
        for end in range(_SHORTEST_BEGINNING, len(word) + 1):
            yield from spaced.get(word[:end] + "*", ())


def _forms(token: str) -> Iterator[str]:
    yield token
    if "\u0600" <= token[0] <= "\u06ff":
        yield from (
            token[len(each) :] for each in _ARABIC_BEFORE if token.startswith(each) and len(token) > len(each) + 2
        )


def _fits(each: _Words, tokens: Sequence[str], at: int) -> bool:
    rest = tokens[at + 1 : at + len(each.words)]
    if len(rest) != len(each.words) - 1:
        return False
    return all(
        said == word or (each.begins and place == len(rest) - 1 and said.startswith(word))
        for place, (said, word) in enumerate(zip(rest, each.words[1:], strict=True))
    )


def _in_chinese(run: str) -> Iterator[str]:
    """The longest word at each place; the next one begins behind it."""
    _, chinese = _lexicon()
    at = 0
    while at < len(run):
        size = next((size for size in range(_LONGEST_IN_CHINESE, 0, -1) if run[at : at + size] in chinese), 0)
        yield from chinese.get(run[at : at + size], ())
        at += size or 1


@cache
def _lexicon() -> tuple[_Lexicon, Mapping[str, Sequence[str]]]:
    """By their first word (with a star where it may go on), and the Chinese ones."""
    spaced: dict[str, list[_Words]] = defaultdict(list)
    chinese: dict[str, list[str]] = defaultdict(list)
    for line in Path(__file__).with_name("concepts.txt").read_text("utf-8").splitlines():
        concept, colon, words = line.partition(":")
        if not colon or line.startswith("#"):
            continue
        for written in words.split():
            begins = written.endswith("*")
            parts = tuple(plain(written.rstrip("*").replace("_", " ")).split())
            if not parts:
                continue
            if is_chinese(parts[0]):
                chinese[parts[0]].append(concept)
            else:
                key = parts[0] + "*" if begins and len(parts) == 1 else parts[0]
                spaced[key].append(_Words(parts, begins, concept))
    return dict(spaced), dict(chinese)
