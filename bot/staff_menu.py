"""The commands that a member of the staff finds in the menu of the staff chat: those of the role, and none once the role is gone.

A menu is a help to memory and no permission: anybody can type a command, and every handler asks for the role.
"""

import logging

from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError

from bot.calls import call
from bot.refusals import reason
from bot.settings import Settings
from bot.ui.i18n import Translator, noop
from bot.ui.seller import SellerView
from store.staff import MAY, Permission, Role

log = logging.getLogger(__name__)

COMMANDS = (
    ("products", Permission.STOCK, noop("Products: prices, stock, texts")),
    ("new", Permission.CATALOGUE, noop("Add a product from a photo")),
    ("coupons", Permission.CATALOGUE, noop("Coupons")),
    ("shop", Permission.SETTINGS, noop("The shop's settings")),
    ("threads", Permission.ANSWER, noop("Questions of customers")),
    ("replies", Permission.ANSWER, noop("Saved replies")),
    ("qr", Permission.VIEW, noop("QR codes of the shop and its products")),
    ("staff", Permission.STAFF, noop("Who may do what")),
    ("help", Permission.VIEW, noop("How this works")),
)


def staff_group(settings: Settings, seller: SellerView) -> int | None:
    """The staff chat, where it is a group."""
    chat_id = settings.staff_chat_id or seller.staff_chat_id
    return chat_id if chat_id is not None and chat_id < 0 else None


def commands_of(role: Role, t: Translator) -> list[tuple[str, str]]:
    """(command, what it is for) of the role."""
    return [(name, t.label(words)) for name, permission, words in COMMANDS if permission in MAY[role]]


async def show_menu(bot: Bot, chat_id: int, telegram_id: int, role: Role | None, t: Translator) -> None:
    """The person's menu in the staff chat is that of the *role*; None takes it away. It is set only where it differs. Raises nothing."""
    scope = {"type": "chat_member", "chat_id": chat_id, "user_id": telegram_id}
    known = commands_of(role, t) if role is not None else []
    wanted = [{"command": name, "description": words} for name, words in known]
    try:
        if await bot(call("getMyCommands", scope=scope)) == wanted:
            return
        if wanted:
            await bot(call("setMyCommands", commands=wanted, scope=scope))
        else:
            await bot(call("deleteMyCommands", scope=scope))
    except (TelegramAPIError, ClientDecodeError) as error:
        log.warning("the menu of %s in the staff chat stays as it is: %s", telegram_id, reason(error))
