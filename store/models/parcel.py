from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Blob, Id, Pk, Status


class CarrierPush(Base):
    """What a carrier brought to our address, raw, before anything is made of it. Carriers repeat themselves: `digest` keeps one of each.

    `status`: new → applied | ignored (no parcel that we know) | refused (not proven, or not readable). Names and phones stand in it: kept for a month.
    """

    __tablename__ = "carrier_pushes"
    __table_args__ = (
        UniqueConstraint("carrier", "digest"),
        Index("ix_carrier_pushes_status", "status", "received_at"),
    )

    id: Mapped[Pk]
    carrier: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(Blob)
    headers: Mapped[dict[str, Any]] = mapped_column(JSON)
    query: Mapped[dict[str, Any]] = mapped_column(JSON)
    received_at: Mapped[datetime]
    status: Mapped[Status] = mapped_column(default="new")
    numbers: Mapped[str] = mapped_column(Text, default="")  # of whose parcels it speaks, between spaces
    reason: Mapped[str | None] = mapped_column(String(128))


class ParcelCorrection(Base):
    """Somebody of the staff has said whether a customer's message asks for a parcel.

    The words stay with the message: when those are forgotten nothing is learned from them any more. No foreign key, which would be in the way then.
    """

    __tablename__ = "parcel_corrections"

    message_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    asks: Mapped[bool]
    by: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(index=True)
