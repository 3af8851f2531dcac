"""Learning what people mean from the phrases: `python -m store.parcels.asking.learning` writes `slips.npz` and `learned.npz`. Deterministic."""

import multiprocessing
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from store.parcels.asking import spelling
from store.parcels.asking.features import told
from store.parcels.asking.intents import INTENTS, Intent
from store.parcels.asking.learned import FILE, OF_TONGUES, Message, softmax
from store.parcels.asking.phrases import NONE, Language, Phrase, digest, languages, written
from store.parcels.asking.plain import has_chinese, plain, tokens
from store.parcels.asking.tongues import BUCKETS, CHINESE, TONGUES

_OF_TONGUES = 1 << 14
# So many of each tongue in each writing tell it apart, each of them at most so often.
_OF_A_WRITING = 12_000
_AGAIN = 12
EPOCHS = 6
# Where the next message stands, and what is forgotten of it, is drawn from this.
ORDER = 7
BATCH = 128
STEP = 0.8
DECAY = 3e-5
# Each time it is looked at, a message has forgotten some of its words, and sometimes all of them: what is learned has to hold where half of the
# words are new.
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

    buckets: NDArray[np.intp]
    values: Floats
    forgets: Floats


def examples() -> Iterator[Phrase]:
    """Every wording as it is, once as people type it, and often beside something else."""
    for language in languages():
        chance = random.Random(language.code)
        others = [phrase.text for phrase in language.phrases if phrase.intent == NONE]
        for phrase in language.phrases:
            yield Phrase(phrase.text, phrase.intent, language.code)
            yield Phrase(_typed(phrase, language, chance), phrase.intent, language.code)
            if chance.random() < IN_COMPANY:
                both = [phrase.text, chance.choice(others)]
                chance.shuffle(both)
                yield Phrase(chance.choice(_BETWEEN).join(both), phrase.intent, language.code)
            if language.code in _IN_PIECES and chance.random() < IN_PIECES:
                yield Phrase(_in_pieces(language, chance), NONE, language.code)


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


def learn_apart(said: Iterable[Phrase]) -> Mapping[str, Floats]:
    """Weights (buckets, intents) of each tongue: a phrase more in one leaves the others as they were."""
    of: dict[str, list[Phrase]] = defaultdict(list)
    for each in said:
        of[CHINESE if _is_chinese(each.text) else each.language].append(each)
    # The longest first: the other processes are busy until it is done.
    of = dict(sorted(of.items(), key=lambda each: len(each[1]), reverse=True))
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as processes:
        tables = processes.map(learn_phrases, of.values(), (BUCKETS[tongue] for tongue in of))
        return dict(zip(of, tables, strict=True))


def learn_phrases(said: Sequence[Phrase], buckets: int) -> Floats:
    """Weights (buckets, intents)."""
    rows = [row(each.text, buckets) for each in said]
    meant = np.array([INTENTS.index(Intent(each.intent)) for each in said])
    return learn(rows, meant, (buckets + 1, len(INTENTS)))


def learn_tongues(said: Iterable[Phrase]) -> Floats:
    """Weights (buckets, tongues) of what tells the tongues apart: they are so different that one short look is enough."""
    others = _evenly([each for each in said if not _is_chinese(each.text)])
    rows = [row(each.text, _OF_TONGUES) for each in others]
    spoken = np.array([TONGUES.index(each.language) for each in others])
    return learn(rows, spoken, (_OF_TONGUES + 1, len(TONGUES)), epochs=2)


def _evenly(said: Sequence[Phrase]) -> Sequence[Phrase]:
    """Few write Russian or Chinese in Latin letters: those are heard again and again."""
    of: dict[tuple[str, bool], list[Phrase]] = defaultdict(list)
    for each in said:
        of[each.language, each.text.isascii()].append(each)
    return [each for alike in of.values() for each in (alike * _AGAIN)[:_OF_A_WRITING]]


def _is_chinese(text: str) -> bool:
    return has_chinese(tokens(plain(text)))


def learn(rows: Sequence[Row], meant: NDArray[np.int64], shape: tuple[int, int], *, epochs: int = EPOCHS) -> Floats:
    """Weights (buckets, kinds) of a logistic regression: AdaGrad over small batches, in the same order every time.

    The mean of the later half of the epochs: what the last messages said weighs no more than what the others did.
    """
    weights = np.zeros(shape, dtype=np.float32)
    squares = np.full_like(weights, 1e-3)
    chance = np.random.default_rng(ORDER)
    total = np.zeros_like(weights)
    for epoch in range(epochs):
        for batch in np.array_split(chance.permutation(len(rows)), max(1, len(rows) // BATCH)):
            _step(weights, squares, [_half_forgotten(rows[n], chance) for n in batch], meant[batch])
        if epoch >= epochs // 2:
            total += weights
    return total / np.float32(epochs - epochs // 2)


def row(text: str, buckets: int) -> Row:
    words, meanings = told(text)
    found = {**words, **meanings}
    message = Message.of(found)
    easily = dict.fromkeys(words, FORGETS_WORD) | dict.fromkeys(meanings, FORGETS_MEANING)
    return Row(
        message.buckets(buckets),
        message.weights,
        np.array([*(easily[number] for number in found), 0.0], dtype=np.float32),
    )


def _half_forgotten(of: Row, chance: np.random.Generator) -> tuple[NDArray[np.intp], Floats]:
    if chance.random() < ONLY_MEANINGS:
        kept = of.forgets < FORGETS_WORD
    else:
        kept = chance.random(len(of.forgets), dtype=np.float32) >= of.forgets
    return of.buckets[kept], of.values[kept]


def _step(
    weights: Floats, squares: Floats, rows: Sequence[tuple[NDArray[np.intp], Floats]], meant: NDArray[np.int64]
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


def save(tables: Mapping[str, Floats], path: Path = FILE) -> None:
    """As whole numbers of one byte: a fifth of a percent is enough."""
    kept: dict[str, Any] = {"phrases": digest()}
    for name, weights in tables.items():
        scale = float(np.abs(weights).max()) / 127
        kept |= {name: np.round(weights / scale).astype(np.int8), f"{name} scale": scale}
    np.savez_compressed(path, **kept)


if __name__ == "__main__":
    spelling.write(written())
    everything = list(examples())
    save({**learn_apart(everything), OF_TONGUES: learn_tongues(everything)})
