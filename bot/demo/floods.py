"""How many messages Telegram takes in a while. The true limits are not published; these are the ones its FAQ speaks of."""

import math
from dataclasses import dataclass, field

from bot.demo.faults import flood

COUNTED = frozenset({"sendMessage", "sendPhoto", "sendDocument", "sendMediaGroup", "copyMessage"})


@dataclass
class _Bucket:
    """Holds *size* messages and fills up again by *per_s*."""

    size: float
    per_s: float
    level: float
    at: float

    def wait_s(self, now: float) -> float:
        """0 when there is one to take."""
        self.level = min(self.size, self.level + (now - self.at) * self.per_s)
        self.at = now
        return max(0.0, (1 - self.level) / self.per_s)


@dataclass
class FloodLimits:
    """Overall, in one private chat (a burst passes), and in one group."""

    overall_per_s: float = 30
    chat_per_s: float = 1
    chat_burst: float = 5
    group_per_minute: float = 20
    _buckets: dict[int, _Bucket] = field(default_factory=dict)

    def count(self, method: str, chat_id: int, now: float) -> None:
        """One more message at *now*, in Unix seconds. Raises: BotApiError 429 with the time to wait, for one too many."""
        if method not in COUNTED:
            return
        buckets = [self._bucket(0, now), self._bucket(chat_id, now)]
        if wait := max(bucket.wait_s(now) for bucket in buckets):
            raise flood(math.ceil(wait))
        for bucket in buckets:
            bucket.level -= 1

    def _bucket(self, chat_id: int, now: float) -> _Bucket:
        """The chat 0 stands for all of them."""
        if chat_id not in self._buckets:
            size, per_s = self._limits(chat_id)
            self._buckets[chat_id] = _Bucket(size, per_s, size, now)
        return self._buckets[chat_id]

    def _limits(self, chat_id: int) -> tuple[float, float]:
        if chat_id == 0:
            return self.overall_per_s, self.overall_per_s
        if chat_id < 0:
            return self.group_per_minute, self.group_per_minute / 60
        return self.chat_burst, self.chat_per_s
