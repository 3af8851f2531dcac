"""The staff chat: what is written on an order for one another. The note itself comes as a reply to the card (`staff_replies.py`)."""

from datetime import datetime

from aiogram.types import CallbackQuery

from bot.ui.desk_callbacks import AskStaffNote, ClearStaffNote
from bot.ui.screen import Screen
from bot.ui.staff_questions import ask_note_screen
from handlers.staff_desk import Desk, desk_router
from store import living, order_notes, staff
from store.db import Database
from store.order_story import story
from store.staff import Permission

router = desk_router(__name__)


@router.callback_query(AskStaffNote.filter())
async def ask_staff_note(
    query: CallbackQuery, callback_data: AskStaffNote, db: Database, desk: Desk, now: datetime
) -> Screen:
    card = query.message
    async with db.begin() as session:
        told = await desk.asks(session, Permission.VIEW, callback_data.order_id)
        if card is not None:
            slot = living.note_slot(callback_data.order_id)
            await living.stands(session, card.chat.id, slot, card.message_id, now=now)
    return ask_note_screen(told, desk.t, desk.zone, desk.carriers)


@router.callback_query(ClearStaffNote.filter())
async def clear_staff_note(
    query: CallbackQuery, callback_data: ClearStaffNote, db: Database, desk: Desk, now: datetime
) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.VIEW)
        await order_notes.clear(session, callback_data.order_id, actor=desk.actor, now=now)
        told = await story(session, callback_data.order_id)
    return desk.card(told, desk.t.label("The note is removed"))
