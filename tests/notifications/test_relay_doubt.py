"""What the relay does with a message of which nobody knows whether it came, and with a chat in which somebody else was refused."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo.faults import Fault
from bot.ui.screen import Doubt, Screen
from notifications import deliveries
from notifications.relay import Relay
from notifications.telling import Recipient, Route, Telling
from store import outbox
from store.events import Event, OrderChanged, OrderEvent, OrderPlaced
from store.models import Delivery
from tests.apps import Stage, a_stage, settings

CHATS: list[int] = []


async def _to_all(_session: AsyncSession, _event: OrderEvent, *_: Any) -> list[Recipient]:
    return [Recipient(chat_id, "en") for chat_id in CHATS]


async def _news(_session: AsyncSession, event: OrderEvent, _tell: Telling) -> Screen:
    return Screen(escape(f"{event.type} {event.order_id}"))


ROUTES: dict[type[Event], tuple[Route, ...]] = {
    OrderPlaced: (Route("news", _to_all, _news),),
    OrderChanged: (Route("hint", _to_all, _news, doubt=Doubt.SILENCE),),
}


@pytest.fixture
async def stage(db_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(db_url, tmp_path) as stage:
        await stage.ann.starts()
        CHATS[:] = [stage.ann.id]
        yield stage


def a_relay(stage: Stage) -> Relay:
    app = stage.app
    options = settings(app.settings.database, app.settings.data_dir)
    return Relay(app.db, app.speaker, pictures=app.pictures, settings=options, carriers=app.carriers, routes=ROUTES)


async def happened(stage: Stage, *events: Event) -> None:
    async with stage.app.db.begin() as session:
        await outbox.write(session, *events, now=stage.clock())


async def statuses(stage: Stage) -> list[str]:
    async with stage.app.db.read() as session:
        return list(await session.scalars(select(Delivery.status).order_by(Delivery.id)))


def told(stage: Stage) -> list[str]:
    texts = [str(message.get("text", "")) for message in stage.world.chats[CHATS[0]].messages.values()]
    return [text for text in texts if text.startswith("order.")]


TWICE, ONCE = ["order.placed 1"] * 2, ["order.changed 1"]


@pytest.mark.parametrize(("event", "heard"), [(OrderPlaced(order_id=1), TWICE), (OrderChanged(order_id=1), ONCE)])
async def test_what_may_have_come_comes_again_where_its_route_says_so(
    stage: Stage, event: Event, heard: list[str]
) -> None:
    stage.world.faults.add("sendMessage", Fault.RESET_AFTER)
    await happened(stage, event)
    for _ in range(2):
        await a_relay(stage).run_once(stage.clock())
        stage.clock.goes_on(seconds=5)
    assert (told(stage), await statuses(stage)) == (heard, ["sent" if heard is TWICE else "skipped"])


@pytest.mark.parametrize(("event", "heard"), [(OrderPlaced(order_id=1), TWICE[:1]), (OrderChanged(order_id=1), [])])
async def test_what_was_being_sent_at_a_crash_comes_again_where_its_route_says_so(
    stage: Stage, event: Event, heard: list[str]
) -> None:
    await happened(stage, event)
    relay = a_relay(stage)
    await relay._route(stage.clock())
    claimed = await relay._claim(stage.clock())
    async with stage.app.db.begin() as session:
        await deliveries.begin(session, claimed, now=stage.clock())  # the process ends here
    stage.clock.goes_on(seconds=deliveries.LEASE.total_seconds() + 1)
    await a_relay(stage).run_once(stage.clock())
    assert (told(stage), await statuses(stage)) == (heard, ["sent" if heard else "skipped"])


async def test_what_surely_did_not_come_is_sent_in_any_case(stage: Stage) -> None:
    stage.world.faults.add("sendMessage", Fault.FLOOD, retry_after=5)
    await happened(stage, OrderChanged(order_id=1))
    for _ in range(2):
        await a_relay(stage).run_once(stage.clock())
        stage.clock.goes_on(seconds=5)
    assert (told(stage), await statuses(stage)) == (ONCE, ["sent"])


async def test_a_chat_that_refused_a_reply_is_not_asked_by_the_relay(stage: Stage) -> None:
    """One lane for both; what the relay has to say waits in the database."""
    stage.app.speaker.lanes.refused(stage.app.speaker.lanes.lane(stage.ann.id), 30)
    stage.world.calls.clear()
    await happened(stage, OrderPlaced(order_id=1))
    await a_relay(stage).run_once(stage.clock())
    assert (list(stage.world.calls), await statuses(stage)) == ([], ["waiting"])
    stage.clock.goes_on(seconds=30)
    await a_relay(stage).run_once(stage.clock())
    assert (told(stage), await statuses(stage)) == (["order.placed 1"], ["sent"])


async def test_a_move_that_a_reply_has_met_is_followed(stage: Stage) -> None:
    group = stage.world.add_group("Desk", [stage.max.id], kind="group")
    CHATS[:] = [group.id]
    await happened(stage, OrderPlaced(order_id=1))
    CHATS[:] = [await stage.max.at(group.id).upgrades_group(group.id)]
    stage.app.speaker.lanes.moved[group.id] = CHATS[0]
    await a_relay(stage).run_once(stage.clock())
    assert (told(stage), await statuses(stage)) == (["order.placed 1"], ["sent"])
