"""A process of its own that presses "Place the order" many times at once. `python press_place.py URL CUSTOMER CART VERSION TIMES`

Says "ready", waits for a line on its standard input, then prints one JSON line per press: [order id, whether it is new].
"""

import asyncio
import json
import sys

from store.db import Database
from store.models import Customer
from tests.builders import Ready
from tests.order_builders import place


async def press(url: str, customer_id: int, cart_id: int, version: int, times: int) -> None:
    db = Database(url)
    ready = Ready(Customer(id=customer_id), (), cart_id, version, 0, "sandbox")
    async with db.read() as session:  # connected before the start
        await session.connection()
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    for placed in await asyncio.gather(*(place(db, ready) for _ in range(times))):
        say(json.dumps([placed.order_id, placed.is_new]))
    await db.close()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(press(sys.argv[1], *map(int, sys.argv[2:])))
