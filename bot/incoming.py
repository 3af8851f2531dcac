"""How the shop hears people: the conversations, what surrounds them, and the intake that brings the updates."""

import asyncio
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiogram import Dispatcher
from aiogram.fsm.storage.base import BaseEventIsolation, BaseStorage
from aiogram.fsm.storage.memory import DisabledEventIsolation

from bot.cache import PageCache
from bot.errands import Errands, Sleep
from bot.errors import Apologies
from bot.fsm import DatabaseStorage, PersonLocks, Turns
from bot.hook import PATH, Hook
from bot.intake import Intake
from bot.middlewares import ActOnce, Identify, Present, RunAgain, UnlessHurried
from bot.outgoing import Outgoing
from bot.redis import Redis
from bot.redis_fsm import RedisStorage, SharedLocks
from bot.settings import Settings
from bot.throttle import Limit, OwnCounter, SharedCounter, Throttle
from handlers.routing import AudienceRouter
from store.db import Database
from store.parcels.office import Office
from store.parcels.registry import Carriers
from store.payments.registry import Gateways

Clock = Callable[[], datetime]

# In this order an update is offered; whoever answers everything comes last.
HANDLERS = (
    "card_numbers",
    "invoices",
    "inline",
    "membership",
    "staff_orders",
    "staff_carriers",
    "staff_parcels",
    "staff_refunds",
    "staff_payments",
    "staff_transfers",
    "staff_notes",
    "staff_room",
    "staff_members",
    "staff_replies",
    "staff_support",
    "staff_saved_replies",
    "staff_coupons",
    "staff_lessons",
    "support",
    "support_edits",
    "staff_qr",
    "staff_goods",
    "staff_sizes",
    "staff_photos",
    "staff_goods_typed",
    "staff_shop",
    "staff_price_lists",
    "staff_deliveries",
    "staff_categories",
    "staff_shop_typed",
    "imports",
    "coupons",
    "start",
    "catalog",
    "cart",
    "checkout",
    "choices",
    "address",
    "addresses",
    "points",
    "reorder",
    "payment",
    "orders",
    "parcels",
    "followed",
    "asking",
    "account",
    "support_turn",
    "asking_back",
    "search",
    "favourites",
    "settings",
    "policies",
    "my_data",
    "fallback",
)


@dataclass(frozen=True, slots=True)
class Incoming:
    dp: Dispatcher
    intake: Intake
    hook: Hook
    redis: Redis | None

    async def close(self) -> None:
        await self.dp.fsm.close()
        if self.redis is not None:
            await self.redis.close()


def build(
    settings: Settings,
    db: Database,
    outgoing: Outgoing,
    *,
    gateways: Gateways,
    carriers: Carriers,
    office: Office,
    clock: Clock,
    locks: bool = True,
    sleep: Sleep = asyncio.sleep,
) -> Incoming:
    redis = Redis(settings.redis_url, prefix=f"dukkan:{outgoing.bot.id}") if settings.redis_url else None
    isolation = _isolation(redis) if locks else DisabledEventIsolation()
    dp = Dispatcher(storage=_storage(db, clock, redis), events_isolation=isolation, disable_fsm=True)
    _surround(dp, db, outgoing, clock, _throttle(settings, redis), settings.owner_id)
    dp.include_routers(*routers())
    dp.workflow_data.update(
        db=db,
        gateways=gateways,
        carriers=carriers,
        office=office,
        settings=settings,
        clock=clock,
        pictures=outgoing.pictures,
        speaker=outgoing.speaker,
    )
    errands = Errands(outgoing.bot, dp, db, clock, sleep=sleep, in_order=locks)
    url = f"{settings.public_url}{PATH}" if settings.public_url else None
    hook = Hook(outgoing.bot, db, clock, url=url, allowed_updates=dp.resolve_used_update_types())
    return Incoming(dp, Intake(outgoing.bot, dp, errands, hook), hook, redis)


def _storage(db: Database, clock: Clock, redis: Redis | None) -> BaseStorage:
    in_database = DatabaseStorage(db, clock)
    return RedisStorage(redis, in_database) if redis else in_database


def _isolation(redis: Redis | None) -> BaseEventIsolation:
    return SharedLocks(redis, PersonLocks()) if redis else PersonLocks()


def _throttle(settings: Settings, redis: Redis | None) -> Throttle:
    counter = SharedCounter(redis, OwnCounter()) if redis else OwnCounter()
    return Throttle(counter, Limit(settings.throttle_per_s), staff_chat=settings.staff_chat)


def _surround(
    dp: Dispatcher, db: Database, outgoing: Outgoing, clock: Clock, throttle: Throttle, owner_id: int | None
) -> None:
    # The order matters: an apology even when the state cannot be read; what is too much is turned away before it costs
    # anything; the lock before anything of the person's is read.
    turns = Turns(dp.fsm.storage, dp.fsm.events_isolation)
    seen = (Identify(db, clock, PageCache(db), owner_id=owner_id), Present(db), ActOnce(db), RunAgain())
    dp.update.outer_middleware(Apologies(outgoing.pictures, outgoing.speaker))
    for middleware in (throttle, turns, *seen):
        dp.update.outer_middleware(UnlessHurried(middleware))


def routers() -> list[AudienceRouter]:
    """The conversations, in the order in which an update is offered to them."""
    return [importlib.import_module(f"handlers.{name}").router for name in HANDLERS]
