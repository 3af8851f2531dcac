from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Double, ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Currency, Pk


class Customer(Base):
    """A person who has spoken to the bot; known by the Telegram account, nothing to register.

    `country` is where the last address was, `currency` the one they chose to see prices in (NULL: the shop's). Between the hours `quiet_from` and `quiet_until` of their zone nothing makes a sound; NULL: never quiet.
    """

    __tablename__ = "customers"

    id: Mapped[Pk]
    telegram_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    name: Mapped[str] = mapped_column(String(128), default="")
    username: Mapped[str | None] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16), default="en")
    timezone: Mapped[str | None] = mapped_column(String(64))
    country: Mapped[str | None] = mapped_column(String(2))
    currency: Mapped[Currency | None]
    quiet_from: Mapped[int | None] = mapped_column(SmallInteger, default=22)
    quiet_until: Mapped[int | None] = mapped_column(SmallInteger, default=8)
    wants_parcels: Mapped[bool] = mapped_column(Boolean, default=True)
    wants_reminders: Mapped[bool] = mapped_column(Boolean, default=True)
    wants_offers: Mapped[bool] = mapped_column(Boolean, default=True)
    blocked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Address(Base):
    """Immutable but for its label and its point on the map: an edit makes a new row, so that what an order was sent to never changes."""

    __tablename__ = "addresses"

    id: Mapped[Pk]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    country: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(String(128), default="")
    city: Mapped[str] = mapped_column(String(128))
    postcode: Mapped[str] = mapped_column(String(32), default="")
    street: Mapped[str] = mapped_column(String(255))
    area: Mapped[str] = mapped_column(String(128), default="")  # a district or neighbourhood, where addresses have one
    label: Mapped[str] = mapped_column(String(32), default="")  # what the customer calls it
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
