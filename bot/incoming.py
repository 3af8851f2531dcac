"""How the shop hears people: the conversations, what surrounds them, and the intake that brings the updates."""

import asyncio
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiogram import Dispatcher
from aiogram.fsm.storage.base import BaseEventIsolation
from aiogram.fsm.storage.memory import DisabledEventIsolation

from bot.errors import Apologies
from bot.fsm import DatabaseStorage, PersonLocks
from bot.intake import Intake
from bot.middlewares import ActOnce, Identify, Present, RunAgain
from bot.outgoing import Outgoing
from bot.pictures import Pictures
from bot.replies import Sleep
from bot.settings import Settings
from handlers.routing import AudienceRouter
from store.db import Database
from store.parcels.registry import Carriers
from store.payments.registry import Gateways

Clock = Callable[[], datetime]

# In this order an update is offered; whoever answers everything comes last.
HANDLERS = (
    "membership",
    "staff_orders",
    "staff_replies",
    "start",
    "catalog",
    "cart",
    "checkout",
    "address",
    "payment",
    "orders",
    "parcels",
    "account",
    "fallback",
)


@dataclass(frozen=True, slots=True)
class Incoming:
    dp: Dispatcher
    intake: Intake


def build(
    settings: Settings,
    db: Database,
    outgoing: Outgoing,
    *,
    gateways: Gateways,
    carriers: Carriers,
    clock: Clock,
    locks: bool = True,
    sleep: Sleep = asyncio.sleep,
) -> Incoming:
    isolation = PersonLocks() if locks else DisabledEventIsolation()
    dp = _dispatcher(db, outgoing.pictures, clock, sleep, isolation=isolation)
    dp.workflow_data.update(
        db=db, gateways=gateways, carriers=carriers, settings=settings, clock=clock, pictures=outgoing.pictures
    )
    return Incoming(dp, Intake(outgoing.bot, dp))


def _dispatcher(
    db: Database, pictures: Pictures, clock: Clock, sleep: Sleep, *, isolation: BaseEventIsolation
) -> Dispatcher:
    dp = Dispatcher(storage=DatabaseStorage(db, clock), events_isolation=isolation, disable_fsm=True)
    # The order matters: an apology even when the state cannot be read; the lock before anything of the person's is read.
    around = (Apologies(pictures, sleep), dp.fsm, Identify(db, clock), Present(db), ActOnce(db), RunAgain())
    for middleware in around:
        dp.update.outer_middleware(middleware)
    dp.include_routers(*routers())
    return dp


def routers() -> list[AudienceRouter]:
    """The conversations, in the order in which an update is offered to them."""
    return [importlib.import_module(f"handlers.{name}").router for name in HANDLERS]
