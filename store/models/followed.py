from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Pk, Status


class FollowedParcel(Base):
    """A parcel that a customer has asked us to follow and that is no order's of theirs. `status`: as of a parcel that has left (store.order_status.SHIPMENT).

    `scans` is what its carrier said, oldest first, as `store.parcels.followed_history` writes it. A parcel that is not followed any more
    (`removed_at`) keeps its bare row for a day: who adds and removes in turns comes to the end of the day's number.
    """

    __tablename__ = "followed_parcels"
    __table_args__ = (
        UniqueConstraint("customer_id", "tracking_number"),
        Index("ix_followed_parcels_due", "carrier", "next_poll_at", "id"),
        Index("ix_followed_parcels_number", "tracking_number"),
        Index("ix_followed_parcels_created", "created_at"),
    )

    id: Mapped[Pk]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    carrier: Mapped[str] = mapped_column(String(32))
    carrier_slug: Mapped[str | None] = mapped_column(String(64))
    tracking_number: Mapped[str] = mapped_column(String(64))
    phone_sealed: Mapped[str | None] = mapped_column(String(255))  # four digits that its carrier asks for (store.seal)
    phone_tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    trouble: Mapped[Status | None]  # store.parcels.carrier.Trouble
    subscribed_at: Mapped[datetime | None]  # since when the carrier pushes its news
    subscriptions: Mapped[int] = mapped_column(SmallInteger, default=0)  # how often we have asked for that
    status: Mapped[Status] = mapped_column(default="handed_over")
    scans: Mapped[list[Any]] = mapped_column(default=list)
    eta_from: Mapped[datetime | None]
    eta_until: Mapped[datetime | None]
    eta_has_time: Mapped[bool] = mapped_column(Boolean, default=False)
    last_scan_at: Mapped[datetime | None]
    polled_at: Mapped[datetime | None]
    next_poll_at: Mapped[datetime | None]
    poll_failures: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    @property
    def shipped_at(self) -> datetime:
        """Nobody knows when it left; we know of it since then."""
        return self.created_at
