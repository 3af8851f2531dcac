from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Pk, Status


class OutboxEvent(Base):
    """A fact the world must hear, written in the transaction that made it true. `subject` ("order:12") orders what concerns the same thing."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_waiting", "routed_at", "id"),)

    id: Mapped[Pk]
    type: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    routed_at: Mapped[datetime | None]


class Delivery(Base):
    """One notification for one chat. `status`: waiting → sending → sent | skipped (blocked, outdated) | failed (gave up, reported).

    Claimed with a lease (`claimed_by`, `claimed_until`) while it waits and while it is sent; within a chat the lowest id goes first.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("event_id", "route", "chat_id"),
        Index("ix_deliveries_due", "status", "available_at", "id"),
        Index("ix_deliveries_oldest", "status", "id"),
        Index("ix_deliveries_heard", "chat_id", "sent_at"),
    )

    id: Mapped[Pk]
    event_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
    route: Mapped[str] = mapped_column(String(64))
    chat_id: Mapped[int] = mapped_column(BigInteger)
    language: Mapped[str | None] = mapped_column(String(16))
    status: Mapped[Status] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    available_at: Mapped[datetime]
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    last_error: Mapped[str | None] = mapped_column(String(255))


class ChatMessage(Base):
    """Where a thing's living message is: the staff card of an order, the buyer's timeline, the pay message. Edited in place as long as Telegram lets us."""

    __tablename__ = "chat_messages"
    __table_args__ = (UniqueConstraint("chat_id", "slot"), Index("ix_chat_messages_place", "chat_id", "message_id"))

    id: Mapped[Pk]
    chat_id: Mapped[int] = mapped_column(BigInteger)
    slot: Mapped[str] = mapped_column(String(64))  # "card:12", "order:12"
    message_id: Mapped[int] = mapped_column(BigInteger)
    has_picture: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime]


class SendingPace(Base):
    """How much of a budget all processes together have used: *free_at* is the moment from which on the next message may be sent."""

    __tablename__ = "sending_paces"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    free_at: Mapped[datetime]
