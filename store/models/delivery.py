from sqlalchemy import JSON, Boolean, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.models.base import Base, Currency, Minor, Pk, Status, Texts


class DeliveryMethod(Base):
    """A way for goods to reach the customer. `kind`: courier (needs an address), pickup (fetched at the shop), digital (a message)."""

    __tablename__ = "delivery_methods"
    __table_args__ = (UniqueConstraint("seller_id", "code"),)

    id: Mapped[Pk]
    seller_id: Mapped[int] = mapped_column(ForeignKey("sellers.id"))
    code: Mapped[str] = mapped_column(String(32))
    kind: Mapped[Status]
    carrier: Mapped[str | None] = mapped_column(String(32))
    title: Mapped[Texts] = mapped_column(JSON)
    details: Mapped[Texts] = mapped_column(JSON, default=dict)  # a pick-up point's address and hours
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    position: Mapped[int] = mapped_column(default=0)

    zones: Mapped[list["DeliveryZone"]] = relationship(lazy="raise", order_by="DeliveryZone.id")


class DeliveryZone(Base):
    """Where a method goes and what it costs there. The most specific zone counts: longest `postcode_prefix`, then country, then "*".

    The price is `price_minor + per_kg_minor` for each started kilogram above the first; free from `free_over_minor` of goods on.
    """

    __tablename__ = "delivery_zones"

    id: Mapped[Pk]
    method_id: Mapped[int] = mapped_column(ForeignKey("delivery_methods.id"), index=True)
    country: Mapped[str] = mapped_column(String(2), default="*")
    postcode_prefix: Mapped[str] = mapped_column(String(16), default="")
    max_weight_g: Mapped[int | None]
    currency: Mapped[Currency]
    price_minor: Mapped[Minor]
    per_kg_minor: Mapped[Minor] = mapped_column(default=0)
    free_over_minor: Mapped[Minor | None]
    min_days: Mapped[int] = mapped_column(default=1)
    max_days: Mapped[int] = mapped_column(default=7)
