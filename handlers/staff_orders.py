"""The staff chat: every press on an order's card. The role is asked in the transaction of the change."""

from collections.abc import Iterable
from datetime import datetime

from aiogram.types import CallbackQuery

from bot.ui.desk_callbacks import BringCard, HandBack
from bot.ui.screen import Screen, Toast
from bot.ui.staff_callbacks import (
    AcceptOrder,
    AskRefund,
    AskShip,
    AskStaffCancel,
    CashReceived,
    HandOver,
    MarkDelivered,
    PackOrder,
    ReadyForPickup,
    RefundedByHand,
    RefundOrder,
    ShipWithNumber,
    ShowCard,
    StaffCancel,
)
from bot.ui.staff_orders import staff_card_screen
from bot.ui.staff_questions import ask_cancel_screen, ask_number_screen, ask_refund_screen, ask_ship_screen
from handlers.staff_desk import Desk, desk_router
from store import order_life, outbox, packing, shipping, staff
from store.db import Database
from store.errors import NotFound
from store.events import CardWanted
from store.order_story import story
from store.payments import by_hand, cash, refunds
from store.payments.refunds import RefundView
from store.shipments import ShipmentView
from store.staff import Permission

router = desk_router(__name__)


@router.callback_query(ShowCard.filter())
async def show_card(query: CallbackQuery, callback_data: ShowCard, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        told = await desk.asks(session, Permission.VIEW, callback_data.order_id)
    return staff_card_screen(told, desk.t, desk.zone, desk.carriers)


@router.callback_query(BringCard.filter())
async def bring_card(query: CallbackQuery, callback_data: BringCard, db: Database, desk: Desk, now: datetime) -> Toast:
    """The relay sends it, so that it is the living one from now on."""
    async with db.begin() as session:
        await desk.asks(session, Permission.VIEW, callback_data.order_id)
        await outbox.write(session, CardWanted(order_id=callback_data.order_id), now=now)
    return Toast(desk.t.label("The card comes below"))


@router.callback_query(AcceptOrder.filter())
async def accept(query: CallbackQuery, callback_data: AcceptOrder, db: Database, desk: Desk, now: datetime) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.ACCEPT)
        await order_life.accept(session, callback_data.order_id, actor=desk.actor, now=now)
        told = await story(session, callback_data.order_id)
    return desk.card(told, desk.t.label("Accepted"))


@router.callback_query(HandBack.filter())
async def hand_back(query: CallbackQuery, callback_data: HandBack, db: Database, desk: Desk, now: datetime) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.ACCEPT)
        await order_life.hand_back(session, callback_data.order_id, actor=desk.actor, now=now)
        told = await story(session, callback_data.order_id)
    return desk.card(told, desk.t.label("It waits for somebody again"))


@router.callback_query(PackOrder.filter())
async def pack(query: CallbackQuery, callback_data: PackOrder, db: Database, desk: Desk, now: datetime) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.PACK)
        await packing.pack(session, callback_data.order_id, actor=desk.actor, now=now)
        told = await story(session, callback_data.order_id)
    return desk.card(told, desk.t.label("Packed"))


@router.callback_query(AskShip.filter())
async def ask_ship(query: CallbackQuery, callback_data: AskShip, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        told = await desk.asks(session, Permission.SHIP, callback_data.order_id)
    return ask_ship_screen(told, desk.t, desk.zone, desk.carriers)


@router.callback_query(ShipWithNumber.filter())
async def ask_number(query: CallbackQuery, callback_data: ShipWithNumber, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        told = await desk.asks(session, Permission.SHIP, callback_data.order_id)
    return ask_number_screen(told, desk.t, desk.zone, desk.carriers)


@router.callback_query(ReadyForPickup.filter())
async def ready(query: CallbackQuery, callback_data: ReadyForPickup, db: Database, desk: Desk, now: datetime) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.SHIP)
        await shipping.ready_for_pickup(session, callback_data.order_id, actor=desk.actor, now=now)
        told = await story(session, callback_data.order_id)
    return desk.card(told, desk.t.label("The customer is told"))


@router.callback_query(HandOver.filter())
async def hand_over(query: CallbackQuery, callback_data: HandOver, db: Database, desk: Desk, now: datetime) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.SHIP)
        await shipping.hand_over(session, callback_data.order_id, actor=desk.actor, now=now)
        told = await story(session, callback_data.order_id)
    return desk.card(told, desk.t.label("Handed over"))


@router.callback_query(MarkDelivered.filter())
async def delivered(
    query: CallbackQuery, callback_data: MarkDelivered, db: Database, desk: Desk, now: datetime
) -> Screen:
    async with db.begin() as session:
        told = await desk.asks(session, Permission.SHIP, callback_data.order_id)
        _is_one_of(callback_data.shipment_id, told.shipments)
        await shipping.mark_delivered(session, callback_data.shipment_id, actor=desk.actor, now=now)
        told = await story(session, callback_data.order_id)
    return desk.card(told, desk.t.label("Delivered"))


@router.callback_query(CashReceived.filter())
async def cash_received(
    query: CallbackQuery, callback_data: CashReceived, db: Database, desk: Desk, now: datetime
) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.RECORD_PAYMENT)
        await cash.receive(session, callback_data.order_id, actor=desk.actor, now=now)
        told = await story(session, callback_data.order_id)
    return desk.card(told, desk.t.label("Payment recorded"))


@router.callback_query(AskRefund.filter())
async def ask_refund(query: CallbackQuery, callback_data: AskRefund, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        told = await desk.asks(session, Permission.REFUND, callback_data.order_id)
    return ask_refund_screen(told, desk.t, desk.zone, desk.carriers)


@router.callback_query(RefundOrder.filter())
async def refund(query: CallbackQuery, callback_data: RefundOrder, db: Database, desk: Desk, now: datetime) -> Screen:
    """Refunds what the confirmation named. A second press finds another sum and asks again instead of paying twice."""
    async with db.begin() as session:
        told = await desk.asks(session, Permission.REFUND, callback_data.order_id)
        if told.refundable_minor != callback_data.amount_minor or not told.refundable_minor:
            return desk.card(told, desk.t.label("Something changed. Please look again."))
        await refunds.request_all(session, callback_data.order_id, reason="staff", actor=desk.actor, now=now)
        told = await story(session, callback_data.order_id)
    return desk.card(told, desk.t.label("The refund is on its way"))


@router.callback_query(RefundedByHand.filter())
async def refunded_by_hand(
    query: CallbackQuery, callback_data: RefundedByHand, db: Database, desk: Desk, now: datetime
) -> Screen:
    async with db.begin() as session:
        told = await desk.asks(session, Permission.REFUND, callback_data.order_id)
        _is_one_of(callback_data.refund_id, told.refunds)
        await by_hand.settle(session, callback_data.refund_id, actor=desk.actor, now=now)
        told = await story(session, callback_data.order_id)
    return desk.card(told, desk.t.label("Refund recorded"))


@router.callback_query(AskStaffCancel.filter())
async def ask_cancel(query: CallbackQuery, callback_data: AskStaffCancel, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        told = await desk.asks(session, Permission.CANCEL, callback_data.order_id)
    return ask_cancel_screen(told, desk.t, desk.zone, desk.carriers)


@router.callback_query(StaffCancel.filter())
async def cancel(query: CallbackQuery, callback_data: StaffCancel, db: Database, desk: Desk, now: datetime) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.CANCEL)
        await order_life.cancel(session, callback_data.order_id, actor=desk.actor, reason="staff", now=now)
        told = await story(session, callback_data.order_id)
    return desk.card(told, desk.t.label("Cancelled"))


def _is_one_of(row_id: int, rows: Iterable[ShipmentView | RefundView]) -> None:
    """A changed client can press with a part of another order. Raises: NotFound."""
    if row_id not in {row.id for row in rows}:
        raise NotFound
