from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class CarrierAccount(Base):
    """How one carrier stands with us, for all processes together; what it allows is in its capabilities.

    `free_at` is the moment of the next call, `calls` how many there were on `day`. `failures` in a row since `failing_since`; nothing is asked before
    `quiet_until`. `told_at`: the staff knows that it fails, and is told once when it answers again.
    """

    __tablename__ = "carrier_accounts"

    carrier: Mapped[str] = mapped_column(String(32), primary_key=True)
    free_at: Mapped[datetime]
    day: Mapped[str] = mapped_column(String(10), default="")
    calls: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    quiet_until: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(200), default="")
