"""How goods can reach a customer, and what that costs: the delivery methods with their zones, matched to a cart and an address."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeAlias

from sqlalchemy import Row, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.carts import CartView
from store.models import DeliveryMethod, DeliveryZone
from store.models.base import Texts, table

COURIER, PICKUP, DIGITAL = "courier", "pickup", "digital"
_KG_G = 1000


@dataclass(frozen=True, slots=True)
class DeliveryOption:
    """A method with its price for this cart. While the address is unknown, a courier's price is a least one: `is_from`."""

    method_id: int
    code: str
    kind: str
    carrier: str | None
    title: Texts
    details: Texts
    price_minor: int
    currency: str
    min_days: int
    max_days: int
    is_from: bool = False


# A zone with its method's columns beside its own.
Zone: TypeAlias = Row[Any]

_method, _zone = table(DeliveryMethod).c, table(DeliveryZone).c
_ZONES = (
    select(_method.code, _method.kind, _method.carrier, _method.title, _method.details, *_zone)
    .join_from(table(DeliveryMethod), table(DeliveryZone), _zone.method_id == _method.id)
    .where(_method.is_active, _method.kind.in_(bindparam("kinds", expanding=True)))
    # What is sent as a message or fetched for nothing costs nothing in any currency. A courier's free zone may stand beside dearer ones.
    .where(or_(_zone.currency == bindparam("currency"), and_(_method.kind != COURIER, _zone.price_minor == 0)))
    .order_by(_method.position, _method.id, _zone.id)
)


async def countries(session: AsyncSession) -> list[str]:
    """Those that the zones of the methods on offer name."""
    named = (
        select(_zone.country)
        .join_from(table(DeliveryZone), table(DeliveryMethod), _zone.method_id == _method.id)
        .where(_method.is_active, _zone.country != "*")
        .distinct()
        .order_by(_zone.country)
    )
    return list(await session.scalars(named))


async def options(
    session: AsyncSession, cart: CartView, *, country: str | None, postcode: str = ""
) -> list[DeliveryOption]:
    """The methods that take this cart to this address, in the shop's order; to anywhere, when *country* is None. Nothing when none does."""
    kinds = (DIGITAL,) if cart.is_digital else (COURIER, PICKUP)
    rows = await session.execute(_ZONES, {"kinds": kinds, "currency": cart.currency})
    methods = [_in_currency(list(zones), cart.currency) for _, zones in groupby(rows, key=attrgetter("method_id"))]
    found = [_option(zones, cart, country, postcode) for zones in methods]
    return [option for option in found if option is not None]


async def days(session: AsyncSession) -> list[tuple[Texts, int, int]]:
    """How long each method on offer takes, in the shop's order: its title, and the fewest and the most days to anywhere."""
    rows = await session.execute(
        select(_method.title, func.min(_zone.min_days).label("fewest"), func.max(_zone.max_days).label("most"))
        .join_from(table(DeliveryMethod), table(DeliveryZone), _zone.method_id == _method.id)
        .where(_method.is_active, _method.kind == COURIER)
        .group_by(_method.id)
        .order_by(_method.position, _method.id)
    )
    return [(row.title, row.fewest, row.most) for row in rows if row.most]


def _in_currency(zones: list[Zone], currency: str) -> list[Zone]:
    """The method's own prices in this currency, where it has any."""
    return [zone for zone in zones if zone.currency == currency] or zones


def _option(zones: list[Zone], cart: CartView, country: str | None, postcode: str) -> DeliveryOption | None:
    method = zones[0]
    is_from = method.kind == COURIER and country is None
    if not is_from:
        zones = _most_specific(zones, country, postcode)
    zones = [zone for zone in zones if zone.max_weight_g is None or cart.weight_g <= zone.max_weight_g]
    if not zones:
        return None
    return DeliveryOption(
        method_id=method.method_id,
        code=method.code,
        kind=method.kind,
        carrier=method.carrier,
        title=method.title,
        details=method.details,
        price_minor=min(price(zone, cart) for zone in zones),
        currency=cart.currency,
        min_days=min(zone.min_days for zone in zones),
        max_days=max(zone.max_days for zone in zones),
        is_from=is_from,
    )


def _most_specific(zones: Iterable[Zone], country: str | None, postcode: str) -> list[Zone]:
    """The zones of the address that share the longest postcode prefix, then those that name the country.

    Several are weight bands of one place. What is too heavy for a place does not travel at the price of a larger one around it.
    """
    code = _bare(postcode)
    around = [zone for zone in zones if zone.country in (country, "*") and code.startswith(_bare(zone.postcode_prefix))]
    best = max((_specificity(zone) for zone in around), default=None)
    return [zone for zone in around if _specificity(zone) == best]


def _specificity(zone: Zone) -> tuple[int, bool]:
    return len(_bare(zone.postcode_prefix)), zone.country != "*"


def _bare(postcode: str) -> str:
    return "".join(character for character in postcode.upper() if character.isalnum())


def price(zone: Zone, cart: CartView) -> int:
    """Minor units for this cart in this zone: the first kilogram, then each one begun; nothing from `free_over_minor` of goods on."""
    if zone.free_over_minor is not None and cart.subtotal_minor >= zone.free_over_minor:
        return 0
    more_kg = max(0, -(-cart.weight_g // _KG_G) - 1)
    return int(zone.price_minor + zone.per_kg_minor * more_kg)
