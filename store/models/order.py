from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.models.base import Base, Currency, Minor, Pk, Status, Texts, version_column


class OrderGroup(Base):
    """What a buyer pays at once: today one order, in a marketplace one per seller. Payment attempts belong to the group."""

    __tablename__ = "order_groups"

    id: Mapped[Pk]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    currency: Mapped[Currency]
    total_minor: Mapped[Minor]
    created_at: Mapped[datetime]


class Order(Base):
    """`status` is the life cycle (store.order_status); `payment_status` and `fulfilment_status` are derived from payments and shipments.

    Nothing shown on an order is read from the catalogue: lines, address and delivery are snapshots.
    `number` is for people; it is no permission. `secret` is (128 bits, for links).
    """

    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_board", "seller_id", "status", "placed_at"),
        Index("ix_orders_customer", "customer_id", "placed_at"),
        Index("ix_orders_due", "status", "expires_at"),
        Index("ix_orders_remind", "remind_at"),
        CheckConstraint(
            "total_minor = subtotal_minor - discount_minor + shipping_minor + fee_minor"
            " + CASE WHEN prices_include_tax THEN 0 ELSE tax_minor END",
            "total_adds_up",
        ),
    )

    id: Mapped[Pk]
    number: Mapped[str] = mapped_column(String(16), unique=True)
    secret: Mapped[str] = mapped_column(String(32))
    cart_id: Mapped[int | None] = mapped_column(ForeignKey("carts.id"), unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("order_groups.id"), index=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("sellers.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    status: Mapped[Status]
    payment_status: Mapped[Status] = mapped_column(default="unpaid")
    fulfilment_status: Mapped[Status] = mapped_column(default="unfulfilled")
    payment_method: Mapped[str] = mapped_column(String(32))
    currency: Mapped[Currency]
    subtotal_minor: Mapped[Minor]
    discount_minor: Mapped[Minor] = mapped_column(default=0)
    shipping_minor: Mapped[Minor] = mapped_column(default=0)
    fee_minor: Mapped[Minor] = mapped_column(default=0)
    tip_minor: Mapped[Minor] = mapped_column(default=0)  # of the fee: what the buyer gave on top
    tax_minor: Mapped[Minor] = mapped_column(default=0)
    prices_include_tax: Mapped[bool] = mapped_column(Boolean, default=True)
    total_minor: Mapped[Minor]
    contact_name: Mapped[str] = mapped_column(String(128), default="")
    contact_phone: Mapped[str] = mapped_column(String(32), default="")
    address: Mapped[dict[str, Any] | None] = mapped_column(
        JSON
    )  # country region city area postcode street latitude longitude; NULL for pick-up and digital
    delivery_kind: Mapped[Status]
    delivery_carrier: Mapped[str | None] = mapped_column(String(32))
    delivery_title: Mapped[Texts] = mapped_column(JSON, default=dict)
    delivery_details: Mapped[Texts] = mapped_column(JSON, default=dict)
    delivery_min_days: Mapped[int] = mapped_column(default=0)
    delivery_max_days: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(500), default="")
    language: Mapped[str] = mapped_column(String(16), default="en")
    placed_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    remind_at: Mapped[datetime | None]  # when the buyer hears that the hold ends soon; NULL once it was said
    confirmed_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(64))
    staff_note: Mapped[str] = mapped_column(String(500), default="")  # for the staff's eyes
    nudges: Mapped[int] = mapped_column(SmallInteger, default=0)  # how often somebody was reminded to accept it
    version: Mapped[int] = version_column()

    lines: Mapped[list["OrderLine"]] = relationship(lazy="raise", order_by="OrderLine.position")


class OrderLine(Base):
    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("quantity > 0", "quantity_positive"),
        CheckConstraint("shipped_quantity + cancelled_quantity <= quantity", "not_more_than_ordered"),
    )

    id: Mapped[Pk]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    position: Mapped[int]
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    sku: Mapped[str] = mapped_column(String(64))
    kind: Mapped[Status]
    product_title: Mapped[Texts] = mapped_column(JSON)
    variant_title: Mapped[Texts] = mapped_column(JSON, default=dict)
    picture: Mapped[str | None]
    digital_content: Mapped[str | None] = mapped_column(Text)
    quantity: Mapped[int]
    unit_minor: Mapped[Minor]
    discount_minor: Mapped[Minor] = mapped_column(default=0)
    tax_minor: Mapped[Minor] = mapped_column(default=0)
    total_minor: Mapped[Minor]
    weight_g: Mapped[int] = mapped_column(default=0)
    shipped_quantity: Mapped[int] = mapped_column(default=0)
    cancelled_quantity: Mapped[int] = mapped_column(default=0)
    # Pieces whose money went back, called off or sent: never less than `cancelled_quantity`.
    refunded_quantity: Mapped[int] = mapped_column(default=0)
