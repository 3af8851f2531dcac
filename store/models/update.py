from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Status


class BotUpdate(Base):
    """What Telegram sent, as far as it must be remembered. `status`: kept → done | set_aside.

    `acted_at` is the mark: the first write transaction of its handling has committed, and no other one may act for it. A
    row that is kept has its `payload`, with which it is handled by whoever holds the lease (`claimed_by`, `claimed_until`).
    """

    __tablename__ = "bot_updates"
    __table_args__ = (Index("ix_bot_updates_status", "status", "received_at"),)

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    status: Mapped[Status]
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    tries: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_until: Mapped[datetime | None]
    received_at: Mapped[datetime]
    acted_at: Mapped[datetime | None]
    reference: Mapped[str | None] = mapped_column(String(16))  # under which the log tells what failed
    last_error: Mapped[str | None] = mapped_column(String(255))
