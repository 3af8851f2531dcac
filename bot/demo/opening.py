"""Opens the demo's shop: its folder, its clock, its world and its people, around the very `build` that a real shop runs on."""

import asyncio
import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

from bot.app import App, build
from bot.demo import scenes
from bot.demo.levers import Levers
from bot.demo.session import DEMO_TOKEN, WorldSession
from bot.demo.state import Json
from bot.demo.travel import TravelClock
from bot.demo.web import DemoPage
from bot.demo.world import World
from bot.profile import introduce
from bot.settings import Settings, load
from bot.settings_accounts import MAIN
from bot.settings_parcels import ParcelSettings
from bot.settings_payments import PaymentSettings, TelegramAccount, TransferAccount
from bot.ui.seller import SellerView
from bot.web.sandbox_manners import MANNERS
from store import migrate, seed, sellers, staff
from store.parcels.sandbox import SandboxCarrier

SEED = Path(__file__).parent / "seed"
WORLD, CLOCK = "world.json", "clock.json"
# All that a demo writes; `--fresh` removes these and nothing else.
FILES = (
    "shop.sqlite3",
    "shop.sqlite3-wal",
    "shop.sqlite3-shm",
    "sandbox-bank.json",
    "sandbox-parcels.json",
    WORLD,
    CLOCK,
)
# A provider and a bank account that nobody has.
DEMO_PROVIDER = "284685063:TEST:demo-provider-that-takes-nothing"
DEMO_BANK: Json = {
    "holder": "Harbor Goods (demo)",
    "iban": "DE02 1203 0000 0000 2020 51",
    "bank": "No real bank",
    "currencies": "USD",
}
# As whom the sandbox bank takes money here, and who shows a code to scan.
PLAYED = {name: manner.has_code for name, manner in MANNERS.items()}
# Whoever tries the shop out presses faster than a customer, and tests do.
THROTTLE_PER_S = 20
# A tap changes the world several times; the file is written once.
SAVE_AFTER_S = 1.0


class DemoRefused(Exception):
    """Why the demo does not open, in one line for the person who started it."""


@dataclass
class Demo:
    app: App
    world: World
    levers: Levers
    page: DemoPage
    folder: Path
    stopping: asyncio.Event
    _keeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self.app.start()
        self._keeping = asyncio.create_task(self._keep(), name="keep the world")

    async def stop(self) -> None:
        """The shop has ended, and the world is in its file."""
        self.stopping.set()
        await self.app.stop()
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping
        self._save()

    async def _keep(self) -> None:
        saved = self.world.version
        while True:
            await self.world.changed(saved)
            await asyncio.sleep(SAVE_AFTER_S)
            saved = self.world.version
            self._save()

    def _save(self) -> None:
        """A kill leaves the old world or the new one, never half of it."""
        unfinished = self.folder / f"{WORLD}.new"
        unfinished.write_text(self.world.to_json(), encoding="utf-8")
        unfinished.replace(self.folder / WORLD)


async def open_demo(folder: Path, *, port: int, is_fresh: bool = False) -> Demo:
    """A shop with goods, people and a page, not started yet. Raises: DemoRefused."""
    _prepare(folder, is_fresh=is_fresh)
    clock = TravelClock(folder / CLOCK)
    world = _world(folder, clock)
    staff_chat = scenes.furnish(world)
    app = build(_settings(folder, port, staff_chat), session=WorldSession(world), clock=clock, plays=PLAYED)
    seller = await _stock(app)
    await introduce(app.bot, seller)
    world.deliver = app.feed
    # What changes without a message in a chat is news for the third pane all the same.
    app.db.on_outbox.append(world.touch)
    levers, stopping = _levers(app, world, clock), asyncio.Event()
    page = DemoPage(app.db, world, levers, staff_chat=staff_chat, zone=seller.timezone, stopping=stopping)
    app.web.router.routes += page.routes()
    return Demo(app, world, levers, page, folder, stopping)


def _prepare(folder: Path, *, is_fresh: bool) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES if is_fresh else ():
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise DemoRefused(f"{folder} cannot be used: {error.strerror}") from None


def _world(folder: Path, clock: TravelClock) -> World:
    named: Json = {"bot_name": scenes.BOT_NAME, "bot_username": scenes.BOT_USERNAME}
    file = folder / WORLD
    if not file.exists():
        return World(clock, **named)
    try:
        return World.from_json(file.read_text(encoding="utf-8"), clock, **named)
    except ValueError:
        raise DemoRefused(f"{file} is not of this version; begin anew with --fresh") from None


def _settings(folder: Path, port: int, staff_chat: int) -> Settings:
    """Nothing of a real shop's settings gets into the demo: neither its token nor its database, nor its accounts at providers."""
    settings = load(
        bot_token=DEMO_TOKEN,
        telegram_api_url="https://api.telegram.org",
        owner_id=scenes.OWNER.user.id,
        staff_chat_id=staff_chat,
        data_dir=folder,
        database_url=None,
        redis_url=None,
        pictures_dir=None,
        web_host="127.0.0.1",
        web_port=port,
        public_url=None,
        sandbox_payments=True,
        sandbox_parcels=True,
        sandbox_secret=None,
        throttle_per_s=THROTTLE_PER_S,
        log_level="WARNING",
    )
    # What the environment has of a mapping would be added to what is given here for it.
    return settings.model_copy(update=_accounts())


def _accounts() -> Json:
    fields = PaymentSettings.model_fields | ParcelSettings.model_fields
    own = {
        "telegram": {MAIN: TelegramAccount.model_validate({"provider_token": DEMO_PROVIDER, "tips": "5,10,15"})},
        "telegram_stars": True,
        "transfer": {MAIN: TransferAccount.model_validate(DEMO_BANK)},
    }
    return {name: field.default for name, field in fields.items()} | own


async def _stock(app: App) -> SellerView:
    """The shop has its schema, its goods and its staff."""
    await migrate.upgrade_database(app.db)
    now = app.clock()
    async with app.db.begin() as session:
        await seed.seed(session, json.loads((SEED / "catalogue.json").read_text(encoding="utf-8")), now=now)
        for figure in scenes.CAST:
            if role := _ROLES.get(figure.part):
                await staff.grant(session, figure.user.id, role, name=figure.user.first_name, now=now)
        return SellerView.of(await sellers.the_seller(session))


_ROLES = {scenes.Part.OWNER: staff.Role.OWNER, scenes.Part.PACKER: staff.Role.PACKER}


def _levers(app: App, world: World, clock: TravelClock) -> Levers:
    carrier = app.carriers["sandbox"]
    assert isinstance(carrier, SandboxCarrier)
    assert app.bank is not None
    return Levers(app, world, clock, app.bank, carrier)
