"""Replies to an order's card in the staff chat: a tracking number, or a part of the money to give back."""

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from aiogram.filters import Filter
from aiogram.types import Message
from sqlalchemy import select

from bot.ui.screen import Screen
from bot.ui.staff_parcels import which_parcel_screen
from handlers import staff_transfers
from handlers.staff_desk import Desk, desk_router, ship_order, ship_parcel
from store import living, order_notes, shipping, staff
from store.db import Database
from store.errors import BadInput
from store.models import ChatMessage
from store.money import to_minor
from store.order_story import OrderStory, story
from store.parcels import numbers
from store.parcels.registry import OTHER
from store.payments import refunds
from store.shipments import ShipmentView
from store.staff import Permission

router = desk_router(__name__)

# So long the card waits for the number of the parcel that it asks for.
ASKED_FOR = timedelta(hours=1)
_REFUND = re.compile(r"\s*refund\b(.{0,40})", re.IGNORECASE | re.DOTALL)
_PAID = re.compile(r"\s*paid\b(.{0,40})", re.IGNORECASE | re.DOTALL)


class ReplyToCard(Filter):
    """An answer to an order's card; hands over the order's id. Works in groups with privacy mode: replies to the bot reach it."""

    async def __call__(self, message: Message, db: Database) -> bool | dict[str, int]:
        if message.reply_to_message is None or message.text is None:
            return False
        async with db.read() as session:
            slot = await session.scalar(
                select(ChatMessage.slot).where(
                    ChatMessage.chat_id == message.chat.id,
                    ChatMessage.message_id == message.reply_to_message.message_id,
                    ChatMessage.slot.startswith("card:"),
                )
            )
        return {"order_id": int(slot.removeprefix("card:"))} if slot else False


@router.message(ReplyToCard())
async def reply_to_card(message: Message, order_id: int, db: Database, desk: Desk, now: datetime) -> Screen:
    """A tracking number ships the order (or corrects its number), "refund 12.50" gives a part back, "paid 12.50" is what came to the account;
    anything else is told what can be said here.
    """
    text, chat_id = message.text or "", message.chat.id
    async with db.read() as session:
        asked_for = await living.asked_in(session, chat_id, _answered(message), since=now - ASKED_FOR)
    if asked_for == living.note_slot(order_id):
        return await _note(order_id, text, chat_id, db=db, desk=desk, now=now)
    if asked := _REFUND.fullmatch(text):
        return await _refund_part(order_id, asked[1].strip(), db=db, desk=desk, now=now)
    if said := _PAID.fullmatch(text):
        return await _ask_transfer(order_id, said[1].strip(), db=db, desk=desk)
    number = numbers.normalise(text)
    known = [name for name in numbers.candidates(desk.carriers, number or "") if name != OTHER]
    if number is None or (not known and numbers.is_a_remark(text)):
        return await _hint(order_id, db=db, desk=desk)
    carrier = known[0] if len(known) == 1 else OTHER
    async with db.read() as session:
        told = await desk.asks(session, Permission.SHIP, order_id)
    if not told.parcels:
        return await ship_order(order_id, carrier, number, db=db, desk=desk, now=now)
    parcel = _meant(told, asked_for)
    if parcel is None:
        return which_parcel_screen(desk.t)
    if parcel.shipped_at is None:
        return await ship_parcel(parcel.id, carrier, number, db=db, desk=desk, now=now)
    return await _correct(order_id, parcel.id, carrier, number, db=db, desk=desk, now=now)


def _answered(message: Message) -> int:
    """The message that is replied to."""
    return message.reply_to_message.message_id if message.reply_to_message is not None else 0


async def _note(order_id: int, text: str, chat_id: int, *, db: Database, desk: Desk, now: datetime) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.VIEW)
        await order_notes.write(session, order_id, text, actor=desk.actor, now=now)
        await living.is_answered(session, chat_id, living.note_slot(order_id))
        told = await story(session, order_id)
    return desk.card(told, desk.t.label("Noted"))


def _meant(told: OrderStory, asked_for: str | None) -> ShipmentView | None:
    """The parcel whose number this is: the one that the card asks for, else the only one it can be."""
    asked = next((parcel for parcel in told.parcels if living.parcel_slot(parcel.id) == asked_for), None)
    if asked is not None:
        return asked
    waiting = [parcel for parcel in told.parcels if parcel.shipped_at is None]
    candidates = waiting or ([] if told.to_pack else list(told.parcels))
    return candidates[0] if len(candidates) == 1 else None


async def _hint(order_id: int, *, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        await desk.asks(session, Permission.VIEW, order_id)
    hint = desk.t(
        "Reply to a card with a tracking number to ship it, or with <code>refund 12.50</code> to give a part back."
    )
    return Screen(hint, fresh=True)


async def _correct(
    order_id: int, shipment_id: int, carrier: str, number: str, *, db: Database, desk: Desk, now: datetime
) -> Screen:
    """The parcel has left already: the number on its card was wrong."""
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.SHIP)
        await shipping.correct_number(
            session, shipment_id, carrier=carrier, tracking_number=number, actor=desk.actor, now=now
        )
        told = await story(session, order_id)
    return desk.card(told, desk.t.label("The number is {number} now", number=number))


async def _refund_part(order_id: int, amount: str, *, db: Database, desk: Desk, now: datetime) -> Screen:
    async with db.begin() as session:
        told = await desk.asks(session, Permission.REFUND, order_id)
        amount_minor = _amount(amount, told.order.currency)
        await refunds.request_amount(session, order_id, amount_minor, reason="staff", actor=desk.actor, now=now)
        told = await story(session, order_id)
    return desk.card(told, desk.t.label("The refund is on its way"))


async def _ask_transfer(order_id: int, amount: str, *, db: Database, desk: Desk) -> Screen:
    """What came to the bank account is asked again before it is written down."""
    async with db.read() as session:
        told = await desk.asks(session, Permission.RECORD_PAYMENT, order_id)
    return await staff_transfers.asked(order_id, _amount(amount, told.order.currency), db=db, desk=desk)


def _amount(text: str, currency: str) -> int:
    """ "12.50" or "12,50" in minor units. Raises: BadInput."""
    try:
        amount_minor = to_minor(Decimal(text.replace(",", ".")), currency)
    except (ValueError, InvalidOperation):
        raise BadInput(field="amount", reason="format") from None
    if not 0 < amount_minor < 10**14:
        raise BadInput(field="amount", reason="not_positive")
    return amount_minor
