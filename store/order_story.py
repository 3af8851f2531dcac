"""Everything about one order that a card, a receipt or a timeline shows, read at one moment."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, orders, shipments
from store.models import AuditEntry
from store.order_status import ShipmentStatus as S
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

    @property
    def parcels(self) -> tuple[ShipmentView, ...]:
        """What is carried to the buyer, or waits to be; not what was taken apart again."""
        return tuple(each for each in self.shipments if each.kind == "courier" and each.status != S.CANCELLED)

    @property
    def to_pack(self) -> tuple[tuple[int, int], ...]:
        """(order line id, how many): physical pieces in no parcel yet."""
        packed = Counter[int]()
        for shipment in self.shipments:
            if shipment.status in (S.PACKED, S.READY_FOR_PICKUP):
                packed.update(dict(shipment.pieces))
        open_lines = [
            (line.id, line.open_quantity - packed[line.id]) for line in self.order.lines if not line.is_digital
        ]
        return tuple((line_id, quantity) for line_id, quantity in open_lines if quantity > 0)

    @property
    def is_in_parts(self) -> bool:
        """It takes more than one parcel: each has to be named."""
        return len(self.parcels) + bool(self.parcels and self.to_pack) > 1


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
