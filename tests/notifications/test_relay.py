import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo.faults import Fault
from bot.ui.screen import Screen
from notifications import deliveries
from notifications.relay import Relay
from notifications.telling import Recipient, Route, Telling
from store import outbox
from store.errors import NotFound
from store.events import Event, OrderCancelled, OrderChanged, OrderConfirmed, OrderEvent, OrderPlaced
from store.models import ChatMessage, Customer, Delivery, OutboxEvent
from tests.apps import Stage, a_stage, settings

BROKEN, GONE, NOTHING = 1013, 1014, 1015


async def _to_ann_and_max(_session: AsyncSession, event: OrderEvent, *_: Any) -> list[Recipient]:
    """The test's chats are known by what they are: everybody's private chat."""
    return [Recipient(chat_id, "en") for chat_id in CHATS]


async def _news(_session: AsyncSession, event: OrderEvent, tell: Telling) -> Screen | None:
    if event.order_id == BROKEN:
        raise ZeroDivisionError
    if event.order_id == GONE:
        raise NotFound
    return None if event.order_id == NOTHING else Screen(escape(f"{event.type} {event.order_id}"))


def _slot(event: OrderEvent) -> str:
    return f"card:{event.order_id}"


CHATS: list[int] = []
ROUTES: dict[type[Event], tuple[Route, ...]] = {
    OrderPlaced: (Route("news", _to_ann_and_max, _news),),
    OrderChanged: (Route("card", _to_ann_and_max, _news, slot=_slot),),
    OrderCancelled: (Route("card", _to_ann_and_max, _news, slot=_slot, opens=False),),
}


@pytest.fixture
async def stage(db_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(db_url, tmp_path) as stage:
        await stage.ann.starts()
        stage.world.calls.clear()
        CHATS[:] = [stage.ann.id]
        yield stage


def a_relay(stage: Stage) -> Relay:
    app = stage.app
    options = settings(app.settings.database, app.settings.data_dir)
    return Relay(app.db, app.speaker, pictures=app.pictures, settings=options, carriers=app.carriers, routes=ROUTES)


@pytest.fixture
def relay(stage: Stage) -> Relay:
    return a_relay(stage)


async def happened(stage: Stage, *events: Event) -> None:
    async with stage.app.db.begin() as session:
        await outbox.write(session, *events, now=stage.clock())


async def rows(stage: Stage) -> list[Delivery]:
    async with stage.app.db.read() as session:
        return list(await session.scalars(select(Delivery).order_by(Delivery.id)))


async def statuses(stage: Stage) -> list[str]:
    return [row.status for row in await rows(stage)]


def told(stage: Stage, chat_id: int | None = None) -> list[str]:
    """What the shop has said, in the order in which it stands in the chat."""
    chat = stage.world.chats[chat_id or stage.ann.id]
    texts = [str(message.get("text", "")) for message in chat.messages.values()]
    return [text for text in texts if text.startswith("order.")]


async def test_every_event_is_told_once(stage: Stage, relay: Relay) -> None:
    await happened(stage, OrderPlaced(order_id=1), OrderPlaced(order_id=2))
    assert await relay.run_once(stage.clock()) > 0
    assert await relay.run_once(stage.clock()) == 0
    assert told(stage) == ["order.placed 1", "order.placed 2"]
    assert await statuses(stage) == ["sent", "sent"]


async def test_what_was_rolled_back_is_not_told(stage: Stage, relay: Relay) -> None:
    """The event is written in the transaction that makes it true."""
    with contextlib.suppress(ZeroDivisionError):
        async with stage.app.db.begin() as session:
            await outbox.write(session, OrderPlaced(order_id=1), now=stage.clock())
            raise ZeroDivisionError
    assert await relay.run_once(stage.clock()) == 0
    assert told(stage) == []


async def test_an_event_of_another_version_waits_for_that_version(stage: Stage, relay: Relay) -> None:
    """During an upgrade a newer program may have written it."""
    await happened(stage, OrderConfirmed(order_id=1), OrderPlaced(order_id=2))
    await relay.run_once(stage.clock())
    assert told(stage) == ["order.placed 2"]
    async with stage.app.db.read() as session:
        assert await session.scalar(select(func.count()).where(OutboxEvent.routed_at.is_(None))) == 1


async def test_a_thing_has_one_message_that_is_kept_true(stage: Stage, relay: Relay) -> None:
    await happened(stage, OrderChanged(order_id=1))
    await relay.run_once(stage.clock())
    await happened(stage, OrderCancelled(order_id=1))
    await relay.run_once(stage.clock())
    assert told(stage) == ["order.cancelled 1"]


async def test_a_route_that_only_keeps_a_message_does_not_begin_one(stage: Stage, relay: Relay) -> None:
    await happened(stage, OrderCancelled(order_id=1))
    await relay.run_once(stage.clock())
    assert (told(stage), await statuses(stage)) == ([], ["skipped"])


async def test_a_flood_limit_parks_the_chat_and_keeps_its_order(stage: Stage, relay: Relay) -> None:
    """Nothing is lost, nothing overtakes, and others do not wait."""
    CHATS.append(stage.staff_chat)
    stage.world.faults.add("sendMessage", Fault.FLOOD, retry_after=30, chat_id=stage.ann.id)
    await happened(stage, *(OrderPlaced(order_id=n) for n in (1, 2, 3)))
    await relay.run_once(stage.clock())
    assert (told(stage), len(told(stage, stage.staff_chat))) == ([], 3)
    stage.clock.goes_on(seconds=29)
    await relay.run_once(stage.clock())
    assert told(stage) == []
    stage.clock.goes_on(seconds=1)
    await relay.run_once(stage.clock())
    assert told(stage) == ["order.placed 1", "order.placed 2", "order.placed 3"]
    assert {row.attempts for row in await rows(stage)} == {1}


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.GATEWAY, Fault.RESET_BEFORE])
async def test_a_broken_line_is_tried_again_with_growing_pauses(stage: Stage, relay: Relay, fault: Fault) -> None:
    stage.world.faults.add("sendMessage", fault, times=2)
    await happened(stage, OrderPlaced(order_id=1))
    for pause in (2, 4, 0):
        assert told(stage) == []
        await relay.run_once(stage.clock())
        stage.clock.goes_on(seconds=pause)
    assert told(stage) == ["order.placed 1"]


async def test_what_cannot_be_sent_is_given_up_and_reported(
    stage: Stage, relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    """After eight tries; the messages behind it go on."""
    stage.world.faults.add("sendMessage", Fault.SERVER_ERROR, times=8)
    await happened(stage, OrderPlaced(order_id=1), OrderPlaced(order_id=2))
    for _ in range(8):
        await relay.run_once(stage.clock())
        stage.clock.goes_on(minutes=10)
    assert await statuses(stage) == ["failed", "sent"]
    assert "was given up: Internal Server Error" in caplog.text


async def test_a_bug_in_one_message_does_not_hold_up_the_others(
    stage: Stage, relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    await happened(stage, OrderPlaced(order_id=BROKEN), OrderPlaced(order_id=2))
    await relay.run_once(stage.clock())
    assert await statuses(stage) == ["failed", "sent"]
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("order_id", [GONE, NOTHING])
async def test_what_is_not_worth_telling_any_more_is_skipped(stage: Stage, relay: Relay, order_id: int) -> None:
    await happened(stage, OrderPlaced(order_id=order_id))
    await relay.run_once(stage.clock())
    assert await statuses(stage) == ["skipped"]


async def test_whoever_has_blocked_the_bot_is_marked_and_left_alone(stage: Stage, relay: Relay) -> None:
    stage.world.users[stage.ann.id].has_blocked_bot = True
    await happened(stage, OrderPlaced(order_id=1))
    await relay.run_once(stage.clock())
    assert await statuses(stage) == ["skipped"]
    async with stage.app.db.read() as session:
        assert await session.scalar(select(Customer.blocked_at)) == stage.clock()


async def test_a_group_that_became_a_supergroup_is_followed(stage: Stage, relay: Relay) -> None:
    """With its living messages, begun again there."""
    group = stage.world.add_group("Desk", [stage.max.id], kind="group")
    CHATS[:] = [group.id]
    await happened(stage, OrderChanged(order_id=1))
    await relay.run_once(stage.clock())
    new_id = await stage.max.at(group.id).upgrades_group(group.id)
    await happened(stage, OrderCancelled(order_id=1), OrderPlaced(order_id=2))
    await relay.run_once(stage.clock())
    assert told(stage, new_id) == ["order.cancelled 1", "order.placed 2"]


async def test_what_was_being_sent_at_a_crash_is_sent_again(stage: Stage, relay: Relay) -> None:
    """Better twice than never; and it is counted."""
    await happened(stage, OrderPlaced(order_id=1))
    await relay._route(stage.clock())
    claimed = await relay._claim(stage.clock())
    async with stage.app.db.begin() as session:
        await deliveries.begin(session, claimed, now=stage.clock())  # the process ends here
    successor = a_relay(stage)
    assert await successor.run_once(stage.clock()) == 0
    stage.clock.goes_on(seconds=deliveries.LEASE.total_seconds() + 1)
    await successor.run_once(stage.clock())
    assert (told(stage), successor.resent) == (["order.placed 1"], 1)


async def test_two_relays_send_everything_once_and_in_order(stage: Stage) -> None:
    """As on two machines."""
    await happened(stage, *(OrderPlaced(order_id=n) for n in range(30)))
    relays = [a_relay(stage), a_relay(stage)]
    while any(await asyncio.gather(*(relay.run_once(stage.clock()) for relay in relays))):
        pass
    assert told(stage) == [f"order.placed {n}" for n in range(30)]


async def test_without_the_claim_two_relays_send_twice(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what keeps them apart is the condition in the claiming statement, nothing else."""

    async def claim_anything(
        session: AsyncSession, wanted: list[deliveries.Due], *, token: str, now: Any
    ) -> list[deliveries.Claimed]:
        ids = [each.id for each in wanted]
        await session.execute(update(Delivery).where(Delivery.id.in_(ids)).values(claimed_by=token))
        found = await session.scalars(select(Delivery).where(Delivery.id.in_(ids)))
        return [
            deliveries.Claimed(row.id, row.event_id, row.route, row.chat_id, 1, row.language, token) for row in found
        ]

    monkeypatch.setattr(deliveries, "claim", claim_anything)
    await happened(stage, OrderPlaced(order_id=1))
    relays = [a_relay(stage), a_relay(stage)]
    await relays[0]._route(stage.clock())
    seen = [await _due(stage) for _ in relays]
    for relay, wanted in zip(relays, seen, strict=True):
        async with stage.app.db.begin() as session:
            claimed = await deliveries.claim(session, wanted, token=str(id(relay)), now=stage.clock())
        await relay._sender.send(claimed, stage.clock())
    assert len(told(stage)) == 2


async def _due(stage: Stage) -> list[deliveries.Due]:
    async with stage.app.db.read() as session:
        return await deliveries.due(session, now=stage.clock(), limit=8, each_chat=1)


async def test_a_committed_event_wakes_the_relay(stage: Stage) -> None:
    """The timer is the guarantee, the wake-up is the speed."""
    woken = []
    stage.app.db.on_outbox.append(lambda: woken.append(True))
    await happened(stage, OrderPlaced(order_id=1))
    assert woken == [True]


async def test_living_messages_are_remembered_per_chat(stage: Stage, relay: Relay) -> None:
    CHATS.append(stage.staff_chat)
    await happened(stage, OrderChanged(order_id=1), OrderChanged(order_id=1))
    await relay.run_once(stage.clock())
    async with stage.app.db.read() as session:
        slots = await session.execute(select(ChatMessage.chat_id, ChatMessage.slot))
    assert sorted(map(tuple, slots)) == [(stage.staff_chat, "card:1"), (stage.ann.id, "card:1")]
