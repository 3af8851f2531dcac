"""Somebody of the staff says whether a customer's words asked for a parcel."""

from datetime import datetime

from aiogram.types import CallbackQuery

from bot.ui.screen import Screen
from bot.ui.staff_lessons import lesson_screen
from bot.ui.staff_support import thread_card_screen
from bot.ui.staff_support_callbacks import AskLesson, GiveLesson
from handlers.staff_desk import Desk, desk_router
from store import staff, support_threads
from store.db import Database
from store.parcels import corrections
from store.staff import Permission

router = desk_router(__name__)


@router.callback_query(AskLesson.filter())
async def ask_lesson(query: CallbackQuery, callback_data: AskLesson, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        thread = await support_threads.thread(session, callback_data.thread_id)
    return lesson_screen(thread, desk.t, desk.zone)


@router.callback_query(GiveLesson.filter())
async def give_lesson(
    query: CallbackQuery, callback_data: GiveLesson, db: Database, desk: Desk, now: datetime
) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        await corrections.correct(session, callback_data.message_id, asks=callback_data.asks, actor=desk.actor, now=now)
        thread = await support_threads.thread(session, callback_data.thread_id)
    return thread_card_screen(thread, desk.t, desk.zone).with_toast(desk.t.label("Learned, thank you"))
