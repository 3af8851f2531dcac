from datetime import datetime

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Integer, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Currency, Minor, Pk


class Coupon(Base):
    """What comes off the goods of an order whose buyer names its code: *percent* of them or *amount_minor*, one of the two. Each customer has it once.

    `customer_id`: only theirs; `shipment_id`: given because this parcel took too long, once for each. `used` counts the orders that have it: one that
    ends unsent gives it back. NULL in `max_uses` and `ends_at`: no limit.
    """

    __tablename__ = "coupons"
    __table_args__ = (
        UniqueConstraint("seller_id", "code"),
        CheckConstraint("(percent IS NULL) <> (amount_minor IS NULL)", "percent_or_amount"),
        CheckConstraint("percent IS NULL OR percent BETWEEN 1 AND 100", "percent_possible"),
        CheckConstraint("used >= 0", "used_not_negative"),
    )

    id: Mapped[Pk]
    seller_id: Mapped[int] = mapped_column(ForeignKey("sellers.id"))
    code: Mapped[str] = mapped_column(String(32))
    percent: Mapped[int | None] = mapped_column(SmallInteger)
    amount_minor: Mapped[Minor | None]
    currency: Mapped[Currency]  # of the amount and of the minimum
    minimum_minor: Mapped[Minor] = mapped_column(default=0)  # of goods
    max_uses: Mapped[int | None] = mapped_column(Integer)
    used: Mapped[int] = mapped_column(Integer, default=0)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipments.id"), unique=True)
    ends_at: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_by: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class CouponUse(Base):
    """An order that has the coupon. `slot` is 1 from when it was placed and NULL once the order has ended: NULLs are distinct, so of two orders of one customer's
    that are placed in the same instant the key lets one have it. Whether an order has it says `given_back_at`.

    `coupon_id` is no foreign key: its index has the slot in it, so on InnoDB each change of the slot would lock the coupon's row out of its order (docs/locking.md).
    """

    __tablename__ = "coupon_uses"
    __table_args__ = (UniqueConstraint("coupon_id", "customer_id", "slot"),)

    id: Mapped[Pk]
    coupon_id: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    slot: Mapped[int | None] = mapped_column(SmallInteger, default=1)
    amount_minor: Mapped[Minor]
    used_at: Mapped[datetime]
    given_back_at: Mapped[datetime | None]
