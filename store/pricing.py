"""What an order costs: pure, in integers, and the parts always sum to the whole.

Fixed order: unit price (with its quantity tier, in the cart) → lines → discount over the lines → shipping → fee → total. Prices include tax.
"""

from dataclasses import dataclass

from store.carts import CartLineView, CartView
from store.money import allocate


@dataclass(frozen=True, slots=True)
class LineQuote:
    """`total_minor` = unit × quantity − this line's share of the discount."""

    variant_id: int
    quantity: int
    unit_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class Quote:
    """`lines` stand in the order of the cart's. The sum of their totals is subtotal − discount."""

    currency: str
    lines: tuple[LineQuote, ...]
    subtotal_minor: int
    discount_minor: int
    shipping_minor: int
    fee_minor: int
    tax_minor: int
    total_minor: int


def quote(cart: CartView, *, shipping_minor: int, fee_minor: int = 0, discount_minor: int = 0) -> Quote:
    """The price of the whole. A discount is split by largest remainder, and never exceeds the goods."""
    subtotal_minor = cart.subtotal_minor
    discount_minor = min(discount_minor, subtotal_minor)
    shares = allocate(discount_minor, [line.total_minor for line in cart.lines]) if discount_minor else []
    return Quote(
        currency=cart.currency,
        lines=tuple(map(_line, cart.lines, shares or [0] * len(cart.lines))),
        subtotal_minor=subtotal_minor,
        discount_minor=discount_minor,
        shipping_minor=shipping_minor,
        fee_minor=fee_minor,
        tax_minor=0,
        total_minor=subtotal_minor - discount_minor + shipping_minor + fee_minor,
    )


def _line(line: CartLineView, discount_minor: int) -> LineQuote:
    return LineQuote(
        variant_id=line.variant_id,
        quantity=line.quantity,
        unit_minor=line.unit_minor,
        discount_minor=discount_minor,
        tax_minor=0,
        total_minor=line.total_minor - discount_minor,
    )
