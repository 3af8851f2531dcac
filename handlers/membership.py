"""Being let in and shut out: a person who blocks the bot is not written to; a group learns its own number."""

from datetime import datetime

from aiogram.enums import ChatMemberStatus
from aiogram.types import ChatMemberUpdated

from bot.settings import Settings
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from bot.ui.staff_news import group_number_screen
from bot.ui.staff_room import confirm_staff_chat_screen
from handlers.routing import everyone_router
from store import customers, staff, support_edits
from store.db import Database

router = everyone_router(__name__)

_OUT = frozenset({ChatMemberStatus.KICKED, ChatMemberStatus.LEFT})


@router.my_chat_member()
async def membership_changed(
    change: ChatMemberUpdated, db: Database, settings: Settings, t: Translator, now: datetime
) -> Screen | None:
    is_out = change.new_chat_member.status in _OUT
    if change.chat.type == "private":
        async with db.begin() as session:
            await customers.mark_blocked(session, change.chat.id, blocked=is_out, now=now)
            await support_edits.reachability_changed(session, change.chat.id, now=now)
        return None
    was_out = change.old_chat_member.status in _OUT
    if is_out or not was_out or change.chat.id == settings.staff_chat_id:
        return None
    async with db.read() as session:
        role = await staff.role_of(session, change.from_user.id)
    if role != staff.Role.OWNER:
        return None
    if settings.staff_chat_id is not None:  # the settings have the last word, and name another group
        return group_number_screen(change.chat.id, t)
    return confirm_staff_chat_screen(t)
