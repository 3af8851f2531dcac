"""Who sells, as screens and notifications need it."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self

from bot.settings import Settings
from store.models import Customer, Seller
from store.models.base import Hours, Texts
from store.zones import zone_of


@dataclass(frozen=True, slots=True)
class SellerView:
    """`name` and `about` are the shop's own texts by language; `timezone` is an IANA name, for every moment that people read."""

    id: int
    slug: str
    name: Texts
    about: Texts
    currency: str
    language: str
    timezone: str
    staff_chat_id: int | None = None
    opening_hours: Hours | None = None
    closed_until: datetime | None = None
    closed_message: Texts | None = None
    minimum_minor: int | None = None
    low_at: int | None = None

    def zone_for(self, customer: Customer) -> str:
        """By whose clock a customer is told times."""
        return zone_of(customer.timezone, customer.country, self.timezone)

    @classmethod
    def of(cls, seller: Seller) -> Self:
        return cls(**{field.name: getattr(seller, field.name) for field in fields(cls)})

    def staff_chat(self, settings: Settings) -> int | None:
        """Where the staff is told things: the group of the settings, else the one that an owner has confirmed, else the owner's own chat."""
        return settings.staff_chat_id or self.staff_chat_id or settings.owner_id
