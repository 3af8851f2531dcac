"""What the staff changes about a product. Every change is made to the product as it was shown: at another version nothing happens.

Two people edit one product: the second is told and sees what the first has made of it. Stock is not part of the version: it moves with every sale.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, goods, pictures, prices, search, typed
from store.audit import Actor
from store.db import affected
from store.errors import BadInput, EditedMeanwhile, NotAllowedNow, NotFound
from store.goods import ACTIVE, ARCHIVED, DRAFT, HIDDEN, Goods
from store.models import Category, Price, Product, Variant
from store.models.base import Texts
from store.money import PRICE_MAX_MINOR
from store.payments.telegram_facts import XTR

TITLE_MAX, DESCRIPTION_MAX = 128, 3000
KINDS = ("physical", "digital")
# Which status may follow which. A product that customers have seen is no draft again.
NEXT: Mapping[str, frozenset[str]] = {
    DRAFT: frozenset({ACTIVE, ARCHIVED}),
    ACTIVE: frozenset({HIDDEN, ARCHIVED}),
    HIDDEN: frozenset({ACTIVE, ARCHIVED}),
    ARCHIVED: frozenset({HIDDEN}),
}


async def claim(session: AsyncSession, product_id: int, version: int, **values: Any) -> None:
    """The product's row is ours until the commit, one version on, with these *values*. Raises: EditedMeanwhile at another version, NotFound."""
    seen = update(Product).where(Product.id == product_id, Product.version == version)
    if await affected(session, seen.values(version=version + 1, **values)):
        return
    if await session.scalar(select(Product.id).where(Product.id == product_id)) is None:
        raise NotFound(kind="product")
    raise EditedMeanwhile(product_id=product_id)


async def set_title(
    session: AsyncSession, product_id: int, version: int, language: str, text: str, *, actor: Actor, now: datetime
) -> None:
    """What the product is called in this language. Raises: EditedMeanwhile, NotFound, BadInput(field="title")."""
    title = typed.line(text, "title", maximum=TITLE_MAX)
    await _set_text(session, product_id, version, "title", language, title, actor=actor, now=now)


async def set_description(
    session: AsyncSession, product_id: int, version: int, language: str, text: str, *, actor: Actor, now: datetime
) -> None:
    """What is told about the product in this language; an empty text takes it back. Raises: EditedMeanwhile, NotFound, BadInput(field="description")."""
    told = typed.lines(text, "description", maximum=DESCRIPTION_MAX)
    await _set_text(session, product_id, version, "description", language, told, actor=actor, now=now)


async def _set_text(
    session: AsyncSession,
    product_id: int,
    version: int,
    field: str,
    language: str,
    text: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    await claim(session, product_id, version)
    texts: Texts = dict(await session.scalar(select(getattr(Product, field)).where(Product.id == product_id)) or {})
    before = texts.pop(language, "")
    after = texts | ({language: text} if text else {})
    await session.execute(update(Product).where(Product.id == product_id).values({field: after}))
    await search.index(session, [product_id])
    change = {"field": field, "language": language, "before": before[:200], "after": text[:200]}
    await audit.record(session, actor, "edited", "product", product_id, now=now, **change)


async def set_category(
    session: AsyncSession, product_id: int, version: int, category_id: int, *, actor: Actor, now: datetime
) -> None:
    """Where the product stands. Raises: EditedMeanwhile, NotFound."""
    if await session.scalar(select(Category.id).where(Category.id == category_id)) is None:
        raise NotFound(kind="category")
    before = await session.scalar(select(Product.category_id).where(Product.id == product_id))
    await claim(session, product_id, version, category_id=category_id)
    change = {"field": "category", "before": before, "after": category_id}
    await audit.record(session, actor, "edited", "product", product_id, now=now, **change)


async def set_kind(
    session: AsyncSession, product_id: int, version: int, kind: str, *, actor: Actor, now: datetime
) -> None:
    """Whether it is carried to the customer or sent as a message: only of a draft, orders depend on it. Raises: EditedMeanwhile, NotFound, NotAllowedNow, BadInput."""
    if kind not in KINDS:
        raise BadInput(field="kind", reason="unknown")
    before = await _as_seen(session, product_id, version)
    if before.status != DRAFT:
        raise NotAllowedNow(status=before.status)
    await claim(session, product_id, version, kind=kind)
    if kind != "digital" and before.currency != XTR:  # Stars pay for nothing that is delivered
        of_it = select(Variant.id).where(Variant.product_id == product_id)
        gone = delete(Price).where(Price.variant_id.in_(of_it), Price.currency == XTR)
        await session.execute(gone.execution_options(synchronize_session=False))
    change = {"field": "kind", "before": before.kind, "after": kind}
    await audit.record(session, actor, "edited", "product", product_id, now=now, **change)


async def set_price(
    session: AsyncSession, product_id: int, version: int, price: tuple[str, int], *, actor: Actor, now: datetime
) -> None:
    """Every variant that is sold costs this much of a currency. Raises: EditedMeanwhile, NotFound, BadInput(field="price")."""
    await _priced(session, product_id, version, None, price, actor=actor, now=now)


async def set_variant_price(
    session: AsyncSession, variant_id: int, version: int, price: tuple[str, int], *, actor: Actor, now: datetime
) -> None:
    """One variant costs this much of a currency. Raises: EditedMeanwhile, NotFound, BadInput(field="price")."""
    product_id = await goods.product_of(session, variant_id)
    await _priced(session, product_id, version, variant_id, price, actor=actor, now=now)


async def set_stars(
    session: AsyncSession, variant_id: int, version: int, price: int, *, actor: Actor, now: datetime
) -> None:
    """One digital variant costs so many Telegram Stars. Raises: EditedMeanwhile, NotFound, BadInput(field="stars") for what is delivered."""
    await claim(session, await goods.product_of(session, variant_id), version)
    await prices.set_price(session, variant_id, XTR, price, actor=actor, now=now)


async def _priced(
    session: AsyncSession,
    product_id: int,
    version: int,
    variant_id: int | None,
    price: tuple[str, int],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    currency, price_minor = price
    if not 0 <= price_minor <= PRICE_MAX_MINOR:
        raise BadInput(field="price", reason="negative" if price_minor < 0 else "too_high")
    await claim(session, product_id, version)
    found = await goods.goods(session, product_id)
    wanted = found.sold if variant_id is None else (goods.variant_of(found, variant_id),)
    await prices.set_price_of(session, [each.id for each in wanted], currency, price_minor, actor=actor, now=now)


async def set_status(
    session: AsyncSession, product_id: int, version: int, status: str, *, actor: Actor, now: datetime
) -> None:
    """Published, hidden, shown again, archived, or out of the archive.

    Raises: EditedMeanwhile, NotFound; NotAllowedNow when the one does not follow the other; BadInput(reason="missing") when it is not complete,
    BadInput(field="stars") for what is delivered in a shop that sells for Stars.
    """
    found = await _as_seen(session, product_id, version)
    if status not in NEXT[found.status]:
        raise NotAllowedNow(status=found.status)
    if status == ACTIVE:
        _is_complete(found)
    await claim(session, product_id, version, status=status)
    await search.index(session, [product_id])
    change = {"before": found.status, "after": status}
    await audit.record(session, actor, "status_changed", "product", product_id, now=now, **change)


async def _as_seen(session: AsyncSession, product_id: int, version: int) -> Goods:
    found = await goods.goods(session, product_id)
    if found.version != version:
        raise EditedMeanwhile(product_id=product_id)
    return found


def _is_complete(found: Goods) -> None:
    if found.missing:
        raise BadInput(field=found.missing[0], reason="missing")
    if found.currency == XTR and found.kind != "digital":
        raise BadInput(field="stars", reason="digital_only")


async def add_picture(session: AsyncSession, product_id: int, name: str, *, actor: Actor, now: datetime) -> None:
    """The product has one more picture; who looks at it meanwhile sees an older version. Raises: NotFound, BadInput(field="picture", reason="too_many")."""
    await session.execute(select(Product.id).where(Product.id == product_id).with_for_update())
    known = await pictures.gallery(session, product_id)
    if len(known) >= pictures.MAXIMUM:
        raise BadInput(field="picture", reason="too_many", maximum=pictures.MAXIMUM)
    await pictures.add_picture(session, product_id, pictures.PictureRow(name), now=now)
    await audit.record(session, actor, "picture_added", "product", product_id, now=now, picture=name)


async def remove_picture(
    session: AsyncSession, product_id: int, version: int, place: int, *, actor: Actor, now: datetime
) -> None:
    """The picture at this *place* (the cover is 0) is shown no more. Raises: EditedMeanwhile, NotFound."""
    await claim(session, product_id, version)
    name = await _picture_at(session, product_id, place)
    await pictures.remove_picture(session, product_id, name, now=now)
    await audit.record(session, actor, "picture_removed", "product", product_id, now=now, picture=name)


async def make_cover(
    session: AsyncSession, product_id: int, version: int, place: int, *, actor: Actor, now: datetime
) -> None:
    """The picture at this *place* comes first, in lists too. Raises: EditedMeanwhile, NotFound."""
    await claim(session, product_id, version)
    name = await _picture_at(session, product_id, place)
    shown = sorted(await pictures.gallery(session, product_id), key=lambda each: each.name != name)
    await pictures.set_gallery(session, product_id, shown, now=now)
    await audit.record(session, actor, "picture_moved", "product", product_id, now=now, picture=name)


async def _picture_at(session: AsyncSession, product_id: int, place: int) -> str:
    known = await pictures.gallery(session, product_id)
    if not 0 <= place < len(known):
        raise NotFound(kind="picture")
    return known[place].name


async def touch_variant(session: AsyncSession, variant_id: int, version: int) -> Variant:
    """The variant's row, while its product is ours. Raises: EditedMeanwhile, NotFound."""
    await claim(session, await goods.product_of(session, variant_id), version)
    return await session.get_one(Variant, variant_id)
