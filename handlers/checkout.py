"""The checkout: every answer is written down at once, and the next question is whatever is still missing."""

from datetime import datetime

from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.callbacks import (
    AskQuestion,
    ChooseDelivery,
    ChoosePayment,
    ClearNote,
    KeepAnswer,
    Question,
    StartCheckout,
    UseTelegramName,
)
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from handlers.awaits import Awaits, SharesContact
from handlers.counter import Counter, answered, counter_router
from store import checkout
from store.db import Database
from store.errors import BadInput, PaymentUnavailable
from store.payments import choice

router = counter_router(__name__)


@router.callback_query(StartCheckout.filter())
async def start_checkout(query: CallbackQuery, db: Database, counter: Counter) -> Screen:
    return await answered(db, counter)


@router.callback_query(AskQuestion.filter())
async def ask_question(query: CallbackQuery, callback_data: AskQuestion, db: Database, counter: Counter) -> Screen:
    return await answered(db, counter, then=callback_data.question)


@router.callback_query(KeepAnswer.filter())
async def keep_answer(query: CallbackQuery, callback_data: KeepAnswer, db: Database, counter: Counter) -> Screen:
    then = Question.PHONE if callback_data.question == Question.NAME else None
    return await answered(db, counter, then=then)


@router.callback_query(UseTelegramName.filter())
async def use_telegram_name(query: CallbackQuery, db: Database, counter: Counter, now: datetime) -> Screen:
    return await _name(counter.customer.name, db, counter, now)


@router.message(Awaits(Awaiting.CONTACT_NAME))
async def type_name(message: Message, db: Database, counter: Counter, now: datetime) -> Screen:
    return await _name(message.text or "", db, counter, now)


async def _name(name: str, db: Database, counter: Counter, now: datetime) -> Screen:
    async def write(session: AsyncSession) -> None:
        await checkout.set_contact(session, counter.customer.id, name=name, now=now)

    return await answered(db, counter, write, then=Question.PHONE)


@router.message(Awaits(Awaiting.CONTACT_PHONE))
async def type_phone(message: Message, db: Database, counter: Counter, now: datetime) -> Screen:
    return await _phone(message.text or "", db, counter, now)


@router.message(SharesContact())
async def share_phone(
    message: Message, db: Database, counter: Counter, now: datetime, raw_state: str | None = None
) -> Screen | None:
    """Only the sender's own card: anybody's number can be sent from an address book."""
    contact = message.contact
    if contact is None or raw_state != Awaiting.CONTACT_PHONE:
        return await answered(db, counter)
    if message.from_user is None or contact.user_id != message.from_user.id:
        raise BadInput(field="phone", reason="not_yours")
    return await _phone(contact.phone_number, db, counter, now)


async def _phone(number: str, db: Database, counter: Counter, now: datetime) -> Screen:
    async def write(session: AsyncSession) -> None:
        await checkout.set_contact(session, counter.customer.id, phone=number, now=now)

    return await answered(db, counter, write)


@router.callback_query(ChooseDelivery.filter())
async def choose_delivery(
    query: CallbackQuery, callback_data: ChooseDelivery, db: Database, counter: Counter, now: datetime
) -> Screen:
    async def write(session: AsyncSession) -> None:
        await checkout.set_delivery(session, counter.customer.id, callback_data.method_id, now=now)

    return await answered(db, counter, write)


@router.callback_query(ChoosePayment.filter())
async def choose_payment(
    query: CallbackQuery, callback_data: ChoosePayment, db: Database, counter: Counter, now: datetime
) -> Screen:
    async def write(session: AsyncSession) -> None:
        view = await checkout.view(session, counter.customer.id)
        gateway = counter.gateways.get(callback_data.gateway)
        if gateway is None:
            raise PaymentUnavailable(gateway=callback_data.gateway)
        await choice.pick(session, counter.customer.id, view, gateway, now=now)

    return await answered(db, counter, write)


@router.message(Awaits(Awaiting.NOTE))
async def type_note(message: Message, db: Database, counter: Counter, now: datetime) -> Screen:
    return await _note(message.text or "", db, counter, now)


@router.callback_query(ClearNote.filter())
async def clear_note(query: CallbackQuery, db: Database, counter: Counter, now: datetime) -> Screen:
    return await _note("", db, counter, now)


async def _note(text: str, db: Database, counter: Counter, now: datetime) -> Screen:
    async def write(session: AsyncSession) -> None:
        await checkout.set_note(session, counter.customer.id, text, now=now)

    return await answered(db, counter, write)
