import pytest
from sqlalchemy import select

from store import carts, catalog, prices
from store.audit import Actor
from store.db import Database
from store.errors import BadInput, NotFound
from store.models import AuditEntry, Price, PriceChange, Variant
from store.prices import Tag
from tests.builders import CURRENCY, NOW, a_cart, a_customer, a_shop, a_variant

MAYA = Actor.staff(501, "Maya")


async def _set(db: Database, variant: Variant, unit_minor: int) -> None:
    async with db.begin() as session:
        await prices.set_price(session, variant.id, CURRENCY, unit_minor, actor=MAYA, now=NOW)


async def _history(db: Database) -> list[tuple[int | None, int, str]]:
    async with db.read() as session:
        rows = await session.scalars(select(PriceChange).order_by(PriceChange.id))
        return [(row.before_minor, row.after_minor, row.status) for row in rows]


async def _audit(db: Database) -> list[tuple[str, dict[str, object]]]:
    async with db.read() as session:
        rows = await session.scalars(select(AuditEntry).where(AuditEntry.actor == MAYA.key).order_by(AuditEntry.id))
        return [(row.action, row.details) for row in rows]


async def test_a_new_price_is_seen_in_a_cart_that_is_already_filled(db: Database) -> None:
    """Until the order is placed, today's price counts."""
    mug = await a_variant(db, price_minor=1500)
    ann = await a_customer(db)
    await a_cart(db, ann, mug)
    await _set(db, mug, 1700)
    async with db.read() as session:
        assert (await carts.cart(session, ann.id)).subtotal_minor == 1700
        assert (await catalog.product(session, mug.product_id, "USD")).version == 1
    assert await _audit(db) == [("priced", {"before": 1500, "after": 1700})]


async def test_a_first_price_puts_a_variant_on_sale(db: Database) -> None:
    """It had only a price in another currency."""
    mug = await a_variant(db, currency="EUR")
    await _set(db, mug, 900)
    async with db.read() as session:
        assert (await catalog.variant(session, mug.id, "USD"))[1].price_minor == 900
    assert await _history(db) == [(None, 900, "done")]


async def test_only_a_price_that_fell_is_news(db: Database) -> None:
    """The history has every price; the same price again is none."""
    mug = await a_variant(db, price_minor=1500)
    for unit_minor in (1700, 1200, 1200):
        await _set(db, mug, unit_minor)
    assert await _history(db) == [(1500, 1700, "done"), (1700, 1200, "waiting")]


async def test_the_crossed_out_price_and_the_price_of_three_stay(db: Database) -> None:
    """A new price for one piece says nothing about them."""
    mug = await a_variant(db, price_minor=1500, tiers={3: 1300})
    async with db.begin() as session:
        await prices.set_prices(session, CURRENCY, {mug.id: Tag(1500, 2000)}, actor=MAYA, now=NOW)
    await _set(db, mug, 1400)
    async with db.read() as session:
        rows = await session.execute(
            select(Price.min_quantity, Price.unit_minor, Price.compare_at_minor).order_by(Price.min_quantity)
        )
        assert [tuple(row) for row in rows] == [(1, 1400, 2000), (3, 1300, None)]


async def test_many_prices_change_at_once(db: Database) -> None:
    """Those that say the same already are not counted, and their products' buttons stay good."""
    same, cheaper = await a_variant(db, price_minor=1500), await a_variant(db, price_minor=1500)
    async with db.begin() as session:
        tags = {same.id: Tag(1500), cheaper.id: Tag(1000)}
        assert await prices.set_prices(session, CURRENCY, tags, actor=MAYA, now=NOW) == 1
    async with db.read() as session:
        assert (await catalog.product(session, same.product_id, "USD")).version == 0
    assert await _history(db) == [(1500, 1000, "waiting")]


async def test_what_cannot_be_a_price_is_refused(db: Database) -> None:
    """Below nothing, or for something that does not exist."""
    await a_shop(db)
    async with db.begin() as session:
        with pytest.raises(BadInput):
            await prices.set_price(session, 1, CURRENCY, -1, actor=MAYA, now=NOW)
        with pytest.raises(NotFound):
            await prices.set_price(session, 999, CURRENCY, 100, actor=MAYA, now=NOW)
