"""A crowd in front of a shop that is killed again and again on a bad line: `make crowd`.

Everybody acts once and waits for the answer. At the end the ledger says what was sent, taken, lost and repeated, and the
database is compared with what people saw.
"""

import argparse
import asyncio
import contextlib
import logging
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.app import utc_now
from bot.demo.faults import ALWAYS, Fault
from bot.demo.people import Person
from bot.demo.server import Detour, serving
from bot.demo.unrest import Unrest
from bot.demo.world import World
from store import stock
from store.audit import SYSTEM
from store.db import Database
from store.models import Customer, Order, StockLevel
from tests import databases, servers
from tests.order_builders import assert_books_balance
from tests.process.walking import NoAnswer, Walker
from tests.programs import INTAKES, TOKEN, Program, Starts, a_seeded_shop, programs
from tests.sockets import a_free_port

FAULTS = (
    Fault.FLOOD,
    Fault.SERVER_ERROR,
    Fault.GATEWAY,
    Fault.RESET_BEFORE,
    Fault.RESET_AFTER,
    Fault.SLOW,
    Fault.GARBAGE,
)
STOCK = 1_000_000


@dataclass(frozen=True)
class Plan:
    people: int = 200
    seconds: float = 120.0
    kills: int = 4
    fault_rate: float = 0.03
    repeat_rate: float = 0.02
    think_s: float = 3.0
    patience_s: float = 60.0
    database: str = "sqlite"
    intake: str = "polling"


@dataclass
class Crowd:
    plan: Plan
    world: World
    walkers: list[Walker]
    staff_chat: int
    unanswered: list[str] = field(default_factory=list)
    killed: int = 0
    wrong: list[str] = field(default_factory=list)

    async def walks(self, until: float) -> None:
        await asyncio.gather(*(self._goes_shopping(walker, until) for walker in self.walkers))

    async def _goes_shopping(self, walker: Walker, until: float) -> None:
        """Trip after trip; the one under way at the end is broken off between two actions."""
        try:
            while time.monotonic() < until:
                for act, then in walker.to_the_review():
                    await walker.does(act, then)
                    if time.monotonic() > until:
                        return
                await walker.places()
        except NoAnswer as error:
            self.unanswered.append(str(error))
        except AssertionError as error:
            self.wrong.append(str(error))

    @property
    def orders(self) -> dict[int, list[str]]:
        """What each person was shown."""
        return {walker.person.id: walker.orders for walker in self.walkers if walker.orders}

    @property
    def told_to_staff(self) -> int:
        """Of how many of these orders the staff reads: on a card of its own or, in a burst, in a list."""
        said = "\n".join(str(post.get("text", post.get("caption", ""))) for post in self.posts_to_staff)
        return sum(number in said for numbers in self.orders.values() for number in numbers)

    @property
    def posts_to_staff(self) -> list[dict[str, Any]]:
        posts = self.world.chats[self.staff_chat].messages.values()
        return [post for post in posts if post["from"]["id"] == self.world.bot_id]


def a_crowd(plan: Plan) -> Crowd:
    world, chance = World(utc_now), random.Random(1)
    ids = [world.add_user(f"Ann{number}", language_code="en").id for number in range(plan.people)]
    people = [Person(world, person_id, phone="+351912345678") for person_id in ids]
    boss = world.add_user("Max", language_code="en")

    async def think() -> None:
        await asyncio.sleep(chance.uniform(0, 2 * plan.think_s))

    walkers = [Walker(person, plan.patience_s, think) for person in people]
    return Crowd(plan, world, walkers, world.add_group("Staff", [boss.id]).id)


def the_line_is_bad(world: World, plan: Plan) -> None:
    """Every kind of fault, for every method, polling included; and updates that come once more."""
    for kind in FAULTS if plan.fault_rate else ():
        for method in ("*", "getUpdates"):
            world.faults.add(method, kind, ALWAYS, rate=plan.fault_rate / len(FAULTS), retry_after=1, delay_s=2)
    world.updates.unrest = Unrest(repeat_rate=plan.repeat_rate)


async def killed_again_and_again(crowd: Crowd, program: Program, start: Starts, settings: dict[str, str]) -> Program:
    """The program that is open in the end. The one before it was killed, whatever it did, and the next one started at once."""
    pause = crowd.plan.seconds / (crowd.plan.kills + 1)
    for _ in range(crowd.plan.kills):
        await asyncio.sleep(pause)
        await _kill(program, crowd)
        program = await start(**settings)
    await program.web()
    return program


async def _kill(program: Program, crowd: Crowd) -> None:
    with contextlib.suppress(ProcessLookupError):
        program.process.kill()
        crowd.killed += 1
    if (code := await program.ends()) != -signal.SIGKILL:
        crowd.wrong.append("\n".join([f"it had ended by itself, with {code}", *program.said[-20:]]))


async def run(plan: Plan, folder: Path, url: str) -> Crowd:
    """The crowd after its two minutes; `wrong` says what does not agree with what people saw."""
    crowd = a_crowd(plan)
    await a_full_shop(url)
    port = a_free_port()
    async with serving(crowd.world, TOKEN, way=Detour(port)) as address, programs(folder) as start:
        settings = {"BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": address, "DATABASE_URL": url, "WEB_PORT": str(port)}
        settings |= {"STAFF_CHAT_ID": str(crowd.staff_chat)} | INTAKES[plan.intake]
        the_line_is_bad(crowd.world, plan)
        first = await start(**settings)
        await first.web()  # on a bad line it may not hear at once as whom it is open
        running = asyncio.create_task(killed_again_and_again(crowd, first, start, settings))
        await crowd.walks(time.monotonic() + plan.seconds)
        program = await running
        await _is_told(crowd, program)
        if code := await program.ends(by=signal.SIGTERM):
            crowd.wrong.append("\n".join([f"SIGTERM ended it with {code}", *program.said[-20:]]))
    await compare(crowd, url)
    return crowd


async def a_full_shop(url: str) -> None:
    await a_seeded_shop(url)
    db = Database(url)
    async with db.begin() as session:
        for variant_id in list(await session.scalars(select(StockLevel.variant_id))):
            await stock.receive(
                session, variant_id, STOCK, reason="for a crowd", actor=SYSTEM, source_id=1, now=utc_now()
            )
    await db.close()


async def _is_told(crowd: Crowd, program: Program) -> None:
    """The staff has read of every order, and Telegram has no update more to give."""
    placed = sum(map(len, crowd.orders.values()))
    with contextlib.suppress(AssertionError):
        await program.shows(lambda: crowd.told_to_staff >= placed and not len(crowd.world.updates))
    if crowd.told_to_staff < placed:
        crowd.wrong.append(f"{placed} orders, {crowd.told_to_staff} told in the staff chat")


async def compare(crowd: Crowd, url: str) -> None:
    """Orders are those that people saw, and the stock is what these took."""
    db = Database(url)
    try:
        async with db.read() as session:
            rows = await session.execute(
                select(Customer.telegram_id, Order.number).join(Order, Order.customer_id == Customer.id)
            )
            placed = sorted((person, number) for person, number in rows)
            reserved = await session.scalar(select(func.sum(StockLevel.reserved)))
        await assert_books_balance(db)
    finally:
        await db.close()
    seen = sorted((person, number) for person, numbers in crowd.orders.items() for number in numbers)
    if placed != seen:
        crowd.wrong.append(f"orders that people did not see, or saw twice: {set(placed) ^ set(seen)}")
    if reserved != len(seen):
        crowd.wrong.append(f"{len(seen)} mugs ordered, {reserved} set aside")


def told(crowd: Crowd) -> str:
    """The ledger, as a page of the documentation holds it."""
    plan, ledger = crowd.plan, crowd.world.updates.ledger
    waits = sorted(wait for walker in crowd.walkers for wait in walker.waits)
    presses, spinning = len(crowd.world.state.queries), len(crowd.world.unanswered)
    actions, lost = len(waits) + len(crowd.unanswered), len(crowd.unanswered)
    lines = [
        f"{plan.people} people, {plan.seconds:.0f} s, {plan.intake}, {plan.database}",
        f"faults: {sum(crowd.world.faults.met.values())} of {sum(crowd.world.counts.values())} calls; killed (-9): {crowd.killed}",
        f"actions: {actions} sent, {len(waits)} answered, {lost} lost",
        f"presses: {presses}, of which {spinning} got their screen after Telegram had given up waiting for the toast",
        f"updates: {ledger.sent} sent, {ledger.taken} taken, {ledger.expired} expired, {ledger.repeated} handed out more than once",
        f"orders: {sum(map(len, crowd.orders.values()))} seen by their buyers, {crowd.told_to_staff} told to the staff in {len(crowd.posts_to_staff)} messages",
        f"wait for an answer: median {statistics.median(waits):.2f} s, 99 % within {waits[len(waits) * 99 // 100]:.2f} s, longest {waits[-1]:.2f} s",
        f"wrong: {len(crowd.wrong)}",
    ]
    return "\n".join([*lines, *crowd.wrong, *crowd.unanswered])


@contextlib.contextmanager
def a_database(kind: str) -> Iterator[str]:
    servers.begin_run()
    try:
        with databases.FRESH[kind]() as url:
            yield url
    finally:
        servers.end_run()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in vars(Plan()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    plan = Plan(**vars(parser.parse_args()))
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # an answer that was cut off is what was planned
    with a_database(plan.database) as url, tempfile.TemporaryDirectory() as folder:
        crowd = asyncio.run(run(plan, Path(folder), url))
    sys.stdout.write(told(crowd) + "\n")
    return int(bool(crowd.wrong or crowd.unanswered))


if __name__ == "__main__":
    sys.exit(main())
