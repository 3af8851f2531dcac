"""Finding products by what somebody typed: in any language of the shop, with slips of the finger, within a price.

The order is: what has all the words in its title or SKUs, then what has them anywhere, each by id. Where nothing has them all, what has all but one
comes, without the first word, then without the second, …, and the answer says so. A word means the term it is; else, each term that begins with it; else,
each that is one slip of the finger away.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import ColumnElement, Exists, Select, and_, bindparam, exists, func, literal, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import catalog
from store.catalog import PAGE, ProductCard
from store.models import Category, Price, Product, SearchPosting, Seller, Variant
from store.models.base import table
from store.money import exponent
from store.search_index import index
from store.search_query import Query, read
from store.search_words import Reading, readings_of
from store.sellers import the_seller

__all__ = ["Found", "Query", "cards", "find", "index", "read"]

# From here on it does not matter how frequent a term is.
FREQUENT = 1000
_LARGEST_MINOR = 2**62

_posting = table(SearchPosting)
_HIDDEN = select(Category.id).where(Category.hidden_at.is_not(None))
_IS_SHOWN = and_(Product.status == "active", Product.category_id.not_in(_HIDDEN))


@dataclass(frozen=True, slots=True)
class Found:
    """`before` and `after` are the products to page back from and on from. `is_close`: nothing has all the words, these have most."""

    cards: tuple[ProductCard, ...] = ()
    before: int | None = None
    after: int | None = None
    is_close: bool = False


@dataclass(frozen=True, slots=True)
class _Way:
    """Which way through the ordered products."""

    is_beyond: Callable[[Any, int], ColumnElement[bool]]
    step: int


_ON, _BACK = _Way(operator.gt, 1), _Way(operator.lt, -1)


@dataclass(frozen=True, slots=True)
class _Stage:
    """Products that fit equally well: the statement gives their ids, from *id*."""

    statement: Select[Any]
    id: Any


@dataclass(frozen=True, slots=True)
class _Hunt:
    """All that fits, the best stage first. No product is in two stages."""

    stages: tuple[_Stage, ...]
    is_close: bool = False

    async def walk(self, session: AsyncSession, cursor: int | None, limit: int, way: _Way = _ON) -> list[int]:
        """Up to *limit* products beyond *cursor*, or from the beginning; none when the cursor itself does not fit."""
        place = 0 if cursor is None else await self.stage_of(session, cursor)
        found: list[int] = []
        while place is not None and 0 <= place < len(self.stages) and len(found) < limit:
            found.extend(await self._of(session, self.stages[place], cursor, limit - len(found), way))
            place, cursor = place + way.step, None
        return found

    async def stage_of(self, session: AsyncSession, product_id: int) -> int | None:
        for place, stage in enumerate(self.stages):
            if await session.scalar(stage.statement.where(stage.id == product_id).limit(1)):
                return place
        return None

    async def _of(
        self, session: AsyncSession, stage: _Stage, cursor: int | None, limit: int, way: _Way
    ) -> Sequence[int]:
        beyond = () if cursor is None else (way.is_beyond(stage.id, cursor),)
        order = stage.id.asc() if way is _ON else stage.id.desc()
        return (await session.scalars(stage.statement.where(*beyond).order_by(order).limit(limit))).all()


async def find(
    session: AsyncSession,
    query: Query,
    *,
    after: int | None = None,
    before: int | None = None,
    starting: int | None = None,
    limit: int = PAGE,
) -> Found:
    """The listed products that fit: behind the product *after*, in front of *before*, beginning with *starting*, or the first ones.

    Where the product that is named does not fit (any more), the first page comes. A query of a price alone lists what costs as much.
    """
    hunt = await _hunt(session, query)
    ids = await _page(session, hunt, after, before, starting, limit)
    if not ids:
        return Found()
    is_first = after is before is starting is None
    front = [] if is_first else await hunt.walk(session, ids[0], 1, _BACK)
    shown, is_more = ids[:limit], len(ids) > limit or bool(await hunt.walk(session, ids[-1], 1))
    found = await cards(session, shown)
    return Found(found, shown[0] if front else None, shown[-1] if is_more else None, hunt.is_close)


_NAMED = (
    select(Product.id, Product.title, Product.picture, Seller.currency)
    .join(Seller, Seller.id == Product.seller_id)
    .where(_IS_SHOWN, Product.id.in_(bindparam("product_ids", expanding=True)))
)


async def cards(session: AsyncSession, product_ids: Sequence[int]) -> tuple[ProductCard, ...]:
    """Those of the products that are listed, in the given order."""
    rows: dict[int, Any] = {row.id: row for row in await session.execute(_NAMED, {"product_ids": list(product_ids)})}
    return await catalog.cards_of(session, [rows[each] for each in product_ids if each in rows])


async def _page(
    session: AsyncSession, hunt: _Hunt, after: int | None, before: int | None, starting: int | None, limit: int
) -> list[int]:
    """The ids to show; one more than *limit* may come, as a sign that there is more."""
    ids: list[int] = []
    if after is not None:
        ids = await hunt.walk(session, after, limit + 1)
    elif before is not None:
        ids = (await hunt.walk(session, before, limit, _BACK))[::-1]
        ids = ids if len(ids) == limit else []
    elif starting is not None and await hunt.stage_of(session, starting) is not None:
        ids = [starting, *await hunt.walk(session, starting, limit)]
    return ids or await hunt.walk(session, None, limit + 1)


async def _hunt(session: AsyncSession, query: Query) -> _Hunt:
    """What the words mean now, and which stages follow from it."""
    listed = await _listed(session, query)
    if not query.words:
        return _Hunt((_Stage(select(Product.id).where(_IS_SHOWN, listed(Product.id)), Product.id),))
    known = await readings_of(session, query.words)
    readings = [known[word.term] for word in query.words if word.term in known]
    if not readings:
        return _Hunt(())
    frequencies = await _frequencies(session, readings)
    whole = _Hunt(_whole(_rarest_first(readings, frequencies), listed), len(readings) < len(query.words))
    if len(readings) == 1 or await whole.walk(session, None, 1):
        return whole
    rests = [readings[:place] + readings[place + 1 :] for place in range(len(readings))]
    return _Hunt(tuple(_having(_rarest_first(rest, frequencies), listed) for rest in rests), is_close=True)


Listed = Callable[[Any], Exists]


async def _listed(session: AsyncSession, query: Query) -> Listed:
    """Whether something of a product can be bought within the query's prices."""
    currency = (await the_seller(session)).currency
    least = _minor(query.at_least, currency) if query.at_least is not None else None
    most = _minor(query.at_most, currency) if query.at_most is not None else None
    limits = [
        *([Price.unit_minor >= least] if least else []),
        *([Price.unit_minor <= most] if most is not None else []),
    ]

    def is_listed(product_id: Any) -> Exists:
        return exists(
            select(literal(1))
            .join(Price, catalog.single_price(currency))
            .where(Variant.product_id == product_id, Variant.status == "active", *limits)
            .select_from(Variant)
            .correlate(_posting, table(Product))
        )

    return is_listed


def _minor(amount: Decimal, currency: str) -> int:
    scaled = amount.scaleb(exponent(currency)).to_integral_value(ROUND_FLOOR)
    return min(int(scaled), _LARGEST_MINOR)


async def _frequencies(session: AsyncSession, readings: Sequence[Reading]) -> Mapping[Reading, int]:
    """How many products each has, up to FREQUENT."""
    if len(readings) == 1:
        return {readings[0]: 0}
    some = [select(literal(1)).where(_posting.c.term_id.in_(each)).limit(FREQUENT).subquery() for each in readings]
    row = (
        await session.execute(select(*[select(func.count()).select_from(each).scalar_subquery() for each in some]))
    ).one()
    return dict(zip(readings, row, strict=True))


def _rarest_first(readings: Sequence[Reading], frequencies: Mapping[Reading, int]) -> list[Reading]:
    return sorted(readings, key=lambda reading: frequencies[reading])


def _whole(readings: Sequence[Reading], listed: Listed) -> tuple[_Stage, ...]:
    """All in the titles; then all, somewhere."""
    anywhere, is_title = _having(readings, listed), _posting.c.is_title
    in_titles = [_has(each, _other.c.is_title) for each in readings]
    titles = anywhere.statement.where(is_title, *in_titles[1:])
    return _Stage(titles, anywhere.id), _Stage(anywhere.statement.where(not_(and_(*in_titles))), anywhere.id)


def _having(readings: Sequence[Reading], listed: Listed) -> _Stage:
    first, *others = readings
    product_id = _posting.c.product_id
    statement = (
        select(product_id)
        .join(Product, Product.id == product_id)
        .where(_posting.c.term_id.in_(first), *map(_has, others), _IS_SHOWN, listed(product_id))
    )
    return _Stage(statement.distinct() if len(first) > 1 else statement, product_id)


_other = _posting.alias("other")


def _has(reading: Reading, *conditions: ColumnElement[bool]) -> Exists:
    """The product of `_posting` has one of the terms, too."""
    same = _other.c.product_id == _posting.c.product_id
    return exists(select(literal(1)).where(_other.c.term_id.in_(reading), same, *conditions).correlate(_posting))
