"""What a cart looks like: its lines at today's prices and stock, in one currency."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import catalog, currencies
from store.models import CartLine, Price, Product, StockLevel, Variant
from store.models.base import Texts, table
from store.payments.telegram_facts import XTR


@dataclass(frozen=True, slots=True)
class CartLineView:
    """`unit_minor` is the price for this quantity, `seen_minor` what it was when the quantity was chosen; `total_minor` is 0 while the line is
    not for sale: it was withdrawn, or has no price in the cart's currency (`is_unpriced`). `weight_g` is of one piece.
    """

    variant_id: int
    product_id: int
    title: Texts
    variant_title: Texts
    picture: str | None
    quantity: int
    unit_minor: int
    total_minor: int
    free: int
    is_for_sale: bool
    kind: str
    weight_g: int
    sku: str = ""
    seen_minor: int | None = None
    is_unpriced: bool = False

    @property
    def is_problem(self) -> bool:
        return not self.is_for_sale or self.quantity > self.free


@dataclass(frozen=True, slots=True)
class CartView:
    """`id` is None while there is no cart: nothing was put in since the last order."""

    id: int | None
    version: int
    currency: str
    lines: tuple[CartLineView, ...]
    minimum_minor: int = 0  # the least that the shop takes an order for

    @property
    def missing_minor(self) -> int:
        """How much more has to be in it before it can be ordered."""
        return max(0, self.minimum_minor - self.subtotal_minor)

    @property
    def is_empty(self) -> bool:
        return not self.lines

    @property
    def is_digital(self) -> bool:
        """Everything in it is delivered as a message."""
        return bool(self.lines) and all(line.kind == "digital" for line in self.lines)

    @property
    def weight_g(self) -> int:
        """Of what has to be carried."""
        return sum(line.weight_g * line.quantity for line in self.lines if line.kind != "digital")

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def subtotal_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)

    @property
    def problems(self) -> tuple[CartLineView, ...]:
        """The lines that stand in the way of an order: withdrawn, or more than is free."""
        return tuple(line for line in self.lines if line.is_problem)


_line, _variant, _product, _price = (table(model).c for model in (CartLine, Variant, Product, Price))
_COLUMNS: tuple[Any, ...] = (
    _line.variant_id,
    _line.quantity,
    _line.seen_minor,
    _variant.product_id,
    _variant.sku,
    _variant.weight_g,
    _variant.title.label("variant_title"),
    and_(_variant.status == "active", _product.status == "active").label("is_active"),
    _product.title,
    _product.picture,
    _product.kind,
    _price.unit_minor,
    catalog.free_pieces().label("free"),
)
_TIER = and_(
    _price.variant_id == _line.variant_id,
    _price.currency == bindparam("currency"),
    _price.min_quantity <= _line.quantity,
)
_LINES = (
    select(*_COLUMNS)
    .select_from(table(CartLine))
    .join(table(Variant), _variant.id == _line.variant_id)
    .join(table(Product), _product.id == _variant.product_id)
    .outerjoin(table(Price), _TIER)
    .outerjoin(table(StockLevel), catalog.at_main_location(_line.variant_id))
    .where(_line.cart_id == bindparam("cart_id"))
    .order_by(_line.id, _price.min_quantity)
)


async def lines_in(session: AsyncSession, cart_id: int, currency: str) -> tuple[CartLineView, ...]:
    """The cart's lines at the prices of this currency; what has none in it is not for sale."""
    rows = await session.execute(_LINES, {"cart_id": cart_id, "currency": currency})
    # A line comes once per tier that it reaches, the greatest last: that one stays.
    highest_tiers = {row.variant_id: _view(row._mapping) for row in rows}
    return tuple(highest_tiers.values())


def _view(row: RowMapping) -> CartLineView:
    is_for_sale = bool(row["is_active"]) and row["unit_minor"] is not None
    unit_minor = row["unit_minor"] or 0
    return CartLineView(
        variant_id=row["variant_id"],
        product_id=row["product_id"],
        title=row["title"],
        variant_title=row["variant_title"],
        picture=row["picture"],
        quantity=row["quantity"],
        unit_minor=unit_minor,
        total_minor=unit_minor * row["quantity"] if is_for_sale else 0,
        free=row["free"],
        is_for_sale=is_for_sale,
        kind=row["kind"],
        weight_g=row["weight_g"],
        sku=row["sku"],
        seen_minor=row["seen_minor"],
        is_unpriced=bool(row["is_active"]) and row["unit_minor"] is None,
    )


async def elsewhere(session: AsyncSession, customer_id: int, cart: CartView) -> dict[str, int]:
    """Digital goods may have their price in Stars beside the one that the customer sees: nothing that is carried costs anything more then."""
    if not cart.is_digital or cart.id is None:
        return {}
    found: dict[str, int] = {}
    for currency in {await currencies.of(session, customer_id), XTR} - {cart.currency}:
        lines = await lines_in(session, cart.id, currency)
        if all(line.is_for_sale for line in lines):
            found[currency] = sum(line.total_minor for line in lines)
    return found
