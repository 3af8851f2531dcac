"""How the bot presents itself before anybody has written: its commands and descriptions, in each language. Set only where they differ."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Mapping
from datetime import datetime

from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
    MenuButtonCommands,
    MenuButtonWebApp,
)
from sqlalchemy.exc import SQLAlchemyError

from bot import staff_room
from bot.refusals import reason
from bot.settings import Settings, SettingsError
from bot.staff_menu import show_menu, staff_group
from bot.ui.i18n import DEFAULT, LANGUAGES, Translator, noop, translator
from bot.ui.seller import SellerView
from notifications.telegram import shortened
from store import sellers, staff
from store.db import Database
from store.errors import NotFound
from store.staff import Role

log = logging.getLogger(__name__)

FIRST_ANSWER_S = 10
DESCRIPTION_MAX, SHORT_DESCRIPTION_MAX = 512, 120

# After so many seconds a profile that could not be set is tried again; the last goes on.
PAUSES_S = (5.0, 30.0, 120.0, 600.0)
_LATER = (TelegramNetworkError, TelegramServerError, TelegramRetryAfter, ClientDecodeError)

WITHOUT_COMMANDS = (
    BotCommandScopeDefault(),
    BotCommandScopeAllGroupChats(),
    BotCommandScopeAllChatAdministrators(),
)
COMMANDS: Mapping[str, str] = {
    "start": noop("The shop's front door"),
    "catalog": noop("What there is"),
    "cart": noop("Your cart"),
    "orders": noop("Your orders"),
    "track": noop("Where is my parcel?"),
    "support": noop("Talk to a person"),
    "settings": noop("Language, clock, what we tell you"),
    "help": noop("How this works"),
}


async def greet(bot: Bot) -> None:
    """A wrong token is the merchant's to mend; a line that is down is not: then the shop goes on asking. Raises: SettingsError."""
    try:
        me = await bot.get_me(request_timeout=FIRST_ANSWER_S)
    except (TelegramUnauthorizedError, TelegramNotFound):
        raise SettingsError("BOT_TOKEN is not accepted by Telegram: copy it once more from @BotFather") from None
    except AiogramError as error:
        log.warning("Telegram does not answer yet: %s", reason(error))
    else:
        log.info("open as @%s", me.username)


async def keep_introducing(bot: Bot, db: Database, closing: asyncio.Event) -> None:
    """The shop is introduced as soon as there is one, and the database and Telegram answer; then this ends. It never breaks."""
    for pause_s in itertools.chain(PAUSES_S, itertools.repeat(PAUSES_S[-1])):
        if await _introduced(bot, db):
            log.info("the bot's profile is complete")  # also for whoever has read that Telegram does not answer yet
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), pause_s)
        if closing.is_set():
            return


async def furnish_staff_chat(bot: Bot, db: Database, settings: Settings, *, now: datetime) -> None:
    """A staff group with topics has ours, in the shop's language; nothing happens where there is no group, or no shop yet."""
    try:
        async with db.read() as session:
            seller = SellerView.of(await sellers.the_seller(session))
    except (NotFound, SQLAlchemyError, OSError):
        return
    chat_id = settings.staff_chat_id or seller.staff_chat_id
    if chat_id is None:
        return
    await staff_room.furnish(bot, db, chat_id, translator(seller.language), now=now)
    await _show_menus(bot, db, settings, seller)


async def _show_menus(bot: Bot, db: Database, settings: Settings, seller: SellerView) -> None:
    """Everybody on the staff finds the commands of the role in the staff chat."""
    group = staff_group(settings, seller)
    async with db.read() as session:
        known = [(each.telegram_id, each.role) for each in await staff.members(session)]
    for telegram_id, role in known:
        if group is not None and role in set(Role):
            await show_menu(bot, group, telegram_id, Role(role), translator(seller.language))


async def _introduced(bot: Bot, db: Database) -> bool:
    try:
        async with db.read() as session:
            seller = SellerView.of(await sellers.the_seller(session))
    except NotFound:  # nothing to say about a shop that does not exist yet
        return False
    except (SQLAlchemyError, OSError) as error:
        log.warning("the bot's profile waits for the database: %s", type(error).__name__)
        return False
    return await introduce(bot, seller)


async def introduce(bot: Bot, seller: SellerView) -> bool:
    """Telegram shows the shop's commands and descriptions. Best effort: a shop without them sells all the same.

    False when it is worth another try later.
    """
    try:
        for language in LANGUAGES:
            # English is what everybody sees whose language we do not speak.
            code = None if language == DEFAULT else language
            await _tried(f"commands, {language}", _set_commands(bot, translator(language), code))
            await _tried(f"texts, {language}", _set_texts(bot, seller, translator(language), code))
        await _tried("menu button", _set_menu_button(bot))
    except _LATER as error:
        log.warning("the bot's profile is not complete yet: %s", reason(error))
        return False
    return True


async def _tried(what: str, step: Awaitable[None]) -> None:
    """What Telegram refuses for good is not tried again. Raises what is over after a while."""
    try:
        await step
    except _LATER:
        raise
    except AiogramError as error:
        log.warning("the bot's profile (%s) was not set: %s", what, reason(error))


async def _set_commands(bot: Bot, t: Translator, code: str | None) -> None:
    """The shop's commands for people who write to it, and none elsewhere: the staff works with the cards' buttons, and what
    an earlier bot of this name has left in the menus would not be answered."""
    wanted = [BotCommand(command=command, description=t.label(words)) for command, words in COMMANDS.items()]
    private = BotCommandScopeAllPrivateChats()
    # Objects from Telegram carry their bot and never equal ours: compare what they say.
    if _said(await bot.get_my_commands(scope=private, language_code=code)) != _said(wanted):
        await bot.set_my_commands(wanted, scope=private, language_code=code)
    for scope in WITHOUT_COMMANDS:
        if await bot.get_my_commands(scope=scope, language_code=code):
            await bot.delete_my_commands(scope=scope, language_code=code)


async def _set_texts(bot: Bot, seller: SellerView, t: Translator, code: str | None) -> None:
    """The name stays what it was made at @BotFather: that is the merchant's sign, and this only the shop behind it."""
    name, about = t.pick(seller.name), t.pick(seller.about)
    description = shortened(f"{name}\n\n{about}".strip(), DESCRIPTION_MAX)
    if (await bot.get_my_description(language_code=code)).description != description:
        await bot.set_my_description(description, language_code=code)
    short = shortened(about or name, SHORT_DESCRIPTION_MAX)
    if (await bot.get_my_short_description(language_code=code)).short_description != short:
        await bot.set_my_short_description(short, language_code=code)


async def _set_menu_button(bot: Bot) -> None:
    """The button opens the commands, in each person's language; not the Mini App of an earlier bot."""
    if isinstance(await bot.get_chat_menu_button(), MenuButtonWebApp):
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())


def _said(commands: list[BotCommand]) -> list[tuple[str, str]]:
    return [(command.command, command.description) for command in commands]
