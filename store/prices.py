"""What things cost: the one place where a price changes. Old buttons and carts notice, and whoever likes the product may be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit
from store.audit import Actor
from store.errors import BadInput, NotFound
from store.models import Price, PriceChange, Product, Variant
from store.models.base import table
from store.payments.telegram_facts import XTR
from store.sellers import the_seller
from store.upsert import insert_all_ignoring

WAITING, DONE = "waiting", "done"
# So many are asked for in one statement.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Tag:
    """What a price tag says: the price of one piece, and the one that is crossed out beside it."""

    unit_minor: int
    compare_at_minor: int | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    variant_id: int
    product_id: int
    before: Tag | None
    after: Tag


_prices = table(Price)
_WRITE = (
    update(_prices)
    .where(
        _prices.c.variant_id == bindparam("variant"),
        _prices.c.currency == bindparam("money"),
        _prices.c.min_quantity == 1,
    )
    .values(unit_minor=bindparam("unit"), compare_at_minor=bindparam("before"))
)
_HISTORY = insert(table(PriceChange))


async def set_price(
    session: AsyncSession, variant_id: int, currency: str, unit_minor: int, *, actor: Actor, now: datetime
) -> None:
    """One piece costs this much from now on; orders keep the price they were placed at. The crossed-out price stays.

    Raises: NotFound; BadInput(field="price", reason="negative").
    """
    await set_price_of(session, [variant_id], currency, unit_minor, actor=actor, now=now)


async def set_price_of(
    session: AsyncSession,
    variant_ids: Sequence[int],
    currency: str,
    unit_minor: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The same for several that cost the same. Raises: as `set_price`."""
    there = (Price.variant_id.in_(variant_ids), Price.currency == currency, Price.min_quantity == 1)
    rows = await session.execute(select(Price.variant_id, Price.compare_at_minor).where(*there))
    before: dict[int, int | None] = {row.variant_id: row.compare_at_minor for row in rows}
    tags = {each: Tag(unit_minor, before.get(each)) for each in variant_ids}
    await set_prices(session, currency, tags, actor=actor, now=now)


async def set_prices(
    session: AsyncSession, currency: str, tags: Mapping[int, Tag], *, actor: Actor, now: datetime
) -> int:
    """The variants (by id) cost what their *tags* say; how many did not before. A variant without a price is for sale from now on.

    The prices are locked in the order of the variants' ids. Prices from a greater quantity on stay as they are.
    Raises: NotFound; BadInput(field="price", reason="negative"), BadInput(field="stars", reason="digital_only") for what is delivered.
    """
    if any(tag.unit_minor < 0 or (tag.compare_at_minor or 0) < 0 for tag in tags.values()):
        raise BadInput(field="price", reason="negative")
    ids, changed = sorted(tags), 0
    for start in range(0, len(ids), _CHUNK):
        some = {variant_id: tags[variant_id] for variant_id in ids[start : start + _CHUNK]}
        changes = await _changes(session, currency, some)
        await _write(session, currency, changes, actor, now)
        changed += len(changes)
    return changed


async def currencies(session: AsyncSession) -> Sequence[str]:
    """All that anything has a price in, in the order of their names."""
    return (await session.scalars(select(Price.currency).distinct().order_by(Price.currency))).all()


async def _changes(session: AsyncSession, currency: str, tags: Mapping[int, Tag]) -> list[_Change]:
    of_them = select(Variant.id, Variant.product_id, Product.kind).join(Product, Product.id == Variant.product_id)
    rows = (await session.execute(of_them.where(Variant.id.in_(tags)))).all()
    products = {row.id: row.product_id for row in rows}
    if len(products) < len(tags):
        raise NotFound(kind="variant")
    # In a shop whose own currency they are, a product is a draft before it is a digital one: there it is asked when it is published.
    if currency == XTR and any(row.kind != "digital" for row in rows) and (await the_seller(session)).currency != XTR:
        raise BadInput(field="stars", reason="digital_only")
    known = await session.execute(
        select(Price.variant_id, Price.unit_minor, Price.compare_at_minor)
        .where(Price.variant_id.in_(tags), Price.currency == currency, Price.min_quantity == 1)
        .order_by(Price.variant_id)
        .with_for_update()
    )
    before = {variant_id: Tag(unit_minor, compare_at) for variant_id, unit_minor, compare_at in known}
    found = [_Change(each, products[each], before.get(each), tag) for each, tag in tags.items()]
    return [change for change in found if change.before != change.after]


async def _write(session: AsyncSession, currency: str, changes: list[_Change], actor: Actor, now: datetime) -> None:
    if not changes:
        return
    key = {"currency": currency, "min_quantity": 1}
    first = [change for change in changes if change.before is None]
    rows = [{"variant_id": change.variant_id, "unit_minor": change.after.unit_minor} | key for change in first]
    await insert_all_ignoring(session, Price, rows)
    await session.execute(_WRITE, [_written(change, currency) for change in changes])
    if moved := [change for change in changes if change.before is None or _moved(change)]:
        await session.execute(_HISTORY, [_history(change, currency, now) for change in moved])
    products = {change.product_id for change in changes}
    await session.execute(update(Product).where(Product.id.in_(products)).values(version=Product.version + 1))
    told = {
        change.variant_id: {"before": change.before and change.before.unit_minor, "after": change.after.unit_minor}
        for change in changes
    }
    await audit.record_all(session, actor, "priced", "variant", told, now=now)


def _written(change: _Change, currency: str) -> dict[str, Any]:
    tag = change.after
    return {
        "variant": change.variant_id,
        "money": currency,
        "unit": tag.unit_minor,
        "before": tag.compare_at_minor,
    }


def _moved(change: _Change) -> bool:
    return change.before is not None and change.before.unit_minor != change.after.unit_minor


def _history(change: _Change, currency: str, now: datetime) -> dict[str, Any]:
    before = change.before.unit_minor if change.before is not None else None
    is_lower = before is not None and change.after.unit_minor < before
    return {
        "product_id": change.product_id,
        "variant_id": change.variant_id,
        "currency": currency,
        "before_minor": before,
        "after_minor": change.after.unit_minor,
        "status": WAITING if is_lower else DONE,
        "told_until": 0,
        "created_at": now,
    }
