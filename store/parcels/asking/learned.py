"""What was learned from the phrases, read once; numpy comes with the first question and not before."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from store.parcels.asking.features import features
from store.parcels.asking.intents import ABOUT_A_PARCEL, INTENTS, Intent
from store.parcels.asking.plain import has_chinese, tokens
from store.parcels.asking.tongues import CHINESE, TONGUES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILE = Path(__file__).with_name("learned.npz")
# Beside a tongue's name: the file's table that tells the tongues apart.
OF_TONGUES = "tongues"
# Messages that are less alike than this (the cosine of what they hold) say nothing about each other.
_ALIKE = 0.5
# A message is weighed in each tongue that it is of by this much.
_A_TRACE = 0.02


@dataclass(frozen=True, slots=True)
class Heard:
    """How likely each intent is, together they are one; and how much of each tongue it is, likewise. *is_told*: how much of it somebody has said."""

    chances: Mapping[Intent, float]
    tongues: Mapping[str, float]
    is_told: float = 0.0

    @property
    def asks_for_a_parcel(self) -> float:
        return sum(self.chances[each] for each in ABOUT_A_PARCEL)


class Message(NamedTuple):
    """What a message says and means, as numbers of 32 bits; and what each of it weighs, and at the end what every message has.

    The squares of the weights sum up to one.
    """

    numbers: "NDArray[np.uint32]"
    weights: "NDArray[np.float32]"

    @classmethod
    def of(cls, found: Mapping[int, float]) -> "Message":
        import numpy as np

        weights = np.array([*found.values(), 1.0], dtype=np.float32)
        return cls(
            np.fromiter(found.keys(), dtype=np.uint32, count=len(found)),
            weights / np.sqrt(np.dot(weights, weights)),
        )

    def buckets(self, count: int) -> "NDArray[np.intp]":
        """Where each of it stands among *count*; what every message has stands behind them."""
        import numpy as np

        return np.append(self.numbers % np.uint32(count), count).astype(np.intp)


class Table(NamedTuple):
    """A logistic regression, (buckets, kinds); the last bucket is what every message has. As it is kept, its weights are whole numbers of one byte."""

    weights: "NDArray[np.int8]"
    scale: float

    def shares(self, message: Message) -> "NDArray[np.float32]":
        """Of each kind; together they are one."""
        import numpy as np

        rows = self.weights[message.buckets(len(self.weights) - 1)].astype(np.float32)
        return softmax(message.weights @ rows * np.float32(self.scale))


class Lessons:
    """What somebody has said of single messages. It holds for each of them, and for another one the more, the more alike they are.

    Nothing is learned from them: a few dozen messages would turn over what tens of thousands of phrases have taught.
    """

    def __init__(self, corrections: Iterable[tuple[str, Intent]]) -> None:
        """The latest first: of two that are alike, it counts."""
        self._meant: list[Intent] = []
        self._holding: dict[int, list[tuple[int, float]]] = defaultdict(list)  # a number → the lessons that hold it
        for text, intent in corrections:
            for number, weight in _of_length_one(features(text)).items():
                self._holding[number].append((len(self._meant), weight))
            self._meant.append(intent)

    def nearest(self, found: Mapping[int, float]) -> tuple[float, Intent]:
        """How much of a message that holds what was *found* the most similar lesson says, from 0 to 1, and what that means."""
        likeness = [0.0] * len(self._meant)
        for number, weight in _of_length_one(found).items():
            for lesson, its_weight in self._holding.get(number, ()):
                likeness[lesson] += weight * its_weight
        most = max(likeness, default=0.0)
        if most <= _ALIKE:
            return 0.0, Intent.NONE
        return min(1.0, (most - _ALIKE) / (1 - _ALIKE)), self._meant[likeness.index(most)]


def _of_length_one(found: Mapping[int, float]) -> Mapping[int, float]:
    length = math.hypot(*found.values())
    return {number: weight / length for number, weight in found.items()}


class Learned:
    """A table for each tongue, whose kinds are the intents, and one that tells the tongues apart."""

    def __init__(
        self, tables: Mapping[str, Table], of_tongues: Table, phrases: int, lessons: Lessons | None = None
    ) -> None:
        self._tables, self._of_tongues, self._lessons = tables, of_tongues, lessons
        self.phrases = phrases

    def hear(self, text: str) -> Heard:
        """*text* is plain."""
        found = features(text)
        message = Message.of(found)
        tongues = self._heard(text, message)
        is_told, meant = self._lessons.nearest(found) if self._lessons is not None else (0.0, Intent.NONE)
        chances = {each: is_told * (each is meant) for each in INTENTS}
        for tongue, share in tongues.items():
            for intent, chance in zip(INTENTS, self._tables[tongue].shares(message).tolist(), strict=True):
                chances[intent] += (1 - is_told) * share * chance
        return Heard(chances, tongues, is_told)

    def taught(self, corrections: Iterable[tuple[str, Intent]]) -> "Learned":
        """The same with what somebody has corrected, the latest first; each text is plain."""
        return Learned(self._tables, self._of_tongues, self.phrases, Lessons(corrections))

    def _heard(self, text: str, message: Message) -> Mapping[str, float]:
        if has_chinese(tokens(text)):
            return {CHINESE: 1.0}
        shares = dict(zip(TONGUES, self._of_tongues.shares(message).tolist(), strict=True))
        most = {tongue: share for tongue, share in shares.items() if share >= _A_TRACE}
        together = sum(most.values())
        return {tongue: share / together for tongue, share in most.items()}


@cache
def learned() -> Learned:
    """Raises: FileNotFoundError where the program was not installed whole."""
    import numpy as np

    with np.load(FILE, allow_pickle=False) as kept:
        tables = {name: Table(kept[name], float(kept[f"{name} scale"])) for name in (*TONGUES, OF_TONGUES)}
        return Learned(tables, tables.pop(OF_TONGUES), int(kept["phrases"]))


def softmax(scores: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Shares of the last axis; together they are one."""
    import numpy as np

    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float32)
