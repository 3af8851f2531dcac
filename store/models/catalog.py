from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.models.base import Base, Currency, Minor, Pk, Status, Texts, version_column


class Category(Base):
    __tablename__ = "categories"
    __table_args__ = (UniqueConstraint("seller_id", "slug"),)

    id: Mapped[Pk]
    seller_id: Mapped[int] = mapped_column(ForeignKey("sellers.id"))
    slug: Mapped[str] = mapped_column(String(64))
    emoji: Mapped[str] = mapped_column(String(16), default="")
    title: Mapped[Texts] = mapped_column(JSON)
    position: Mapped[int] = mapped_column(default=0)
    hidden_at: Mapped[datetime | None]  # since when customers do not see it


class Product(Base):
    """`kind` is physical or digital. `status`: draft (never seen by a customer), active, hidden (for a while) or archived.

    A deleted product is an archived one: orders and old buttons still point at it.
    """

    __tablename__ = "products"
    __table_args__ = (
        UniqueConstraint("seller_id", "slug"),
        Index("ix_products_page", "category_id", "status", "position", "id"),
    )

    id: Mapped[Pk]
    seller_id: Mapped[int] = mapped_column(ForeignKey("sellers.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    slug: Mapped[str] = mapped_column(String(64))
    kind: Mapped[Status] = mapped_column(default="physical")
    status: Mapped[Status] = mapped_column(default="active")
    title: Mapped[Texts] = mapped_column(JSON)
    description: Mapped[Texts] = mapped_column(JSON, default=dict)
    picture: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = version_column()
    created_at: Mapped[datetime]

    variants: Mapped[list["Variant"]] = relationship(
        lazy="raise", order_by="Variant.position, Variant.id", back_populates="product"
    )


class Variant(Base):
    """What is bought: a size, a colour, or the product itself when there is only one. `title` is empty then."""

    __tablename__ = "variants"

    id: Mapped[Pk]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    sku: Mapped[str] = mapped_column(String(64), unique=True)
    status: Mapped[Status] = mapped_column(default="active")
    title: Mapped[Texts] = mapped_column(JSON, default=dict)
    weight_g: Mapped[int] = mapped_column(default=0)
    digital_content: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0)

    product: Mapped[Product] = relationship(lazy="raise", back_populates="variants")
    prices: Mapped[list["Price"]] = relationship(lazy="raise", order_by="Price.currency, Price.min_quantity")


class Price(Base):
    """The unit price of a variant from `min_quantity` pieces on; the row with the greatest `min_quantity` that is not above the quantity counts."""

    __tablename__ = "prices"
    __table_args__ = (
        UniqueConstraint("variant_id", "currency", "min_quantity"),
        CheckConstraint("unit_minor >= 0", "unit_not_negative"),
    )

    id: Mapped[Pk]
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    currency: Mapped[Currency]
    min_quantity: Mapped[int] = mapped_column(Integer, default=1)
    unit_minor: Mapped[Minor]
    compare_at_minor: Mapped[Minor | None]


class CatalogueEdition(Base):
    """One row, whose number is another one after each commit that wrote to the catalogue (`store/editions.py`). Nothing points at it: it is locked last."""

    __tablename__ = "catalogue_editions"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
