"""Customers' questions in the staff chat: replies that go to the customer, and the buttons below a thread's card."""

from dataclasses import replace
from datetime import datetime

from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery, Message

from bot.settings import Settings
from bot.speaker import Speaker
from bot.ui.i18n import noop
from bot.ui.screen import Screen, Toast
from bot.ui.seller import SellerView
from bot.ui.staff_orders import staff_card_screen
from bot.ui.staff_profile import profile_screen
from bot.ui.staff_support import only_staff_screen, thread_card_screen, threads_screen
from bot.ui.staff_support_callbacks import (
    CallThread,
    ClaimThread,
    CloseThread,
    ListThreads,
    MessageBuyer,
    ReopenThread,
    ShowCustomer,
    ShowOrderCard,
    ShowThread,
)
from bot.ui.support import not_passed_on_screen
from handlers.staff_desk import Desk, desk_router
from handlers.support_words import is_said, words_of
from store import profiles, staff, support, support_threads
from store.db import Database
from store.models import IdempotencyKey
from store.staff import Permission
from store.support import Side
from store.upsert import insert_ignoring

router = desk_router(__name__)


class AtTheDesk(Filter):
    """In the staff chat, or in private with the bot: a list of customers is nothing for any other group."""

    async def __call__(self, message: Message, settings: Settings, seller: SellerView, speaker: Speaker) -> bool:
        chat_id = seller.staff_chat(settings)
        # The group may have moved, and the settings not have heard of it.
        return message.chat.type == "private" or message.chat.id in (chat_id, speaker.lanes.moved.get(chat_id or 0))


class RepliesToThread(Filter):
    """A reply to a thread's card, or to a customer's words below it."""

    async def __call__(self, message: Message, db: Database) -> bool | dict[str, int | None]:
        if message.reply_to_message is None or not is_said(message):
            return False
        async with db.read() as session:
            to = await support_threads.addressed(session, message.chat.id, message.reply_to_message.message_id)
        if to is None or to.side is Side.STAFF:
            return False
        return {"thread_id": to.thread_id, "answers_id": to.message_id}


@router.message(RepliesToThread())
async def answer_customer(
    message: Message, thread_id: int, answers_id: int | None, db: Database, desk: Desk, now: datetime
) -> Screen | None:
    """The words go to the customer, and the card says who answered. Somebody without a role is told once, and nothing goes anywhere."""
    words = words_of(message)
    async with db.begin() as session:
        if await staff.role_of(session, desk.telegram_id) is None:
            who = f"{message.chat.id}:{desk.telegram_id}"
            is_new = await insert_ignoring(session, IdempotencyKey, scope="only_staff", key=who, created_at=now)
            return only_staff_screen(desk.t) if is_new else None
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        if words is not None:
            await support.answer(session, thread_id, words, actor=desk.actor, answers_id=answers_id, now=now)
    return None if words is not None else replace(not_passed_on_screen(desk.t), rows=(), awaits=None)


@router.message(Command("threads"), AtTheDesk())
async def list_threads(message: Message, db: Database, desk: Desk) -> Screen:
    return await _threads(db, desk)


@router.callback_query(ListThreads.filter())
async def turn_threads(query: CallbackQuery, callback_data: ListThreads, db: Database, desk: Desk) -> Screen:
    return await _threads(db, desk, page=callback_data.page)


async def _threads(db: Database, desk: Desk, *, page: int = 0) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        return threads_screen(await support_threads.open_threads(session, page=page), desk.t, desk.zone)


@router.callback_query(ShowThread.filter())
async def show_thread(query: CallbackQuery, callback_data: ShowThread, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        thread = await support_threads.thread(session, callback_data.thread_id)
    return thread_card_screen(thread, desk.t, desk.zone)


@router.callback_query(CallThread.filter())
async def call_thread(
    query: CallbackQuery, callback_data: CallThread, db: Database, desk: Desk, now: datetime
) -> Toast:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        await support.call(session, callback_data.thread_id, now=now)
    return Toast(desk.t.label("It comes as the newest message in the staff chat: reply to it there."))


@router.callback_query(MessageBuyer.filter())
async def message_buyer(
    query: CallbackQuery, callback_data: MessageBuyer, db: Database, desk: Desk, now: datetime
) -> Toast:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        await support.about_order(session, callback_data.order_id, actor=desk.actor, now=now)
    return Toast(desk.t.label("Reply to the message that comes now: your words go to the customer."))


@router.callback_query(ShowOrderCard.filter())
async def show_order_card(query: CallbackQuery, callback_data: ShowOrderCard, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        told = await desk.asks(session, Permission.VIEW, callback_data.order_id)
    return replace(staff_card_screen(told, desk.t, desk.zone, desk.carriers), fresh=True)


@router.callback_query(ShowCustomer.filter())
async def show_customer(query: CallbackQuery, callback_data: ShowCustomer, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        thread = await support_threads.thread(session, callback_data.thread_id)
        profile = await profiles.profile(session, thread.customer_id)
    return profile_screen(profile, thread.id, desk.t, desk.zone)


# What a press does, and what is said when it has.
_ACTS = {
    ClaimThread: (support.claim, noop("You are on it")),
    CloseThread: (support.close, noop("Closed. The customer is told.")),
    ReopenThread: (support.reopen, noop("Open again")),
}


@router.callback_query(ClaimThread.filter())
@router.callback_query(CloseThread.filter())
@router.callback_query(ReopenThread.filter())
async def act_on_thread(
    query: CallbackQuery,
    callback_data: ClaimThread | CloseThread | ReopenThread,
    db: Database,
    desk: Desk,
    now: datetime,
) -> Screen:
    act, done = _ACTS[type(callback_data)]
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        is_done = await act(session, callback_data.thread_id, actor=desk.actor, now=now)
        thread = await support_threads.thread(session, callback_data.thread_id)
    told = desk.t.label(done) if is_done else desk.t.label("Somebody was faster: this is how it stands.")
    return thread_card_screen(thread, desk.t, desk.zone).with_toast(told)
