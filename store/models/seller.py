from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Currency, Pk, Texts


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
