"""Replies to an order's card in the staff chat: a tracking number, or a part of the money to give back."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message
from sqlalchemy import select

from bot.ui.desk_callbacks import UseNumber
from bot.ui.screen import Screen
from bot.ui.staff_carriers import choose_carrier_screen, which_number_screen
from bot.ui.staff_parcels import which_parcel_screen
from handlers import staff_transfers
from handlers.staff_desk import Desk, desk_router, ship_order, ship_parcel
from store import living, order_notes, shipments, shipping, staff
from store.db import Database
from store.errors import BadInput
from store.models import ChatMessage
from store.money import to_minor
from store.order_story import OrderStory, story
from store.parcels import care, numbers
from store.parcels.carrier import Trouble
from store.parcels.choosing import Choice, who_carries
from store.parcels.office import Office
from store.parcels.registry import OTHER, Carriers
from store.payments import refunds
from store.shipments import ShipmentView
from store.staff import Permission

router = desk_router(__name__)

# So long the card waits for the number of the parcel that it asks for.
ASKED_FOR = timedelta(hours=1)
_DIGITS = re.compile(r"\s*[0-9]{4}\s*")
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
async def reply_to_card(
    message: Message, order_id: int, db: Database, desk: Desk, office: Office, now: datetime
) -> Screen:
    """A tracking number ships the order (or corrects its number), "refund 12.50" gives a part back, "paid 12.50" is what came to the account,
    four digits are a phone's that a carrier waits for; anything else is told what can be said here.
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
    if _DIGITS.fullmatch(text):
        return await _digits(order_id, text.strip(), db=db, desk=desk, office=office, now=now)
    number = _number_in(text, desk.carriers)
    if (meant := _mistyped(text, number, desk.carriers)) is not None:
        async with db.read() as session:
            await desk.asks(session, Permission.SHIP, order_id)
        return which_number_screen(order_id, number, meant, desk.t)
    if number is None:
        return await _hint(order_id, db=db, desk=desk)
    return await _use(order_id, number, text, asked_for, db=db, desk=desk, now=now)


@router.callback_query(UseNumber.filter())
async def use_number(query: CallbackQuery, callback_data: UseNumber, db: Database, desk: Desk, now: datetime) -> Screen:
    """The staff has said which number it is."""
    order_id, number = callback_data.order_id, callback_data.number
    return await _use(order_id, number, number, None, db=db, desk=desk, now=now)


def _mistyped(text: str, number: str | None, carriers: Carriers) -> str | None:
    """What was perhaps meant; None where the number is one of a carrier's as it was typed."""
    is_known = number is not None and any(name != OTHER for name in numbers.candidates(carriers, number))
    meant = None if is_known else numbers.suggestion(text)
    return meant if meant is not None and len(meant) <= 36 else None


async def _use(
    order_id: int, number: str, text: str, asked_for: str | None, *, db: Database, desk: Desk, now: datetime
) -> Screen:
    async with db.read() as session:
        told = await desk.asks(session, Permission.SHIP, order_id)
        history = await shipments.carriers_lately(session)
    verdict = who_carries(desk.carriers, number, text=text, history=history)
    choice = verdict.sure or Choice(OTHER, "")
    shown = await _shipped(told, choice, number, asked_for, db=db, desk=desk, now=now)
    if verdict.sure is not None or not verdict.choices:
        return shown
    return await _asked(order_id, number, verdict.choices, shown, db=db, desk=desk)


def _number_in(text: str, carriers: Carriers) -> str | None:
    """The number that was typed, alone or among the words around it."""
    number = numbers.normalise(text)
    is_known = number is not None and any(name != OTHER for name in numbers.candidates(carriers, number))
    if number is not None and (is_known or not numbers.is_a_remark(text)):
        return number
    return numbers.found_in(text)


async def _shipped(
    told: OrderStory, choice: Choice, number: str, asked_for: str | None, *, db: Database, desk: Desk, now: datetime
) -> Screen:
    if not told.parcels:
        return await ship_order(told.order.id, choice.carrier, number, slug=choice.slug, db=db, desk=desk, now=now)
    parcel = _meant(told, asked_for)
    if parcel is None:
        return which_parcel_screen(desk.t)
    if parcel.shipped_at is None:
        return await ship_parcel(parcel.id, choice.carrier, number, slug=choice.slug, db=db, desk=desk, now=now)
    return await _correct(told.order.id, parcel.id, choice, number, db=db, desk=desk, now=now)


async def _asked(
    order_id: int, number: str, choices: Sequence[Choice], shown: Screen, *, db: Database, desk: Desk
) -> Screen:
    """The parcel has left; the card asks who carries it. Where it has not, the card says so."""
    async with db.read() as session:
        told = await desk.asks(session, Permission.SHIP, order_id)
    parcel = next((each for each in told.parcels if each.tracking_number == number), None)
    if parcel is None:
        return shown
    return choose_carrier_screen(told, parcel, choices, desk.t, desk.zone, desk.carriers)


async def _digits(order_id: int, digits: str, *, db: Database, desk: Desk, office: Office, now: datetime) -> Screen:
    """Four digits are a phone's, where a parcel's carrier waits for them."""
    async with db.begin() as session:
        told = await desk.asks(session, Permission.SHIP, order_id)
        waiting = [each for each in told.parcels if each.trouble == Trouble.NEEDS_PHONE]
        if waiting and office.seal is not None:
            for parcel in waiting:
                await care.give_phone(session, parcel.id, digits, seal=office.seal, actor=desk.actor, now=now)
            told = await story(session, order_id)
    if not waiting:
        return await _hint(order_id, db=db, desk=desk)
    return desk.card(told, desk.t.label("Thank you: the carrier is asked again"))


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
    order_id: int, shipment_id: int, choice: Choice, number: str, *, db: Database, desk: Desk, now: datetime
) -> Screen:
    """The parcel has left already: the number on its card was wrong."""
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.SHIP)
        await shipping.correct_number(
            session,
            shipment_id,
            carrier=choice.carrier,
            slug=choice.slug,
            tracking_number=number,
            actor=desk.actor,
            now=now,
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
    return await staff_transfers.transfer_question(order_id, _amount(amount, told.order.currency), db=db, desk=desk)


def _amount(text: str, currency: str) -> int:
    """ "12.50" or "12,50" in minor units. Raises: BadInput."""
    try:
        amount_minor = to_minor(Decimal(text.replace(",", ".")), currency)
    except (ValueError, InvalidOperation):
        raise BadInput(field="amount", reason="format") from None
    if not 0 < amount_minor < 10**14:
        raise BadInput(field="amount", reason="not_positive")
    return amount_minor
