"""The people who buy, and where their parcels go."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import address_rules, typed
from store.address_rules import Part
from store.countries import country_code
from store.db import affected
from store.errors import BadInput, NotFound
from store.models import Address, Customer
from store.upsert import insert_ignoring

SAVED_ADDRESSES = 10
LABEL_MAX = 16

_BY_ACCOUNT = select(Customer).where(Customer.telegram_id == bindparam("telegram_id"))


async def find(session: AsyncSession, telegram_id: int) -> Customer | None:
    """The customer behind a Telegram account, if they have ever spoken to the shop."""
    found: Customer | None = await session.scalar(_BY_ACCOUNT, {"telegram_id": telegram_id})
    return found


async def identify(
    session: AsyncSession, telegram_id: int, *, name: str, username: str | None, language: str | None, now: datetime
) -> Customer:
    """The customer behind a Telegram account, made when new, with today's name.

    The language is taken over once, at the first meeting: `set_language` is for those who chose another since.
    """
    seen = {"name": typed.readable(name, maximum=128), "username": username[:64] if username else None}
    customer = await find(session, telegram_id)
    if customer is None:
        first = {"telegram_id": telegram_id, "language": (language or "en")[:16], "created_at": now}
        await insert_ignoring(session, Customer, **first, **seen)
        customer = (await session.scalars(select(Customer).where(Customer.telegram_id == telegram_id))).one()
    if (customer.name, customer.username) != (seen["name"], seen["username"]):
        customer.name, customer.username = seen["name"] or "", seen["username"]
        await session.flush()
    return customer


async def set_language(session: AsyncSession, customer_id: int, language: str) -> None:
    """The shop speaks *language* with this customer from now on."""
    await session.execute(update(Customer).where(Customer.id == customer_id).values(language=language[:16]))


async def mark_blocked(session: AsyncSession, telegram_id: int, *, blocked: bool, now: datetime) -> None:
    """Whether the customer has blocked the bot. The first moment of being blocked is kept."""
    change = update(Customer).where(Customer.telegram_id == telegram_id, Customer.blocked_at.is_(None) == blocked)
    await session.execute(change.values(blocked_at=now if blocked else None))


async def addresses(session: AsyncSession, customer_id: int) -> list[Address]:
    """What the customer may choose from, newest first, at most SAVED_ADDRESSES."""
    rows = await session.scalars(
        select(Address)
        .where(Address.customer_id == customer_id, Address.archived_at.is_(None))
        .order_by(Address.id.desc())
        .limit(SAVED_ADDRESSES)
    )
    return list(rows)


async def address_of(session: AsyncSession, customer_id: int, address_id: int) -> Address:
    """One of the customer's own that is not removed. Raises: NotFound, for somebody else's too."""
    found: Address | None = await session.scalar(_own(customer_id, address_id))
    if found is None:
        raise NotFound(what="address")
    return found


def _own(customer_id: int, address_id: int) -> Select[Any]:
    return select(Address).where(
        Address.id == address_id, Address.customer_id == customer_id, Address.archived_at.is_(None)
    )


async def add_address(
    session: AsyncSession,
    customer_id: int,
    *,
    country: str,
    street: str,
    city: str = "",
    postcode: str = "",
    region: str = "",
    area: str = "",
    now: datetime,
) -> Address:
    """The address is saved; one that the customer has already is given back instead. *country* is a code or a name.

    What a country requires besides the street and its city is the conversation's to ask for: the rules may be older than the country's own.
    Raises: BadInput(field, reason) for country, region, city, area, street, postcode.
    """
    code = country_code(country)
    if code is None:
        raise BadInput(field="country", reason="unknown")
    has_city = Part.CITY in address_rules.form(code).required
    parts = {
        "country": code,
        "city": typed.line(city, "city", maximum=128, minimum=int(has_city)),
        "street": typed.line(street, "street", maximum=255),
        "postcode": _postcode(postcode),
        "region": typed.line(region, "region", maximum=128, minimum=0),
        "area": typed.line(area, "area", maximum=128, minimum=0),
    }
    # Without a zone of their own, a customer is told times by the clock of this country.
    await session.execute(update(Customer).where(Customer.id == customer_id).values(country=code))
    for saved in await addresses(session, customer_id):
        if all(getattr(saved, field) == text for field, text in parts.items()):
            return saved
    address = Address(customer_id=customer_id, created_at=now, **parts)
    session.add(address)
    await session.flush()
    return address


def clean_part(part: Part, text: str) -> str:
    """A part of an address as it would be saved. Raises: BadInput(field, reason)."""
    if part is Part.POSTCODE:
        return _postcode(text)
    return typed.line(text, part.value, maximum=255 if part is Part.STREET else 128)


def _postcode(text: str) -> str:
    clean = typed.line(text, "postcode", maximum=16, minimum=0).upper()
    if not all(character.isalnum() or character in " -" for character in clean):
        raise BadInput(field="postcode", reason="unreadable")
    return clean


async def replace_address(session: AsyncSession, customer_id: int, old_id: int, new_id: int, *, now: datetime) -> None:
    """The new address stands in place of the old one and takes over its label. Where the old one is gone already, nothing happens.

    A point on the map belongs to the old place and does not move with it.
    """
    old = await session.scalar(_own(customer_id, old_id))
    if old is None or old_id == new_id:
        return
    new = await address_of(session, customer_id, new_id)
    new.label = new.label or old.label
    await archive_address(session, customer_id, old_id, now=now)


async def archive_address(session: AsyncSession, customer_id: int, address_id: int, *, now: datetime) -> bool:
    """It is offered no more; a checkout that has chosen it keeps it. Whether it was there."""
    there = update(Address).where(
        Address.id == address_id, Address.customer_id == customer_id, Address.archived_at.is_(None)
    )
    return await affected(session, there.values(archived_at=now)) == 1


async def label_address(session: AsyncSession, customer_id: int, address_id: int, label: str) -> None:
    """What the customer calls it; an empty text takes the name away. Raises: NotFound, BadInput(field="label")."""
    address = await address_of(session, customer_id, address_id)
    address.label = typed.line(label, "label", maximum=LABEL_MAX, minimum=0)


async def point_address(
    session: AsyncSession,
    customer_id: int,
    address_id: int,
    point: tuple[float, float] | None,
) -> None:
    """Where exactly it is on the map, as (latitude, longitude) in degrees; None takes it away. Raises: NotFound, BadInput(field="point")."""
    address = await address_of(session, customer_id, address_id)
    latitude, longitude = point or (None, None)
    if latitude is not None and longitude is not None and not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise BadInput(field="point", reason="nowhere")
    address.latitude, address.longitude = latitude, longitude
