"""What a customer has seen of an order before placing it, and what has become different since, line by line. Pure.

What they changed themselves (a quantity, the address, the way of delivery) is no news to them and is not named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from store.carts import CartLineView, CartView
from store.delivery import DeliveryOption
from store.models.base import Texts

Seen = Mapping[str, Any]


class What(StrEnum):
    PRICE = "price"  # of one piece
    DELIVERY = "delivery"  # what the same way to the same address costs


@dataclass(frozen=True, slots=True)
class Change:
    what: What
    title: Texts
    was_minor: int
    is_minor: int
    variant_title: Texts | None = None


def snapshot(cart: CartView, delivery: DeliveryOption | None, address_id: int | None) -> dict[str, Any]:
    """What is worth comparing of what is on the screen; as JSON."""
    lines = {str(line.variant_id): [line.quantity, line.unit_minor] for line in cart.lines}
    if delivery is None or delivery.is_from:
        return {"lines": lines}
    way = {"method_id": delivery.method_id, "address_id": address_id, "price_minor": delivery.price_minor}
    return {"lines": lines, "delivery": way | {"title": delivery.title}}


def changes(
    seen: Seen | None, cart: CartView, delivery: DeliveryOption | None, address_id: int | None
) -> tuple[Change, ...]:
    """What costs something else than when it was *seen*, or than when it was put into the cart."""
    lines = seen["lines"] if seen else {}
    prices = [change for line in cart.lines if (change := _price(lines.get(str(line.variant_id)), line))]
    return (*prices, *(_delivery(seen, cart, delivery, address_id) if seen else ()))


def dropped_delivery(seen: Seen | None, address_id: int | None) -> Texts | None:
    """The title of the way of delivery that was seen for this very address and is not offered any more."""
    way = (seen or {}).get("delivery")
    return way["title"] if way and way["address_id"] == address_id else None


def _price(before: list[int] | None, line: CartLineView) -> Change | None:
    """Another quantity may have another price: whoever chose it has read it in the cart."""
    was_minor = before[1] if before and before[0] == line.quantity else line.seen_minor
    if was_minor is None or was_minor == line.unit_minor:
        return None
    return Change(What.PRICE, line.title, was_minor, line.unit_minor, line.variant_title)


def _delivery(seen: Seen, cart: CartView, delivery: DeliveryOption | None, address_id: int | None) -> Iterator[Change]:
    before, now = seen.get("delivery"), snapshot(cart, delivery, address_id).get("delivery")
    if not before or not now:
        return
    is_same_way = all(before[key] == now[key] for key in ("method_id", "address_id"))
    has_same_goods = {key: line[0] for key, line in seen["lines"].items()} == _quantities(cart)
    if is_same_way and has_same_goods and before["price_minor"] != now["price_minor"]:
        yield Change(What.DELIVERY, now["title"], before["price_minor"], now["price_minor"])


def _quantities(cart: CartView) -> dict[str, int]:
    return {str(line.variant_id): line.quantity for line in cart.lines}
