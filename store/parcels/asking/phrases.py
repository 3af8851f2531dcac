"""The phrases that understanding is learned from: one file a language, written for it, in a small notation. Pure.

`= intent` begins a section, `[a|b|]` is one of them or nothing, `{name}` one of the list `@name = a | b`; `#` is a remark.
"""

import math
import random
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from pathlib import Path

FILES = Path(__file__).with_name("phrases")
NONE = "none"
# So many wordings are taken of a phrase that could be said in thousands of ways.
WORDINGS = 24
# In English there are twice as many phrases; Chinese has to be told from much more that has a parcel's words in it.
_WORDINGS_OF = {"en": 16, "zh": 32}
# Of a question for a parcel, so many are said of something else.
CONTRASTS = 8
_ASK = frozenset({"track_order", "delivered_not_received"})
_A_PARCEL = re.compile(r"\{(?:thing|thinga|thingi|parcel|order|kuaidi|my|mygood)\}")
_CHOICE = re.compile(r"\[([^\]]*)\]|\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Phrase:
    text: str
    intent: str
    language: str


@dataclass(frozen=True, slots=True)
class Language:
    """*before* and *after* are what people put around any sentence."""

    code: str
    phrases: tuple[Phrase, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


@cache
def languages() -> tuple[Language, ...]:
    return tuple(_read(each.stem, each.read_text("utf-8")) for each in _files())


def written() -> Iterator[str]:
    """What stands in all files, choice by choice."""
    for each in _files():
        with each.open(encoding="utf-8") as file:
            for line in file:
                yield from re.split(r"[|\n\[\]]", line)


def _files() -> Sequence[Path]:
    return sorted(FILES.glob("*.txt"))


def digest() -> int:
    """Changes when a phrase or a concept does: what was learned says which ones it knows."""
    found = [*_files(), FILES.with_name("concepts.txt")]
    texts = [each.name + each.read_text("utf-8") for each in sorted(found, key=lambda f: f.name)]
    return zlib.crc32("\n".join(texts).encode())


def _read(code: str, text: str) -> Language:
    lists: dict[str, tuple[str, ...]] = {}
    phrases: dict[str, Phrase] = {}
    intent = NONE
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("#"):
            continue
        if line.startswith("="):
            intent = line.removeprefix("=").strip()
        elif line.startswith("@"):
            name, _, values = line.removeprefix("@").partition("=")
            lists[name.strip()] = tuple(value.strip() for value in values.split("|"))
        else:
            for wording in wordings(line, lists, most=_WORDINGS_OF.get(code, WORDINGS)):
                phrases.setdefault(wording, Phrase(wording, intent, code))
            if intent in _ASK:
                for wording in of_something_else(line, lists):
                    phrases.setdefault(wording, Phrase(wording, NONE, code))
    return Language(code, tuple(phrases.values()), lists["before"], lists["after"])


def wordings(line: str, lists: Mapping[str, tuple[str, ...]], *, most: int = WORDINGS) -> Iterator[str]:
    """The ways to say a phrase; the same ones every time."""
    parts = list(_parts(line, lists))
    chance = random.Random(zlib.crc32(line.encode()))
    ways = math.prod(map(len, parts))
    chosen = (tuple(chance.choice(part) for part in parts) for _ in range(most))
    for said in product(*parts) if ways <= most else chosen:
        yield " ".join("".join(_filled(word, lists, said) for word in said).split())


def of_something_else(line: str, lists: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """ "where is my {parcel}" → "where is my invoice": the words around a parcel ask for nothing without one."""
    turned = _A_PARCEL.sub("{other}", line)
    if turned != line:
        yield from islice(wordings(turned, lists), CONTRASTS)


def _parts(line: str, lists: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    at = 0
    for found in _CHOICE.finditer(line):
        if at < found.start():
            yield (line[at : found.start()],)
        yield tuple(found[1].split("|")) if found[1] is not None else lists[found[2]]
        at = found.end()
    if at < len(line):
        yield (line[at:],)


def _filled(word: str, lists: Mapping[str, tuple[str, ...]], said: tuple[str, ...]) -> str:
    """A list that is named inside of a choice, or of another list."""
    while (found := re.search(r"\{(\w+)\}", word)) is not None:
        values = lists[found[1]]
        place = zlib.crc32(("|".join(said) + found[1]).encode()) % len(values)
        word = word[: found.start()] + values[place] + word[found.end() :]
    return word
