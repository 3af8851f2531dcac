"""How goods can reach a customer, and what that costs: the delivery methods with their zones, matched to a cart and an address."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.carts import CartView
from store.models import DeliveryMethod, DeliveryZone
from store.models.base import Texts

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


_METHODS = (
    select(DeliveryMethod, DeliveryZone)
    .join(DeliveryZone, DeliveryZone.method_id == DeliveryMethod.id)
    .where(DeliveryMethod.is_active, DeliveryMethod.kind.in_(bindparam("kinds", expanding=True)))
    .where(DeliveryZone.currency == bindparam("currency"))
    .order_by(DeliveryMethod.position, DeliveryMethod.id, DeliveryZone.id)
)


async def options(
    session: AsyncSession, cart: CartView, *, country: str | None, postcode: str = ""
) -> list[DeliveryOption]:
    """The methods that take this cart to this address, in the shop's order; to anywhere, when *country* is None. Nothing when none does."""
    kinds = (DIGITAL,) if cart.is_digital else (COURIER, PICKUP)
    methods: dict[DeliveryMethod, list[DeliveryZone]] = {}
    for method, zone in await session.execute(_METHODS, {"kinds": kinds, "currency": cart.currency}):
        methods.setdefault(method, []).append(zone)
    found = [_option(method, zones, cart, country, postcode) for method, zones in methods.items()]
    return [option for option in found if option is not None]


def _option(
    method: DeliveryMethod, zones: list[DeliveryZone], cart: CartView, country: str | None, postcode: str
) -> DeliveryOption | None:
    is_from = method.kind == COURIER and country is None
    if not is_from:
        zones = _most_specific(zones, country, postcode)
    zones = [zone for zone in zones if zone.max_weight_g is None or cart.weight_g <= zone.max_weight_g]
    if not zones:
        return None
    return DeliveryOption(
        method_id=method.id,
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


def _most_specific(zones: Iterable[DeliveryZone], country: str | None, postcode: str) -> list[DeliveryZone]:
    """The zones of the address that share the longest postcode prefix, then those that name the country.

    Several are weight bands of one place. What is too heavy for a place does not travel at the price of a larger one around it.
    """
    code = _bare(postcode)
    around = [zone for zone in zones if zone.country in (country, "*") and code.startswith(_bare(zone.postcode_prefix))]
    best = max((_specificity(zone) for zone in around), default=None)
    return [zone for zone in around if _specificity(zone) == best]


def _specificity(zone: DeliveryZone) -> tuple[int, bool]:
    return len(_bare(zone.postcode_prefix)), zone.country != "*"


def _bare(postcode: str) -> str:
    return "".join(character for character in postcode.upper() if character.isalnum())


def price(zone: DeliveryZone, cart: CartView) -> int:
    """Minor units for this cart in this zone: the first kilogram, then each one begun; nothing from `free_over_minor` of goods on."""
    if zone.free_over_minor is not None and cart.subtotal_minor >= zone.free_over_minor:
        return 0
    more_kg = max(0, -(-cart.weight_g // _KG_G) - 1)
    return zone.price_minor + zone.per_kg_minor * more_kg
