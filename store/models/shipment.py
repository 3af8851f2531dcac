from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.models.base import Base, Pk, Status, version_column


class Shipment(Base):
    """A parcel (or what waits at the counter). `status`: packed handed_over in_transit out_for_delivery ready_for_pickup delivered,
    aside exception lost returning returned cancelled (store.order_status.SHIPMENT).

    `promised_*` is the arrival window frozen at dispatch, `eta_*` the one that was told last; both NULL while there is no honest estimate.
    """

    __tablename__ = "shipments"
    __table_args__ = (
        UniqueConstraint("order_id", "carrier", "tracking_number"),
        Index("ix_shipments_due", "carrier", "next_poll_at", "id"),
        Index("ix_shipments_number", "tracking_number"),
        Index("ix_shipments_late", "status", "promised_until"),
    )

    id: Mapped[Pk]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    kind: Mapped[Status]  # courier pickup digital
    carrier: Mapped[str | None] = mapped_column(String(32))
    tracking_number: Mapped[str | None] = mapped_column(String(64))
    carrier_slug: Mapped[str | None] = mapped_column(String(64))  # who carries it, inside an aggregator
    phone_sealed: Mapped[str | None] = mapped_column(String(255))  # four digits that a carrier asks for (store.seal)
    trouble: Mapped[Status | None]  # why its carrier has no news of it (store.parcels.carrier.Trouble)
    subscribed_at: Mapped[datetime | None]  # since when the carrier pushes its news
    subscriptions: Mapped[int] = mapped_column(SmallInteger, default=0)  # how often we have asked for that
    status: Mapped[Status] = mapped_column(default="packed")
    destination_country: Mapped[str | None] = mapped_column(String(2))
    promised_from: Mapped[datetime | None]
    promised_until: Mapped[datetime | None]
    late_at: Mapped[datetime | None]  # frozen at dispatch: from then on it takes longer than nearly all others
    eta_from: Mapped[datetime | None]
    eta_until: Mapped[datetime | None]
    eta_has_time: Mapped[bool] = mapped_column(Boolean, default=False)  # else its days alone are told
    eta_source: Mapped[Status | None]  # store.parcels.eta.Source
    delay_level: Mapped[int] = mapped_column(SmallInteger, default=0)
    delay_told_at: Mapped[datetime | None]  # to the buyer
    last_scan_at: Mapped[datetime | None]
    polled_at: Mapped[datetime | None]
    next_poll_at: Mapped[datetime | None]
    poll_failures: Mapped[int] = mapped_column(default=0)
    packed_at: Mapped[datetime]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    public_key: Mapped[str | None] = mapped_column(String(32), unique=True)  # of the page that its buyer may share
    version: Mapped[int] = version_column()

    lines: Mapped[list["ShipmentLine"]] = relationship(lazy="raise", order_by="ShipmentLine.id")
    scans: Mapped[list["Scan"]] = relationship(lazy="raise", order_by="Scan.occurred_at, Scan.id")


class ShipmentLine(Base):
    __tablename__ = "shipment_lines"
    __table_args__ = (
        UniqueConstraint("shipment_id", "order_line_id"),
        CheckConstraint("quantity > 0", "quantity_positive"),
    )

    id: Mapped[Pk]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    quantity: Mapped[int]


class Scan(Base):
    """What a carrier said about a parcel, append-only. Carriers repeat and reorder: `dedupe_hash` makes a repetition harmless."""

    __tablename__ = "scans"
    __table_args__ = (UniqueConstraint("shipment_id", "dedupe_hash"),)

    id: Mapped[Pk]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"))
    dedupe_hash: Mapped[str] = mapped_column(String(64))
    stage: Mapped[Status]
    raw_code: Mapped[str] = mapped_column(String(64), default="")
    text: Mapped[str] = mapped_column(String(500), default="")
    place: Mapped[str] = mapped_column(String(128), default="")
    raw_status: Mapped[str] = mapped_column(String(64), default="")
    raw_time: Mapped[str] = mapped_column(String(64), default="")
    mark: Mapped[str | None] = mapped_column(String(16))
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
