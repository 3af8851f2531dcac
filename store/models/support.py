from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Pk, Status


class SupportThread(Base):
    """A customer's conversation with the people of the shop. `open_slot` is 1 while it is open and NULL afterwards: one open thread a customer.

    `waiting_since` is the moment of the first word that nobody has answered yet; `last_side` says whose word was the last.
    `order_id` is the order that it is about at present, if it is about one.
    """

    __tablename__ = "support_threads"
    __table_args__ = (
        UniqueConstraint("customer_id", "open_slot"),
        Index("ix_support_threads_waiting", "open_slot", "waiting_since"),
    )

    id: Mapped[Pk]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    open_slot: Mapped[int | None] = mapped_column(SmallInteger, default=1)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(128))
    claimed_by: Mapped[int | None] = mapped_column(BigInteger)
    claimed_name: Mapped[str | None] = mapped_column(String(128))
    waiting_since: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    last_side: Mapped[Status | None]
    last_at: Mapped[datetime]


class SupportMessage(Base):
    """One message of a thread. `chat_id` and `message_id` say where its writer wrote it; where its copy stands is kept in `chat_messages` ("say:12").

    `kind` is Telegram's name for its content, `text` its words (of a picture: the caption). Files are known by `file_id` alone.
    Both numbers are NULL for a saved reply: nobody has typed it.
    """

    __tablename__ = "support_messages"
    __table_args__ = (UniqueConstraint("chat_id", "message_id"), Index("ix_support_messages_thread", "thread_id", "id"))

    id: Mapped[Pk]
    thread_id: Mapped[int] = mapped_column(ForeignKey("support_threads.id"))
    side: Mapped[Status]
    author_id: Mapped[int] = mapped_column(BigInteger)
    author_name: Mapped[str] = mapped_column(String(128), default="")
    kind: Mapped[Status]
    text: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[str | None] = mapped_column(String(255))
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    album: Mapped[str | None] = mapped_column(String(64))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("support_messages.id"), index=True)
    sent_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    lost_at: Mapped[datetime | None]


class SavedReply(Base):
    """What is answered often, written once. `{name}`, `{order}` and `{tracking}` in it are filled in for each customer."""

    __tablename__ = "saved_replies"
    __table_args__ = (UniqueConstraint("seller_id", "title"),)

    id: Mapped[Pk]
    seller_id: Mapped[int] = mapped_column(ForeignKey("sellers.id"))
    title: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    created_by: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
