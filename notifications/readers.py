"""Who reads a message: by which clock, what they want to be told, and whether it is their night."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Customer
from store.preferences import Topic, wants
from store.zones import is_quiet, zone_of


@dataclass(frozen=True, slots=True)
class Reader:
    """*zone* is None for those of whom nothing is known: the shop's counts."""

    zone: str | None = None
    unwanted: frozenset[Topic] = frozenset()
    quiet_hours: tuple[int | None, int | None] = (None, None)

    def sleeps(self, shop_zone: str, now: datetime) -> bool:
        """Whether a sound would come in their quiet hours."""
        return is_quiet(*self.quiet_hours, self.zone or shop_zone, now)


NOBODY_KNOWN = Reader()
_READERS = select(Customer).where(Customer.telegram_id.in_(bindparam("chats", expanding=True)))


async def readers_of(session: AsyncSession, chats: Collection[int]) -> Mapping[int, Reader]:
    """The readers of private chats, in one question for all of them; the staff's group has none."""
    private = sorted({chat_id for chat_id in chats if chat_id > 0})
    if not private:
        return {}
    found = await session.scalars(_READERS, {"chats": private})
    return {customer.telegram_id: _reader(customer) for customer in found}


def _reader(customer: Customer) -> Reader:
    return Reader(
        zone_of(customer.timezone, customer.country, "") or None,
        frozenset(topic for topic in Topic if not wants(customer, topic)),
        (customer.quiet_from, customer.quiet_until),
    )
