from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Blob, Currency, Minor, Pk, Status, version_column


class PaymentAttempt(Base):
    """One try to get a group of orders paid through one gateway. Its row id is minted and committed before the provider is called: it is the idempotency key.

    `active_slot` is 1 while the attempt may still be paid on purpose and NULL afterwards: one live attempt per group.
    `captured_minor` and `refunded_minor` are sums over payment events; `refund_reserved_minor` counts what refunds have claimed, so that they never exceed what was captured.
    """

    __tablename__ = "payment_attempts"
    __table_args__ = (
        UniqueConstraint("group_id", "active_slot"),
        UniqueConstraint("gateway", "account", "merchant_ref"),
        UniqueConstraint("gateway", "account", "provider_ref"),
        # A notification names the reference before anybody knows the account; what is due is due in any status.
        Index("ix_payment_attempts_ref", "merchant_ref"),
        Index("ix_payment_attempts_due", "next_check_at"),
        CheckConstraint("refund_reserved_minor >= 0", "reserved_not_negative"),
        CheckConstraint("refund_reserved_minor <= captured_minor", "not_over_refunded"),
    )

    id: Mapped[Pk]
    group_id: Mapped[int] = mapped_column(ForeignKey("order_groups.id"))
    gateway: Mapped[str] = mapped_column(String(32))
    account: Mapped[str] = mapped_column(String(64), default="")
    status: Mapped[Status] = mapped_column(default="created")
    active_slot: Mapped[int | None] = mapped_column(SmallInteger, default=1)
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    merchant_ref: Mapped[str] = mapped_column(String(64))
    provider_ref: Mapped[str | None]
    pay_url: Mapped[str | None] = mapped_column(String(2048))
    pay_qr: Mapped[str | None] = mapped_column(String(1024))  # what another device scans, where the provider gives that
    linked_at: Mapped[datetime | None]
    captured_minor: Mapped[Minor] = mapped_column(default=0)
    refund_reserved_minor: Mapped[Minor] = mapped_column(default=0)
    refunded_minor: Mapped[Minor] = mapped_column(default=0)
    expires_at: Mapped[datetime | None]
    next_check_at: Mapped[datetime | None]
    checks: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    version: Mapped[int] = version_column()


class ProviderEventRow(Base):
    """What a provider said, raw, before anything is made of it. Committed on its own: evidence survives whatever follows.

    `status`: new → applied | ignored (nothing to do) | early (waits for the money it speaks of) | quarantined (a person must look).
    """

    __tablename__ = "provider_events"
    __table_args__ = (
        UniqueConstraint("gateway", "account", "event_key"),
        Index("ix_provider_events_status", "status", "received_at"),
        Index("ix_provider_events_ref", "merchant_ref"),
    )

    id: Mapped[Pk]
    gateway: Mapped[str] = mapped_column(String(32))
    account: Mapped[str] = mapped_column(String(64), default="")
    event_key: Mapped[str] = mapped_column(String(191))
    kind: Mapped[Status]
    merchant_ref: Mapped[str] = mapped_column(String(64))
    provider_ref: Mapped[str | None]
    refund_ref: Mapped[str | None] = mapped_column(String(64))  # of which refund of ours the fact speaks
    amount_minor: Mapped[Minor | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    occurred_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(16))  # webhook query return staff
    raw: Mapped[bytes] = mapped_column(Blob)
    headers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    received_at: Mapped[datetime]
    status: Mapped[Status] = mapped_column(default="new")
    reason: Mapped[str | None] = mapped_column(String(64))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("payment_attempts.id"))


class PaymentEvent(Base):
    """The ledger: append-only facts about money. `kind`: captured refunded chargeback refund_reversed refund_failed failed cancelled expired; `amount_minor` ≥ 0."""

    __tablename__ = "payment_events"
    __table_args__ = (UniqueConstraint("attempt_id", "kind", "event_key"),)

    id: Mapped[Pk]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("payment_attempts.id"))
    provider_event_id: Mapped[int | None] = mapped_column(ForeignKey("provider_events.id"))
    kind: Mapped[Status]
    event_key: Mapped[str] = mapped_column(String(191))
    amount_minor: Mapped[Minor] = mapped_column(default=0)
    currency: Mapped[Currency]
    occurred_at: Mapped[datetime]
    created_at: Mapped[datetime]


class Refund(Base):
    """Money on its way back, always to the attempt that took it. The row id is the provider's idempotency key.

    `requested` → `submitting` → `pending` → `succeeded` | `failed`; `unknown` after a lost answer: only a query, or the same key again, resolves it.
    `succeeded` → `reversed` when it came back. `provider` and `chargeback` went back without us: they begin as `succeeded`.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        Index("ix_refunds_due", "status", "next_check_at"),
        CheckConstraint("amount_minor > 0", "amount_positive"),
    )

    id: Mapped[Pk]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("payment_attempts.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    status: Mapped[Status] = mapped_column(default="requested")
    reason: Mapped[str] = mapped_column(String(32))  # cancelled late duplicate over short staff provider chargeback
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    merchant_ref: Mapped[str] = mapped_column(String(64), unique=True)
    provider_ref: Mapped[str | None]
    requested_by: Mapped[str] = mapped_column(String(64))
    error: Mapped[str | None] = mapped_column(String(255))
    next_check_at: Mapped[datetime | None]
    checks: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    version: Mapped[int] = version_column()


class StatementMark(Base):
    """How far an account's list of what moved has been read, and when it is read again."""

    __tablename__ = "statement_marks"

    gateway: Mapped[str] = mapped_column(String(32), primary_key=True)
    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime]
    due_at: Mapped[datetime]
