"""How the shop speaks to Telegram. Imported only by a process that does: aiogram costs seconds and 130 MB."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer

from bot.pictures import SAMPLES, Pictures, Shelf
from bot.session import Line
from bot.settings import Settings, require_token
from bot.speaker import Sleep, Speaker
from notifications.pace import Pace
from notifications.relay import Relay
from store.db import Database
from store.parcels.registry import Carriers

CALL_TIMEOUT_S = 30


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
    bot = Bot(require_token(settings).get_secret_value(), session=session or _session(settings))
    pictures = Pictures(settings.pictures, SAMPLES, shelf=Shelf(db, bot.id))
    speaker = Speaker(bot, sleep=sleep, now=seconds)
    # Whoever stands in for the network says itself when it is too much.
    pace = Pace() if session is None else None
    relay = Relay(db, speaker, pictures=pictures, settings=settings, carriers=carriers, pace=pace)
    return Outgoing(bot, pictures, speaker, relay)


def _session(settings: Settings) -> BaseSession:
    server = TelegramAPIServer.from_base(settings.telegram_api_url)
    return Line(api=server, timeout=CALL_TIMEOUT_S)
