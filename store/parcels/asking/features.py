"""What of a message the classifier looks at, by the CRC-32 of its name. Pure.

Concepts and their pairs carry what holds whatever the words are, words and their neighbours the manner of a language; pieces of words forgive slips
and endings, and count less: most of them belong to words that say nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from store.parcels.asking.concepts import ANCHORS, concepts
from store.parcels.asking.numbered import number
from store.parcels.asking.plain import is_chinese, plain, tokens
from store.parcels.asking.spelling import mended

PIECE = 0.4
_WORD_LONGEST = 24
_CONCEPTS_MOST = 16
# That nothing of this is named says a lot.
_MISSED = ("parcel", "order", "track", "ship", "arrive", "receive", "where", "when")


def features(text: str) -> Mapping[int, float]:
    """Number → weight of what it says and means."""
    words, meanings = told(text)
    return {**words, **meanings}


def told(text: str) -> tuple[Mapping[int, float], Mapping[int, float]]:
    """What its words say and what its concepts do, each number → weight."""
    words = mended(tokens(plain(text)))
    found = {number(piece): PIECE for piece in _pieces(words)}
    found |= dict.fromkeys(map(number, _neighbours(words)), 1.0)
    return found, dict.fromkeys(map(number, _meanings(concepts(words))), 1.0)


def _pieces(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if not is_chinese(word):
            edged = f"<{word[:_WORD_LONGEST]}>"
            yield from (edged[at : at + size] for size in (3, 4) for at in range(len(edged) - size + 1))


def _neighbours(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if is_chinese(word):
            yield from _of_chinese(word)
        else:
            yield f"w {word[:_WORD_LONGEST]}"
            yield f"s {word[:5]}"
    stems = ["^", *(word if is_chinese(word) else word[:5] for word in words if word != "?"), "$"]
    for n, stem in enumerate(stems[:-1]):
        yield f"2 {stem} {stems[n + 1]}"
        if n + 2 < len(stems):
            yield f"3 {stem} _ {stems[n + 2]}"
            yield f"4 {stem} {stems[n + 1]} {stems[n + 2]}"


def _of_chinese(run: str) -> Iterator[str]:
    edged = f"<{run}>"
    yield from (edged[at : at + size] for size in (1, 2, 3, 4) for at in range(len(edged) - size + 1))
    # Two letters with one between them: 没更新, 没有更新.
    yield from (f"g {run[at]}_{run[at + 2]}" for at in range(len(run) - 2))


def _meanings(named: Sequence[str]) -> Iterator[str]:
    first = named[:_CONCEPTS_MOST]
    once = list(dict.fromkeys(first))
    yield from (f"c {concept}" for concept in once)
    for n, concept in enumerate(first):
        yield from (f"p {min(concept, other)} {max(concept, other)}" for other in first[n + 1 :] if other != concept)
    yield from (f"n {one} {other}" for one, other in pairwise(first))
    yield from (f"! {concept}" for concept in _MISSED if concept not in once)
    if ANCHORS.isdisjoint(once):
        yield "! anchor"
    yield f"k {min(len(once), 5)}"
