"""The relay is killed (kill −9) at each point of a delivery's life, and another one goes on. The ledger is what Telegram has got."""

import asyncio
import os
import signal
from collections import Counter
from datetime import UTC, datetime

import pytest

from notifications.deliveries import LEASE
from notifications.sender import IN_FLIGHT
from store import outbox
from store.db import Database
from store.events import OrderPlaced
from tests import warm
from tests.builders import a_shop
from tests.programs import ROOT, Telegram, a_telegram

pytestmark = pytest.mark.slow

CHATS, NEWS = 12, 3


async def relay(url: str, telegram: Telegram, chats: list[int], *, point: str = "", ahead_s: float = 0) -> int:
    """How the process ended."""
    known = (url, telegram.url, point, str(ahead_s), *map(str, chats))
    process = await warm.started("tests.crash.relay_process", *known, cwd=ROOT, env=dict(os.environ))
    async with asyncio.timeout(120):
        return await process.wait()


def heard(telegram: Telegram, chat_id: int) -> list[str]:
    return [str(message["text"]) for message in telegram.world.chats[chat_id].messages.values()]


async def something_happens(db: Database) -> None:
    await a_shop(db)
    async with db.begin() as session:
        await outbox.write(session, *(OrderPlaced(order_id=n) for n in range(NEWS)), now=datetime.now(UTC))


@pytest.mark.parametrize(
    ("point", "most_repeated"),
    [("claimed", 0), ("marked", 0), ("half sent", IN_FLIGHT), ("sent", IN_FLIGHT), ("done", 0)],
)
async def test_nothing_is_lost_and_no_more_comes_twice_than_was_in_flight(
    db: Database, db_url: str, point: str, most_repeated: int
) -> None:
    """And each chat hears its news in order."""
    await something_happens(db)
    async with a_telegram() as telegram:
        users = [telegram.world.add_user(f"{n}") for n in range(CHATS)]
        chats = [telegram.world.private_chat(user.id).id for user in users]
        assert await relay(db_url, telegram, chats, point=point) == -signal.SIGKILL
        assert await relay(db_url, telegram, chats, ahead_s=LEASE.total_seconds() + 30) == 0
        news = [heard(telegram, chat_id) for chat_id in chats]
    assert [list(dict.fromkeys(each)) for each in news] == [[f"{n}" for n in range(NEWS)]] * CHATS
    repeated = sum(count - 1 for each in news for count in Counter(each).values())
    assert repeated <= most_repeated
    assert (repeated > 0) is (most_repeated > 0)  # the control: killed in the middle, something has to come twice
