"""A worker of its own with the whole bot, which gets the same press of "Place order" many times at once, without the lock per person.

`python -m tests.races.press_dispatcher URL FOLDER TELEGRAM_ID CART VERSION TOTAL TIMES`: says "ready", waits for a line on its standard input, then prints how many
presses were answered and which order number each was shown.
"""

import asyncio
import json
import re
import sys
from pathlib import Path

from bot.app import build
from bot.demo.people import Person
from bot.demo.session import DEMO_TOKEN, WorldSession
from bot.demo.world import World
from bot.settings import load
from bot.ui.callbacks import PlaceOrder
from tests.builders import NOW
from tests.races.press_place import say


async def press(
    url: str, folder: Path, telegram_id: int, cart_id: int, version: int, seen_minor: int, times: int
) -> None:
    world = World(lambda: NOW)
    ann = Person(world, world.add_user("Ann", language_code="en", user_id=telegram_id).id)
    settings = load(
        bot_token=DEMO_TOKEN,
        owner_id=1,
        data_dir=folder,
        database_url=url,
        sandbox_payments=True,
        sandbox_secret="a secret for a race",
        public_url="https://shop.example",
        throttle_per_s=0,
    )
    app = build(settings, session=WorldSession(world), clock=lambda: NOW, locks=False)
    world.deliver = app.feed
    await ann.starts()
    message_id = ann.from_bot[-1]["message_id"]
    data = PlaceOrder(cart_id=cart_id, version=version, seen_minor=seen_minor).pack()
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.gather(*(ann.taps_data(message_id, data) for _ in range(times)))
    answered = sum(method.lower() == "answercallbackquery" for method, _ in world.calls)
    shown = set(
        re.findall(r"[2-9A-Y]{4}-[2-9A-Y]{5}", json.dumps([message.get("text", "") for message in ann.from_bot]))
    )
    say(json.dumps([answered, sorted(shown)]))
    await app.stop()


if __name__ == "__main__":
    asyncio.run(press(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:])))
