"""The checkout is a row, not a conversation in somebody's memory: the program may be killed after every single answer."""

import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.database import seed_shop
from bot.demo.people import Person
from store.db import Database
from tests.order_builders import assert_books_balance, events
from tests.process.walking import Walker
from tests.programs import INTAKES, TOKEN, Program, Starts, Telegram, a_telegram

pytestmark = pytest.mark.slow


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with a_telegram() as telegram:
        yield telegram


async def _opened(dukkan: Starts, telegram: Telegram, db_url: str) -> Program:
    program = await dukkan(
        BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url, DATABASE_URL=db_url, WEB_PORT="0", **INTAKES["polling"]
    )
    await program.says("open as")
    return program


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_killed_after_every_answer_the_checkout_goes_on_where_it_was(
    telegram: Telegram, dukkan: Starts, db_url: str
) -> None:
    """Name, phone, delivery, country, street, postcode, town, payment: each is asked once, and at the end there is one order."""
    db = Database(db_url)
    await seed_shop(db, None, now=datetime.now(UTC))
    user = telegram.world.add_user("Ann", language_code="en")
    buyer = Walker(Person(telegram.world, user.id, phone="+351912345678"))
    steps = buyer.to_the_review()
    first_question = next(at for at, (_, then) in enumerate(steps) if "name should be" in then)
    program = await _opened(dukkan, telegram, db_url)
    await buyer.walks(steps[: first_question + 1])
    for act, then in steps[first_question + 1 :]:
        await program.ends(by=signal.SIGKILL)
        program = await _opened(dukkan, telegram, db_url)
        await buyer.does(act, then)
    await program.ends(by=signal.SIGKILL)
    program = await _opened(dukkan, telegram, db_url)
    await buyer.places()
    assert await program.ends(by=signal.SIGTERM) == 0
    assert (await events(db)).count("order.placed") == 1
    await assert_books_balance(db)
    await db.close()
