"""What a customer wants to be told, when it may make a sound, and by which clock. News of their orders that matter always come."""

from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import affected
from store.errors import BadInput
from store.models import Customer
from store.zones import is_zone


class Topic(StrEnum):
    """PARCELS: a parcel's small steps. REMINDERS: what is left in the cart. OFFERS: prices that fell, and what the shop praises."""

    PARCELS = "parcels"
    REMINDERS = "reminders"
    OFFERS = "offers"

    @property
    def column(self) -> str:
        return f"wants_{self}"


# What the shop says of its own accord, to sell something.
MARKETING = (Topic.REMINDERS, Topic.OFFERS)


def wants(customer: Customer, topic: Topic) -> bool:
    """Whether the customer is told of this."""
    return bool(getattr(customer, topic.column))


async def set_topic(session: AsyncSession, customer_id: int, topic: Topic, *, wanted: bool) -> None:
    """The customer is told of this topic from now on, or not any more."""
    await _change(session, customer_id, **{topic.column: wanted})


async def stop_marketing(session: AsyncSession, customer_id: int) -> bool:
    """Nothing is praised to the customer any more; whether anything was until now."""
    wanted = Customer.wants_reminders | Customer.wants_offers
    silenced = update(Customer).where(Customer.id == customer_id, wanted)
    return bool(await affected(session, silenced.values({topic.column: False for topic in MARKETING})))


async def set_quiet_hours(session: AsyncSession, customer_id: int, hours: tuple[int, int] | None) -> None:
    """Between these two full hours of the customer's clock nothing makes a sound; None: always with sound. Raises: BadInput(field="hours")."""
    if hours is not None and not all(0 <= hour <= 23 for hour in hours):
        raise BadInput(field="hours", reason="unknown")
    quiet_from, quiet_until = hours or (None, None)
    await _change(session, customer_id, quiet_from=quiet_from, quiet_until=quiet_until)


async def set_timezone(session: AsyncSession, customer_id: int, zone: str | None) -> None:
    """The customer is told times by this clock; None: by that of the country their parcels go to. Raises: BadInput(field="zone")."""
    if zone is not None and not (len(zone) <= 64 and is_zone(zone)):
        raise BadInput(field="zone", reason="unknown")
    await _change(session, customer_id, timezone=zone)


async def customer(session: AsyncSession, customer_id: int) -> Customer:
    """The customer with the settings as they are now."""
    found = await session.scalars(
        select(Customer).where(Customer.id == customer_id).execution_options(populate_existing=True)
    )
    return found.one()


async def _change(session: AsyncSession, customer_id: int, **values: object) -> None:
    await session.execute(
        update(Customer).where(Customer.id == customer_id).values(**values).execution_options(synchronize_session=False)
    )
