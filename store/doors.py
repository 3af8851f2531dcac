"""Whether the shop takes orders now, and from which sum on. Browsing and carts are never closed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from store import hours
from store.errors import BelowMinimum, ShopClosed
from store.models.base import Hours, Texts


class HasDoors(Protocol):
    """A seller's row, and what screens know of it."""

    @property
    def timezone(self) -> str: ...

    @property
    def opening_hours(self) -> Hours | None: ...

    @property
    def closed_until(self) -> datetime | None: ...

    @property
    def closed_message(self) -> Texts | None: ...

    @property
    def minimum_minor(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Closed:
    """*message* is what the merchant says about a holiday."""

    opens_at: datetime
    message: Texts


def closed(shop: HasDoors, now: datetime) -> Closed | None:
    """None while it is open."""
    if shop.closed_until is not None and now < shop.closed_until:
        later = hours.opens_at(shop.opening_hours, shop.timezone, shop.closed_until)
        return Closed(later or shop.closed_until, shop.closed_message or {})
    opens_at = hours.opens_at(shop.opening_hours, shop.timezone, now)
    return Closed(opens_at, {}) if opens_at is not None else None


def check(shop: HasDoors, subtotal_minor: int, currency: str, *, now: datetime) -> None:
    """Raises: ShopClosed, BelowMinimum."""
    if (shut := closed(shop, now)) is not None:
        raise ShopClosed(opens_at=shut.opens_at, message=shut.message, zone=shop.timezone)
    if subtotal_minor < (shop.minimum_minor or 0):
        raise BelowMinimum(minimum_minor=shop.minimum_minor, subtotal_minor=subtotal_minor, currency=currency)
