"""How fast the relay speaks: a budget for all processes, one message a second to a chat, twenty a minute to a group."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo.faults import Fault
from bot.ui.screen import Screen
from notifications import deliveries
from notifications.pace import Pace
from notifications.relay import Relay
from notifications.telling import Recipient, Route, Telling
from store import outbox
from store.db import Database, run_again
from store.events import Event, OrderEvent, OrderPlaced
from tests.apps import Stage, a_stage, settings
from tests.builders import NOW

PACE = Pace()
CHATS: list[int] = []


async def lease(db: Database, wanted: int, now: datetime = NOW, *, spent: int = 0) -> int:
    async def take(session: AsyncSession) -> int:
        return await PACE.lease(session, await PACE.takes_turn(session), wanted, spent=spent, now=now)

    return await run_again(db, take)


async def test_all_processes_together_keep_to_the_budget(db: Database) -> None:
    """Eight that ask in the same moment."""
    granted = await asyncio.gather(*(lease(db, 8) for _ in range(8)))
    assert sum(granted) == PACE.at_once


async def test_without_the_lock_on_the_row_they_would_not(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: whoever reads the row before another has written it takes the same budget again."""
    before = await run_again(db, PACE.takes_turn)

    async def as_it_was(_pace: Pace, _session: AsyncSession) -> datetime:
        return before

    monkeypatch.setattr(Pace, "takes_turn", as_it_was)
    assert sum(await asyncio.gather(*(lease(db, 8) for _ in range(8)))) > PACE.at_once


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 8)), min_size=1, max_size=60))
def test_over_any_time_no_more_is_granted_than_the_budget(asked: list[tuple[int, int]]) -> None:
    """Whatever the pauses between those who ask."""
    free_at, now, granted = NOW - timedelta(hours=1), NOW, 0
    for pause_ms, wanted in asked:
        now += timedelta(milliseconds=pause_ms)
        some, free_at = PACE.granted(free_at, wanted, spent=0, now=now)
        granted += some
        assert granted <= PACE.at_once + (now - NOW).total_seconds() * PACE.per_s + 1e-3


async def test_answers_to_people_go_before(sqlite_db: Database) -> None:
    """What was said to them meanwhile is not said by the relay."""
    assert await lease(sqlite_db, 8, spent=5) == 3
    assert await lease(sqlite_db, 8, NOW + timedelta(seconds=1), spent=100) == 0


async def test_a_budget_that_was_not_used_is_not_saved_up(sqlite_db: Database) -> None:
    await lease(sqlite_db, 8)
    assert await lease(sqlite_db, 100, NOW + timedelta(hours=1)) == PACE.at_once


async def _to_all(_session: AsyncSession, _event: OrderEvent, *_: Any) -> list[Recipient]:
    return [Recipient(chat_id, "en") for chat_id in CHATS]


async def _news(_session: AsyncSession, event: OrderEvent, _tell: Telling) -> Screen:
    return Screen(escape(f"order {event.order_id}"))


@pytest.fixture
async def stage(db_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(db_url, tmp_path) as stage:
        await stage.ann.starts()
        yield stage


def a_relay(stage: Stage) -> Relay:
    app, routes = stage.app, dict[type[Event], tuple[Route, ...]]({OrderPlaced: (Route("news", _to_all, _news),)})
    options = settings(app.settings.database, app.settings.data_dir)
    known: dict[str, Any] = {"pictures": app.pictures, "settings": options, "carriers": app.carriers}
    return Relay(app.db, app.speaker, **known, routes=routes, pace=PACE)


async def heard_at(stage: Stage, news: int, relays: list[Relay], *, minutes: int) -> list[float]:
    """Seconds at which a chat heard its news, told by these relays together; in order, or it fails."""
    async with stage.app.db.begin() as session:
        await outbox.write(session, *(OrderPlaced(order_id=n) for n in range(news)), now=stage.clock())
    messages, found, begun = stage.world.chats[CHATS[0]].messages, list[float](), stage.clock()
    before = len(messages)
    for _ in range(minutes * 120):
        for relay in relays:
            await relay.run_once(stage.clock())
        found += [(stage.clock() - begun).total_seconds()] * (len(messages) - before - len(found))
        stage.clock.goes_on(seconds=0.5)
    assert [message.get("text") for message in messages.values()][before:] == [f"order {n}" for n in range(news)]
    return found


async def test_a_burst_for_the_staffs_group_comes_at_the_groups_pace(stage: Stage) -> None:
    """Nothing is lost and the order is kept, with two processes too."""
    CHATS[:] = [stage.staff_chat]
    times = await heard_at(stage, 45, [a_relay(stage), a_relay(stage)], minutes=3)
    assert len(times) == 45
    assert all(later - sooner >= 60 for sooner, later in zip(times, times[20:], strict=False))
    assert all(later - sooner >= 1 for sooner, later in itertools.pairwise(times))


async def test_a_person_hears_one_thing_a_second(stage: Stage) -> None:
    CHATS[:] = [stage.ann.id]
    assert await heard_at(stage, 5, [a_relay(stage)], minutes=1) == [0, 1, 2, 3, 4]


async def test_the_relay_wakes_when_the_next_message_is_due(stage: Stage) -> None:
    """The timer would come five seconds later."""
    CHATS[:] = [stage.ann.id]
    relay, woken = a_relay(stage), asyncio.Event()
    relay.wake = woken.set
    async with stage.app.db.begin() as session:
        await outbox.write(session, OrderPlaced(order_id=1), OrderPlaced(order_id=2), now=stage.clock())
    while await relay.run_once(stage.clock()):
        pass
    async with asyncio.timeout(4):
        await woken.wait()


async def test_the_relay_wakes_soon_when_the_budget_was_too_small(stage: Stage) -> None:
    CHATS[:] = [stage.world.private_chat(stage.world.add_user(f"{n}").id).id for n in range(PACE.at_once + 1)]
    relay, woken = a_relay(stage), asyncio.Event()
    relay.wake = woken.set
    async with stage.app.db.begin() as session:
        await outbox.write(session, OrderPlaced(order_id=1), now=stage.clock())
    while await relay.run_once(stage.clock()):
        pass
    async with asyncio.timeout(4):
        await woken.wait()


async def test_a_closed_chat_is_not_asked_again_and_again(stage: Stage) -> None:
    """What waits behind its first message is due already; it must not keep the relay awake."""
    CHATS[:] = [stage.ann.id]
    stage.world.faults.add("sendMessage", Fault.FLOOD, retry_after=50)
    async with stage.app.db.begin() as session:
        await outbox.write(session, OrderPlaced(order_id=1), OrderPlaced(order_id=2), now=stage.clock())
    await a_relay(stage).run_once(stage.clock())
    async with stage.app.db.read() as session:
        due_at = await deliveries.next_due_at(session, now=stage.clock())
    assert due_at == stage.clock() + timedelta(seconds=50)
