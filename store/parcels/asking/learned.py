"""What was learned from the phrases, read once; numpy comes with the first question and not before."""

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
_ROUNDS = 40
_STEP = 1.0
# Somebody has looked at the message: it need not be learned better than this. What asks for a parcel has to be sure even where it names none.
_LEARNED_AT = 0.5
_LEARNED_TO_ASK_AT = 0.97
# A message is weighed in each tongue that it is of by this much.
_A_TRACE = 0.02


@dataclass(frozen=True, slots=True)
class Heard:
    """How likely each intent is, together they are one; and how much of each tongue it is, likewise."""

    chances: Mapping[Intent, float]
    tongues: Mapping[str, float]

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

    weights: "NDArray[np.float32] | NDArray[np.int8]"
    scale: float

    def shares(self, message: Message) -> "NDArray[np.float32]":
        """Of each kind; together they are one."""
        import numpy as np

        rows = self.weights[message.buckets(len(self.weights) - 1)].astype(np.float32)
        return softmax(message.weights @ rows * np.float32(self.scale))

    def learn(self, message: Message, meant: int, until: float) -> None:
        """One step, unless its share is that large already."""
        import numpy as np

        wrong = self.shares(message)
        if wrong[meant] >= until:
            return
        wrong[meant] -= 1
        # Two of a message may share a bucket: both are heard.
        buckets = message.buckets(len(self.weights) - 1)
        np.subtract.at(self.weights, buckets, message.weights[:, None] * (wrong * np.float32(_STEP)))

    def to_be_taught(self) -> "Table":
        import numpy as np

        return Table(self.weights.astype(np.float32) * np.float32(self.scale), 1.0)


class Learned:
    """A table for each tongue, whose kinds are the intents, and one that tells the tongues apart."""

    def __init__(self, tables: Mapping[str, Table], of_tongues: Table, phrases: int) -> None:
        self._tables, self._of_tongues = tables, of_tongues
        self.phrases = phrases

    def hear(self, text: str) -> Heard:
        """*text* is plain."""
        message = Message.of(features(text))
        tongues = self._heard(text, message)
        chances = dict.fromkeys(INTENTS, 0.0)
        for tongue, share in tongues.items():
            for intent, chance in zip(INTENTS, self._tables[tongue].shares(message).tolist(), strict=True):
                chances[intent] += share * chance
        return Heard(chances, tongues)

    def taught(self, corrections: Iterable[tuple[str, Intent]]) -> "Learned":
        """The same with what somebody has corrected: a few small steps, so that one correction does not turn everything over."""
        lessons = []
        for text, intent in corrections:
            message = Message.of(features(text))
            until = _LEARNED_TO_ASK_AT if intent in ABOUT_A_PARCEL else _LEARNED_AT
            lessons.append((message, self._heard(text, message), INTENTS.index(intent), until))
        taught = {tongue for _, tongues, *_ in lessons for tongue in tongues}
        better = {tongue: table.to_be_taught() if tongue in taught else table for tongue, table in self._tables.items()}
        for _ in range(_ROUNDS):
            for message, tongues, meant, until in lessons:
                for tongue in tongues:
                    better[tongue].learn(message, meant, until)
        return Learned(better, self._of_tongues, self.phrases)

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
