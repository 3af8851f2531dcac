"""One running shop. `build` is the place that names concrete classes; the App owns every task and ends them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from bot import providers
from bot import roles as every
from bot.database import open_database
from bot.pulse import Aid, Pulse
from bot.roles import Role
from bot.settings import Settings
from bot.telegram_line import TelegramLine
from bot.timetable import RELAY, Ports, Timetable, drain, jobs_of
from bot.web import carriers as carrier_pages
from bot.web import health, payments, sandbox, tracking
from store import wire
from store.db import Database
from store.parcels.office import Office
from store.parcels.registry import Carriers
from store.payments.registry import Gateways
from store.payments.sandbox_bank import SandboxBank

if TYPE_CHECKING:  # a process that does not speak with Telegram never imports aiogram
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.base import BaseSession

    from bot.errand import RawUpdate
    from bot.incoming import Incoming
    from bot.intake import Intake
    from bot.outgoing import Outgoing
    from bot.pictures import Pictures
    from bot.speaker import Speaker
    from notifications.relay import Relay

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class App:
    """A shop as far as its *roles* go: the halves that speak with Telegram are there only where they are needed."""

    settings: Settings
    roles: frozenset[Role]
    clock: Clock
    db: Database
    gateways: Gateways
    carriers: Carriers
    timetable: Timetable
    web: Starlette
    bank: SandboxBank | None
    outgoing: "Outgoing | None"
    incoming: "Incoming | None"
    telegram: TelegramLine
    _own_client: httpx.AsyncClient
    _outside: httpx.AsyncClient  # to providers of payment, and to carriers
    # Set when a task that should go on for ever has ended by a fault: the program is of no use any more.
    broken: asyncio.Event = field(default_factory=asyncio.Event)
    # Set when nothing new is begun any more.
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def bot(self) -> "Bot":
        return _present(self.outgoing).bot

    @property
    def pictures(self) -> "Pictures":
        return _present(self.outgoing).pictures

    @property
    def speaker(self) -> "Speaker":
        return _present(self.outgoing).speaker

    @property
    def relay(self) -> "Relay":
        return _present(self.outgoing).relay

    @property
    def dp(self) -> "Dispatcher":
        return _present(self.incoming).dp

    @property
    def intake(self) -> "Intake":
        return _present(self.incoming).intake

    async def start(self, *, hearing: bool = False) -> None:
        """Jobs run at their times; with *hearing*, updates are fetched, or brought, too."""
        if (relay := self.timetable.runners.get(RELAY)) is not None:
            self.db.on_outbox.append(relay.wake)
            self.relay.wake = relay.wake
        self.timetable.start()
        if self.incoming is not None:
            self._begin(self._introduce(), "introduction")
            if hearing:
                self._hear(self.incoming.intake)

    def _hear(self, intake: "Intake") -> None:
        if self.has_webhook:
            self._begin(intake.be_brought(), "webhook")
        else:
            self._begin(intake.poll(), "polling")
            self._begin(intake.errands.tend(intake.stopping), "kept updates")

    @property
    def has_webhook(self) -> bool:
        """A process without the web's role cannot be called."""
        return self.settings.has_webhook and Role.WEB in self.roles and self.incoming is not None

    async def stop(self) -> None:
        """What was begun is finished, then everything is closed."""
        await self.finish()
        await self.close()

    async def finish(self) -> None:
        """Nothing new is begun, and what was has come to its end, or was ended after DRAIN_S seconds: then its next start finds it."""
        self.closing.set()
        if self.outgoing is not None:
            self.outgoing.speaker.is_closing = True
        if self.incoming is not None:
            self.incoming.intake.stop()
        await asyncio.gather(drain(self._tasks), self.timetable.stop())
        if self.incoming is not None:
            await self.incoming.intake.errands.close()
        self._tasks.clear()
        if self.outgoing is not None:
            await self.outgoing.speaker.finish()

    async def close(self) -> None:
        if self.incoming is not None:
            await self.incoming.close()
        await self._own_client.aclose()
        await self._outside.aclose()
        await self.telegram.close()
        if self.outgoing is not None:
            await self.outgoing.bot.session.close()
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
        from bot.profile import furnish_staff_chat, keep_introducing

        await keep_introducing(self.bot, self.db, self.closing)
        if not self.closing.is_set():
            await furnish_staff_chat(self.bot, self.db, self.settings, now=self.clock())

    def vitals(self) -> Mapping[str, Pulse | Aid]:
        """What goes on for ever in this process, when it last came round, and what helps."""
        found: dict[str, Pulse | Aid] = {**self.timetable.vitals()}
        if self.incoming is not None:
            found["intake"] = self.incoming.intake.pulse
            if self.incoming.redis is not None:
                found["redis"] = Aid(self.incoming.redis.is_away)
        return found

    async def feed(self, update: "RawUpdate") -> None:
        """The update has been handled to its end, replies included."""
        await self.intake.handle(update)

    async def run_jobs_due(self) -> None:
        """Everything that is due at the clock's time is done, and told."""
        await self.timetable.run_all_due()


def _present(half: T | None) -> T:
    assert half is not None, "this process has no role that needs it"
    return half


def build(
    settings: Settings,
    *,
    roles: frozenset[Role] = every.ALL,
    session: "BaseSession | None" = None,
    clock: Clock = utc_now,
    locks: bool = True,
    sleep: Sleep = asyncio.sleep,
    plays: Mapping[str, bool] = providers.NOBODY,
) -> App:
    """A shop, not started yet.

    *session* stands in for the network to Telegram. Without *locks* one person's updates run side by side: for tests
    that prove that the guards in the database are enough. *plays*: see `providers.gateways`. Raises: SettingsError without a token that is needed.
    """
    db = open_database(settings)
    web = Starlette()
    client, outside = providers.own_client(web), wire.new_client()
    bank, secret = providers.bank(settings, client)
    telegram = TelegramLine(settings, session)
    gateways = providers.gateways(settings, bank, secret, clock, outside, telegram, plays)
    carriers, seal = providers.carriers(settings, outside), providers.seal(settings)
    office = providers.office(settings, seal, sleep)
    outgoing = _outgoing(settings, db, carriers, clock, session, sleep) if roles & every.TALKING else None
    telegram.bot = outgoing.bot if outgoing is not None else None
    incoming = None
    if outgoing is not None and Role.BOT in roles:
        incoming = _incoming(settings, db, outgoing, gateways, carriers, office, clock, locks=locks, sleep=sleep)
    relay = outgoing.relay if outgoing else None
    ports = Ports(db, gateways, carriers, relay, bank, settings.pictures, office)
    timetable = Timetable(ports, clock, jobs_of(roles))
    app = App(
        settings,
        roles,
        clock,
        db,
        gateways,
        carriers,
        timetable,
        web,
        bank,
        outgoing,
        incoming,
        telegram,
        client,
        outside,
    )
    web.router.routes += [*health.routes(db, app.vitals, app.closing), *payments.routes(db, gateways, clock)]
    web.router.routes += tracking.routes(db, carriers, clock)
    web.router.routes += carrier_pages.routes(db, carriers, seal, clock)
    if incoming is not None and app.has_webhook:
        web.router.routes += _webhook(incoming, app.closing)
    if bank is not None:
        web.router.routes += sandbox.routes(bank, clock)
    return app


def _outgoing(
    settings: Settings,
    db: Database,
    carriers: Carriers,
    clock: Clock,
    session: "BaseSession | None",
    sleep: Sleep,
) -> "Outgoing":
    from bot import outgoing

    # The wall clock may be set back, and a chat would be closed for as long.
    seconds = monotonic if clock is utc_now else lambda: clock().timestamp()
    return outgoing.build(settings, db, carriers, session=session, sleep=sleep, seconds=seconds)


def _incoming(
    settings: Settings,
    db: Database,
    speaking: "Outgoing",
    gateways: Gateways,
    carriers: Carriers,
    office: Office,
    clock: Clock,
    *,
    locks: bool,
    sleep: Sleep,
) -> "Incoming":
    from bot import incoming

    return incoming.build(
        settings,
        db,
        speaking,
        gateways=gateways,
        carriers=carriers,
        office=office,
        clock=clock,
        locks=locks,
        sleep=sleep,
    )


def _webhook(incoming: "Incoming", closing: asyncio.Event) -> list[Route]:
    from bot.web import telegram

    return telegram.routes(incoming.intake.errands, incoming.hook.secret, closing)
