"""Learning what people mean from the phrases: `python -m store.parcels.asking.learning` writes `learned.npz`. Deterministic."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store.parcels.asking.features import ALL_BUCKETS, of_one_length, told
from store.parcels.asking.intents import INTENTS
from store.parcels.asking.phrases import NONE, Language, Phrase, digest, languages
from store.parcels.asking.plain import has_chinese, plain, tokens

LEARNED = Path(__file__).with_name("learned.npz")
EPOCHS = 6
# Where the next message stands, and what is forgotten of it, is drawn from these: which ones came last decides nothing in their mean.
ORDERS = (7, 8, 9)
BATCH = 128
STEP = 0.8
DECAY = 2e-6
# Each time it is looked at, a message has forgotten some of its words, and sometimes all of them: what is learned has to hold where half of the
# words are new, and concepts carry it from one language to the others.
FORGETS_WORD = 0.3
FORGETS_MEANING = 0.15
ONLY_MEANINGS = 0.1
# So many phrases are also learned beside something that asks for nothing.
IN_COMPANY = 0.5
# In Chinese, where a word is a letter or two, so many messages are also made of pieces that chance put together: words alone ask for nothing.
IN_PIECES = 0.2
_IN_PIECES = frozenset({"zh"})
_BETWEEN = (" ", ", ", ". ", " - ", "，")

Floats = NDArray[np.float32]


class Row(NamedTuple):
    """A message as it is learned: its buckets, their values, and how easily each is forgotten."""

    buckets: NDArray[np.int64]
    values: Floats
    forgets: Floats


def examples() -> Iterator[tuple[str, str]]:
    """(text, intent): every wording as it is, once as people type it, and often beside something else."""
    for language in languages():
        chance = random.Random(language.code)
        others = [phrase.text for phrase in language.phrases if phrase.intent == NONE]
        for phrase in language.phrases:
            yield phrase.text, phrase.intent
            yield _typed(phrase, language, chance), phrase.intent
            if chance.random() < IN_COMPANY:
                both = [phrase.text, chance.choice(others)]
                chance.shuffle(both)
                yield chance.choice(_BETWEEN).join(both), phrase.intent
            if language.code in _IN_PIECES and chance.random() < IN_PIECES:
                yield _in_pieces(language, chance), NONE


def _in_pieces(language: Language, chance: random.Random) -> str:
    pieces = []
    for _ in range(chance.randint(2, 5)):
        text, size = chance.choice(language.phrases).text, chance.randint(1, 3)
        at = chance.randrange(max(1, len(text) - size))
        pieces.append(text[at : at + size])
    return "".join(pieces)


def _typed(phrase: Phrase, language: Language, chance: random.Random) -> str:
    text = phrase.text
    if chance.random() < 0.5:
        text = f"{chance.choice(language.before)} {text}"
    if chance.random() < 0.4:
        text = f"{text} {chance.choice(language.after)}"
    if chance.random() < 0.4:
        text += "?"
    return _slipped(text, chance) if chance.random() < 0.4 else text


def _slipped(text: str, chance: random.Random) -> str:
    """A letter missing, twice, or two that changed places; no letter of Chinese."""
    places = [at for at in range(1, len(text) - 1) if text[at].isalpha() and text[at] < "\u3000"]
    if len(places) < 8:
        return text
    at = chance.choice(places)
    return chance.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        )
    )


def learn_apart(said: Sequence[tuple[str, str]]) -> Floats:
    """Chinese and the rest, each by itself: they share no bucket, and a phrase more on one side leaves the other as it was."""
    chinese: list[tuple[str, str]] = []
    rest: list[tuple[str, str]] = []
    for each in said:
        (chinese if _is_chinese(each[0]) else rest).append(each)
    return learn_evenly(rest) + learn_evenly(chinese)


def _is_chinese(text: str) -> bool:
    return has_chinese(tokens(plain(text)))


def learn_evenly(said: Sequence[tuple[str, str]]) -> Floats:
    """The mean of what is learned in several orders."""
    total = np.zeros((ALL_BUCKETS, len(INTENTS)), dtype=np.float32)
    for order in ORDERS:
        total += learn(said, order=order)
    return total / np.float32(len(ORDERS))


def learn(said: Sequence[tuple[str, str]], *, epochs: int = EPOCHS, order: int = ORDERS[0]) -> Floats:
    """Weights (buckets, intents) of a logistic regression: AdaGrad over small batches, in the same order every time.

    The mean of the later half of the epochs: what the last messages said weighs no more than what the others did.
    """
    rows = [row(text) for text, _ in said]
    meant = np.array([INTENTS.index(intent) for _, intent in said])
    weights = np.zeros((ALL_BUCKETS, len(INTENTS)), dtype=np.float32)
    squares = np.full_like(weights, 1e-3)
    chance = np.random.default_rng(order)
    total = np.zeros_like(weights)
    for epoch in range(epochs):
        for batch in np.array_split(chance.permutation(len(rows)), max(1, len(rows) // BATCH)):
            _step(weights, squares, [_half_forgotten(rows[n], chance) for n in batch], meant[batch])
        if epoch >= epochs // 2:
            total += weights
    return total / np.float32(epochs - epochs // 2)


def row(text: str) -> Row:
    words, meanings = told(text)
    found = of_one_length({**words, **meanings})
    easily = dict.fromkeys(words, FORGETS_WORD) | dict.fromkeys(meanings, FORGETS_MEANING)
    return Row(
        np.fromiter(found.keys(), dtype=np.int64),
        np.fromiter(found.values(), dtype=np.float32),
        np.fromiter((easily.get(bucket, 0.0) for bucket in found), dtype=np.float32),
    )


def _half_forgotten(of: Row, chance: np.random.Generator) -> tuple[NDArray[np.int64], Floats]:
    if chance.random() < ONLY_MEANINGS:
        kept = of.forgets < FORGETS_WORD
    else:
        kept = chance.random(len(of.forgets), dtype=np.float32) >= of.forgets
    return of.buckets[kept], of.values[kept]


def _step(
    weights: Floats, squares: Floats, rows: Sequence[tuple[NDArray[np.int64], Floats]], meant: NDArray[np.int64]
) -> None:
    lengths = np.array([len(buckets) for buckets, _ in rows])
    buckets = np.concatenate([row[0] for row in rows])
    values = np.concatenate([row[1] for row in rows])[:, None]
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    wrong = softmax(np.add.reduceat(weights[buckets] * values, starts, axis=0))
    wrong[np.arange(len(rows)), meant] -= 1
    by_bucket = np.argsort(buckets, kind="stable")
    touched, firsts = np.unique(buckets[by_bucket], return_index=True)
    shares = np.repeat(wrong / len(rows), lengths, axis=0) * values
    slope = np.add.reduceat(shares[by_bucket], firsts, axis=0) + DECAY * weights[touched]
    squares[touched] += slope**2
    weights[touched] -= STEP * slope / np.sqrt(squares[touched])


def softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float32)


def save(weights: Floats, path: Path = LEARNED) -> None:
    """As whole numbers of one byte: a fifth of a percent is enough."""
    scale = float(np.abs(weights).max()) / 127
    small = np.round(weights / scale).astype(np.int8)
    np.savez_compressed(path, weights=small, scale=scale, phrases=digest())


if __name__ == "__main__":
    save(learn_apart(list(examples())))
