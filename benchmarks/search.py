"""A search among 100,000 products in three languages, by kinds of question: `python -m benchmarks.search [postgres]`.

The first results of every question are compared with what looking at all products finds.
"""

import asyncio
import contextlib
import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import bindparam, update

from benchmarks.filling import CURRENCY, fill_shelves, open_shop
from benchmarks.frame import Claim, Result, keep, percentile
from benchmarks.postgres import postgres
from store import migrate, search
from store.db import Database
from store.models import Price, Product
from store.models.base import table
from tests.store.search_oracle import Goods, ordered

SIZES = (30_000, *[10_000] * 7)
TURNS = 60
SHOWN = 12

COLOURS = (
    ("red", "红色", "красная"),
    ("blue", "蓝色", "синяя"),
    ("green", "绿色", "зелёная"),
    ("white", "白色", "белая"),
    ("black", "黑色", "чёрная"),
)
STUFFS = (
    ("linen", "亚麻", "льняная"),
    ("cotton", "棉", "хлопковая"),
    ("wool", "羊毛", "шерстяная"),
    ("oak", "橡木", "дубовая"),
    ("clay", "陶土", "глиняная"),
)
THINGS = (
    ("shirt", "衬衫", "рубашка"), ("dress", "连衣裙", "платье"), ("mug", "杯子", "кружка"), ("bowl", "碗", "миска"), ("lamp", "台灯", "лампа"),
    ("chair", "椅子", "стул"), ("towel", "毛巾", "полотенце"), ("bag", "包", "сумка"), ("candle", "蜡烛", "свеча"), ("café cup", "咖啡杯", "чашка"),
)  # fmt: skip
PRAISE = (
    "made by hand",
    "for every day",
    "washes well",
    "a gift",
    "keeps warm",
    "from a small workshop",
    "lasts for years",
    "in a box",
)

# What is asked, by kind. Words such as "sorolu" name one of the makers.
QUESTIONS: Mapping[str, Sequence[str]] = {
    "two words": ("red shirt", "blue mug", "linen dress", "green bowl"),
    "two Chinese letters": ("衬衫", "杯子", "台灯", "亚麻"),
    "a Chinese phrase": ("红色亚麻连衣裙", "蓝色的椅子", "白色陶土杯子"),
    "Russian, another ending": ("рубашки", "зеленые свечи", "льняное полотенце"),
    "a slip of the finger": ("shrit", "linne dress", "candel", "рубошка"),
    "a beginning": ("cand", "tow", "chai"),
    "a price in words": ("red shirt under 50", "чашка до 20", "50以下的毛巾", "mug from 10 to 12"),
    "a frequent and a rare word": ("red {maker}", "{maker} mug", "shirt {maker}"),
    "only in descriptions": ("workshop", "gift warm"),
    "never together": ("red blue", "shirt mug", "衬衫杯子"),
    "nothing at all": ("xylophone", "木琴", "ксилофон"),
    "a price alone": ("under 20", "under 2"),
    "a frequent word, hardly ever so cheap": ("shirt under 2", "workshop under 2"),
}


class Taken(NamedTuple):
    """What a question took: by the clock, and of this process's processor time alone."""

    ms: float
    processor_ms: float


async def main(kind: str = "sqlite") -> None:
    async with _a_database(kind) as db:
        await migrate.upgrade_database(db)
        await open_shop(db)
        await fill_shelves(db, SIZES, stock=10)
        goods, makers = _goods(sum(SIZES))
        seconds = await _shelved(db, goods)
        questions = {
            name: [text.format(maker=maker) for text in texts for maker in makers] for name, texts in QUESTIONS.items()
        }
        wrong = await _wrong(db, goods, questions)
        times = await _measured(db, questions)
    _keep(kind, times, wrong, seconds)


@contextlib.asynccontextmanager
async def _a_database(kind: str) -> AsyncIterator[Database]:
    with contextlib.ExitStack() as stack:
        if kind == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            url = f"sqlite+aiosqlite:///{Path(folder) / 'shop.sqlite3'}"
        else:
            url = stack.enter_context(postgres()).url
        db = Database(url)
        yield db
        await db.close()


def _goods(count: int) -> tuple[list[Goods], list[str]]:
    """The same ones in every run, and three makers' names."""
    chance = random.Random(1)
    makers = ["".join(chance.choice("bdgklmnprstv") + chance.choice("aeiou") for _ in range(4)) for _ in range(5000)]
    goods = [_one(number, chance, makers) for number in range(1, count + 1)]
    return goods, [goods[place].title["en"].split()[0].lower() for place in (count // 10, count // 3, count // 2)]


def _one(number: int, chance: random.Random, makers: Sequence[str]) -> Goods:
    colour, stuff, thing = chance.choice(COLOURS), chance.choice(STUFFS), chance.choice(THINGS)
    maker, praise = chance.choice(makers), ", ".join(chance.sample(PRAISE, 3))
    title = {
        "en": f"{maker.title()} {colour[0]} {stuff[0]} {thing[0]}",
        "zh": f"{colour[1]}{stuff[1]}{thing[1]}",
        "ru": f"{colour[2]} {stuff[2]} {thing[2]}".capitalize(),
    }
    about = {
        "en": f"{praise}. Looks well with {chance.choice(COLOURS)[0]}.".capitalize(),
        "zh": f"适合{chance.choice(COLOURS)[1]}的家。",
    }
    minor = 150 if number % 40_000 == 0 else chance.randint(500, 12_000)
    return Goods(number, title, about, (f"SKU-{number}",), (Decimal(minor) / 100,))


async def _shelved(db: Database, goods: Sequence[Goods]) -> float:
    """How long it took to index them, in seconds."""
    product, price = table(Product), table(Price)
    named = (
        update(product)
        .where(product.c.id == bindparam("at"))
        .values(title=bindparam("to"), description=bindparam("about"))
    )
    priced = (
        update(price)
        .where(price.c.variant_id == bindparam("at"), price.c.currency == CURRENCY)
        .values(unit_minor=bindparam("to"))
    )
    for some in _lots(goods, 5000):
        async with db.begin() as session:
            connection = await session.connection()
            await connection.execute(
                named, [{"at": each.id, "to": dict(each.title), "about": dict(each.description)} for each in some]
            )
            await connection.execute(priced, [{"at": each.id, "to": int(each.prices[0] * 100)} for each in some])
    start = time.perf_counter()
    for some in _lots(goods, 1000):
        async with db.begin() as session:
            await search.index(session, [each.id for each in some])
    return time.perf_counter() - start


def _lots(goods: Sequence[Goods], size: int) -> list[Sequence[Goods]]:
    return [goods[start : start + size] for start in range(0, len(goods), size)]


async def _wrong(db: Database, goods: Sequence[Goods], questions: Mapping[str, Sequence[str]]) -> int:
    """How many questions are answered otherwise than by looking at everything."""
    wrong = 0
    for text in sorted(set(itertools.chain(*questions.values()))):
        expected, is_close = ordered(goods, search.read(text))
        async with db.read() as session:
            found = await search.find(session, search.read(text), "USD", limit=SHOWN)
        if ([card.id for card in found.cards], found.is_close) != (expected[:SHOWN], is_close):
            wrong += 1
            print(f"WRONG: {text!r}: {[card.id for card in found.cards]} for {expected[:SHOWN]}", file=sys.stderr)
    return wrong


async def _measured(db: Database, questions: Mapping[str, Sequence[str]]) -> dict[str, list[Taken]]:
    """By kind: the first page, and every other time the page behind it. Each question is asked once before."""
    times: dict[str, list[Taken]] = {name: [] for name in questions}
    for turn in range(TURNS):
        for name, texts in questions.items():
            query, after = search.read(texts[turn % len(texts)]), None
            for _ in range(1 + turn % 2):
                start, processor = time.perf_counter(), time.process_time()
                async with db.read() as session:
                    found = await search.find(session, query, "USD", after=after)
                times[name].append(
                    Taken(1000 * (time.perf_counter() - start), 1000 * (time.process_time() - processor))
                )
                if (after := found.after) is None:
                    break
    return times


def _keep(kind: str, times: Mapping[str, Sequence[Taken]], wrong: int, seconds: float) -> None:
    waits = {name: [each.ms for each in own] for name, own in times.items()}
    everything = [each for own in times.values() for each in own]
    worst = max(waits, key=lambda name: percentile(waits[name], 0.99))
    claims = [
        Claim("answers unlike those of looking at all products", wrong, 0, 0, unit="questions", at_most=True),
        Claim("p99", percentile([each.ms for each in everything], 0.99), 50, 10, unit="ms", at_most=True),
        Claim(f"p99 of the slowest kind ({worst})", percentile(waits[worst], 0.99), 50, 10, unit="ms", at_most=True),
    ]
    numbers = {"processor time p99, ms": percentile([each.processor_ms for each in everything], 0.99)}
    numbers |= {f"{name} p50, ms": statistics.median(own) for name, own in waits.items()}
    numbers |= {f"{name} p99, ms": percentile(own, 0.99) for name, own in waits.items()}
    what = f"search among 100,000 products in three languages, {kind}"
    keep(
        Result(f"search-{kind}", what, "looking at every product", claims, numbers | {"indexing them all, s": seconds})
    )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
