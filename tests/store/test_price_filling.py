"""A price list is filled piece by piece: others write in between, and whoever dies half-way goes on."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from store import price_filling, price_lists, prices, shop
from store.audit import SYSTEM
from store.db import Database
from store.errors import BadInput
from store.models import AuditEntry, DeliveryZone, Price, PriceChange, Variant
from store.price_filling import Filled
from tests.builders import NOW, a_shop, a_variant

Pause = Callable[[float], Awaitable[None]]


class Died(Exception):
    """The program ends between two pieces."""


async def goods(db: Database, *prices_minor: int) -> list[Variant]:
    await a_shop(db)
    async with db.begin() as session:
        await price_lists.offer(session, "EUR", actor=SYSTEM, now=NOW)
    return [await a_variant(db, price_minor=each) for each in prices_minor]


async def at_once(_seconds: float) -> None:
    """Nobody else wants to write."""


def dies_after(pieces: int) -> Pause:
    left = [pieces]

    async def pause(_seconds: float) -> None:
        left[0] -= 1
        if not left[0]:
            raise Died

    return pause


async def fill(db: Database, pause: Pause = at_once, *, rate: str = "0.5", anew: bool = False) -> Filled:
    terms = {"anew": anew, "actor": SYSTEM, "now": NOW, "piece": 2, "sleep": pause}
    return await price_filling.fill(db, "EUR", Decimal(rate), **terms)  # type: ignore[arg-type]  # by name


async def costs(db: Database, variants: list[Variant]) -> list[int | None]:
    async with db.read() as session:
        rows = await session.execute(select(Price.variant_id, Price.unit_minor).where(Price.currency == "EUR"))
    found = {row.variant_id: row.unit_minor for row in rows}
    return [found.get(each.id) for each in variants]


async def written(db: Database) -> tuple[int, int]:
    """How often a price was put down in the journal, and in the history of prices."""
    async with db.read() as session:
        entries = select(func.count(AuditEntry.id)).where(AuditEntry.action == "priced")
        changes = select(func.count(PriceChange.id)).where(PriceChange.currency == "EUR")
        return await session.scalar(entries) or 0, await session.scalar(changes) or 0


async def test_others_write_between_two_pieces_and_what_they_wrote_stays(db: Database) -> None:
    """A price that somebody types while the list is being filled is theirs, as one that was there before."""
    mugs = await goods(db, 1000, 2000, 3000, 4000, 5000)
    waits = []

    async def types_one(seconds: float) -> None:
        waits.append(seconds)
        async with db.begin() as session:
            await prices.set_price(session, mugs[3].id, "EUR", 1999, actor=SYSTEM, now=NOW)

    assert await fill(db, types_one) == Filled(prices=4, zones=3)
    assert await costs(db, mugs) == [500, 1000, 1500, 1999, 2500]
    assert waits == [price_filling.REST_S] * 2


@pytest.mark.parametrize("pieces", [1, 2])
async def test_whoever_dies_half_way_goes_on(db: Database, pieces: int) -> None:
    """What is written stays, what is missing comes, nothing comes twice; a third time changes nothing."""
    mugs = await goods(db, 1000, 2000, 3000, 4000, 5000)
    with pytest.raises(Died):
        await fill(db, dies_after(pieces))
    assert await costs(db, mugs) == [500, 1000, 1500, 2000, 2500][: pieces * 2] + [None] * (5 - pieces * 2)
    assert await fill(db) == Filled(prices=5 - pieces * 2, zones=3)
    assert await costs(db, mugs) == [500, 1000, 1500, 2000, 2500]
    assert await fill(db) == Filled(prices=0, zones=0)
    assert await written(db) == (5, 5)


async def test_to_write_all_anew_is_taken_up_again_too(db: Database) -> None:
    """What has its new price already is not written, nor told to anybody, a second time; a place that has its price keeps it."""
    mugs = await goods(db, 1000, 2000, 3000)
    await fill(db)
    with pytest.raises(Died):
        await fill(db, dies_after(1), rate="0.4", anew=True)
    assert await costs(db, mugs) == [400, 800, 1500]
    assert await fill(db, rate="0.4", anew=True) == Filled(prices=1, zones=0)
    assert await costs(db, mugs) == [400, 800, 1200]
    assert await written(db) == (6, 6)


async def test_a_rate_that_fits_some_prices_only_writes_none(db: Database) -> None:
    """The last of them would become nothing: that is said before the first is written."""
    mugs = await goods(db, 1000, 2000, 3000, 1)
    with pytest.raises(BadInput):
        await fill(db, rate="0.4")
    assert await costs(db, mugs) == [None] * 4
    async with db.read() as session:
        assert await session.scalar(select(func.count()).where(DeliveryZone.currency == "EUR")) == 0


async def test_a_list_that_becomes_the_shops_own_meanwhile_is_filled_no_further(db: Database) -> None:
    """Its prices are then what others are counted from."""
    mugs = await goods(db, 1000, 2000, 3000)
    await fill(db)

    async def becomes_the_own(_seconds: float) -> None:
        async with db.begin() as session:
            await shop.set_currency(session, "EUR", actor=SYSTEM, now=NOW)

    with pytest.raises(BadInput):
        await fill(db, becomes_the_own, rate="0.4", anew=True)
    assert await costs(db, mugs) == [400, 800, 1500]
