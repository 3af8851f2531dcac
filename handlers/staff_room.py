"""A group becomes the staff chat by its owner's word: asked when the bot is let in, or follows the link that adds it to a group. How it works there."""

from datetime import datetime

from aiogram import Bot
from aiogram.filters import Command, CommandStart, Filter
from aiogram.types import CallbackQuery, Message

from bot import staff_room
from bot.settings import Settings
from bot.staff_menu import commands_of
from bot.ui.desk_callbacks import ConfirmStaffChat
from bot.ui.screen import Screen, Toast
from bot.ui.staff_news import group_number_screen
from bot.ui.staff_room import confirm_staff_chat_screen, staff_chat_chosen_screen, staff_help_screen
from handlers.staff_desk import Desk, desk_router
from store import staff
from store import staff_room as groups
from store.db import Database
from store.errors import NotAllowedNow, NotPermitted
from store.staff import Permission, Role

router = desk_router(__name__)


class InGroup(Filter):
    async def __call__(self, message: Message) -> bool:
        return message.chat.type in ("group", "supergroup")


@router.message(InGroup(), CommandStart())
async def greet_group(message: Message, db: Database, desk: Desk, settings: Settings) -> Screen | None:
    """`t.me/<bot>?startgroup=staff` sends it. Nobody but an owner is answered."""
    async with db.read() as session:
        if await staff.role_of(session, desk.telegram_id) != Role.OWNER:
            return None
    if settings.staff_chat_id == message.chat.id:
        return None
    if settings.staff_chat_id is not None:
        return group_number_screen(message.chat.id, desk.t)
    return confirm_staff_chat_screen(desk.t)


@router.message(InGroup(), Command("help"))
async def help_at_the_desk(message: Message, db: Database, desk: Desk) -> Screen | None:
    """What the role of whoever asks can type. Nobody else is answered: in private the bot explains the shop to everybody."""
    async with db.read() as session:
        role = await staff.role_of(session, desk.telegram_id)
    return staff_help_screen(commands_of(role, desk.t), desk.t) if role is not None else None


@router.callback_query(ConfirmStaffChat.filter())
async def confirm_staff_chat(
    query: CallbackQuery, db: Database, desk: Desk, settings: Settings, bot: Bot, now: datetime
) -> Screen | Toast:
    chat = query.message.chat if query.message is not None else None
    if chat is None or chat.type == "private":
        raise NotPermitted(permission=Permission.STAFF)
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.STAFF)
        if settings.staff_chat_id is not None:
            raise NotAllowedNow(status="settings")
        await groups.choose(session, chat.id, actor=desk.actor, now=now)
    made = await staff_room.furnish(bot, db, chat.id, desk.t, now=now)
    return staff_chat_chosen_screen(len(made), desk.t)
