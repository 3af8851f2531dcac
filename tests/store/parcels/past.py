"""A shop with a past: orders that were paid, left and arrived."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from store.db import Database
from store.models import Order, Shipment
from store.models.base import table
from tests.builders import a_confirmed_order

DAY = timedelta(days=1)


async def a_past(
    db: Database,
    transit_days: Sequence[float | None],
    *,
    now: datetime,
    handover_days: float = 1.0,
    country: str = "PT",
) -> None:
    """One parcel a day, the last one paid twenty days before *now*, to one place; None is on its way still."""
    example = await a_confirmed_order(db)
    async with db.begin() as session:
        order = dict((await session.execute(select(table(Order)).where(table(Order).c.id == example))).mappings().one())
        base = 1000 * example
        orders, parcels = [], []
        for place, days in enumerate(transit_days, start=1):
            paid_at = now - (20 + place) * DAY
            shipped_at = paid_at + handover_days * DAY
            delivered_at = None if days is None else shipped_at + days * DAY
            orders.append(order | _order(base + place, paid_at, {**order["address"], "country": country}))
            parcels.append(_parcel(base + place, shipped_at, delivered_at))
        await session.execute(insert(table(Order)), orders)
        await session.execute(insert(table(Shipment)), parcels)


def _order(row_id: int, paid_at: datetime, address: dict[str, Any]) -> dict[str, Any]:
    return {"id": row_id, "number": f"P{row_id}", "cart_id": None, "confirmed_at": paid_at, "address": address}


def _parcel(order_id: int, shipped_at: datetime, delivered_at: datetime | None) -> dict[str, Any]:
    moving = {"status": "in_transit" if delivered_at is None else "delivered", "delivered_at": delivered_at}
    when = {"packed_at": shipped_at, "shipped_at": shipped_at, "promised_until": shipped_at + 5 * DAY}
    zeros = {"poll_failures": 0, "delay_level": 0, "eta_has_time": False, "version": 0}
    return {"order_id": order_id, "kind": "courier", "carrier": "sandbox", **moving, **when, **zeros}
