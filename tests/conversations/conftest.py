"""People in front of a whole shop: the Telegram in memory, the real dispatcher, a seeded database, the sandbox bank and a clock to move."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import providers
from bot.app import App, build
from bot.demo.people import Person
from bot.demo.session import DEMO_TOKEN
from bot.demo.world import World
from bot.settings import load
from bot.ui.errors import apology
from bot.ui.i18n import LANGUAGES, translator
from store import seed, staff
from store.db import Database
from store.payments.sandbox_bank import SandboxBank
from tests import databases, pseudo
from tests.conversations import aftermath
from tests.conversations.second_opinion import DoublyChecked

SEED = Path(__file__).parents[2] / "bot" / "demo" / "seed"
# How an apology begins, in whichever language.
SORRIES = tuple(apology("", t)[:24] for t in (*map(translator, LANGUAGES), pseudo.translator()))


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Shop:
    """Ann speaks English, Li Lei Chinese, Ivan Russian; Max owns the shop, Petra packs."""

    world: World
    clock: Clock
    folder: Path
    database_url: str
    app: App
    ann: Person
    lilei: Person
    ivan: Person
    max: Person
    petra: Person
    staff_chat: int
    # Settings besides the usual ones, and as whom the bank *plays*, from the next restart on.
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def bank(self) -> SandboxBank:
        assert self.app.bank is not None
        return self.app.bank

    async def works(self, **ahead: float) -> None:
        """Time goes on, as in `works(hours=3)`; all that is due then is done and told."""
        self.clock.at += timedelta(**ahead)
        await self.app.run_jobs_due()

    async def pays(self, person: Person, how: str = "pay") -> str:
        """The person follows the link to the bank's page and pays there; *how* is one of the bank's ways. Returns the page's reference."""
        url = await person.taps("Pay $")
        assert url is not None
        ref = url.rpartition("/")[2]
        await getattr(self.bank, how)(ref, now=self.clock())
        await self.works()
        return ref

    async def restart(self) -> None:
        """Another process on the same database."""
        await self.app.stop()
        _nobody_objected(self)
        self.app = _built(self.world, self.clock, self.folder, self.database_url, self.staff_chat, **self.given)


def _built(
    world: World,
    clock: Clock,
    folder: Path,
    url: str,
    staff_chat: int,
    *,
    plays: Mapping[str, bool] = providers.NOBODY,
    **given: Any,
) -> App:
    settings = load(
        bot_token=DEMO_TOKEN,
        data_dir=folder,
        database_url=url,
        pictures_dir=None,
        public_url="https://shop.example",
        sandbox_parcels=True,
        sandbox_secret="a secret for tests",
        **({"throttle_per_s": 0, "staff_chat_id": staff_chat, "sandbox_payments": True} | given),
    )

    async def no_sleep(seconds: float) -> None:
        """What would be waited for has passed."""
        await asyncio.sleep(0)

    app = build(settings, session=DoublyChecked(world), clock=clock, sleep=no_sleep, plays=plays)
    world.deliver = app.feed
    return app


@pytest.fixture
def shop_url(sqlite_url: str) -> str:
    """The shop's database. `test_on_every_database.py` has all of them instead."""
    return sqlite_url


@pytest.fixture
def is_followed() -> bool:
    """Whether the aftermath comes after the story."""
    return True


@pytest.fixture
async def shop(request: pytest.FixtureRequest, tmp_path: Path, shop_url: str, is_followed: bool) -> AsyncIterator[Shop]:
    shop = await opened(tmp_path, shop_url)
    failed_before = request.session.testsfailed
    yield shop
    if is_followed and request.session.testsfailed == failed_before:
        await aftermath.follows(shop, request.node.name)
    await shop.app.stop()
    _nobody_was_apologised_to(shop.world)
    _nobody_objected(shop)


async def opened(folder: Path, url: str) -> Shop:
    """A shop with its people, on an empty database."""
    clock = Clock()
    world = World(clock)
    boss, packer = world.add_user("Max", language_code="en"), world.add_user("Petra", language_code="en")
    group = world.add_group("Staff", [boss.id, packer.id])
    await _stock(url, boss.id, packer.id, clock())
    app = _built(world, clock, folder, url, group.id)
    return Shop(
        world,
        clock,
        folder,
        url,
        app,
        ann=_customer(world, "Ann", "en", "+351912345678"),
        lilei=_customer(world, "李雷", "zh-hans", "+8613812345678"),
        ivan=_customer(world, "Иван", "ru", "+79161234567"),
        max=Person(world, boss.id, chat_id=group.id),
        petra=Person(world, packer.id, chat_id=group.id),
        staff_chat=group.id,
    )


def _customer(world: World, name: str, language: str, phone: str) -> Person:
    return Person(world, world.add_user(name, language_code=language).id, phone=phone)


async def _stock(url: str, owner_id: int, packer_id: int, now: datetime) -> None:
    """The database has the demo's goods and the shop's people. On SQLite it is a copy: hundreds of shops begin alike."""

    async def fill(url: str) -> None:
        db, catalogue = Database(url), json.loads((SEED / "catalogue.json").read_text(encoding="utf-8"))
        async with db.begin() as session:
            await seed.seed(session, catalogue, now=now)
            await staff.grant(session, owner_id, staff.Role.OWNER, name="Max", now=now)
            await staff.grant(session, packer_id, staff.Role.PACKER, name="Petra", now=now)
        await db.close()

    if (path := databases.sqlite_path(url)) is None:
        await fill(url)
    else:
        shutil.copy(await asyncio.to_thread(databases.filled_file, f"shop-of-{owner_id}-{packer_id}", fill), path)


def _nobody_was_apologised_to(world: World) -> None:
    """A fault of ours never hides behind an apology, and every press was answered."""
    said = [str(call.get("text") or call.get("caption") or "") for _, call in world.calls]
    assert not [text for text in said if is_sorry(text)]
    assert not world.unanswered


def is_sorry(text: str) -> bool:
    return text.startswith(SORRIES)


def _nobody_objected(shop: Shop) -> None:
    assert isinstance(shop.app.bot.session, DoublyChecked)
    assert not shop.app.bot.session.objections
