"""Saved replies in the staff chat: kept by a command, chosen below a thread's card, read before they are sent."""

from datetime import datetime

from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.ui.screen import Screen
from bot.ui.staff_support import (
    ask_drop_screen,
    choose_reply_screen,
    digest,
    read_reply_screen,
    replies_screen,
    thread_card_screen,
)
from bot.ui.staff_support_callbacks import (
    AskDropReply,
    ChooseReply,
    DropReply,
    ListReplies,
    ReadReply,
    SendReply,
)
from handlers.staff_desk import Desk, desk_router
from handlers.staff_support import AtTheDesk
from store import saved_replies, staff, support, support_threads
from store.db import Database
from store.staff import Permission
from store.support import Words

router = desk_router(__name__)


@router.message(Command("replies"), AtTheDesk())
async def type_replies(message: Message, db: Database, desk: Desk) -> Screen:
    return await _replies(db, desk)


@router.callback_query(ListReplies.filter())
async def list_replies(query: CallbackQuery, db: Database, desk: Desk) -> Screen:
    return await _replies(db, desk)


async def _replies(db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        return replies_screen(await saved_replies.replies(session), desk.t)


@router.message(Command("save"), AtTheDesk())
async def save_reply(message: Message, command: CommandObject, db: Database, desk: Desk, now: datetime) -> Screen:
    """The title stands behind the command, the text below it; or the text is in the message that this one replies to."""
    title, _, text = (command.args or "").partition("\n")
    replied = message.reply_to_message
    words = text.strip() or (replied.text or replied.caption or "" if replied is not None else "")
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        if title.strip() and words:
            await saved_replies.save(session, title, words, actor=desk.actor, now=now)
        return replies_screen(await saved_replies.replies(session), desk.t)


@router.callback_query(ChooseReply.filter())
async def choose_reply(query: CallbackQuery, callback_data: ChooseReply, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        thread = await support_threads.thread(session, callback_data.thread_id)
        replies = await saved_replies.replies(session)
    return choose_reply_screen(thread, replies, desk.t, desk.zone, page=callback_data.page)


@router.callback_query(ReadReply.filter())
async def read_reply(query: CallbackQuery, callback_data: ReadReply, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        thread = await support_threads.thread(session, callback_data.thread_id)
        reply = await saved_replies.filled(session, callback_data.reply_id, thread)
    return read_reply_screen(thread, reply, desk.t)


@router.callback_query(SendReply.filter())
async def send_reply(query: CallbackQuery, callback_data: SendReply, db: Database, desk: Desk, now: datetime) -> Screen:
    """Only what was read, and only once: after a change, or another word in the thread, it is shown again."""
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        thread = await support_threads.locked(session, callback_data.thread_id)
        reply = await saved_replies.filled(session, callback_data.reply_id, thread)
        is_read = (digest(reply.text), thread.last_message_id) == (callback_data.seen, callback_data.after)
        if reply.missing or not is_read:
            changed = desk.t.label("Something changed. Please look again.")
            return read_reply_screen(thread, reply, desk.t).with_toast(changed)
        await support.answer(session, thread.id, Words(text=reply.text), actor=desk.actor, now=now)
        thread = await support_threads.thread(session, thread.id)
    return thread_card_screen(thread, desk.t, desk.zone).with_toast(desk.t.label("Sent"))


@router.callback_query(AskDropReply.filter())
async def ask_drop(query: CallbackQuery, callback_data: AskDropReply, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        return ask_drop_screen(await saved_replies.reply(session, callback_data.reply_id), desk.t)


@router.callback_query(DropReply.filter())
async def drop_reply(query: CallbackQuery, callback_data: DropReply, db: Database, desk: Desk) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        await saved_replies.drop(session, callback_data.reply_id)
        return replies_screen(await saved_replies.replies(session), desk.t)
