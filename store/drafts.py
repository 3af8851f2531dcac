"""What a customer has begun and not finished: an address with a part missing, the thing whose quantity was asked for, the address that gets a name. One of a kind each."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import ConversationState
from store.upsert import insert_ignoring


class Draft(StrEnum):
    ADDRESS = "address"
    QUANTITY = "quantity"
    LABEL = "label"
    POINT = "point"
    GOODS = "goods"  # by the Telegram id of somebody of the staff: what of which product they were asked for
    SHOP = "shop"  # the same: what of the shop's settings they were asked for
    ALBUM = "album"  # the same: the product whose pictures come as an album
    SUPPORT = "support"
    COUPON = "coupon"  # the one whose link they followed, and when they typed codes that there are not


async def keep(
    session: AsyncSession, customer_id: int, kind: Draft, content: Mapping[str, Any], *, now: datetime
) -> None:
    """*content* takes the place of what was begun before."""
    key = _key(customer_id, kind)
    values = {"data": dict(content), "updated_at": now}
    if not await insert_ignoring(session, ConversationState, key=key, state=None, **values):
        await session.execute(update(ConversationState).where(ConversationState.key == key).values(**values))


async def kept(session: AsyncSession, customer_id: int, kind: Draft) -> dict[str, Any]:
    """What was begun; empty when nothing was."""
    found = await session.scalar(select(ConversationState.data).where(ConversationState.key == _key(customer_id, kind)))
    return dict(found or {})


async def drop(session: AsyncSession, customer_id: int, kind: Draft) -> None:
    """It is finished, or given up."""
    await session.execute(delete(ConversationState).where(ConversationState.key == _key(customer_id, kind)))


def _key(customer_id: int, kind: Draft) -> str:
    return f"draft:{kind}:{customer_id}"
