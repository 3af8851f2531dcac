"""Finding products by what somebody typed: in any language of the shop, with slips of the finger, within a price.

The order is: what has all the words in its title or SKUs, then what has them anywhere, each by id. Where nothing has them all, what has all but one
comes, without the first word, then without the second, …, and the answer says so. A word means the term it is; else, each term that begins with it; else,
each that is one slip of the finger away.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Exists, Select, and_, bindparam, exists, func, literal, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import catalog
from store.catalog import PAGE, ProductCard
from store.models import Category, Price, Product, SearchPosting, Variant
from store.models.base import table
from store.money import exponent
from store.search_index import index
from store.search_query import Query, read
from store.search_words import Reading, readings_of

__all__ = ["Found", "Query", "cards", "find", "index", "read"]

# From here on it does not matter how frequent a term is.
FREQUENT = 1000
# A page, and some more, of what fits; whatever is less is known whole.
FEW = 100
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
class _Few:
    """All that fits, the best first: few enough to know them all."""

    ids: Sequence[int]
    is_close: bool = False

    async def walk(self, session: AsyncSession, cursor: int | None, limit: int, way: _Way = _ON) -> list[int]:
        """Up to *limit* products beyond *cursor*, or from the beginning; none when the cursor itself does not fit."""
        if cursor is None:
            return list(self.ids[:limit])
        if cursor not in self.ids:
            return []
        place = self.ids.index(cursor)
        return list(self.ids[place + 1 : place + 1 + limit] if way is _ON else self.ids[:place][::-1][:limit])

    async def has(self, session: AsyncSession, product_id: int) -> bool:
        return product_id in self.ids


@dataclass(frozen=True, slots=True)
class _Many:
    """All that fits, the best stage first. No product is in two stages."""

    stages: tuple[_Stage, ...]
    is_close: bool = False

    async def walk(self, session: AsyncSession, cursor: int | None, limit: int, way: _Way = _ON) -> list[int]:
        """As with few, but read no further than it goes."""
        place = 0 if cursor is None else await self._stage_of(session, cursor)
        found: list[int] = []
        while place is not None and 0 <= place < len(self.stages) and len(found) < limit:
            found.extend(await self._of(session, self.stages[place], cursor, limit - len(found), way))
            place, cursor = place + way.step, None
        return found

    async def has(self, session: AsyncSession, product_id: int) -> bool:
        return await self._stage_of(session, product_id) is not None

    async def _stage_of(self, session: AsyncSession, product_id: int) -> int | None:
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


_All: TypeAlias = _Few | _Many


async def find(
    session: AsyncSession,
    query: Query,
    currency: str,
    *,
    after: int | None = None,
    before: int | None = None,
    starting: int | None = None,
    limit: int = PAGE,
) -> Found:
    """The listed products that fit: behind the product *after*, in front of *before*, beginning with *starting*, or the first ones.

    Where the product that is named does not fit (any more), the first page comes. A query of a price alone lists what costs as much,
    an empty one everything.
    """
    fitting = await _fitting(session, query, currency)
    ids = await _page(session, fitting, after, before, starting, limit)
    if not ids:
        return Found()
    is_first = after is before is starting is None
    front = [] if is_first else await fitting.walk(session, ids[0], 1, _BACK)
    shown = ids[:limit]
    found = await cards(session, shown, currency)
    return Found(found, shown[0] if front else None, shown[-1] if len(ids) > limit else None, fitting.is_close)


_NAMED = select(Product.id, Product.title, Product.picture).where(
    _IS_SHOWN, Product.id.in_(bindparam("product_ids", expanding=True))
)


async def cards(session: AsyncSession, product_ids: Sequence[int], currency: str) -> tuple[ProductCard, ...]:
    """Those of the products that are listed, in the given order."""
    rows: dict[int, Any] = {row.id: row for row in await session.execute(_NAMED, {"product_ids": list(product_ids)})}
    return await catalog.cards_of(session, [rows[each] for each in product_ids if each in rows], currency)


async def _page(
    session: AsyncSession, fitting: _All, after: int | None, before: int | None, starting: int | None, limit: int
) -> list[int]:
    """The ids to show; one more than *limit* where there is more."""
    ids: list[int] = []
    if after is not None:
        ids = await fitting.walk(session, after, limit + 1)
    elif before is not None:
        ids = [*(await fitting.walk(session, before, limit, _BACK))[::-1], before]
        ids = ids if len(ids) > limit else []
    elif starting is not None and await fitting.has(session, starting):
        ids = [starting, *await fitting.walk(session, starting, limit)]
    return ids or await fitting.walk(session, None, limit + 1)


async def _fitting(session: AsyncSession, query: Query, currency: str) -> _All:
    """What the words mean now, and all that follows from it."""
    listed = await _listed(session, query, currency)
    if not query.words:
        return _Many((_Stage(select(Product.id).where(_IS_SHOWN, listed(Product.id)), Product.id),))
    known = await readings_of(session, query.words)
    readings = [known[word.term] for word in query.words if word.term in known]
    if not readings:
        return _Few(())
    frequencies = await _frequencies(session, readings)
    rarest_first = sorted(readings, key=lambda reading: frequencies[reading])
    whole = await _whole(session, rarest_first, listed, is_close=len(readings) < len(query.words))
    if len(readings) == 1 or isinstance(whole, _Many) or whole.ids:
        return whole
    rests = [[each for each in rarest_first if each is not left_out] for left_out in readings]
    return _Many(tuple(_having(rest, listed) for rest in rests), is_close=True)


Listed: TypeAlias = Callable[[Any], ColumnElement[bool]]


async def _listed(session: AsyncSession, query: Query, currency: str) -> Listed:
    """Whether something of a product can be bought within the query's prices."""
    limits: list[ColumnElement[bool]] = []
    if query.at_least is not None or query.at_most is not None:
        limits = _limits(query, currency)
        if (few := await _few_offers(session, currency, limits)) is not None:
            return lambda product_id: product_id.in_(few)
    offers = (
        select(Variant.product_id)
        .join(Price, catalog.single_price(currency))
        .where(Variant.status == "active", *limits)
    )
    return lambda product_id: (
        offers.where(Variant.product_id == product_id).correlate(_posting, table(Product)).exists()
    )


async def _few_offers(session: AsyncSession, currency: str, limits: Sequence[ColumnElement[bool]]) -> list[int] | None:
    """The products within the limits, where they are few: looking for those among all that have the words would be reading them all."""
    priced = select(Price.variant_id).where(Price.currency == currency, Price.min_quantity == 1, *limits)
    variants = (await session.scalars(priced.limit(FREQUENT))).all()
    if len(variants) == FREQUENT:
        return None
    offered = select(Variant.product_id).where(Variant.id.in_(variants), Variant.status == "active")
    return sorted(set(await session.scalars(offered)))


def _limits(query: Query, currency: str) -> list[ColumnElement[bool]]:
    found = []
    if query.at_least is not None:
        found.append(Price.unit_minor >= _minor(query.at_least, currency))
    if query.at_most is not None:
        found.append(Price.unit_minor <= _minor(query.at_most, currency))
    return found


def _minor(amount: Decimal, currency: str) -> int:
    scaled = amount.scaleb(exponent(currency)).to_integral_value(ROUND_FLOOR)
    return min(int(scaled), _LARGEST_MINOR)


async def _frequencies(session: AsyncSession, readings: Sequence[Reading]) -> Mapping[Reading, int]:
    """How many products each has, up to FREQUENT."""
    if len(readings) == 1:
        return {readings[0]: 0}
    some = [select(literal(1)).where(_posting.c.term_id.in_(each)).limit(FREQUENT).subquery() for each in readings]
    counts = [select(func.count()).select_from(each).scalar_subquery() for each in some]
    return dict(zip(readings, (await session.execute(select(*counts))).one(), strict=True))


async def _whole(session: AsyncSession, readings: Sequence[Reading], listed: Listed, *, is_close: bool) -> _All:
    """All in the titles; then all, somewhere. Where words seldom stand together, reading on for a page would read to the end: they are read once, then."""
    anywhere = _having(readings, listed)
    few = (await session.scalars(anywhere.statement.order_by(anywhere.id).limit(FEW))).all()
    in_titles = and_(*[_has(each, _other.c.is_title) for each in readings])
    titles = anywhere.statement.where(_posting.c.is_title, in_titles)
    if len(few) == FEW:
        elsewhere = anywhere.statement.where(not_(in_titles))
        return _Many((_Stage(titles, anywhere.id), _Stage(elsewhere, anywhere.id)), is_close)
    best = set(await session.scalars(titles.where(anywhere.id.in_(few)))) if few else set()
    return _Few([*(each for each in few if each in best), *(each for each in few if each not in best)], is_close)


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
