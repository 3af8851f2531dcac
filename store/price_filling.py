"""A price list filled once from a rate, piece by piece: on SQLite everybody waits for a writer, and a shop may have 50,000 variants.

Each piece is chosen and written in one transaction of its own, so that a price which somebody has written meanwhile is seen. Who dies between two of
them has filled a part: the same again goes on with what is missing, or, with *anew*, changes nothing where it has been.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from sqlalchemy import Select, and_, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, price_lists, prices
from store.audit import Actor
from store.db import Database, run_again
from store.errors import BadInput
from store.models import DeliveryZone, Price, Product, Variant
from store.models.base import table
from store.money import PRICE_MAX_MINOR, exponent, step, to_decimal
from store.sellers import the_seller

# About 50 ms of everybody's time on SQLite.
PIECE = 1000
# Another program that waits for the file looks for it every tenth of a second: with a shorter rest it may find it taken each time.
REST_S = 0.12
# What stands in a zone besides its money: two that are alike in it are the same place and weight.
_PLACE = ("method_id", "country", "postcode_prefix", "max_weight_g")
_MONEY = ("price_minor", "per_kg_minor", "free_over_minor")

_price, _zone = table(Price).c, table(DeliveryZone).c
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Filled:
    """How many this call has written."""

    prices: int
    zones: int


@dataclass(frozen=True, slots=True)
class _Filling:
    own: str
    currency: str
    rate: Decimal
    anew: bool
    actor: Actor
    now: datetime

    def converted(self, amount_minor: int) -> int:
        """Raises: BadInput(field="rate") for a sum that no price may have."""
        exact = (to_decimal(amount_minor, self.own) * self.rate).scaleb(exponent(self.currency))
        smallest = step(self.currency)
        minor = int((exact / smallest).to_integral_value(ROUND_HALF_UP)) * smallest
        if minor > PRICE_MAX_MINOR or (amount_minor and not minor):
            raise BadInput(field="rate", reason="out_of_range")
        return minor

    def wanted(self, *columns: Any) -> Select[Any]:
        """Of the shop's own prices, those that are to have one in the other currency."""
        statement = select(*columns).where(_price.currency == self.own, _price.min_quantity == 1)
        if self.anew:
            return statement
        other = table(Price).alias("other")
        same = and_(other.c.variant_id == _price.variant_id, other.c.min_quantity == 1)
        return statement.where(~exists().where(same, other.c.currency == self.currency))


async def fill(
    db: Database,
    currency: str,
    rate: Decimal,
    *,
    anew: bool,
    actor: Actor,
    now: datetime,
    piece: int = PIECE,
    sleep: Sleep = asyncio.sleep,
) -> Filled:
    """What one unit of the shop's currency is worth, applied once: prices and deliveries that have none in *currency* get one, with *anew* all prices.

    They are written down one by one, as any price, and stay when the rate moves. Raises: NotFound without a shop; BadInput(field="rate"),
    BadInput(field="currency"), both before anything is written.
    """
    async with db.read() as session:
        own = (await the_seller(session)).currency
        price_lists.check_further(currency, own)
        filling = _Filling(own, currency, rate, anew, actor, now)
        await _check(session, filling)
    last, written = 0, 0
    while True:
        last, count = await run_again(db, partial(_fill_piece, filling=filling, after=last, piece=piece))
        written += count
        if not last:
            break
        await sleep(REST_S)
    zones = await run_again(db, partial(_fill_zones, filling=filling))
    return Filled(written, zones)


async def _check(session: AsyncSession, filling: _Filling) -> None:
    """The least and the greatest sum stay prices, and so do all between them. Raises: BadInput(field="rate")."""
    if not filling.rate.is_finite() or filling.rate <= 0:
        raise BadInput(field="rate", reason="out_of_range")
    for column in (_price.unit_minor, _price.compare_at_minor):
        statement = filling.wanted(func.min(column), func.max(column)).where(column > 0)
        for edge in (await session.execute(statement)).one():
            filling.converted(edge or 0)
    for row in await _zones(session, filling):
        _in_other_money(row, filling)


async def _fill_piece(session: AsyncSession, *, filling: _Filling, after: int, piece: int) -> tuple[int, int]:
    """The last variant that was looked at, 0 where there is no further one, and how many prices were written.

    Raises: BadInput where the list has become the shop's own meanwhile, or a price has come that the rate makes nothing of.
    """
    price_lists.check_further(filling.currency, (await the_seller(session)).currency)
    some = filling.wanted(_price.variant_id).where(_price.variant_id > after).order_by(_price.variant_id).limit(piece)
    ids = list(await session.scalars(some))
    if not ids:
        return 0, 0
    await _hold(session, ids)
    # Once more, as it is now that nobody else writes their prices.
    columns = _price.variant_id, _price.unit_minor, _price.compare_at_minor
    rows = await session.execute(filling.wanted(*columns).where(_price.variant_id.in_(ids)))
    tags = {}
    for variant_id, unit_minor, before in rows:
        compare_at = None if before is None else filling.converted(before)
        tags[variant_id] = prices.Tag(filling.converted(unit_minor), compare_at)
    actor, now = filling.actor, filling.now
    written = await prices.set_prices(session, filling.currency, tags, actor=actor, now=now)
    return (ids[-1] if len(ids) == piece else 0), written


async def _hold(session: AsyncSession, variant_ids: list[int]) -> None:
    """Whoever writes a price by hand holds its product first (`goods_edits.claim`): they wait, or have written before we look."""
    of_them = select(Variant.product_id).where(Variant.id.in_(variant_ids))
    held = select(Product.id).where(Product.id.in_(of_them)).order_by(Product.id).with_for_update()
    await session.execute(held)


async def _fill_zones(session: AsyncSession, *, filling: _Filling) -> int:
    """A place that has a price in the currency keeps it."""
    new = [_in_other_money(row, filling) for row in await _zones(session, filling)]
    if new:
        await session.execute(insert(table(DeliveryZone)), new)
        seller, told = await the_seller(session), {"currency": filling.currency, "n": len(new)}
        await audit.record(session, filling.actor, "deliveries_filled", "shop", seller.id, now=filling.now, **told)
    return len(new)


async def _zones(session: AsyncSession, filling: _Filling) -> Iterator[dict[str, Any]]:
    """Those that have no counterpart in the other currency."""
    rows = [dict(row._mapping) for row in await session.execute(select(*_zone).order_by(_zone.id))]
    there = {tuple(row[name] for name in _PLACE) for row in rows if row["currency"] == filling.currency}
    return (row for row in rows if row["currency"] == filling.own and tuple(row[name] for name in _PLACE) not in there)


def _in_other_money(row: dict[str, Any], filling: _Filling) -> dict[str, Any]:
    money = {name: None if row[name] is None else filling.converted(row[name]) for name in _MONEY}
    return {name: row[name] for name in (*_PLACE, "min_days", "max_days")} | money | {"currency": filling.currency}
