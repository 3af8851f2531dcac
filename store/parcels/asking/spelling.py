"""Slips of the finger in the words that matter, mended: "parcle" → "parcel", "ordr" → "order". Pure."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from store.parcels.asking.concepts import concepts
from store.parcels.asking.phrases import written
from store.parcels.asking.plain import is_chinese, plain, tokens

_SHORTEST = 5
_MATTER = frozenset(
    {"parcel", "order", "track", "ship", "arrive", "status", "where", "cancel", "refund", "address", "courier"}
)


def mended(words: Sequence[str]) -> list[str]:
    slips = _slips()
    return [slips.get(word, word) for word in words]


@cache
def _slips() -> Mapping[str, str]:
    """What the phrases themselves say is nobody's slip: "oder" is a word of German."""
    known = {word: None for line in written() for word in tokens(plain(line)) if not is_chinese(word)}
    found: dict[str, str] = {}
    for word in known:
        if len(word) >= _SHORTEST and not _MATTER.isdisjoint(concepts([word])):
            for slip in _slips_of(word):
                if slip not in known:
                    found.setdefault(slip, word)
    return found


def _slips_of(word: str) -> Iterator[str]:
    """A letter missing, a letter twice, two that changed places; the first letter is rarely wrong."""
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at] + word[at:]
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
