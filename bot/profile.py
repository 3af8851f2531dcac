"""How the bot presents itself before anybody has written: its commands and descriptions, in each language. Set only where they differ."""

import logging
from collections.abc import Mapping

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramNotFound, TelegramUnauthorizedError
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats

from bot.refusals import reason
from bot.settings import SettingsError
from bot.ui.i18n import DEFAULT, LANGUAGES, Translator, noop, translator
from bot.ui.seller import SellerView
from notifications.telegram import shortened

log = logging.getLogger(__name__)

FIRST_ANSWER_S = 10
DESCRIPTION_MAX, SHORT_DESCRIPTION_MAX = 512, 120

COMMANDS: Mapping[str, str] = {
    "start": noop("The shop's front door"),
    "catalog": noop("What there is"),
    "cart": noop("Your cart"),
    "orders": noop("Your orders"),
    "track": noop("Where is my parcel?"),
    "language": noop("Choose your language"),
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


async def introduce(bot: Bot, seller: SellerView) -> None:
    """Telegram shows the shop's commands and descriptions. Best effort: a shop without them sells all the same."""
    for language in LANGUAGES:
        try:
            # English is what everybody sees whose language we do not speak.
            await _in_language(bot, seller, translator(language), None if language == DEFAULT else language)
        except AiogramError as error:
            log.warning("the bot's profile (%s) was not set: %s", language, reason(error))


async def _in_language(bot: Bot, seller: SellerView, t: Translator, code: str | None) -> None:
    scope = BotCommandScopeAllPrivateChats()
    wanted = [BotCommand(command=command, description=t.label(words)) for command, words in COMMANDS.items()]
    # Objects from Telegram carry their bot and never equal ours: compare what they say.
    if _said(await bot.get_my_commands(scope=scope, language_code=code)) != _said(wanted):
        await bot.set_my_commands(wanted, scope=scope, language_code=code)
    name, about = t.pick(seller.name), t.pick(seller.about)
    description = shortened(f"{name}\n\n{about}".strip(), DESCRIPTION_MAX)
    if (await bot.get_my_description(language_code=code)).description != description:
        await bot.set_my_description(description, language_code=code)
    short = shortened(about or name, SHORT_DESCRIPTION_MAX)
    if (await bot.get_my_short_description(language_code=code)).short_description != short:
        await bot.set_my_short_description(short, language_code=code)


def _said(commands: list[BotCommand]) -> list[tuple[str, str]]:
    return [(command.command, command.description) for command in commands]
