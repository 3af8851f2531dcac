"""Updates that come twice or out of order, on request: the Bot API promises neither once nor in order."""

import random
from dataclasses import dataclass, field

from bot.demo.state import QueuedUpdate


@dataclass
class Unrest:
    """*repeat_rate* of all updates come once more, after they were taken; *swap_rate* change places with the next one.

    The same *seed* and the same updates make the same disorder.
    """

    repeat_rate: float = 0
    swap_rate: float = 0
    seed: int = 0
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def repeats(self) -> bool:
        return self._random.random() < self.repeat_rate

    def stirred(self, batch: list[QueuedUpdate]) -> list[QueuedUpdate]:
        """The same updates, some of them in each other's places."""
        stirred, place = list(batch), 0
        while place + 1 < len(stirred):
            if self._random.random() < self.swap_rate:
                stirred[place], stirred[place + 1] = stirred[place + 1], stirred[place]
                place += 1
            place += 1
        return stirred
