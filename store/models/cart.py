from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.models.base import Base, Currency, Minor, Pk, Status, version_column


class Cart(Base):
    """What somebody means to buy. `open_slot` is 1 while the cart is open and NULL afterwards.

    NULLs are distinct on all three databases, so the key allows one open cart per customer and any number of past ones.
    """

    __tablename__ = "carts"
    __table_args__ = (
        UniqueConstraint("customer_id", "seller_id", "open_slot"),
        Index("ix_carts_left", "open_slot", "reminded_at", "updated_at"),
    )

    id: Mapped[Pk]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    seller_id: Mapped[int] = mapped_column(ForeignKey("sellers.id"))
    currency: Mapped[Currency]
    status: Mapped[Status] = mapped_column(default="open")  # open placed
    open_slot: Mapped[int | None] = mapped_column(SmallInteger, default=1)
    version: Mapped[int] = version_column()
    reminded_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    lines: Mapped[list["CartLine"]] = relationship(lazy="raise", order_by="CartLine.id")


class CartLine(Base):
    """`seen_minor` is what one piece cost when this quantity was chosen: NULL when it cost nothing that anybody could pay."""

    __tablename__ = "cart_lines"
    __table_args__ = (UniqueConstraint("cart_id", "variant_id"), CheckConstraint("quantity > 0", "quantity_positive"))

    id: Mapped[Pk]
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    quantity: Mapped[int]
    seen_minor: Mapped[Minor | None]


class Checkout(Base):
    """What the customer has answered so far; the next question is recomputed from what is still missing (`store.checkout.next_step`).

    `expected_total_minor` is the total on the review screen: placing refuses to charge another one. `seen` is what made it up
    (`store.consent`): what has changed since is named line by line.
    """

    __tablename__ = "checkouts"

    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id"), primary_key=True, autoincrement=False)
    contact_name: Mapped[str | None] = mapped_column(String(128))
    contact_phone: Mapped[str | None] = mapped_column(String(32))
    address_id: Mapped[int | None] = mapped_column(ForeignKey("addresses.id"))
    delivery_method_id: Mapped[int | None] = mapped_column(ForeignKey("delivery_methods.id"))
    payment_method: Mapped[str | None] = mapped_column(String(32))
    note: Mapped[str | None] = mapped_column(String(500))
    coupon_id: Mapped[int | None] = mapped_column(ForeignKey("coupons.id"))
    expected_total_minor: Mapped[Minor | None]
    seen: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    updated_at: Mapped[datetime]
