"""`dukkan run` as a process that is killed, cut off, doubled: what people asked for happens once, and they are answered."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from bot.database import seed_shop
from bot.demo.faults import ALWAYS, Fault
from bot.demo.people import Person
from bot.demo.server import Detour, serving
from bot.demo.unrest import Unrest
from store.db import Database
from tests.conversations.walks import CARD
from tests.order_builders import assert_books_balance, events
from tests.process.walking import Walker
from tests.programs import INTAKES, TOKEN, Program, Starts, Telegram, a_telegram
from tests.sockets import a_free_port

pytestmark = pytest.mark.slow

PAIRS = [("sqlite", "polling"), ("postgres", "webhook"), ("sqlite", "webhook"), ("postgres", "polling")]
everywhere = pytest.mark.parametrize(("db_url", "intake"), PAIRS, indirect=["db_url"])
in_both_ways = pytest.mark.parametrize(("db_url", "intake"), PAIRS[:2], indirect=["db_url"])

PHONE = "+351912345678"
SECRET = "a secret that survives a restart"


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    """It finds the shop's webhook at whatever port the shop is told to take."""
    async with a_telegram(web_port=a_free_port()) as telegram:
        yield telegram


@pytest.fixture
async def shop(db_url: str) -> AsyncIterator[Database]:
    """The database of a shop with goods on its shelves."""
    db = Database(db_url)
    await seed_shop(db, None, now=datetime.now(UTC))
    yield db
    await db.close()


def a_buyer(telegram: Telegram, name: str = "Ann") -> Walker:
    user = telegram.world.add_user(name, language_code="en")
    return Walker(Person(telegram.world, user.id, phone=PHONE))


async def opened(dukkan: Starts, telegram: Telegram, db_url: str, intake: str = "polling", **settings: str) -> Program:
    common = {"BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url, "DATABASE_URL": db_url, "SANDBOX_SECRET": SECRET}
    ours = {"WEB_PORT": str(telegram.web_port)} | INTAKES[intake]
    program = await dukkan(**common | ours | settings)
    await program.says("open as")
    return program


async def placed(shop: Database) -> int:
    return (await events(shop)).count("order.placed")


@in_both_ways
async def test_a_whole_purchase(telegram: Telegram, dukkan: Starts, shop: Database, db_url: str, intake: str) -> None:
    """To the bank's page and back: the message that asked for the money becomes the receipt."""
    program = await opened(dukkan, telegram, db_url, intake, SANDBOX_PAYMENTS="true")
    buyer = a_buyer(telegram)
    await buyer.walks(buyer.to_the_review()[:-1])
    await buyer.does(lambda: buyer.person.taps(CARD), "Place order")
    await buyer.does(lambda: buyer.person.taps("Place order"), "Pay $")
    page = await buyer.person.taps("Pay $")
    async with httpx.AsyncClient(transport=Detour(telegram.web_port)) as browser:
        assert (await browser.post(f"{page}/pay")).is_redirect
    await program.shows(lambda: buyer.person.sees("is paid"))
    assert await program.ends(by=signal.SIGTERM) == 0
    assert not telegram.world.unanswered
    await assert_books_balance(shop)


@everywhere
async def test_killed_before_its_answer_it_answers_after_the_restart(
    telegram: Telegram, dukkan: Starts, shop: Database, db_url: str, intake: str
) -> None:
    """The order is placed, its confirmation on the way: the same press comes again, and there is one order."""
    program, buyer = await opened(dukkan, telegram, db_url, intake), a_buyer(telegram)
    await buyer.walks(buyer.to_the_review())
    telegram.world.faults.add("*", Fault.SLOW, ALWAYS, delay_s=3600)
    pressing = asyncio.create_task(buyer.places())

    async def is_placed() -> bool:
        return await placed(shop) == 1

    await program.comes_to(is_placed)
    await program.ends(by=signal.SIGKILL)
    telegram.world.faults.clear()
    again = await opened(dukkan, telegram, db_url, intake)
    await pressing
    assert await again.ends(by=signal.SIGTERM) == 0
    assert (await placed(shop), telegram.world.updates.ledger.repeated >= 1) == (1, True)
    await assert_books_balance(shop)


@in_both_ways
async def test_updates_that_come_twice_act_once(
    telegram: Telegram, dukkan: Starts, shop: Database, db_url: str, intake: str
) -> None:
    """Every one of them; and those of different people in another order."""
    telegram.world.updates.unrest = Unrest(repeat_rate=1, swap_rate=0.5)
    program = await opened(dukkan, telegram, db_url, intake)
    buyers = [a_buyer(telegram, f"Ann{number}") for number in range(5)]
    await asyncio.gather(*(buyer.buys() for buyer in buyers))
    assert await program.ends(by=signal.SIGTERM) == 0
    assert await placed(shop) == len(buyers)
    assert telegram.world.updates.ledger.repeated > 0.9 * telegram.world.updates.ledger.sent
    await assert_books_balance(shop)


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_told_to_stop_under_load_it_drops_nobody(
    telegram: Telegram, dukkan: Starts, shop: Database, db_url: str
) -> None:
    """The webhook says "come again" while the program goes, and the next one answers."""
    program = await opened(dukkan, telegram, db_url, "webhook")
    starting = [asyncio.create_task(a_buyer(telegram, "Ann").buys()) for _ in range(10)]
    await program.shows(lambda: telegram.world.updates.ledger.taken > 20)
    assert await program.ends(by=signal.SIGTERM) == 0
    program = await opened(dukkan, telegram, db_url, "webhook")
    await asyncio.gather(*starting)
    assert await program.ends(by=signal.SIGTERM) == 0
    assert await placed(shop) == 10
    await assert_books_balance(shop)


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_a_second_program_with_the_same_token_is_told(
    telegram: Telegram, dukkan: Starts, shop: Database, db_url: str
) -> None:
    """In words for the merchant; people are answered by either."""
    first, second = [await opened(dukkan, telegram, db_url, WEB_PORT="0") for _ in range(2)]
    told = "another program is asking for this bot's updates with the same BOT_TOKEN"
    await first.shows(lambda: any(told in line for line in first.said + second.said))
    buyer = a_buyer(telegram)
    await buyer.does(buyer.person.starts, "Browse")
    assert [await program.ends(by=signal.SIGTERM) for program in (first, second)] == [0, 0]


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_a_webhook_of_another_program_is_told_and_left_alone(
    telegram: Telegram, dukkan: Starts, shop: Database, db_url: str
) -> None:
    """Whoever moves from another bot program learns why nobody is answered."""
    await telegram.world.call("setWebhook", {"url": "https://elsewhere.example/bot"})
    program = await opened(dukkan, telegram, db_url)
    await program.says("a webhook that another program has set")
    assert telegram.world.state.webhook.url == "https://elsewhere.example/bot"
    assert await program.ends(by=signal.SIGTERM) == 0


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_a_line_that_is_down_for_a_while_loses_nothing(dukkan: Starts, shop: Database, db_url: str) -> None:
    """What people wrote meanwhile is answered when it is back."""
    port = a_free_port()
    async with a_telegram(port) as telegram:
        program, buyer = await opened(dukkan, telegram, db_url), a_buyer(telegram)
        await buyer.does(buyer.person.starts, "Browse")
    writing = asyncio.create_task(buyer.does(lambda: buyer.person.taps("Browse"), "What are you looking for?"))
    await program.says("no updates, asking again")
    async with serving(telegram.world, TOKEN, port=port):
        await writing
        assert await program.ends(by=signal.SIGTERM) == 0
