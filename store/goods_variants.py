"""The variants of a product, as the staff makes them: sizes and colours, their numbers, weights and contents."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, goods, goods_drafts, goods_edits, prices, search, shelf, typed
from store.audit import Actor
from store.catalogue_file import CONTENT_MAX
from store.errors import BadInput
from store.goods import ACTIVE, ARCHIVED, Goods, VariantOnShelf
from store.models import Variant
from store.models.base import Texts

# A keyboard of Telegram has a hundred buttons, and a person less patience.
MAXIMUM = 40
TITLE_MAX = 40
WEIGHT_MAX_G = 1_000_000
_PIECES = re.compile(r"(.*\S)\s*[\s:=×x*]\s*(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Size:
    """A variant as it is typed: "M 5"."""

    title: str
    pieces: int


def read_sizes(text: str) -> list[Size]:
    """ "S 10, M 5" or one a line. Raises: BadInput(field="variants", reason) format, too_many, repeated."""
    parts = [part for part in re.split(r"[,;\n，；、]", text) if part.strip()]
    found = [_size(part) for part in parts]
    if len(found) > MAXIMUM:
        raise BadInput(field="variants", reason="too_many", maximum=MAXIMUM)
    if not found or len({each.title.casefold() for each in found}) < len(found):
        raise BadInput(field="variants", reason="repeated" if found else "format")
    return found


def read_weight(text: str) -> int:
    """ "350" or "350 g" in grams. Raises: BadInput(field="weight", reason="format")."""
    match = re.fullmatch(r"(\d{1,9})\s*(?:g|gr|г|克)?\.?", typed.line(text, "weight", maximum=40), re.IGNORECASE)
    if match is None:
        raise BadInput(field="weight", reason="format")
    return int(match[1])


def _size(text: str) -> Size:
    clean = typed.line(text, "variants", maximum=TITLE_MAX + 10)
    match = _PIECES.fullmatch(clean)
    if match is None or len(match[1]) > TITLE_MAX:
        raise BadInput(field="variants", reason="format")
    return Size(match[1].rstrip(" :=-–—"), int(match[2]))


async def set_sizes(
    session: AsyncSession,
    product_id: int,
    version: int,
    sizes: Sequence[Size],
    *,
    language: str,
    actor: Actor,
    now: datetime,
) -> None:
    """The product has these variants, with so many pieces of each on the shelf. Those it had besides stay as they are.

    The first one takes the place of a product's nameless only variant; a new one costs and weighs what the others do.
    Raises: EditedMeanwhile, NotFound; BadInput(field="variants"); OutOfStock when orders have what would be missing.
    """
    await goods_edits.claim(session, product_id, version)
    found = await goods.goods(session, product_id)
    if len(found.variants) + len(sizes) > MAXIMUM * 2:
        raise BadInput(field="variants", reason="too_many", maximum=MAXIMUM)
    nameless = [each for each in found.sold if not each.title]
    known = {name.casefold(): each for each in found.variants for name in each.title.values()}
    for size in sizes:
        variant = known.get(size.title.casefold()) or (nameless.pop(0) if nameless else None)
        variant_id = await _sized(session, found, variant, size, language, actor=actor, now=now)
        await shelf.set_on_hand(session, variant_id, size.pieces, reason="counted", actor=actor, now=now)
    await search.index(session, [product_id])
    told = ", ".join(f"{size.title} {size.pieces}" for size in sizes)
    await audit.record(session, actor, "sized", "product", product_id, now=now, after=told[:200])


async def _sized(
    session: AsyncSession,
    found: Goods,
    variant: VariantOnShelf | None,
    size: Size,
    language: str,
    *,
    actor: Actor,
    now: datetime,
) -> int:
    if variant is not None:
        title = variant.title or {language: size.title}
        await session.execute(update(Variant).where(Variant.id == variant.id).values(title=title, status=ACTIVE))
        return variant.id
    like = found.sold[0] if found.sold else None
    last = await session.scalar(select(func.max(Variant.position)).where(Variant.product_id == found.id))
    variant_id = await goods_drafts.new_variant(
        session,
        found.id,
        title={language: size.title},
        weight_g=like.weight_g if like else 0,
        position=(last or 0) + 1,
    )
    if like is not None and like.price_minor is not None:
        await prices.set_price(session, variant_id, found.currency, like.price_minor, actor=actor, now=now)
    return variant_id


async def set_title(
    session: AsyncSession, variant_id: int, version: int, language: str, text: str, *, actor: Actor, now: datetime
) -> None:
    """What the variant is called in this language. Raises: EditedMeanwhile, NotFound, BadInput(field="title")."""
    title = typed.line(text, "title", maximum=TITLE_MAX)
    row = await goods_edits.touch_variant(session, variant_id, version)
    before: Texts = dict(row.title)
    await _write(session, row, {"title": before | {language: title}}, before.get(language, ""), title, actor, now)


async def set_sku(
    session: AsyncSession, variant_id: int, version: int, text: str, *, actor: Actor, now: datetime
) -> None:
    """The merchant's own number of the variant. Raises: EditedMeanwhile, NotFound; BadInput(field="sku", reason) taken, empty, too_long, unreadable."""
    sku = typed.line(text, "sku", maximum=64)
    row = await goods_edits.touch_variant(session, variant_id, version)
    others = select(Variant.id).where(func.lower(Variant.sku) == sku.lower(), Variant.id != variant_id)
    if await session.scalar(others.limit(1)) is not None:
        raise BadInput(field="sku", reason="taken")
    try:
        async with session.begin_nested():
            await _write(session, row, {"sku": sku}, row.sku, sku, actor, now)
    except IntegrityError:  # somebody else took it between the look and the write
        raise BadInput(field="sku", reason="taken") from None


async def set_weight(
    session: AsyncSession, variant_id: int, version: int, weight_g: int, *, actor: Actor, now: datetime
) -> None:
    """In grams. Raises: EditedMeanwhile, NotFound, BadInput(field="weight", reason="out_of_range")."""
    if not 0 <= weight_g <= WEIGHT_MAX_G:
        raise BadInput(field="weight", reason="out_of_range", maximum=WEIGHT_MAX_G)
    row = await goods_edits.touch_variant(session, variant_id, version)
    await _write(session, row, {"weight_g": weight_g}, row.weight_g, weight_g, actor, now)


async def set_content(
    session: AsyncSession, variant_id: int, version: int, text: str, *, actor: Actor, now: datetime
) -> None:
    """What the buyer of a digital variant is sent; orders that were placed keep what they had. Raises: EditedMeanwhile, NotFound, BadInput(field="content")."""
    content = typed.lines(text, "content", maximum=CONTENT_MAX, minimum=1)
    row = await goods_edits.touch_variant(session, variant_id, version)
    # What is sold is nobody's to read in a history.
    await _write(session, row, {"digital_content": content}, "", "", actor, now)


async def set_sold(
    session: AsyncSession, variant_id: int, version: int, is_sold: bool, *, actor: Actor, now: datetime
) -> None:
    """Whether customers may choose the variant. Raises: EditedMeanwhile, NotFound."""
    row = await goods_edits.touch_variant(session, variant_id, version)
    status = ACTIVE if is_sold else ARCHIVED
    await _write(session, row, {"status": status}, row.status, status, actor, now)


async def _write(
    session: AsyncSession,
    row: Variant,
    values: dict[str, Any],
    before: object,
    after: object,
    actor: Actor,
    now: datetime,
) -> None:
    await session.execute(update(Variant).where(Variant.id == row.id).values(**values))
    await search.index(session, [row.product_id])
    change = {"field": next(iter(values)), "before": before, "after": after}
    await audit.record(session, actor, "edited", "variant", row.id, now=now, **change)
