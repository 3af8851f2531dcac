from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Pk, Status


class ArrivalFit(Base):
    """What a day's history said of how long parcels take (store.parcels.duration.Fit as JSON); NULL where it said too little. The newest counts."""

    __tablename__ = "arrival_fits"

    id: Mapped[Pk]
    day: Mapped[str] = mapped_column(String(10), unique=True)  # one a day, whoever learns it
    learned_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))  # of what was learned: whoever has read it need not read it again
    zone: Mapped[str] = mapped_column(String(64))  # whose weekdays
    handover: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    transit: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    silence: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class ArrivalRevision(Base):
    """A window that was told for a parcel, and why it took another one's place; append-only. `earliest` and `latest` are NULL where there is no estimate."""

    __tablename__ = "arrival_revisions"

    id: Mapped[Pk]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"), index=True)
    at: Mapped[datetime]
    earliest: Mapped[datetime | None]
    latest: Mapped[datetime | None]
    source: Mapped[Status | None]  # store.parcels.eta.Source
    reason: Mapped[Status]  # store.parcels.eta.Reason
