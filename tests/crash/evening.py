"""An evening in the shop, told as often as it takes: Ann presses "Place order", pays at the bank, Petra accepts. The program may die; Telegram and people do not."""

import asyncio
import contextlib
import html
import json
import re
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.demo.people import Person
from bot.demo.server import serving
from bot.demo.sight import shown_text
from bot.demo.state import State as TelegramState
from bot.demo.world import World
from store import seed, staff
from store.db import Database
from store.payments import sandbox_books
from tests.builders import NOW
from tests.conversations.walks import answers, takes
from tests.crash import rows, state
from tests.crash.failpoints import ROOT, that_matter
from tests.crash.shops import Shops
from tests.programs import TOKEN

SEED = Path(__file__).parents[2] / "bot" / "demo" / "seed"
# What was in flight: one answer to a person, one delivery in each of two chats.
REPEATED = 3

# Who does what, by the button's label. Between two steps the shop does all that it has to do.
PAID = (("Ann", "Place order"), ("Ann", "Pay $"), ("bank", "pay"))
# Each step is a moment, in which a chat is told one thing at most that nobody asked for.
DAYS = (("time", "1"), *(("time", hours) for hours in ("24", *["0.05"] * 6) * 3))
IN_TELEGRAM = (
    PAID[0],
    ("Ann", "Change method"),
    ("Ann", "Card in Telegram"),
    ("Ann", "Pay $"),
    ("form", "pay"),
    ("Petra", "Accept"),
)
EVENINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "paid by card": (*PAID, ("Petra", "Accept"), *DAYS),
    "declined, then paid": (*PAID[:2], ("bank", "fail"), ("Ann", "Pay now"), *PAID[1:], *DAYS),
    "paid in cash": (PAID[0], ("Ann", "Change method"), ("Ann", "Cash on delivery"), ("Petra", "Accept"), *DAYS),
    "sent": (*PAID, *(("Petra", label) for label in ("Accept", "Pack", "Ship", "Label:")), *DAYS),
    "paid in Telegram": (*IN_TELEGRAM, *DAYS),
    "never paid": (*PAID[:2], *DAYS),
}


@dataclass
class End:
    """How everything stands, and what people have been shown, without what may differ between two evenings."""

    shop: state.State
    holds: Counter[str]  # messages that stand in the chats
    said: frozenset[str]  # all that was ever said
    deaths: int


@dataclass
class Evening:
    """*before*: all rows, and Telegram's memory, at the moment before the story."""

    db: Database
    shops: Shops
    ann_id: int = 0
    petra_id: int = 0
    group_id: int = 0
    before: tuple[rows.Rows, str] = field(default_factory=lambda: ({}, ""))

    async def prepare(self) -> None:
        """Ann stands at the review of her order. Everything is as it will be before each telling."""
        world = World(lambda: self.shops.now)
        ann, petra = world.add_user("Ann", language_code="en"), world.add_user("Petra", language_code="en")
        self.ann_id, self.petra_id, self.group_id = ann.id, petra.id, world.add_group("Staff", [petra.id]).id
        async with self.db.begin() as session:
            await seed.seed(session, json.loads((SEED / "catalogue.json").read_text("utf-8")), now=NOW)
            await staff.grant(session, petra.id, staff.Role.OWNER, name="Petra", now=NOW)
        async with AsyncExitStack() as stack:
            await self._open(stack, world, warms=True)
            person = Patient(world, ann.id, phone="+351912345678")
            person.shops = self.shops
            await takes(person)
            await answers(person)
            await self.shops.end()
        self.before = await rows.taken(self.db), world.state.to_json()

    def points(self) -> list[str]:
        """Where the last story without a death can die so that it matters."""
        return that_matter((self.shops.folder / "passed").read_text().splitlines())

    async def told(self, story: str, *, killed_at: str | None = None) -> End:
        """The whole story, in which the program dies once if a point is named."""
        for name in ("passed", "sandbox-bank.json", "sandbox-parcels.json"):
            (self.shops.folder / name).unlink(missing_ok=True)
        await rows.lay_back(self.db, self.before[0])
        world = World(lambda: self.shops.now, state=TelegramState.from_json(self.before[1]))
        self.shops.now, self.shops.target, self.shops.deaths = NOW + timedelta(minutes=10), killed_at, 0
        async with AsyncExitStack() as stack:
            await self._open(stack, world, warms=killed_at is None)
            try:
                await self._story(world, story)
                await self.shops.end()
            finally:
                await self.shops.give_up()
        return End(await self._books(), self._holds(world), self._said(world), self.shops.deaths)

    async def _open(self, stack: AsyncExitStack, world: World, *, warms: bool = False) -> None:
        url = await stack.enter_async_context(serving(world, TOKEN))
        self.shops.settings |= {"telegram_api_url": url, "staff_chat_id": self.group_id}
        await self.shops.begin(warms=warms)

    async def _story(self, world: World, story: str) -> None:
        ann, petra = Person(world, self.ann_id), Person(world, self.petra_id, chat_id=self.group_id)
        url, pressed = "", dict[str, str]()
        for who, what in EVENINGS[story]:
            if who == "bank":
                await self.shops.works(world, what, ref=url.rpartition("/")[2])
                continue
            if who == "form":
                await self._pays(ann, url)
                continue
            if who == "time":
                self.shops.now += timedelta(hours=float(what))
            else:
                person = {"Ann": ann, "Petra": petra}[who]
                url = await self._presses(person, what, before=pressed.get(who, what)) or url
                pressed[who] = what
            await self.shops.works(world)

    async def _pays(self, ann: Person, link: str) -> None:
        """Through Telegram's form; where the program dies before it has let her, she is told so, and presses again."""
        paid = False
        while not paid:
            paying = asyncio.create_task(ann.pays(link))
            while not paying.done():
                await self.shops.works(ann.world)
            paid = bool(paying.result().charge_id)
        await self.shops.works(ann.world)

    async def _presses(self, person: Person, label: str, *, before: str) -> str | None:
        """Where a question has given way to the card, told once more after a death, the button before it asks again."""
        try:
            person.button(label)
        except AssertionError:
            await person.taps(before)
            await self.shops.works(person.world)
        return await person.taps(label)

    async def _books(self) -> state.State:
        async with self.db.read() as session:
            seen = await (await session.connection()).run_sync(state.of_the_shop)
            told = await (await session.connection()).run_sync(state.of_the_telling)
        bank = self.shops.folder / "sandbox-bank.json"
        return seen | told | (state.of_the_bank(sandbox_books.read(bank)) if bank.exists() else {})

    def _holds(self, world: World) -> Counter[str]:
        chats = (self.ann_id, self.group_id)
        return Counter(
            f"{chat}: {alike(shown_text(message))}"
            for chat in chats
            for message in Person(world, self.ann_id, chat_id=chat).from_bot
        )

    def _said(self, world: World) -> frozenset[str]:
        said = ((params.get("chat_id"), params.get("text") or params.get("caption")) for _, params in world.calls)
        return frozenset(f"{chat}: {alike(str(text))}" for chat, text in said if text)


class Patient(Person):
    """Somebody who waits for the answer to everything she does."""

    shops: Shops

    async def sends_content(self, content: Any, *, reply_to: int | None = None) -> None:
        await super().sends_content(content, reply_to=reply_to)
        await self.shops.works(self.world)

    async def taps_data(self, message_id: int, data: str, *, chat: int | None = None) -> None:
        await super().taps_data(message_id, data, chat=chat)
        await self.shops.works(self.world)


# Two evenings have other numbers, moments and windows of arrival, and a death costs minutes of those in which the goods are kept.
_DIFFERS = (
    (r"<[^>]+>", ""),
    (r"[2-9A-Y]{4}-[2-9A-Y]{5}", "NUMBER"),
    (r"SB[2-9A-Z]{10}", "TRACKING"),
    (r"\n?Should arrive[^\n]*", ""),
    (r"for \d+ (minutes|hours)", "for a while"),
    (r"\d{1,2}:\d{2}|\d{1,2} (Mar|March)[^,\n]*", "SOME TIME"),
)


def alike(text: str) -> str:
    for pattern, instead in _DIFFERS:
        text = re.sub(pattern, instead, text)
    return html.unescape(text)


@contextlib.asynccontextmanager
async def an_evening(url: str, folder: Path) -> AsyncIterator[Evening]:
    settings = {
        "bot_token": TOKEN,
        "data_dir": str(folder),
        "database_url": url,
        "pictures_dir": None,
        "public_url": "https://shop.example",
        "sandbox_payments": True,
        "sandbox_parcels": True,
        "sandbox_secret": "a secret for tests",
        "throttle_per_s": 0,
        "telegram": {"main": {"provider_token": "284685063:TEST:a-provider-token"}},
    }
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.crash.bot_victim", cwd=ROOT, stdin=PIPE, stdout=PIPE
    )
    db = Database(url)
    try:
        prepared = Evening(db, Shops(parent, folder, settings))
        await prepared.prepare()
        yield prepared
    finally:
        await db.close()
        assert parent.stdin is not None
        parent.stdin.close()
        await parent.wait()


def difference(before: End, after: End) -> dict[str, Any]:
    """What differs: in the books; a message that is missing; one that nobody said in the evening without a death; too many of them."""
    found: dict[str, Any] = {
        name: (rows, after.shop[name]) for name, rows in before.shop.items() if rows != after.shop[name]
    }
    if after.deaths != 1:
        found["deaths"] = after.deaths
    if missing := before.holds.keys() - after.holds.keys():
        found["missing"] = missing
    if unheard := after.holds.keys() - before.holds.keys() - before.said:
        found["never said before"] = unheard
    if (more := after.holds.total() - before.holds.total()) > REPEATED:
        found["repeated"] = more
    return found
