"""One running shop. `build` is the place that names concrete classes; the App owns every task and ends them."""

import asyncio
import contextlib
import importlib
import logging
import secrets
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.storage.base import BaseEventIsolation
from aiogram.fsm.storage.memory import DisabledEventIsolation
from starlette.applications import Starlette

from bot.database import open_database
from bot.errors import Apologies
from bot.fsm import DatabaseStorage, PersonLocks
from bot.intake import Intake, RawUpdate
from bot.middlewares import Identify, Present, RunAgain
from bot.pictures import SAMPLES, Pictures
from bot.profile import introduce
from bot.replies import Sleep
from bot.settings import Settings, SettingsError, require_token
from bot.timetable import RELAY, Ports, Timetable, drain
from bot.ui.seller import SellerView
from bot.web import health, payments, sandbox
from handlers.routing import AudienceRouter
from notifications.relay import Relay
from store import sellers
from store.db import Database
from store.errors import NotFound
from store.parcels.registry import OTHER, Carriers, OtherCarrier
from store.parcels.sandbox import SandboxCarrier
from store.payments.cash import CashOnDelivery
from store.payments.registry import Gateways, registry
from store.payments.sandbox import SandboxGateway, http_post
from store.payments.sandbox_bank import SandboxBank

log = logging.getLogger(__name__)

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
CALL_TIMEOUT_S = 30


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class App:
    settings: Settings
    clock: Clock
    db: Database
    bot: Bot
    dp: Dispatcher
    gateways: Gateways
    carriers: Carriers
    pictures: Pictures
    relay: Relay
    timetable: Timetable
    intake: Intake
    web: Starlette
    bank: SandboxBank | None
    _own_client: httpx.AsyncClient
    # Set when a task that should go on for ever has ended by a fault: the program is of no use any more.
    broken: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self, *, polling: bool = False) -> None:
        """Jobs run at their times; with *polling*, updates are fetched too."""
        self.db.on_outbox.append(self.timetable.runners[RELAY].wake)
        self.timetable.start()
        self._begin(self._introduce(), "introduction")
        if polling:
            self._begin(self.intake.poll(), "polling")

    async def stop(self) -> None:
        """What was begun is finished, then everything is closed."""
        self.intake.stop()
        await drain(self._tasks)
        self._tasks.clear()
        await self.timetable.stop()
        await self.dp.fsm.close()
        await self._own_client.aclose()
        await self.bot.session.close()
        await self.db.close()

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s broke", task.get_name(), exc_info=error)
            self.broken.set()

    async def _introduce(self) -> None:
        async with self.db.read() as session:
            try:
                seller = SellerView.of(await sellers.the_seller(session))
            except NotFound:  # nothing to say about a shop that does not exist yet
                return
        await introduce(self.bot, seller)

    async def feed(self, update: RawUpdate) -> None:
        """The update has been handled to its end, replies included."""
        await self.intake.handle(update)

    async def run_jobs_due(self) -> None:
        """Everything that is due at the clock's time is done, and told."""
        await self.timetable.run_all_due()


def build(
    settings: Settings,
    *,
    session: BaseSession | None = None,
    clock: Clock = utc_now,
    locks: bool = True,
    sleep: Sleep = asyncio.sleep,
) -> App:
    """A shop, not started yet.

    *session* stands in for the network to Telegram. Without *locks* one person's updates run side by side: for tests
    that prove that the guards in the database are enough. Raises: SettingsError without a token.
    """
    db = open_database(settings)
    bot = Bot(require_token(settings).get_secret_value(), session=session or _session(settings))
    pictures = Pictures(settings.pictures, SAMPLES)
    web = Starlette()
    client = _own_client(web)
    bank, secret = _bank(settings, client)
    gateways = _gateways(bank, secret, clock)
    carriers = _carriers(settings)
    relay = Relay(db, bot, pictures=pictures, settings=settings, carriers=carriers)
    dp = _dispatcher(db, pictures, clock, sleep, isolation=PersonLocks() if locks else DisabledEventIsolation())
    dp.workflow_data.update(
        db=db, gateways=gateways, carriers=carriers, settings=settings, clock=clock, pictures=pictures
    )
    web.router.routes += [*health.routes(db), *payments.routes(db, gateways, clock)]
    if bank is not None:
        web.router.routes += sandbox.routes(bank, clock)
    timetable = Timetable(Ports(db, gateways, carriers, relay, bank), clock)
    intake = Intake(bot, dp)
    return App(settings, clock, db, bot, dp, gateways, carriers, pictures, relay, timetable, intake, web, bank, client)


def _session(settings: Settings) -> BaseSession:
    server = TelegramAPIServer.from_base(settings.telegram_api_url)
    return AiohttpSession(api=server, timeout=CALL_TIMEOUT_S)


def _own_client(web: Starlette) -> httpx.AsyncClient:
    """Reaches our own web pages without a socket: whichever port they have, and whatever the world calls them."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://dukkan.invalid", timeout=10)


def _bank(settings: Settings, client: httpx.AsyncClient) -> tuple[SandboxBank | None, str]:
    secret = settings.sandbox_secret.get_secret_value() if settings.sandbox_secret else secrets.token_hex(16)
    if not settings.sandbox_payments:
        return None, secret
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / "sandbox-bank.json"
    post = http_post(client, "/pay/sandbox/webhook")
    with _readable(path):
        return SandboxBank(secret=secret, base_url=settings.pay_base, post=post, path=path), secret


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    """A sandbox's own file, which somebody may have edited. Raises: SettingsError."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SettingsError(f"{path} is damaged: move it away, the sandbox begins a new one") from None


def _gateways(bank: SandboxBank | None, secret: str, clock: Clock) -> Gateways:
    if bank is None:
        return registry(CashOnDelivery())
    return registry(SandboxGateway(bank, secret=secret, clock=clock), CashOnDelivery())


def _carriers(settings: Settings) -> Carriers:
    other = OtherCarrier()
    if not settings.sandbox_parcels:
        return {OTHER: other}
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / "sandbox-parcels.json"
    with _readable(path):
        sandbox_post = SandboxCarrier(path=path)
    return {sandbox_post.name: sandbox_post, OTHER: other}


def _dispatcher(
    db: Database, pictures: Pictures, clock: Clock, sleep: Sleep, *, isolation: BaseEventIsolation
) -> Dispatcher:
    dp = Dispatcher(storage=DatabaseStorage(db, clock), events_isolation=isolation, disable_fsm=True)
    # The order matters: an apology even when the state cannot be read; the lock before anything of the person's is read.
    for middleware in (Apologies(pictures, sleep), dp.fsm, Identify(db, clock), Present(db), RunAgain()):
        dp.update.outer_middleware(middleware)
    dp.include_routers(*routers())
    return dp


def routers() -> list[AudienceRouter]:
    """The conversations, in the order in which an update is offered to them."""
    return [importlib.import_module(f"handlers.{name}").router for name in HANDLERS]
