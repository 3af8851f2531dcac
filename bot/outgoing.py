"""How the shop speaks to Telegram. Imported only by a process that does: aiogram costs seconds and 130 MB."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from aiogram import Bot
from aiogram.client.session.base import BaseSession

from bot.pictures import SAMPLES, Pictures, Shelf
from bot.settings import Settings
from bot.speaker import Sleep, Speaker
from bot.telegram_line import new_bot
from notifications.pace import Pace
from notifications.relay import Relay
from store.db import Database
from store.parcels.registry import Carriers


@dataclass(frozen=True, slots=True)
class Outgoing:
    bot: Bot
    pictures: Pictures
    speaker: Speaker
    relay: Relay


def build(
    settings: Settings,
    db: Database,
    carriers: Carriers,
    *,
    session: BaseSession | None,
    sleep: Sleep = asyncio.sleep,
    seconds: Callable[[], float] = monotonic,
) -> Outgoing:
    """*seconds* tells how time goes on. Raises: SettingsError without a token."""
    bot = new_bot(settings, session)
    pictures = Pictures(settings.pictures, SAMPLES, shelf=Shelf(db, bot.id))
    speaker = Speaker(bot, sleep=sleep, now=seconds)
    # Whoever stands in for the network says itself when it is too much.
    pace = Pace() if session is None else None
    relay = Relay(db, speaker, pictures=pictures, settings=settings, carriers=carriers, pace=pace)
    return Outgoing(bot, pictures, speaker, relay)
