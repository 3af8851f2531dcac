from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Pk


class Customer(Base):
    """A person who has spoken to the bot; known by the Telegram account, nothing to register."""

    __tablename__ = "customers"

    id: Mapped[Pk]
    telegram_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    name: Mapped[str] = mapped_column(String(128), default="")
    username: Mapped[str | None] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16), default="en")
    blocked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Address(Base):
    """Immutable: an edit makes a new row, so that what an order was sent to never changes."""

    __tablename__ = "addresses"

    id: Mapped[Pk]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    country: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(String(128), default="")
    city: Mapped[str] = mapped_column(String(128))
    postcode: Mapped[str] = mapped_column(String(32), default="")
    street: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
