"""What of a message the classifier looks at, hashed into a fixed number of buckets. Pure.

Concepts and their pairs carry what holds in every language, words and their neighbours the manner of one; pieces of words forgive slips and
endings, and count less: most of them belong to words that say nothing.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from store.parcels.asking.concepts import ANCHORS, concepts
from store.parcels.asking.plain import has_chinese, is_chinese, plain, tokens
from store.parcels.asking.spelling import mended

# Messages with Chinese in them have buckets of their own: what surrounds a parcel there is said in other ways, and four letters make a sentence.
_HALF = 1 << 16
BUCKETS = 2 * _HALF
# What every message has, in Chinese and elsewhere.
_ALWAYS, _ALWAYS_IN_CHINESE = BUCKETS, BUCKETS + 1
ALL_BUCKETS = BUCKETS + 2
PIECE = 0.4
_WORD_LONGEST = 24
_CONCEPTS_MOST = 16
# That nothing of this is named says a lot.
_MISSED = ("parcel", "order", "track", "ship", "arrive", "receive", "where", "when")


def features(text: str) -> Mapping[int, float]:
    """Bucket → weight; the squares sum up to less than one, the rest is what every message has."""
    words, meanings = told(text)
    return of_one_length({**words, **meanings})


def of_one_length(found: Mapping[int, float]) -> Mapping[int, float]:
    length = (sum(weight * weight for weight in found.values()) + 1) ** 0.5
    always = _ALWAYS_IN_CHINESE if min(found, default=0) >= _HALF else _ALWAYS
    return {bucket: weight / length for bucket, weight in found.items()} | {always: 1 / length}


def told(text: str) -> tuple[Mapping[int, float], Mapping[int, float]]:
    """What its words say and what its concepts do, each bucket → weight, before the length of the message is taken out."""
    words = mended(tokens(plain(text)))
    bucket = _chinese_bucket if has_chinese(words) else _bucket
    found = {bucket(piece): PIECE for piece in _pieces(words)}
    found |= dict.fromkeys(map(bucket, _neighbours(words)), 1.0)
    return found, dict.fromkeys(map(bucket, _meanings(concepts(words))), 1.0)


def _bucket(feature: str) -> int:
    return zlib.crc32(feature.encode()) % _HALF


def _chinese_bucket(feature: str) -> int:
    return _HALF + zlib.crc32(feature.encode()) % _HALF


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
