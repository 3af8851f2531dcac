"""The real table, over real orders: who reads what in the end."""

from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from notifications.routes import ROUTES
from store import coupon_edits, customers, events, living, order_life, outbox
from store.events import EVENTS, Event
from store.models import Delivery, PaymentAttempt, ProviderEventRow, Refund, Shipment
from store.orders import OrderView
from tests import order_builders as orders
from tests.apps import Stage, a_stage
from tests.builders import NOW, a_ready_checkout, a_variant


@pytest.fixture
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(sqlite_url, tmp_path) as stage:
        await stage.ann.starts()
        stage.ann.here.messages.clear()
        yield stage


async def an_order_of_ann(stage: Stage, *, is_paid: bool = True) -> OrderView:
    db = stage.app.db
    async with db.read() as session:
        ann = await customers.find(session, stage.ann.id)
    mug = await a_variant(db, stock=10)
    placed = await orders.place(db, await a_ready_checkout(db, mug, customer=ann))
    order = await orders.the_order(db, placed.order_id)
    if is_paid:
        await orders.an_attempt(db, order, status="succeeded", captured_minor=order.total_minor)
        async with db.begin() as session:
            await order_life.confirm(session, order.id, now=NOW)
            await order_life.derive(session, order.id)
    await relay(stage)
    return await orders.the_order(db, order.id)


async def relay(stage: Stage, *happened: Event) -> None:
    async with stage.app.db.begin() as session:
        await outbox.write(session, *happened, now=stage.clock())
    while await stage.app.relay.run_once(stage.clock()):
        pass


async def no_delivery_failed(stage: Stage) -> bool:
    async with stage.app.db.read() as session:
        return await session.scalar(select(Delivery.id).where(Delivery.status == "failed")) is None


def test_every_event_has_its_row() -> None:
    assert set(ROUTES) == set(EVENTS.values())


def test_no_event_has_two_routes_of_one_name() -> None:
    """The name tells their deliveries apart."""
    for routes in ROUTES.values():
        assert len({route.name for route in routes}) == len(routes)


async def test_a_paid_order_gives_the_buyer_a_receipt_and_the_staff_a_card(stage: Stage) -> None:
    order = await an_order_of_ann(stage)
    assert stage.ann.sees(f"Order {order.number} is paid")
    assert order.number in stage.max.screen
    assert "Accept" in str(stage.max.buttons)


async def test_an_order_that_waits_for_its_money_is_not_on_the_staffs_table(stage: Stage) -> None:
    """Nobody may pack it yet."""
    await an_order_of_ann(stage, is_paid=False)
    assert stage.max.from_bot == []


async def test_the_message_that_asks_for_the_money_becomes_the_receipt(stage: Stage) -> None:
    order = await an_order_of_ann(stage, is_paid=False)
    await stage.ann.sends("/help")
    async with stage.app.db.begin() as session:
        asking = stage.ann.from_bot[-1]["message_id"]
        await living.stands(session, stage.ann.id, living.pay_slot(order.id), asking, now=NOW)
        await order_life.confirm(session, order.id, now=NOW)
    await relay(stage)
    assert (len(stage.ann.from_bot), "is confirmed" in stage.ann.screen) == (1, True)


async def test_the_card_is_one_message_whatever_happens_to_the_order(stage: Stage) -> None:
    order = await an_order_of_ann(stage)
    await orders.pack(stage.app.db, order)
    await orders.ship(stage.app.db, order)
    await relay(stage)
    assert len(stage.max.from_bot) == 1
    assert "handed to the carrier" in stage.max.screen


async def test_a_parcel_has_one_timeline_and_its_milestones_are_heard(stage: Stage) -> None:
    order = await an_order_of_ann(stage)
    await orders.ship(stage.app.db, order)
    await relay(stage)
    assert stage.ann.sees(f"Order {order.number} has left the shop")
    await parcel_moves(stage, order, "in_transit")
    before = len(stage.ann.from_bot)
    await parcel_moves(stage, order, "delivered")
    assert len(stage.ann.from_bot) == before + 1
    assert stage.ann.screen.startswith(f"📬 Order {order.number} has been delivered")


async def parcel_moves(stage: Stage, order: OrderView, *statuses: str) -> None:
    """All of them at one poll."""
    async with stage.app.db.begin() as session:
        await session.execute(update(Shipment).values(status=statuses[-1]))
        shipment_id = await session.scalar(select(Shipment.id)) or 0
    await relay(
        stage,
        *(events.ShipmentMoved(order_id=order.id, shipment_id=shipment_id, status=status) for status in statuses),
    )


async def test_a_milestone_that_is_over_is_not_told_any_more(stage: Stage) -> None:
    """One poll in the evening brings "out for delivery" and "delivered" together."""
    order = await an_order_of_ann(stage)
    await orders.ship(stage.app.db, order)
    await parcel_moves(stage, order, "out_for_delivery", "delivered")
    assert not stage.ann.sees("comes today")
    assert stage.ann.sees("has been delivered")


@pytest.mark.parametrize("status", ["exception", "lost", "returning", "returned"])
async def test_the_staff_hears_of_a_parcel_in_trouble(stage: Stage, status: str) -> None:
    """An edited card makes no sound."""
    order = await an_order_of_ann(stage)
    await orders.ship(stage.app.db, order)
    await parcel_moves(stage, order, status)
    assert "⚠️ Order" in stage.max.screen
    is_ours = status in ("exception", "lost")
    assert stage.max.buttons == ["Show the card", *(["🎁 Say sorry"] if is_ours else [])]


async def test_a_cancelled_order_is_told_to_the_buyer_and_taken_off_the_packing_table(stage: Stage) -> None:
    order = await an_order_of_ann(stage)
    await orders.cancel(stage.app.db, order, orders.STAFF)
    await relay(stage)
    assert stage.ann.sees(f"Order {order.number} is cancelled")
    assert [message for message in stage.max.from_bot if "It was cancelled" in message["text"]]
    assert not stage.ann.sees("A refund of")  # said with the cancellation


async def test_an_expired_order_is_told_to_its_buyer_alone(stage: Stage) -> None:
    order = await an_order_of_ann(stage, is_paid=False)
    await orders.expire(stage.app.db, order)
    await relay(stage)
    assert stage.ann.screen.startswith(f"Order {order.number} has expired")
    assert stage.max.from_bot == []


async def test_who_agrees_to_pay_too_late_hears_that_nothing_was_taken(stage: Stage) -> None:
    """The order was over by then; one that was paid another way meanwhile has nothing to say."""
    order = await an_order_of_ann(stage, is_paid=False)
    await orders.expire(stage.app.db, order)
    await relay(stage, events.PaymentFailed(order_id=order.id))
    assert stage.ann.screen.startswith(f"No money was taken for order {order.number}")
    paid = await an_order_of_ann(stage)
    await relay(stage, events.PaymentFailed(order_id=paid.id))
    assert not stage.ann.sees(f"No money was taken for order {paid.number}")


async def test_an_order_that_lives_again_is_not_told_to_have_expired(stage: Stage) -> None:
    """The relay was down between the two."""
    order = await an_order_of_ann(stage, is_paid=False)
    await orders.expire(stage.app.db, order)
    await orders.revive(stage.app.db, order)
    await relay(stage)
    assert not stage.ann.sees("has expired")
    assert stage.ann.sees("It was late, but the goods were still there")


async def test_nobody_is_written_to_who_has_blocked_the_bot(stage: Stage) -> None:
    await stage.ann.blocks_bot()
    await an_order_of_ann(stage)
    async with stage.app.db.read() as session:
        chats = set(await session.scalars(select(Delivery.chat_id)))
    assert chats == {stage.staff_chat}


async def test_low_stock_and_stray_money_are_told_to_the_staff(stage: Stage) -> None:
    variant = await a_variant(stage.app.db, stock=1, title="Vase")
    async with stage.app.db.begin() as session:
        row = ProviderEventRow(gateway="sandbox", event_key="e1", kind="captured", merchant_ref="m1", source="webhook")
        row.amount_minor, row.currency, row.raw, row.reason = 500, "XXX", b"", "unknown reference"
        row.occurred_at = row.received_at = NOW
        session.add(row)
    await relay(
        stage,
        events.StockLow(variant_id=variant.id, free=1),
        events.PaymentQuarantined(provider_event_id=row.id),
    )
    low, stray = stage.max.from_bot
    assert "Vase: only 1 left" in low["text"]
    assert "500 XXX" in stray["text"]


@pytest.mark.parametrize("is_paid", [True, False])
async def test_every_event_of_an_order_can_be_told(stage: Stage, is_paid: bool) -> None:
    """In every order that a confused world may send them: no screen fails."""
    order = await an_order_of_ann(stage, is_paid=is_paid)
    if is_paid:
        await orders.ship(stage.app.db, order)
    async with stage.app.db.read() as session:
        shipment_id = await session.scalar(select(func.min(Shipment.id))) or 1
    known = {"order_id": order.id, "shipment_id": shipment_id, "refund_id": await a_refund(stage, order)}
    known |= {
        "trouble": "needs_phone",
        "status": "in_transit",
        "coupon_id": await a_coupon(stage),
        "level": 2,
        "cause": "slow",
        "captured_minor": 1,
        "missing_minor": 2,
        "currency": "USD",
    }
    told = {kind: {field.name for field in fields(kind)} for kind in EVENTS.values()}
    of_orders = [kind for kind, names in told.items() if names <= set(known)]
    assert set(of_orders) == {kind for kind in EVENTS.values() if issubclass(kind, events.OrderEvent)}
    await relay(stage, *(kind(**{name: known[name] for name in told[kind]}) for kind in of_orders))
    assert await no_delivery_failed(stage)


async def a_coupon(stage: Stage) -> int:
    async with stage.app.db.begin() as session:
        wanted = coupon_edits.Wanted("WELCOME10", percent=10)
        return (await coupon_edits.create(session, wanted, actor=orders.STAFF, now=NOW)).id


async def a_refund(stage: Stage, order: OrderView) -> int:
    if order.awaits_payment:
        await orders.an_attempt(stage.app.db, order, status="pending")
    async with stage.app.db.begin() as session:
        attempt_id = await session.scalar(select(func.min(PaymentAttempt.id)))
        refund = Refund(attempt_id=attempt_id, order_id=order.id, reason="staff", amount_minor=100, currency="USD")
        refund.merchant_ref, refund.requested_by, refund.created_at = "r1", "staff:1", NOW + timedelta(hours=1)
        session.add(refund)
    return refund.id


async def test_a_failed_refund_is_told_to_both(stage: Stage) -> None:
    """The buyer need not do anything; somebody in the shop must."""
    order = await an_order_of_ann(stage)
    refund_id = await a_refund(stage, order)
    async with stage.app.db.begin() as session:
        await session.execute(update(Refund).values(status="failed"))
    await relay(stage, events.RefundFailed(order_id=order.id, refund_id=refund_id))
    assert "The refund of $1.00 did not work" in stage.ann.screen
    assert "The refund of $1.00 failed" in stage.max.screen


async def test_events_about_what_is_gone_are_skipped(stage: Stage) -> None:
    """A restored backup may lack what the outbox speaks of."""
    await relay(
        stage,
        events.StockLow(variant_id=999, free=1),
        events.PaymentQuarantined(provider_event_id=999),
        events.UpdateSetAside(reference="a1b2c3"),
        events.OrderChanged(order_id=999),
    )
    assert await no_delivery_failed(stage)
    assert stage.max.from_bot == []
