from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Currency, Hours, Minor, Pk, Texts


class Seller(Base):
    """Who sells: today one; a marketplace adds rows, not columns."""

    __tablename__ = "sellers"

    id: Mapped[Pk]
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[Texts] = mapped_column(JSON)
    about: Mapped[Texts] = mapped_column(JSON, default=dict)
    currency: Mapped[Currency]
    language: Mapped[str] = mapped_column(String(16), default="en")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    created_at: Mapped[datetime]
    # Weekday ("0" is Monday) → spans ("09:00", "18:00"); None: always open. `store/hours.py` reads it.
    opening_hours: Mapped[Hours | None] = mapped_column(JSON(none_as_null=True))
    closed_until: Mapped[datetime | None]
    closed_message: Mapped[Texts | None] = mapped_column(JSON(none_as_null=True))
    minimum_minor: Mapped[Minor | None]  # the least that is ordered for
    # The group that an owner has confirmed; None: the one of the settings, if they name one.
    staff_chat_id: Mapped[int | None] = mapped_column(BigInteger)
    low_at: Mapped[int | None] = mapped_column(Integer)  # at how many pieces the stock of a new variant is low


class PriceList(Base):
    """A further currency that the shop sells in, at prices of its own (`prices`, `delivery_zones`); `minimum_minor` is the least that is ordered for in it."""

    __tablename__ = "price_lists"
    __table_args__ = (UniqueConstraint("seller_id", "currency"),)

    id: Mapped[Pk]
    seller_id: Mapped[int] = mapped_column(ForeignKey("sellers.id"))
    currency: Mapped[Currency]
    minimum_minor: Mapped[Minor | None]
    created_at: Mapped[datetime]


class StaffTopic(Base):
    """A topic of a staff group that is a forum: what it is for, and the thread that holds it."""

    __tablename__ = "staff_topics"
    __table_args__ = (UniqueConstraint("chat_id", "topic"),)

    id: Mapped[Pk]
    chat_id: Mapped[int] = mapped_column(BigInteger)
    topic: Mapped[str] = mapped_column(String(32))
    thread_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class StaffRole(Base):
    """What a Telegram account may do for a seller. `role` is one of `store.staff.Role`."""

    __tablename__ = "staff_roles"
    __table_args__ = (UniqueConstraint("seller_id", "telegram_id"),)

    id: Mapped[Pk]
    seller_id: Mapped[int] = mapped_column(ForeignKey("sellers.id"))
    telegram_id: Mapped[int] = mapped_column(BigInteger, index=True)
    name: Mapped[str] = mapped_column(String(128), default="")
    role: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
