"""What was learned from the phrases, read once; numpy comes with the first question and not before."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from store.parcels.asking.features import features
from store.parcels.asking.intents import INTENTS, Intent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILE = Path(__file__).with_name("learned.npz")
_ROUNDS = 12
_STEP = 2.0
# Somebody has looked at the message: it need not be learned better than this.
_LEARNED_AT = 0.85


class Learned:
    """A logistic regression; as it is kept, its weights are whole numbers of one byte."""

    def __init__(self, weights: "NDArray[np.float32] | NDArray[np.int8]", scale: float, phrases: int) -> None:
        self._weights, self._scale = weights, scale
        self.phrases = phrases

    def chances(self, text: str) -> Mapping[Intent, float]:
        """How likely each intent is; together they are one."""
        buckets, values = _taken(text)
        return dict(zip(INTENTS, self._shares(buckets, values).tolist(), strict=True))

    def taught(self, corrections: Iterable[tuple[str, Intent]]) -> "Learned":
        """The same with what somebody has corrected: a few small steps, so that one correction does not turn everything over."""
        import numpy as np

        better = Learned(self._weights.astype(np.float32) * np.float32(self._scale), 1.0, self.phrases)
        lessons = [(*_taken(text), INTENTS.index(intent)) for text, intent in corrections]
        for _ in range(_ROUNDS):
            for buckets, values, meant in lessons:
                better._learn(buckets, values, meant)
        return better

    def _learn(self, buckets: "NDArray[np.int64]", values: "NDArray[np.float32]", meant: int) -> None:
        wrong = self._shares(buckets, values)
        if wrong[meant] >= _LEARNED_AT:
            return
        wrong[meant] -= 1
        self._weights[buckets] -= values[:, None] * (wrong * wrong.dtype.type(_STEP))

    def _shares(self, buckets: "NDArray[np.int64]", values: "NDArray[np.float32]") -> "NDArray[np.float32]":
        import numpy as np

        scores = values @ self._weights[buckets].astype(np.float32) * np.float32(self._scale)
        raised = np.exp(scores - scores.max())
        return np.asarray(raised / raised.sum(), dtype=np.float32)


@cache
def learned() -> Learned:
    """Raises: FileNotFoundError where the program was not installed whole."""
    import numpy as np

    with np.load(FILE, allow_pickle=False) as kept:
        return Learned(kept["weights"], float(kept["scale"]), int(kept["phrases"]))


def _taken(text: str) -> "tuple[NDArray[np.int64], NDArray[np.float32]]":
    import numpy as np

    found = features(text)
    return np.fromiter(found.keys(), dtype=np.int64), np.fromiter(found.values(), dtype=np.float32)
