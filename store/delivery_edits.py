"""The ways of delivery as the owner arranges them: methods, where each goes, and what that costs. Customers see what `store/delivery.py` finds."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, captions, typed
from store.audit import Actor
from store.countries import country_code
from store.db import new_id
from store.delivery import COURIER, DIGITAL, PICKUP
from store.errors import BadInput, NotFound
from store.models import DeliveryMethod, DeliveryZone
from store.models.base import Texts, table
from store.sellers import the_seller

KINDS = (COURIER, PICKUP, DIGITAL)
MAXIMUM_METHODS, MAXIMUM_ZONES = 20, 60
TITLE_MAX, DETAILS_MAX = 64, 300
EVERYWHERE = "*"
WEIGHT_MAX_G, DAYS_MAX = 10**7, 365
_EVERYWHERE = frozenset({"*", "everywhere", "world", "везде", "мир", "全球", "其他"})


@dataclass(frozen=True, slots=True)
class ZoneView:
    """`price_minor` is for the first kilogram; `country` "*" is everywhere else."""

    id: int
    country: str
    postcode_prefix: str
    max_weight_g: int | None
    currency: str
    price_minor: int
    per_kg_minor: int
    free_over_minor: int | None
    min_days: int
    max_days: int


@dataclass(frozen=True, slots=True)
class MethodView:
    id: int
    kind: str
    title: Texts
    details: Texts
    is_active: bool
    zones: tuple[ZoneView, ...]


_zone = table(DeliveryZone).c
_ZONE = (
    _zone.id,
    _zone.country,
    _zone.postcode_prefix,
    _zone.max_weight_g,
    _zone.currency,
    _zone.price_minor,
    _zone.per_kg_minor,
    _zone.free_over_minor,
    _zone.min_days,
    _zone.max_days,
)


async def methods(session: AsyncSession) -> list[MethodView]:
    """All of them, those that are switched off too, in the shop's order."""
    rows = list(await session.scalars(select(DeliveryMethod).order_by(DeliveryMethod.position, DeliveryMethod.id)))
    zones: dict[int, list[ZoneView]] = {}
    for method_id, *zone in await session.execute(select(_zone.method_id, *_ZONE).order_by(_zone.id)):
        zones.setdefault(method_id, []).append(ZoneView(*zone))
    return [_view(row, zones.get(row.id, ())) for row in rows]


def _view(row: DeliveryMethod, zones: Sequence[ZoneView]) -> MethodView:
    return MethodView(row.id, row.kind, row.title, row.details, row.is_active, tuple(zones))


async def method(session: AsyncSession, method_id: int) -> MethodView:
    """Raises: NotFound."""
    found = next((each for each in await methods(session) if each.id == method_id), None)
    if found is None:
        raise NotFound(kind="method")
    return found


async def zone(session: AsyncSession, zone_id: int) -> tuple[MethodView, ZoneView]:
    """With the method that it belongs to. Raises: NotFound."""
    for each in await methods(session):
        for here in each.zones:
            if here.id == zone_id:
                return each, here
    raise NotFound(kind="zone")


async def add(session: AsyncSession, kind: str, titles: Texts, *, actor: Actor, now: datetime) -> int:
    """There is one more way of delivery; its id. What is fetched or sent as a message goes everywhere, and costs nothing, from the start.

    Raises: BadInput(field="kind"), BadInput(field="methods", reason="too_many").
    """
    if kind not in KINDS:
        raise BadInput(field="kind", reason="unknown")
    if (await session.scalar(select(func.count(DeliveryMethod.id))) or 0) >= MAXIMUM_METHODS:
        raise BadInput(field="methods", reason="too_many", maximum=MAXIMUM_METHODS)
    seller = await the_seller(session)
    last = await session.scalar(select(func.max(DeliveryMethod.position)))
    row = {"seller_id": seller.id, "code": f"{kind}_{secrets.token_hex(4)}", "kind": kind, "title": titles}
    rest: dict[str, Any] = {"details": {}, "is_active": True, "position": (last or 0) + 1}
    method_id = await new_id(session, table(DeliveryMethod).insert(), row | rest)
    if kind != COURIER:
        await _new_zone(session, method_id, EVERYWHERE, 0, seller.currency, min_days=0, max_days=0)
    await audit.record(session, actor, "created", "delivery", method_id, now=now, kind=kind)
    return method_id


async def set_title(
    session: AsyncSession, method_id: int, language: str, text: str, *, actor: Actor, now: datetime
) -> None:
    """What it is called in this language. Raises: NotFound, BadInput(field="title")."""
    title = typed.line(text, "title", maximum=TITLE_MAX)
    found = await method(session, method_id)
    await _write(session, method_id, {"title": found.title | {language: title}}, actor, now)


async def set_details(
    session: AsyncSession, method_id: int, language: str, text: str, *, actor: Actor, now: datetime
) -> None:
    """What is told beside it in this language: a pick-up point's address and hours. Raises: NotFound, BadInput(field="details")."""
    details = typed.lines(text, "details", maximum=DETAILS_MAX, minimum=1)
    found = await method(session, method_id)
    await _write(session, method_id, {"details": found.details | {language: details}}, actor, now)


async def set_active(session: AsyncSession, method_id: int, is_active: bool, *, actor: Actor, now: datetime) -> None:
    """Whether customers may choose it; orders that did keep it. Raises: NotFound."""
    await method(session, method_id)
    await _write(session, method_id, {"is_active": is_active}, actor, now)


async def _write(session: AsyncSession, method_id: int, values: dict[str, Any], actor: Actor, now: datetime) -> None:
    changed = update(DeliveryMethod).where(DeliveryMethod.id == method_id).values(values)
    await session.execute(changed.execution_options(synchronize_session=False))
    session.expire_all()
    await audit.record(session, actor, "edited", "delivery", method_id, now=now, **values)


def read_zone(text: str, currencies: Sequence[str]) -> tuple[str, tuple[str, int]]:
    """ "PT 5.00", "Portugal 5 EUR", "* 12" → a country's code, and the price as `captions.price_in` reads it. Raises: BadInput(field="zone", reason="format"), BadInput(field="country")."""
    match = re.fullmatch(r"(.*?[^\d\s])\s+(\S.*)|(\*)\s*(\S.*)", typed.line(text, "zone", maximum=100))
    if match is None:
        raise BadInput(field="zone", reason="format")
    name, amount = match[1] or match[3], match[2] or match[4]
    code = EVERYWHERE if name.strip().casefold() in _EVERYWHERE else country_code(name)
    if code is None:
        raise BadInput(field="country", reason="unknown")
    try:
        return code, captions.price_in(amount, currencies)
    except BadInput:
        raise BadInput(field="zone", reason="format") from None


def read_days(text: str) -> tuple[int, int]:
    """ "2-4" or "3". Raises: BadInput(field="days", reason="format")."""
    match = re.fullmatch(r"(\d{1,3})(?:\s*[-–—]\s*(\d{1,3}))?", typed.line(text, "days", maximum=20))
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if not first <= last <= DAYS_MAX:
        raise BadInput(field="days", reason="format")
    return first, last


async def add_zone(
    session: AsyncSession, method_id: int, country: str, price: tuple[str, int], *, actor: Actor, now: datetime
) -> int:
    """The method goes to this country, for this price of a currency; the zone's id. Raises: NotFound, BadInput(field="zones", reason="too_many")."""
    found = await method(session, method_id)
    if len(found.zones) >= MAXIMUM_ZONES:
        raise BadInput(field="zones", reason="too_many", maximum=MAXIMUM_ZONES)
    currency, price_minor = price
    zone_id = await _new_zone(session, method_id, country, price_minor, currency, min_days=1, max_days=7)
    told = {"country": country, "price": price_minor, "currency": currency}
    await audit.record(session, actor, "zone_added", "delivery", method_id, now=now, **told)
    return zone_id


async def _new_zone(
    session: AsyncSession, method_id: int, country: str, price_minor: int, currency: str, **days: int
) -> int:
    row = {"method_id": method_id, "country": country, "postcode_prefix": "", "currency": currency, **days}
    return await new_id(session, table(DeliveryZone).insert(), row | {"price_minor": price_minor, "per_kg_minor": 0})


async def set_zone(session: AsyncSession, zone_id: int, *, actor: Actor, now: datetime, **values: Any) -> None:
    """These columns of the zone have these values. Raises: NotFound."""
    of, before = await zone(session, zone_id)
    await session.execute(
        update(DeliveryZone)
        .where(DeliveryZone.id == zone_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    was = {name: getattr(before, name) for name in values}
    await audit.record(session, actor, "zone_edited", "delivery", of.id, now=now, before=was, after=values)


async def remove_zone(session: AsyncSession, zone_id: int, *, actor: Actor, now: datetime) -> int:
    """The method does not go there any more; the method's id. Raises: NotFound."""
    of, gone = await zone(session, zone_id)
    await session.execute(delete(DeliveryZone).where(DeliveryZone.id == zone_id))
    await audit.record(session, actor, "zone_removed", "delivery", of.id, now=now, country=gone.country)
    return of.id
