"""A shop with a past: orders that were paid, left and arrived."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

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
        row = (await session.execute(select(table(Order)).where(table(Order).c.id == example))).mappings().one()
        order = {name: value for name, value in row.items() if name not in ("id", "number", "cart_id", "confirmed_at")}
        order["address"] = {**row["address"], "country": country}
        for place, days in enumerate(transit_days, start=1):
            paid_at = now - (20 + place) * DAY
            again = Order(**order, number=f"{example}-{place}", confirmed_at=paid_at)
            session.add(again)
            await session.flush()
            shipped_at = paid_at + handover_days * DAY
            delivered_at = None if days is None else shipped_at + days * DAY
            session.add(Shipment(order_id=again.id, **_parcel(shipped_at, delivered_at)))


def _parcel(shipped_at: datetime, delivered_at: datetime | None) -> dict[str, Any]:
    status = "in_transit" if delivered_at is None else "delivered"
    when = {"packed_at": shipped_at, "shipped_at": shipped_at, "delivered_at": delivered_at}
    return {"kind": "courier", "carrier": "sandbox", "status": status, "promised_until": shipped_at + 5 * DAY, **when}
