"""The books of the sandbox bank: what its pages, refunds and notifications look like, and the file they are kept in."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from store.payments.gateway import RefundOutcome

SANDBOX = "sandbox"


class Fault(StrEnum):
    """What goes wrong at the bank until it is told otherwise."""

    NONE = "none"
    DOWN = "down"  # does nothing and does not answer
    LOST_REPLY = "lost_reply"  # does what it is asked, but the answer is lost
    SILENT = "silent"  # sends no notifications


class RefundMode(StrEnum):
    OK = "ok"
    FAIL = "fail"
    SLOW = "slow"  # accepted at once, paid out five minutes later


class UnknownPage(LookupError):
    """The bank has no page with this reference."""


class PageClosed(Exception):
    """The page takes no more money."""


@dataclass(slots=True)
class Page:
    """What a customer sees at the bank."""

    ref: str
    id: str
    amount_minor: int
    currency: str
    title: str
    return_url: str | None
    expires_at: str | None
    captured_minor: int = 0
    is_closed: bool = False
    is_declined: bool = False
    gateway: str = SANDBOX  # as whom the bank speaks here: itself, or a provider that it plays

    @property
    def is_paid(self) -> bool:
        return self.captured_minor >= self.amount_minor

    def is_open(self, now: datetime) -> bool:
        is_over = self.expires_at is not None and datetime.fromisoformat(self.expires_at) <= now
        return not (self.is_paid or self.is_closed or self.is_declined or is_over)


@dataclass(slots=True)
class BankRefund:
    refund_ref: str
    ref: str
    id: str
    amount_minor: int
    outcome: RefundOutcome
    ready_at: str | None = None  # when a slow one is paid out


@dataclass(slots=True)
class Notice:
    """A fact that the shop must hear. `fact` is what is sent, and what a query answers."""

    fact: dict[str, Any]
    due_at: str | None  # None: delivered, or given up
    tries: int = 0


@dataclass(slots=True)
class Books:
    pages: dict[str, Page] = field(default_factory=dict)
    refunds: dict[str, BankRefund] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    refund_mode: RefundMode = RefundMode.OK
    fault: Fault = Fault.NONE


def read(path: Path) -> Books:
    """The books as they were saved. Raises: ValueError, KeyError, TypeError for a file that is not ours."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return Books(
        pages={ref: Page(**page) for ref, page in stored["pages"].items()},
        refunds={
            ref: BankRefund(**(refund | {"outcome": RefundOutcome(refund["outcome"])}))
            for ref, refund in stored["refunds"].items()
        },
        notices=[Notice(**notice) for notice in stored["notices"]],
        refund_mode=RefundMode(stored["refund_mode"]),
        fault=Fault(stored["fault"]),
    )


def save(books: Books, path: Path) -> None:
    """A kill leaves the old books or the new ones, never half of them."""
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(asdict(books)), encoding="utf-8")
    unfinished.replace(path)


def new_id(prefix: str) -> str:
    """Never seen before, also when the books were thrown away and the shop's were not."""
    return f"{prefix}_{secrets.token_hex(8)}"
