"""Whoever has sent a file of goods is told how it stands, in one message that is kept true."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.settings import Settings
from bot.ui.imports import import_screen
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from notifications.telling import Recipient, Telling
from store.events import ImportMoved
from store.importing import imports


async def sender(
    session: AsyncSession, event: ImportMoved, _settings: Settings, _seller: SellerView
) -> list[Recipient]:
    """Nobody, for a file that came in at the command line."""
    chat_id, language = await imports.told_in(session, event.import_id)
    return [Recipient(chat_id, language)] if chat_id is not None else []


def slot(event: ImportMoved) -> str:
    return f"import:{event.import_id}"


async def standing(session: AsyncSession, event: ImportMoved, tell: Telling) -> Screen:
    return import_screen(await imports.view(session, event.import_id), tell.t)
