"""Events that cannot be told to anybody, and a staff chat that is closed: nothing is lost, and nobody else waits."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.settings import Settings
from bot.ui.screen import Screen
from notifications import relay as relays
from notifications.relay import Relay
from notifications.staff import staff_chat
from notifications.telling import Recipient, Route, Telling
from store import outbox
from store.errors import NotFound
from store.events import Event, OrderChanged, OrderEvent, OrderPlaced
from store.models import ChatMessage, Delivery, OutboxEvent
from tests.apps import Stage, a_stage, settings
from tests.builders import NOW

NOBODY_KNOWS, BREAKS_A_STATEMENT = 1013, 1014


async def _to_staff(session: AsyncSession, event: OrderEvent, options: Settings, seller: Any) -> list[Recipient]:
    if event.order_id == NOBODY_KNOWS:
        raise NotFound(what="order")
    if event.order_id == BREAKS_A_STATEMENT:
        values = {"event_id": 10**6, "route": "", "chat_id": 1, "status": "sent", "attempts": 0, "available_at": NOW}
        await session.execute(insert(Delivery), values)  # a foreign key that leads nowhere
    return await staff_chat(session, event, options, seller)


async def _news(_session: AsyncSession, event: OrderEvent, _tell: Telling) -> Screen:
    return Screen(escape(f"{event.type} {event.order_id}"))


ROUTES: dict[type[Event], tuple[Route, ...]] = {
    OrderPlaced: (Route("staff.news", _to_staff, _news),),
    OrderChanged: (Route("staff.card", _to_staff, _news, slot=lambda event: f"card:{event.order_id}"),),
}


@pytest.fixture
async def stage(db_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(db_url, tmp_path) as stage:
        yield stage


def a_relay(stage: Stage, staff_chat_id: int | None = None) -> Relay:
    app = stage.app
    where = staff_chat_id or stage.staff_chat
    options = settings(app.settings.database, app.settings.data_dir, staff_chat_id=where)
    return Relay(app.db, app.speaker, pictures=app.pictures, settings=options, carriers=app.carriers, routes=ROUTES)


async def happened(stage: Stage, *events: Event) -> None:
    async with stage.app.db.begin() as session:
        await outbox.write(session, *events, now=stage.clock())


async def statuses(stage: Stage) -> list[str]:
    async with stage.app.db.read() as session:
        return list(await session.scalars(select(Delivery.status).order_by(Delivery.event_id)))


def told(stage: Stage, chat_id: int | None = None) -> list[str]:
    texts = [
        str(message.get("text", "")) for message in stage.world.chats[chat_id or stage.staff_chat].messages.values()
    ]
    return [text for text in texts if text.startswith("order.")]


@pytest.mark.parametrize("order_id", [NOBODY_KNOWS, BREAKS_A_STATEMENT])
async def test_an_event_whose_readers_cannot_be_found_holds_up_no_other(
    stage: Stage, caplog: pytest.LogCaptureFixture, order_id: int
) -> None:
    """It is set aside where a person finds it, and reported."""
    await happened(stage, OrderPlaced(order_id=1), OrderPlaced(order_id=order_id), OrderPlaced(order_id=2))
    await a_relay(stage).run_once(stage.clock())
    assert told(stage) == ["order.placed 1", "order.placed 2"]
    assert await statuses(stage) == ["sent", "failed", "sent"]
    assert "was set aside" in caplog.text


async def test_an_event_that_cannot_be_read_holds_up_no_other(stage: Stage) -> None:
    """Another version wrote it with other fields."""
    row = {"type": OrderPlaced.type, "subject": "order:1", "payload": {"unknown": 1}, "created_at": stage.clock()}
    async with stage.app.db.begin() as session:
        await session.execute(insert(OutboxEvent), row)
    await happened(stage, OrderPlaced(order_id=2))
    await a_relay(stage).run_once(stage.clock())
    assert (told(stage), await statuses(stage)) == (["order.placed 2"], ["failed", "sent"])


async def test_what_the_staff_must_hear_waits_until_the_bot_is_let_in_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody removed the bot from the group by accident; the orders of that night are not lost."""
    await stage.max.removes_bot(stage.staff_chat)
    await happened(stage, OrderPlaced(order_id=1))
    for _ in range(20):
        await a_relay(stage).run_once(stage.clock())
        stage.clock.goes_on(minutes=10)
    assert "the staff chat" in caplog.text
    await stage.max.adds_bot(stage.staff_chat)
    await a_relay(stage).run_once(stage.clock())
    assert told(stage) == ["order.placed 1"]


async def test_what_waits_for_a_closed_group_goes_to_the_one_that_is_named_instead(stage: Stage) -> None:
    """With the cards, begun again there."""
    await happened(stage, OrderChanged(order_id=1))
    await a_relay(stage).run_once(stage.clock())
    await stage.max.removes_bot(stage.staff_chat)
    await happened(stage, OrderChanged(order_id=1), OrderPlaced(order_id=2))
    await a_relay(stage).run_once(stage.clock())
    other = stage.world.add_group("New desk", [stage.max.id])
    await happened(stage, OrderChanged(order_id=3))
    stage.clock.goes_on(minutes=10)
    await a_relay(stage, other.id).run_once(stage.clock())
    assert sorted(told(stage, other.id)) == ["order.changed 1", "order.changed 3", "order.placed 2"]
    async with stage.app.db.read() as session:
        assert set(await session.scalars(select(ChatMessage.chat_id))) == {other.id}


async def test_a_run_ends_before_its_moment_grows_stale(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease that begins in the past is over too soon: another relay would send the same once more."""
    ticks = iter(range(0, 1000, 60))
    monkeypatch.setattr(relays, "monotonic", lambda: float(next(ticks)))
    await happened(stage, *(OrderPlaced(order_id=n) for n in range(20)))
    relay = a_relay(stage)
    assert await relay.run_once(stage.clock()) > 0
    assert len(told(stage)) < 20
    while await relay.run_once(stage.clock()):
        stage.clock.goes_on(minutes=1)
    assert len(told(stage)) == 20
