"""The categories as the staff arranges them. Customers see those that are not hidden and have something to show (`store/catalog.py`)."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, typed
from store.audit import Actor
from store.catalog import CategoryView
from store.db import new_id
from store.errors import BadInput, NotFound
from store.goods import ARCHIVED
from store.models import Category, Product
from store.models.base import table
from store.sellers import the_seller

TITLE_MAX, EMOJI_MAX = 64, 8
# They share a keyboard of a hundred buttons.
MAXIMUM = 90


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """`count` is of all products that are not archived, drafts included."""

    view: CategoryView
    is_hidden: bool
    position: int
    count: int


def _count() -> ColumnElement[int]:
    products = select(func.count()).where(Product.category_id == Category.id, Product.status != ARCHIVED)
    return products.correlate(Category).scalar_subquery()


async def every(session: AsyncSession) -> list[CategoryRow]:
    """All of them, in the shop's order."""
    rows = await session.execute(select(Category, _count()).order_by(Category.position, Category.id))
    return [_row(category, count) for category, count in rows]


async def category(session: AsyncSession, category_id: int) -> CategoryRow:
    """Raises: NotFound."""
    row = (await session.execute(select(Category, _count()).where(Category.id == category_id))).one_or_none()
    if row is None:
        raise NotFound(kind="category")
    return _row(*row)


def _row(category: Category, count: int) -> CategoryRow:
    view = CategoryView(category.id, category.slug, category.emoji, category.title)
    return CategoryRow(view, category.hidden_at is not None, category.position, count)


async def create(session: AsyncSession, text: str, *, language: str, actor: Actor, now: datetime) -> int:
    """There is one more category, the last one; its id. An emoji in front of the title becomes the category's.

    Raises: BadInput(field="title") empty, too_long, unreadable; BadInput(field="categories", reason="too_many").
    """
    emoji, title = _parted(text)
    known = await every(session)
    if len(known) >= MAXIMUM:
        raise BadInput(field="categories", reason="too_many", maximum=MAXIMUM)
    row = {
        "seller_id": (await the_seller(session)).id,
        "slug": f"category-{secrets.token_hex(6)}",
        "emoji": emoji,
        "title": {language: title},
        "position": max((each.position for each in known), default=0) + 1,
    }
    category_id = await new_id(session, table(Category).insert(), row)
    await audit.record(session, actor, "created", "category", category_id, now=now, title=title)
    return category_id


def _parted(text: str) -> tuple[str, str]:
    """ "🏺 Ceramics" → ("🏺", "Ceramics")."""
    clean = typed.line(text, "title", maximum=TITLE_MAX + EMOJI_MAX + 1)
    first, _, rest = clean.partition(" ")
    if rest and is_emoji(first):
        return first, typed.line(rest, "title", maximum=TITLE_MAX)
    return "", typed.line(clean, "title", maximum=TITLE_MAX)


def is_emoji(text: str) -> bool:
    """A sign without letters or digits, as long as an emoji may be."""
    return 0 < len(text) <= EMOJI_MAX and not any(each.isalnum() or each.isascii() for each in text)


async def rename(
    session: AsyncSession, category_id: int, language: str, text: str, *, actor: Actor, now: datetime
) -> None:
    """What it is called in this language. Raises: NotFound, BadInput(field="title")."""
    title = typed.line(text, "title", maximum=TITLE_MAX)
    row = await _locked(session, category_id)
    before = dict(row.title)
    await _write(session, category_id, title=before | {language: title})
    change = {"language": language, "before": before.get(language, ""), "after": title}
    await audit.record(session, actor, "renamed", "category", category_id, now=now, **change)


async def set_emoji(session: AsyncSession, category_id: int, text: str, *, actor: Actor, now: datetime) -> None:
    """The sign before its title. Raises: NotFound, BadInput(field="emoji", reason="format")."""
    emoji = "".join(text.split())
    if not is_emoji(emoji):
        raise BadInput(field="emoji", reason="format")
    await _locked(session, category_id)
    await _write(session, category_id, emoji=emoji)
    await audit.record(session, actor, "edited", "category", category_id, now=now, field="emoji", after=emoji)


async def move(session: AsyncSession, category_id: int, step: int, *, actor: Actor, now: datetime) -> None:
    """One place up (-1) or down (1) among the others; at the end nothing moves. Raises: NotFound."""
    ids = list(await session.scalars(select(Category.id).order_by(Category.position, Category.id).with_for_update()))
    if category_id not in ids:
        raise NotFound(kind="category")
    place = ids.index(category_id)
    other = min(max(place + step, 0), len(ids) - 1)
    ids[place], ids[other] = ids[other], ids[place]
    for position, each in enumerate(ids):
        await _write(session, each, position=position)
    await audit.record(session, actor, "moved", "category", category_id, now=now, after=other)


async def set_hidden(session: AsyncSession, category_id: int, is_hidden: bool, *, actor: Actor, now: datetime) -> None:
    """Whether customers see it among the categories; its products are still found. Raises: NotFound."""
    await _locked(session, category_id)
    await _write(session, category_id, hidden_at=now if is_hidden else None)
    await audit.record(session, actor, "edited", "category", category_id, now=now, field="hidden", after=is_hidden)


async def empty_into(session: AsyncSession, category_id: int, other_id: int, *, actor: Actor, now: datetime) -> int:
    """All its products, archived ones too, stand in the other category; how many there were. Raises: NotFound."""
    for each in sorted({category_id, other_id}):
        await _locked(session, each)
    if category_id == other_id:
        return 0
    ids = list(await session.scalars(select(Product.id).where(Product.category_id == category_id)))
    values = {"category_id": other_id, "version": Product.version + 1}
    await session.execute(update(Product).where(Product.category_id == category_id).values(values))
    await audit.record(session, actor, "emptied", "category", category_id, now=now, into=other_id, count=len(ids))
    return len(ids)


async def remove(session: AsyncSession, category_id: int, *, actor: Actor, now: datetime) -> None:
    """It is gone; archived products go to another category. Raises: NotFound; BadInput(field="category", reason="not_empty") while others stand in it."""
    row = await _locked(session, category_id)
    inside = list(await session.scalars(select(Product.status).where(Product.category_id == category_id)))
    other = await session.scalar(select(Category.id).where(Category.id != category_id).order_by(Category.id).limit(1))
    if any(status != ARCHIVED for status in inside) or (inside and other is None):
        raise BadInput(field="category", reason="not_empty")
    if inside:
        await session.execute(update(Product).where(Product.category_id == category_id).values(category_id=other))
    await audit.record(session, actor, "removed", "category", category_id, now=now, title=dict(row.title))
    await session.execute(delete(Category).where(Category.id == category_id))


async def _locked(session: AsyncSession, category_id: int) -> Category:
    row = await session.get(Category, category_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(kind="category")
    return row


async def _write(session: AsyncSession, category_id: int, **values: object) -> None:
    changed = update(Category).where(Category.id == category_id).values(**values)
    await session.execute(changed.execution_options(synchronize_session=False))
