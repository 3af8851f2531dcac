"""Two processes with the same role over one database: each does what the other has not done."""

import asyncio
import signal
from collections import Counter

import pytest

from bot.demo.world import World
from store.db import Database
from tests.builders import a_confirmed_order, a_customer, a_shop, a_variant
from tests.order_builders import an_order, assert_books_balance, events, shelf
from tests.programs import TOKEN, Program, Starts, Telegram

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("db_url", ["postgres", "mariadb"], indirect=True)]

BUYERS = 8  # what comes faster is told to a group in lists
UNPAID = 20


async def a_pair(dukkan: Starts, role: str, **settings: str) -> list[Program]:
    """Two processes that have begun."""
    pair = [await dukkan("--roles", role, **settings) for _ in range(2)]
    await asyncio.gather(*(program.says("this process does") for program in pair))
    return pair


async def close(pair: list[Program]) -> None:
    assert await asyncio.gather(*(program.ends(by=signal.SIGTERM) for program in pair)) == [0, 0]


async def buyers_order(db: Database, world: World) -> list[int]:
    """The chats of people who have each ordered a mug, to be paid in cash."""
    mug, chats = await a_variant(db, stock=2 * BUYERS), []
    for _ in range(BUYERS):
        customer = await a_customer(db)
        world.private_chat(world.add_user("Ann", user_id=customer.telegram_id).id)
        await a_confirmed_order(db, mug, customer=customer)
        chats.append(customer.telegram_id)
    return chats


def told(world: World) -> Counter[int]:
    """How many messages each chat has got."""
    sent = [params for name, params in world.calls if name in ("sendMessage", "sendPhoto")]
    return Counter(int(params["chat_id"]) for params in sent)


async def test_two_relays_tell_everybody_once(telegram: Telegram, dukkan: Starts, db: Database, db_url: str) -> None:
    """Each buyer has one receipt, the staff one card an order."""
    group = telegram.world.add_group("Staff", [telegram.ann.id])
    await a_shop(db)
    settings = {"DATABASE_URL": db_url, "STAFF_CHAT_ID": str(group.id)}
    pair = await a_pair(dukkan, "relay", BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url, **settings)
    wanted = Counter(dict.fromkeys(await buyers_order(db, telegram.world), 1)) + Counter({group.id: BUYERS})
    await pair[0].shows(lambda: told(telegram.world).total() >= wanted.total())
    await close(pair)
    assert told(telegram.world) == wanted


async def test_two_timetables_let_an_order_expire_once(dukkan: Starts, db: Database, db_url: str) -> None:
    """Its goods come back once, and its buyer is told once."""
    await a_shop(db)
    mug = await a_variant(db, stock=UNPAID)
    for _ in range(UNPAID):
        await an_order(db, mug)
    pair = await a_pair(dukkan, "timetable", DATABASE_URL=db_url)

    async def all_expired() -> bool:
        return (await events(db)).count("order.expired") >= UNPAID

    await pair[0].comes_to(all_expired)
    await close(pair)
    assert (await events(db)).count("order.expired") == UNPAID
    assert (await shelf(db, mug)).reserved == 0
    await assert_books_balance(db)
