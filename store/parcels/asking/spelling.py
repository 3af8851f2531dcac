"""Slips of the finger in the words that matter, mended: "parcle" → "parcel", "ordr" → "order"; which ones, `slips.npz` says."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from store.parcels.asking.concepts import concepts
from store.parcels.asking.numbered import Numbered, pair
from store.parcels.asking.plain import is_chinese, plain, tokens

FILE = Path(__file__).with_name("slips.npz")
_SHORTEST = 5
_MATTER = frozenset(
    {"parcel", "order", "track", "ship", "arrive", "status", "where", "cancel", "refund", "address", "courier"}
)


class _Slips(NamedTuple):
    """*found*: of each slip, which of *words* it is a slip of."""

    found: Numbered
    words: Sequence[str]

    def mended(self, word: str) -> str:
        return next((self.words[at] for at in self.found.find(word)), word)


def mended(words: Sequence[str]) -> list[str]:
    slips = _slips()
    return [slips.mended(word) for word in words]


def write(lines: Iterable[str], path: Path = FILE) -> None:
    """What the phrases themselves say is nobody's slip: "oder" is a word of German."""
    import numpy as np

    known = {word: None for line in lines for word in tokens(plain(line)) if not is_chinese(word)}
    found = _found(known)
    words = sorted(set(found.values()))
    place = {word: at for at, word in enumerate(words)}
    slips, meant = Numbered.of(pair(slip, place[word]) for slip, word in found.items())
    np.savez_compressed(path, slips=slips, meant=meant, words=np.array("\n".join(words)))
    _slips.cache_clear()


@cache
def _slips() -> _Slips:
    import numpy as np

    with np.load(FILE, allow_pickle=False) as kept:
        found = Numbered(array("I", kept["slips"].tobytes()), array("H", kept["meant"].tobytes()))
        return _Slips(found, str(kept["words"]).split("\n"))


def _found(known: Mapping[str, None]) -> Mapping[str, str]:
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
