"""Many words, each with a few numbers of its own, in a tenth of the room that letters take: a word is kept as its CRC-32. Pure.

That a word of a message has the CRC-32 of another one happens once in a hundred thousand words.
"""

import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple


def number(text: str) -> int:
    return zlib.crc32(text.encode())


def pair(word: str, value: int) -> int:
    """Both in one number, which takes a quarter of the room of two; *value* is less than 65,536."""
    return number(word) << 16 | value


class Numbered(NamedTuple):
    """*words*: CRC-32 of each, ascending; *values*: at the same place, 16 bits."""

    words: "array[int]"
    values: "array[int]"

    @classmethod
    def of(cls, pairs: Iterable[int]) -> "Numbered":
        """In any order; a word may have several values."""
        found = sorted(pairs)
        return cls(array("I", (each >> 16 for each in found)), array("H", (each & 0xFFFF for each in found)))

    def find(self, word: str) -> Iterator[int]:
        wanted = number(word)
        at = bisect_left(self.words, wanted)
        while at < len(self.words) and self.words[at] == wanted:
            yield self.values[at]
            at += 1
