"""What nobody else understood: never silence where a person may wait for an answer, one helpful line, and the ways on.

An edited message is ignored on purpose: it was answered. So is what Telegram itself writes into the chat, and what the person sent
from this bot's own inline results.
"""

import difflib
from collections.abc import Iterable
from datetime import datetime, timedelta

from aiogram import Bot
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.ui.account import gone_screen
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from bot.ui.unexpected import forwarded_screen, late_screen, unexpected_screen, unknown_command_screen
from handlers.routing import Audience, AudienceRouter, customers_router
from store import once
from store.db import Database

router = customers_router(__name__)

# Nobody waits for an answer to these: Telegram writes them, about the chat, about money (`invoices.py`), about what a person did elsewhere.
SERVICE = frozenset(
    {
        "boost_added",
        "channel_chat_created",
        "chat_background_set",
        "chat_owner_changed",
        "chat_owner_left",
        "chat_shared",
        "checklist_tasks_added",
        "checklist_tasks_done",
        "community_chat_added",
        "community_chat_joined",
        "community_chat_removed",
        "connected_website",
        "delete_chat_photo",
        "direct_message_price_changed",
        "forum_topic_closed",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "gift_upgrade_sent",
        "giveaway",
        "giveaway_completed",
        "giveaway_created",
        "giveaway_winners",
        "group_chat_created",
        "left_chat_member",
        "managed_bot_created",
        "message_auto_delete_timer_changed",
        "migrate_from_chat_id",
        "migrate_to_chat_id",
        "new_chat_members",
        "new_chat_photo",
        "new_chat_title",
        "paid_message_price_changed",
        "passport_data",
        "pinned_message",
        "poll_option_added",
        "poll_option_deleted",
        "proximity_alert_triggered",
        "refunded_payment",
        "successful_payment",
        "suggested_post_approval_failed",
        "suggested_post_approved",
        "suggested_post_declined",
        "suggested_post_paid",
        "suggested_post_refunded",
        "supergroup_chat_created",
        "video_chat_ended",
        "video_chat_participants_invited",
        "video_chat_scheduled",
        "video_chat_started",
        "web_app_data",
        "write_access_allowed",
    }
)
# After so long somebody may have forgotten what they wrote.
LATE = timedelta(hours=1)


@router.message()
async def not_understood(
    message: Message, bot: Bot, db: Database, t: Translator, now: datetime, raw_state: str | None = None
) -> Screen | None:
    if message.content_type in SERVICE or (message.via_bot is not None and message.via_bot.id == bot.id):
        return None
    if message.media_group_id is not None and not await _is_first_of_album(message.media_group_id, db, now):
        return None
    screen = _answer(message, t, raw_state)
    return late_screen(screen, t) if now - message.date > LATE else screen


def _answer(message: Message, t: Translator, raw_state: str | None) -> Screen:
    awaiting = next((each for each in Awaiting if each == raw_state), None)
    if (message.text or "").startswith("/"):
        return unknown_command_screen(t, meant=meant_by((message.text or "")[1:]))
    if message.forward_origin is not None and awaiting is None:
        return forwarded_screen(t)
    return unexpected_screen(message.content_type, t, awaiting=awaiting)


async def _is_first_of_album(group: str, db: Database, now: datetime) -> bool:
    """An album comes as several messages; one answer is enough."""
    async with db.begin() as session:
        return await once.is_first(session, "album", group, now=now)


def meant_by(typed: str) -> str | None:
    """The customers' command that looks most like it: "ordrs" → "orders"."""
    word = typed.split(maxsplit=1)[0].partition("@")[0].lower() if typed.strip() else ""
    return next(iter(difflib.get_close_matches(word, sorted(_commands()), n=1, cutoff=0.6)), None)


def _commands() -> Iterable[str]:
    """All that customers may type: the menu's and the others."""
    whole = router.parent_router
    for each in whole.sub_routers if whole is not None else ():
        if isinstance(each, AudienceRouter) and each.audience is Audience.CUSTOMERS:
            filters = (one.callback for handler in each.message.handlers for one in handler.filters or ())
            yield from (str(name) for one in filters if isinstance(one, Command) for name in one.commands)


@router.callback_query()
async def gone(query: CallbackQuery, t: Translator) -> Screen:
    return gone_screen(t)
