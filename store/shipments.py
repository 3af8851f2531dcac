"""Shipments as they are: a parcel, a bag at the counter, or a digital delivery. What staff does with them is in `store/shipping.py`."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from store import stock
from store.audit import SYSTEM, Actor
from store.db import affected
from store.errors import NotAllowedNow, NotFound
from store.models import Order, OrderLine, Shipment, ShipmentLine
from store.order_status import ShipmentStatus
from store.parcels.carrier import Stage, Window
from store.parcels.eta import BUYER_HEARS
from store.parcels.masking import mask

# Of a parcel's public page: nobody guesses 120 bits.
_KEY_BYTES = 15


@dataclass(frozen=True, slots=True)
class ScanView:
    """One line of the timeline; `text` and `place` are the carrier's words with phone numbers masked."""

    stage: Stage
    occurred_at: datetime
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class ShipmentView:
    """A shipment for screens; scans oldest first. `promised` is what was told at dispatch, `expected` is what is thought now."""

    id: int
    order_id: int
    kind: str
    carrier: str | None
    tracking_number: str | None
    status: ShipmentStatus
    promised: Window | None
    expected: Window | None
    delay_level: int
    packed_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    polled_at: datetime | None
    scans: tuple[ScanView, ...]
    public_key: str | None = None  # of the page that its buyer may share
    # (order line id, how many) of what lies in it.
    pieces: tuple[tuple[int, int], ...] = ()
    carrier_slug: str | None = None
    trouble: str | None = None  # store.parcels.carrier.Trouble

    @property
    def is_over(self) -> bool:
        return self.status in (ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED, ShipmentStatus.CANCELLED)

    @property
    def takes_longer(self) -> bool:
        """Whether its buyer may read that it is late; the level below is the merchant's to know."""
        return self.delay_level >= BUYER_HEARS and not self.is_over


async def shipments_of(session: AsyncSession, order_ids: int | Iterable[int]) -> list[ShipmentView]:
    """The shipments of one order or of several, oldest first, with their scans."""
    wanted = [order_ids] if isinstance(order_ids, int) else list(order_ids)
    rows = await session.scalars(
        select(Shipment)
        .where(Shipment.order_id.in_(wanted))
        .options(selectinload(Shipment.scans), selectinload(Shipment.lines))
        .order_by(Shipment.id)
        .execution_options(populate_existing=True)
    )
    return [_view(row) for row in rows]


async def deliver_digital(session: AsyncSession, order_id: int, *, now: datetime) -> None:
    """The digital lines of a paid order are delivered: their content may be shown. A no-op for an order without any, and the second time."""
    order = await order_with_lines(session, order_id)
    lines = [line for line in order.lines if line.kind == "digital" and open_quantity(line)]
    if not lines:
        return
    shipment_id = await create(
        session,
        order,
        {line.id: open_quantity(line) for line in lines},
        kind="digital",
        now=now,
        status=ShipmentStatus.DELIVERED,
        delivered_at=now,
        shipped_at=now,
    )
    await goods_leave(session, await fresh(session, shipment_id), actor=SYSTEM, now=now)


async def create(
    session: AsyncSession, order: Order, pieces: Mapping[int, int], *, kind: str, now: datetime, **values: Any
) -> int:
    """A shipment of these pieces (order line id → how many). Raises: NotAllowedNow when there are none."""
    if not pieces:
        raise NotAllowedNow(status=order.fulfilment_status)
    country = order.address["country"] if order.address else None
    key = secrets.token_urlsafe(_KEY_BYTES) if kind == "courier" else None
    shipment = Shipment(
        order_id=order.id, kind=kind, public_key=key, destination_country=country, packed_at=now, **values
    )
    session.add(shipment)
    await session.flush()
    await session.execute(
        insert(ShipmentLine),
        [
            {"shipment_id": shipment.id, "order_line_id": line_id, "quantity": quantity}
            for line_id, quantity in pieces.items()
        ],
    )
    return shipment.id


async def goods_leave(session: AsyncSession, shipment: Shipment, *, actor: Actor, now: datetime) -> None:
    """The goods of a shipment are no longer on the shelf. Raises: NotAllowedNow when a line has nothing left to ship."""
    rows = (
        await session.execute(
            select(ShipmentLine.order_line_id, ShipmentLine.quantity)
            .where(ShipmentLine.shipment_id == shipment.id)
            .order_by(ShipmentLine.order_line_id)
        )
    ).all()
    for line_id, quantity in rows:
        shipped = (
            update(OrderLine)
            .where(
                OrderLine.id == line_id,
                OrderLine.quantity - OrderLine.cancelled_quantity - OrderLine.shipped_quantity >= quantity,
            )
            .values(shipped_quantity=OrderLine.shipped_quantity + quantity)
            .execution_options(synchronize_session=False)
        )
        if await affected(session, shipped) != 1:
            raise NotAllowedNow(status="shipped")
    await stock.ship(
        session,
        shipment.order_id,
        dict(rows),
        source_id=shipment.id,
        actor=actor,
        now=now,
    )


async def order_id_of(session: AsyncSession, shipment_id: int) -> int:
    """The order whose goods are in it. Raises: NotFound."""
    order_id = await session.scalar(select(Shipment.order_id).where(Shipment.id == shipment_id))
    if order_id is None:
        raise NotFound(what="shipment")
    return order_id


async def fresh(session: AsyncSession, shipment_id: int) -> Shipment:
    row = await session.get(Shipment, shipment_id, populate_existing=True)
    if row is None:
        raise NotFound(what="shipment")
    return row


async def shipment_of(session: AsyncSession, order_id: int, shipment_id: int) -> ShipmentView:
    """One of the order's shipments. Raises: NotFound."""
    for shipment in await shipments_of(session, order_id):
        if shipment.id == shipment_id:
            return shipment
    raise NotFound(what="shipment")


async def carriers_lately(session: AsyncSession) -> list[str]:
    """Whom the shop has sent with, the most frequent first, by its last hundred parcels."""
    last = select(Shipment.carrier).where(Shipment.shipped_at.is_not(None)).order_by(Shipment.id.desc()).limit(100)
    counted = Counter(carrier for carrier in await session.scalars(last) if carrier)
    return [carrier for carrier, _ in counted.most_common()]


async def order_with_lines(session: AsyncSession, order_id: int) -> Order:
    order = await session.get(Order, order_id, populate_existing=True, options=[selectinload(Order.lines)])
    if order is None:
        raise NotFound(what="order")
    return order


def open_quantity(line: OrderLine) -> int:
    return line.quantity - line.cancelled_quantity - line.shipped_quantity


def _view(row: Shipment) -> ShipmentView:
    return ShipmentView(
        id=row.id,
        order_id=row.order_id,
        kind=row.kind,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        status=ShipmentStatus(row.status),
        promised=_window(row.promised_from, row.promised_until),
        expected=_window(row.eta_from, row.eta_until, has_time=row.eta_has_time),
        delay_level=row.delay_level,
        packed_at=row.packed_at,
        shipped_at=row.shipped_at,
        delivered_at=row.delivered_at,
        polled_at=row.polled_at,
        public_key=row.public_key,
        scans=tuple(
            ScanView(Stage(scan.stage), scan.occurred_at, mask(scan.text), mask(scan.place)) for scan in row.scans
        ),
        pieces=tuple((line.order_line_id, line.quantity) for line in row.lines),
        carrier_slug=row.carrier_slug,
        trouble=row.trouble,
    )


def _window(earliest: datetime | None, latest: datetime | None, *, has_time: bool = False) -> Window | None:
    return Window(earliest, latest, has_time) if earliest is not None and latest is not None else None
