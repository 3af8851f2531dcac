from datetime import datetime

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Id, Pk, Status

MAIN_LOCATION = 1


class StockLevel(Base):
    """How much of a variant lies at a location. Hot: every order of the variant updates it.

    No other table has a foreign key to it: on InnoDB the check of the key takes a shared lock on this row, and 400 orders made 1,787 deadlocks.
    """

    __tablename__ = "stock_levels"
    __table_args__ = (
        CheckConstraint("reserved >= 0", "reserved_not_negative"),
        CheckConstraint("allow_backorder OR reserved <= on_hand - safety", "not_oversold"),
    )

    variant_id: Mapped[int] = mapped_column(Id, ForeignKey("variants.id"), primary_key=True, autoincrement=False)
    location_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False, default=MAIN_LOCATION)
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    safety: Mapped[int] = mapped_column(default=0)
    low_at: Mapped[int] = mapped_column(default=3)
    allow_backorder: Mapped[bool] = mapped_column(Boolean, default=False)

    @hybrid_property
    def free(self) -> int:
        return self.on_hand - self.safety - self.reserved


class Reservation(Base):
    """What an order has set aside. `held` (unpaid, until expires_at) → `committed` (paid) → `shipped`; or `released`.

    The sum of `held` and `committed` quantities of a variant equals its level's `reserved`.
    """

    __tablename__ = "stock_reservations"
    __table_args__ = (
        UniqueConstraint("order_line_id", "location_id", "round"),
        Index("ix_stock_reservations_due", "state", "expires_at"),
        Index("ix_stock_reservations_variant", "variant_id", "state"),
        CheckConstraint("quantity > 0", "quantity_positive"),
    )

    id: Mapped[Pk]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    location_id: Mapped[int] = mapped_column(BigInteger, default=MAIN_LOCATION)
    round: Mapped[int] = mapped_column(default=0)  # 1 when money came late and the goods were set aside anew
    quantity: Mapped[int]
    state: Mapped[Status] = mapped_column(default="held")
    expires_at: Mapped[datetime | None]


class StockMove(Base):
    """Append-only. The sum of `d_on_hand` of a variant equals its level's `on_hand`, the sum of `d_reserved` its `reserved`.

    The unique key makes a replayed move an error instead of a second move.
    """

    __tablename__ = "stock_moves"
    __table_args__ = (
        UniqueConstraint("source_type", "source_id", "variant_id", "location_id", "kind"),
        Index("ix_stock_moves_variant", "variant_id", "id"),
    )

    id: Mapped[Pk]
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    location_id: Mapped[int] = mapped_column(BigInteger, default=MAIN_LOCATION)
    kind: Mapped[str] = mapped_column(String(16))  # receive reserve release ship return adjust
    d_on_hand: Mapped[int] = mapped_column(default=0)
    d_reserved: Mapped[int] = mapped_column(default=0)
    source_type: Mapped[str] = mapped_column(String(32))
    source_id: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(64), default="system")
    reason: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime]
