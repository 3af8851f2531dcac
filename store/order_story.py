"""Everything about one order that a card, a receipt or a timeline shows, read at one moment."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, orders, shipments
from store.models import AuditEntry
from store.orders import OrderView
from store.payments import refunds
from store.payments.refunds import RefundView
from store.shipments import ShipmentView


@dataclass(frozen=True, slots=True)
class OrderStory:
    """`history` is oldest first; `refundable_minor` was paid and is neither back nor on its way back."""

    order: OrderView
    shipments: tuple[ShipmentView, ...]
    refunds: tuple[RefundView, ...]
    refundable_minor: int
    history: tuple[AuditEntry, ...]


async def story(session: AsyncSession, order_id: int) -> OrderStory:
    """The whole order, for staff and notifications. Raises: NotFound."""
    return await _told(session, await orders.order(session, order_id))


async def story_of(session: AsyncSession, customer_id: int, order_id: int) -> OrderStory:
    """The same for its buyer. Raises: NotFound for somebody else's."""
    return await _told(session, await orders.order_of(session, customer_id, order_id))


async def _told(session: AsyncSession, order: OrderView) -> OrderStory:
    return OrderStory(
        order,
        tuple(await shipments.shipments_of(session, order.id)),
        tuple(await refunds.refunds_of(session, order.id)),
        await refunds.refundable(session, order.id),
        tuple(await audit.history(session, "order", order.id)),
    )
