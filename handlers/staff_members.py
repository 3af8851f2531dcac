"""Who belongs to the staff: an owner sees, gives and takes roles in the chat. Everything is asked of the database, nothing of the menu."""

from datetime import datetime

from aiogram import Bot
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.settings import Settings
from bot.staff_menu import show_menu, staff_group
from bot.ui.desk_callbacks import AskRevoke, RevokeRole, SetRole, ShowMember, ShowMembers
from bot.ui.i18n import translator
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from bot.ui.staff_members import (
    ask_revoke_screen,
    granted_screen,
    how_to_grant_screen,
    member_screen,
    members_screen,
)
from handlers.staff_desk import Desk, desk_router
from store import staff, typed
from store.db import Database
from store.errors import NotAllowedNow, NotFound
from store.models import StaffRole
from store.staff import Permission, Role

router = desk_router(__name__)


@router.message(Command("staff"))
async def staff_command(
    message: Message,
    command: CommandObject,
    db: Database,
    desk: Desk,
    settings: Settings,
    seller: SellerView,
    bot: Bot,
    now: datetime,
) -> Screen:
    """/staff lists; as a reply to somebody's message, with a role, it gives them the role."""
    if message.reply_to_message is None and not command.args:
        return await _members(db, desk, bot)
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.STAFF)
    wanted = (command.args or "").strip().lower()
    author = message.reply_to_message.from_user if message.reply_to_message is not None else None
    if author is None or author.is_bot or wanted not in set(Role):
        return how_to_grant_screen(desk.t)
    role, name = Role(wanted), typed.readable(author.full_name, maximum=128)
    try:
        async with db.begin() as session:
            await _may_change(session, desk, author.id, role)
            await staff.grant(session, author.id, role, name=name, actor=desk.actor, now=now)
    except NotAllowedNow:
        return Screen(desk.t("The last owner stays an owner."))
    await _menu(bot, settings, seller, author.id, role)
    return granted_screen(name, role, desk.t)


@router.callback_query(ShowMembers.filter())
async def show_members(query: CallbackQuery, db: Database, desk: Desk, bot: Bot) -> Screen:
    return await _members(db, desk, bot)


@router.callback_query(ShowMember.filter())
async def show_member(query: CallbackQuery, callback_data: ShowMember, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.STAFF)
        return member_screen(await _member(session, callback_data.telegram_id), desk.t)


@router.callback_query(SetRole.filter())
async def set_role(
    query: CallbackQuery,
    callback_data: SetRole,
    db: Database,
    desk: Desk,
    settings: Settings,
    seller: SellerView,
    bot: Bot,
    now: datetime,
) -> Screen:
    person, role = callback_data.telegram_id, callback_data.role
    try:
        async with db.begin() as session:
            await _may_change(session, desk, person, role)
            await _member(session, person)
            await staff.grant(session, person, role, actor=desk.actor, now=now)
            shown = member_screen(await _member(session, person), desk.t)
    except NotAllowedNow:
        return await _stays(db, desk, person)
    await _menu(bot, settings, seller, person, role)
    return shown.with_toast(desk.t.label("Changed"))


@router.callback_query(AskRevoke.filter())
async def ask_revoke(query: CallbackQuery, callback_data: AskRevoke, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.STAFF)
        return ask_revoke_screen(await _member(session, callback_data.telegram_id), desk.t)


@router.callback_query(RevokeRole.filter())
async def revoke_role(
    query: CallbackQuery,
    callback_data: RevokeRole,
    db: Database,
    desk: Desk,
    settings: Settings,
    seller: SellerView,
    bot: Bot,
    now: datetime,
) -> Screen:
    person = callback_data.telegram_id
    try:
        async with db.begin() as session:
            await _may_change(session, desk, person, None)
            await staff.revoke(session, person, actor=desk.actor, now=now)
    except NotAllowedNow:
        return await _stays(db, desk, person)
    await _menu(bot, settings, seller, person, None)
    if person == desk.telegram_id:  # an owner who has left sees nobody any more
        return Screen(desk.t("You have no role any more."))
    return (await _members(db, desk, bot)).with_toast(desk.t.label("The role is taken"))


async def _may_change(session: AsyncSession, desk: Desk, person: int, role: Role | None) -> None:
    """Raises: NotPermitted, NotAllowedNow where no owner would be left."""
    await staff.require(session, desk.telegram_id, Permission.STAFF)
    if role != Role.OWNER:
        await staff.keep_an_owner(session, besides=person)


async def _member(session: AsyncSession, telegram_id: int) -> StaffRole:
    """Raises: NotFound for somebody whose role was taken meanwhile."""
    found = next((each for each in await staff.members(session) if each.telegram_id == telegram_id), None)
    if found is None:
        raise NotFound(what="member")
    return found


async def _members(db: Database, desk: Desk, bot: Bot) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.STAFF)
        members = await staff.members(session)
    return members_screen(members, desk.t, bot_username=(await bot.me()).username or "")


async def _stays(db: Database, desk: Desk, person: int) -> Screen:
    async with db.read() as session:
        shown = member_screen(await _member(session, person), desk.t)
    return shown.with_toast(desk.t.label("The last owner stays an owner."), alert=True)


async def _menu(bot: Bot, settings: Settings, seller: SellerView, person: int, role: Role | None) -> None:
    if (chat_id := staff_group(settings, seller)) is not None:
        await show_menu(bot, chat_id, person, role, translator(seller.language))
