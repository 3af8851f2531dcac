"""Slips of the finger in the words that matter, mended: "parcle" → "parcel", "ordr" → "order"; which ones, `slips.npz` says.

Tens of thousands of slips are kept as numbers, in a tenth of the room that their letters take.
"""

import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from store.parcels.asking.concepts import concepts
from store.parcels.asking.plain import is_chinese, plain, tokens

FILE = Path(__file__).with_name("slips.npz")
_SHORTEST = 5
_MATTER = frozenset(
    {"parcel", "order", "track", "ship", "arrive", "status", "where", "cancel", "refund", "address", "courier"}
)


class _Slips(NamedTuple):
    """*slips*: CRC-32 of each, ascending; *meant*: at the same place, which of *words* it is a slip of."""

    slips: "array[int]"
    meant: "array[int]"
    words: Sequence[str]

    def mended(self, word: str) -> str:
        number = _number(word)
        at = bisect_left(self.slips, number)
        return self.words[self.meant[at]] if at < len(self.slips) and self.slips[at] == number else word


def mended(words: Sequence[str]) -> list[str]:
    slips = _slips()
    return [slips.mended(word) if len(word) >= _SHORTEST - 1 else word for word in words]


def write(lines: Iterable[str], path: Path = FILE) -> None:
    """What the phrases themselves say is nobody's slip: "oder" is a word of German."""
    import numpy as np

    known = {word: None for line in lines for word in tokens(plain(line)) if not is_chinese(word)}
    found = sorted((_number(slip), word) for slip, word in _found(known).items())
    words = sorted({word for _, word in found})
    place = {word: at for at, word in enumerate(words)}
    np.savez_compressed(
        path,
        slips=np.array([number for number, _ in found], dtype=np.uint32),
        meant=np.array([place[word] for _, word in found], dtype=np.uint16),
        words=np.array("\n".join(words)),
    )
    _slips.cache_clear()


@cache
def _slips() -> _Slips:
    import numpy as np

    with np.load(FILE, allow_pickle=False) as kept:
        slips, meant = (
            array(code, kept[name].astype(code).tobytes()) for name, code in (("slips", "I"), ("meant", "H"))
        )
        return _Slips(slips, meant, str(kept["words"]).split("\n"))


def _found(known: Mapping[str, None]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for word in known:
        if len(word) >= _SHORTEST and not _MATTER.isdisjoint(concepts([word])):
            for slip in _slips_of(word):
                if slip not in known:
                    found.setdefault(slip, word)
    return found


def _number(word: str) -> int:
    return zlib.crc32(word.encode())


def _slips_of(word: str) -> Iterator[str]:
    """A letter missing, a letter twice, two that changed places; the first letter is rarely wrong."""
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at] + word[at:]
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
