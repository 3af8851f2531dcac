"""When to ask a provider again: pure."""

from datetime import datetime, timedelta

_WAITS = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
)
_LAST_WAIT = timedelta(hours=24)
_LATE_MONEY = timedelta(hours=24)  # a closed page can still have taken money, and its notification can be lost


def backoff(checks: int) -> timedelta:
    """How long to wait after the *checks*-th question (0: none was asked yet)."""
    return _WAITS[checks] if checks < len(_WAITS) else _LAST_WAIT


def next_check(checks: int, *, now: datetime, expires_at: datetime | None) -> datetime | None:
    """When an attempt that was asked *checks* times is asked again; at the latest when it expires. None: its provider has nothing new to say."""
    due = now + backoff(checks)
    if expires_at is None:
        return due
    if now < expires_at:
        return min(due, expires_at)
    return due if due <= expires_at + _LATE_MONEY else None
