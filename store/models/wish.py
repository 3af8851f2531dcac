"""What somebody likes or waits for, and the changes of price that may please them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Currency, Id, Minor, Pk, Status


class Favourite(Base):
    """A product that a customer has marked with ♥."""

    __tablename__ = "favourites"
    __table_args__ = (Index("ix_favourites_product", "product_id", "customer_id"),)

    customer_id: Mapped[int] = mapped_column(Id, ForeignKey("customers.id"), primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(Id, ForeignKey("products.id"), primary_key=True, autoincrement=False)
    created_at: Mapped[datetime]


class StockWatch(Base):
    """ "Tell me when it is back": gone as soon as it was told."""

    __tablename__ = "stock_watches"
    __table_args__ = (Index("ix_stock_watches_variant", "variant_id", "created_at"),)

    customer_id: Mapped[int] = mapped_column(Id, ForeignKey("customers.id"), primary_key=True, autoincrement=False)
    variant_id: Mapped[int] = mapped_column(Id, ForeignKey("variants.id"), primary_key=True, autoincrement=False)
    created_at: Mapped[datetime]


class PriceChange(Base):
    """The history of a variant's price, append-only. `status`: waiting (it fell, and those who like the product are being told) → done.

    `told_until` is the last customer who was told: the next ones are told from there on, a few at a time.
    """

    __tablename__ = "price_changes"
    __table_args__ = (
        Index("ix_price_changes_status", "status", "id"),
        Index("ix_price_changes_variant", "variant_id", "id"),
    )

    id: Mapped[Pk]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    currency: Mapped[Currency]
    before_minor: Mapped[Minor | None]
    after_minor: Mapped[Minor]
    status: Mapped[Status]
    told_until: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
