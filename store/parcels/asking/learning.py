"""Learning what people mean from the phrases: `python -m store.parcels.asking.learning` writes `learned.npz`. Deterministic."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from store.parcels.asking.features import BUCKETS, features
from store.parcels.asking.intents import INTENTS
from store.parcels.asking.phrases import Language, Phrase, digest, languages

LEARNED = Path(__file__).with_name("learned.npz")
EPOCHS = 8
BATCH = 128
STEP = 0.35
DECAY = 2e-6

Floats = NDArray[np.float32]


def examples() -> Iterator[tuple[str, str]]:
    """(text, intent): every wording as it is, and once as people type it."""
    for language in languages():
        chance = random.Random(language.code)
        for phrase in language.phrases:
            yield phrase.text, phrase.intent
            yield _typed(phrase, language, chance), phrase.intent


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


def learn(said: Sequence[tuple[str, str]], *, epochs: int = EPOCHS) -> Floats:
    """Weights (buckets + 1, intents) of a logistic regression. AdaGrad over small batches, in the same order every time."""
    rows = [_row(text) for text, _ in said]
    meant = np.array([INTENTS.index(intent) for _, intent in said])
    weights = np.zeros((BUCKETS + 1, len(INTENTS)), dtype=np.float32)
    squares = np.full_like(weights, 1e-3)
    order = np.random.default_rng(7)
    for _ in range(epochs):
        for batch in np.array_split(order.permutation(len(rows)), max(1, len(rows) // BATCH)):
            _step(weights, squares, [rows[n] for n in batch], meant[batch])
    return weights


def _row(text: str) -> tuple[NDArray[np.int64], Floats]:
    found = features(text)
    return np.fromiter(found.keys(), dtype=np.int64), np.fromiter(found.values(), dtype=np.float32)


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
    save(learn(list(examples())))
