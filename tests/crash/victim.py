"""A warm process that forks the ones that die. `python -m tests.crash.victim`; one JSON line in, one out.

A fresh interpreter for each death would spend its time on imports, and on compiling statements: the parent lives the stories in which nobody dies
itself. It has no loop and no thread when it forks; the child opens its own connections. What it does comes from `tests/crash/stories.py`, where it ends from `failpoints.py`.
"""

import asyncio
import json
import os
import sys
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, select
from sqlalchemy.orm import configure_mappers

from store.db import Database
from store.models import Refund
from tests import statements
from tests.crash import failpoints, state, stories
from tests.crash.stories import Shop
from tests.machine import goods, invariants
from tests.machine.books import Reader
from tests.machine.goods import Basket, Goods, Person

Work = Callable[[], Coroutine[Any, Any, None]]


async def open_shop(url: str, folder: Path) -> None:
    """The goods of all stories are in the database, and in a file for those who come after."""
    db = Database(url)
    opened = await goods.open_shop(db)
    await db.close()
    (folder / "goods.json").write_text(json.dumps(asdict(opened)))


async def first(url: str, folder: Path, story: str) -> None:
    """The shop's first day, and the story up to where it ends."""
    shop = Shop(url, folder)
    with failpoints.watched(lambda _what: None):
        await stories.prepare(shop, _goods(folder))
    (folder / "basket.json").write_text(json.dumps(asdict(shop.basket)))
    target, passed = folder / "target", folder / "passed"
    point = failpoints.Killer(passed, target.read_text()) if target.exists() else failpoints.Recorder(passed)
    with failpoints.watched(point):
        await stories.tell(shop, story)
    await shop.db.close()


async def again(url: str, folder: Path, story: str) -> None:
    """After a restart: the jobs run, people press again what has left no trace, and all comes to rest. How everything stands then is in a file."""
    shop = Shop(url, folder)
    shop.basket = Basket(**json.loads((folder / "basket.json").read_text()))
    await stories.sweep(shop)
    await stories.tell(shop, story)
    await stories.come_to_rest(shop)
    reader = Reader(url)
    now = await reader.look(shop.db)
    reader.close()
    wrong = [*invariants.always(now, shop.books), *invariants.at_rest(now, shop.books, await _gifts(shop))]
    async with shop.db.read() as session:
        seen = await (await session.connection()).run_sync(state.of_the_shop)
    (folder / "end.json").write_text(
        json.dumps(seen | state.of_the_bank(shop.books) | state.of_the_carrier(shop.carrier) | {"wrong": wrong})
    )
    await shop.db.close()


async def _gifts(shop: Shop) -> dict[int, bool]:
    """In the stories staff gives back only what was paid."""
    async with shop.db.read() as session:
        return dict.fromkeys(await session.scalars(select(Refund.id).where(Refund.reason == "staff")), True)


def _goods(folder: Path) -> Goods:
    known = json.loads((folder / "goods.json").read_text())
    people = tuple(Person(**person) for person in known.pop("people"))
    return Goods(**(known | {"variants": tuple(known["variants"]), "people": people}))


WORKS = {work.__name__: work for work in (open_shop, first, again)}


def warm_up() -> None:
    """What every child would do first, of which nothing stays open: modules are imported, mappers configured."""
    configure_mappers()
    for scheme in ("sqlite+aiosqlite://", "postgresql+asyncpg://", "mysql+asyncmy://"):
        make_url(scheme).get_dialect().import_dbapi()


def serve() -> None:
    """Each line names a work and its arguments; the answer is how its process ended: 0, 1 after an error, -9 when it was killed."""
    for line in sys.stdin:
        name, url, folder, *more = json.loads(line)
        if not (Path(folder) / "target").exists():
            sys.stdout.write(f"{_live(name, url, Path(folder), *more)}\n")
        elif child := os.fork():
            _, status = os.waitpid(child, 0)
            sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        else:
            os._exit(_live(name, url, Path(folder), *more))
        sys.stdout.flush()


def _live(name: str, url: str, folder: Path, *more: str) -> int:
    try:
        asyncio.run(WORKS[name](url, folder, *more))
        assert "aiogram" not in sys.modules, "the shop must live and die without Telegram"
    except:  # noqa: E722 - a child that goes on would be a second parent
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    statements.share()
    warm_up()
    serve()
