"""Many people who press at the same time: the load of the benchmarks that place orders."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.filling import NOW, ONLINE, PAYMENT, Ready
from benchmarks.frame import percentile
from store import placing
from store.db import Database, run_again
from store.errors import OutOfStock
from store.placing import Placed

AT_ONCE = 64


@dataclass
class Pressed:
    """What came of the presses, and how long each waited."""

    seconds: float = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.waits) / self.seconds


def portions(people: Sequence[Ready], size: int) -> Iterator[Sequence[Ready]]:
    """Those who press in one turn, turn after turn."""
    return (people[start : start + size] for start in range(0, len(people), size))


def told(waits: Sequence[float]) -> dict[str, float]:
    """How long people waited."""
    return {"wait p50, ms": 1000 * percentile(waits, 0.5), "wait p99, ms": 1000 * percentile(waits, 0.99)}


async def press(db: Database, people: Sequence[Ready], *, at_once: int = AT_ONCE) -> Pressed:
    """Everybody presses "Place the order", *at_once* of them at any time."""
    pressed, waiting = Pressed(), iter(people)
    start = time.perf_counter()
    await asyncio.gather(*(_one_after_another(partial(place, db), waiting, pressed) for _ in range(at_once)))
    pressed.seconds = time.perf_counter() - start
    return pressed


async def _one_after_another(act: Callable[[Ready], Awaitable[str]], people: Iterator[Ready], pressed: Pressed) -> None:
    for each in people:
        start = time.perf_counter()
        pressed.outcomes[await act(each)] += 1
        pressed.waits.append(time.perf_counter() - start)


async def place(db: Database, ready: Ready) -> str:
    """Whether the goods were sold or sold out; whatever else happens is an error of the benchmark."""

    async def once(session: AsyncSession) -> Placed:
        return await placing.place(
            session, ready.customer_id, ready.cart_id, 0, capabilities=ONLINE, payment_method=PAYMENT, now=NOW
        )

    try:
        placed = await run_again(db, once)
    except OutOfStock:
        return "sold out"
    assert placed.is_new
    return "sold"
