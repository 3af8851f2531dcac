"""Orders that come faster than a group may be told: the first have their cards, the others stand together in lists, from which a press brings each card.

A group takes twenty messages a minute. A hundred cards would keep the staff waiting for five minutes, and everything else behind them.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.deliveries import SKIPPED, WAITING
from store import outbox
from store.events import OrdersPiledUp
from store.models import ChatMessage, Delivery, OutboxEvent

# So many new orders may wait for their cards; what is more is told in lists of so many.
CARDS_AT_ONCE = 8
ORDERS_A_LIST = 20
CARD_ROUTE = "staff.card"
# Of these an order gets its card.
_OPENING = ("order.confirmed", "order.revived", "payment.short")
IN_A_LIST = "told in a list"


@dataclass(frozen=True, slots=True)
class _Waiting:
    delivery_id: int
    chat_id: int
    order_id: int


async def is_bursting(session: AsyncSession) -> bool:
    """Whether so many cards wait that it is worth looking closer."""
    waiting = select(Delivery.id).where(Delivery.route == CARD_ROUTE, Delivery.status == WAITING, Delivery.chat_id < 0)
    return len(list(await session.scalars(waiting.limit(CARDS_AT_ONCE + 1)))) > CARDS_AT_ONCE


async def fold(session: AsyncSession, *, now: datetime) -> int:
    """New orders beyond the first few of a group are told in lists instead, all of them, once. Returns how many."""
    folded = 0
    for waiting in _of_each_chat(await _waiting(session)).values():
        orders = list(dict.fromkeys(each.order_id for each in waiting))[CARDS_AT_ONCE:]
        if len(orders) < 2:
            continue
        taken = await _taken(session, [each for each in waiting if each.order_id in set(orders)], now)
        lists = [taken[start : start + ORDERS_A_LIST] for start in range(0, len(taken), ORDERS_A_LIST)]
        await outbox.write(session, *(OrdersPiledUp(order_ids=some) for some in lists), now=now)
        folded += len(taken)
    return folded


async def _waiting(session: AsyncSession) -> list[_Waiting]:
    """Cards that would be new messages in a group, oldest first."""
    rows = await session.execute(
        select(Delivery.id, Delivery.chat_id, OutboxEvent.payload)
        .join(OutboxEvent, OutboxEvent.id == Delivery.event_id)
        .where(Delivery.route == CARD_ROUTE, Delivery.status == WAITING, Delivery.chat_id < 0)
        .where(OutboxEvent.type.in_(_OPENING))
        .order_by(Delivery.id)
    )
    found = [_Waiting(row.id, row.chat_id, int(row.payload["order_id"])) for row in rows]
    slots = {f"card:{each.order_id}" for each in found}
    standing = await session.execute(
        select(ChatMessage.chat_id, ChatMessage.slot).where(ChatMessage.slot.in_(slots), ChatMessage.message_id != 0)
    )
    there = {(chat_id, slot) for chat_id, slot in standing}
    return [each for each in found if (each.chat_id, f"card:{each.order_id}") not in there]


def _of_each_chat(waiting: list[_Waiting]) -> Mapping[int, list[_Waiting]]:
    chats: dict[int, list[_Waiting]] = {}
    for each in waiting:
        chats.setdefault(each.chat_id, []).append(each)
    return chats


async def _taken(session: AsyncSession, wanted: list[_Waiting], now: datetime) -> list[int]:
    """The orders whose cards nobody sends any more: what another relay has claimed meanwhile, it sends."""
    token = f"{IN_A_LIST} {secrets.token_hex(6)}"
    ids = [each.delivery_id for each in wanted]
    is_free = or_(Delivery.claimed_until.is_(None), Delivery.claimed_until < now)
    await session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.status == WAITING, is_free)
        .values(status=SKIPPED, last_error=token)
        .execution_options(synchronize_session=False)
    )
    mine = set(await session.scalars(select(Delivery.id).where(Delivery.id.in_(ids), Delivery.last_error == token)))
    return list(dict.fromkeys(each.order_id for each in wanted if each.delivery_id in mine))
