"""Who speaks when: a lane a chat, in which one speaks at a time, and which a flood limit closes for a while.

All that is to be said in a closed chat waits behind what was refused; other chats go on.
"""

import asyncio
import contextlib
import heapq
import itertools
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from time import monotonic

log = logging.getLogger(__name__)

# Whoever answers a person goes before the relay.
PEOPLE, RELAY = 0, 1
# The relay has other chats to go to: a lane that is not free soon is asked again later.
RELAY_WAITS_S = 2
# So many chats refused one after another, and none let in between: the limit is the whole bot's.
CHATS_OF_A_FLOOD = 3
# More lanes than this are not kept without need.
LANES_KEPT = 1000


class Parked(Exception):
    """Nothing may be said in the chat for so many *seconds*."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"parked for {seconds:.1f} s")
        self.seconds = seconds


@dataclass
class Lane:
    """People first, else whoever came first."""

    is_busy: bool = False
    closed_until: float = 0.0
    _waiting: list[tuple[int, int, asyncio.Future[None]]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def enter(self, rank: int) -> None:
        if not self.is_busy:
            self.is_busy = True
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._numbers), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was given in the same moment
                self.leave()
            raise

    def leave(self) -> None:
        while self._waiting:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self.is_busy = False


class Lanes:
    """All lanes of one bot, in one process. *moved* maps groups that became supergroups to their new number."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self.now = now
        self.moved: dict[int, int] = {}
        self._lanes: dict[int, Lane] = {}
        self._refused: dict[int, float] = {}
        self._all_closed_until = 0.0

    @contextlib.asynccontextmanager
    async def turn(self, chat_id: int, rank: int) -> AsyncIterator[Lane]:
        """Nobody else speaks in the chat meanwhile. Raises: Parked, for the relay, when somebody is long at it."""
        lane = self.lane(chat_id)
        try:
            async with asyncio.timeout(RELAY_WAITS_S if rank == RELAY else None):
                await lane.enter(rank)
        except TimeoutError:
            raise Parked(RELAY_WAITS_S) from None
        try:
            yield lane
        finally:
            lane.leave()
            self._forget_idle()

    def lane(self, chat_id: int) -> Lane:
        return self._lanes.setdefault(self.moved.get(chat_id, chat_id), Lane())

    def _forget_idle(self) -> None:
        if len(self._lanes) > LANES_KEPT:
            now = self.now()
            self._lanes = {
                chat_id: lane for chat_id, lane in self._lanes.items() if lane.is_busy or lane.closed_until > now
            }

    def closed_until(self, lane: Lane) -> float:
        return max(lane.closed_until, self._all_closed_until)

    def closed_for(self, lane: Lane) -> float:
        """Seconds; 0 or less when the chat is open."""
        return self.closed_until(lane) - self.now()

    def close(self, lane: Lane, seconds: float) -> None:
        lane.closed_until = max(lane.closed_until, self.now() + seconds)

    def refused(self, lane: Lane, seconds: float) -> None:
        """A flood limit: the chat's, or, when one chat after another is refused, the whole bot's."""
        self.close(lane, seconds)
        self._refused[id(lane)] = lane.closed_until
        if len(self._refused) >= CHATS_OF_A_FLOOD:
            self._all_closed_until = max(self._all_closed_until, *self._refused.values())
            wait = self._all_closed_until - self.now()
            log.warning("Telegram holds up the whole bot: nothing is sent for %.0f s", wait)
            self._refused.clear()

    def let_in(self) -> None:
        """Telegram has taken a message: what was refused before was refused in its chat alone."""
        self._refused.clear()

    def passed(self, lane: Lane, until: float) -> None:
        """Somebody has waited out what was closed *until* then."""
        if lane.closed_until <= until:
            lane.closed_until = 0.0
        if self._all_closed_until <= until:
            self._all_closed_until = 0.0
