"""The rows of a new order, copied from what the customer saw: nothing shown on an order is ever read from the catalogue again. Pure."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from store import holds
from store.carts import CartLineView
from store.checkout import AddressView, CheckoutView
from store.models.base import Texts
from store.order_status import OrderStatus
from store.pricing import LineQuote, Quote


@dataclass(frozen=True, slots=True)
class Placing:
    """What is decided about an order before its first row is written. `quote` is the checkout's, recomputed just now."""

    customer_id: int
    seller_id: int
    language: str
    cart_id: int
    checkout: CheckoutView
    quote: Quote
    payment_method: str
    is_settled: bool  # nothing has to be paid before the merchant works on it
    expires_at: datetime | None
    now: datetime


def order_row(placing: Placing, *, number: str, group_id: int) -> dict[str, Any]:
    """An address that is not needed is left out: None would be written as JSON's null."""
    quote, confirmed_at = placing.quote, placing.now if placing.is_settled else None
    return {
        "number": number,
        "secret": secrets.token_hex(16),
        "cart_id": placing.cart_id,
        "group_id": group_id,
        "seller_id": placing.seller_id,
        "customer_id": placing.customer_id,
        "status": OrderStatus.CONFIRMED if placing.is_settled else OrderStatus.PENDING_PAYMENT,
        "payment_status": "unpaid" if quote.total_minor else "paid",
        "payment_method": placing.payment_method,
        "currency": quote.currency,
        "subtotal_minor": quote.subtotal_minor,
        "discount_minor": quote.discount_minor,
        "shipping_minor": quote.shipping_minor,
        "fee_minor": quote.fee_minor,
        "tax_minor": quote.tax_minor,
        "total_minor": quote.total_minor,
        "contact_name": placing.checkout.contact_name or "",
        "contact_phone": placing.checkout.contact_phone or "",
        "note": placing.checkout.note,
        "language": placing.language,
        "placed_at": placing.now,
        "expires_at": placing.expires_at,
        "remind_at": holds.remind_at(placing.now, placing.expires_at),
        "confirmed_at": confirmed_at,
    } | _delivery(placing.checkout)


def _delivery(checkout: CheckoutView) -> dict[str, Any]:
    option = checkout.delivery
    if option is None:
        raise ValueError("an order needs a way to its buyer")
    row: dict[str, Any] = {
        "delivery_kind": option.kind,
        "delivery_carrier": option.carrier,
        "delivery_title": option.title,
        "delivery_details": option.details,
        "delivery_min_days": option.min_days,
        "delivery_max_days": option.max_days,
    }
    if option.kind == "courier" and checkout.address is not None:
        row["address"] = _address(checkout.address)
    return row


def _address(address: AddressView) -> dict[str, Any]:
    """What somebody needs to find the place. What the customer calls it is nobody else's business."""
    return {name: value for name, value in asdict(address).items() if name not in ("id", "label") and value is not None}


def line_rows(placing: Placing, order_id: int, contents: Mapping[int, str | None]) -> list[dict[str, Any]]:
    """*contents* are what digital variants deliver, by variant id."""
    pairs = zip(placing.checkout.cart.lines, placing.quote.lines, strict=True)
    return [
        {"order_id": order_id, "position": position, "digital_content": contents.get(line.variant_id)}
        | _line(line, quoted)
        for position, (line, quoted) in enumerate(pairs, start=1)
    ]


def _line(line: CartLineView, quoted: LineQuote) -> dict[str, Any]:
    titles: dict[str, Texts] = {"product_title": line.title, "variant_title": line.variant_title}
    return titles | {
        "variant_id": line.variant_id,
        "sku": line.sku,
        "kind": line.kind,
        "picture": line.picture,
        "quantity": line.quantity,
        "unit_minor": quoted.unit_minor,
        "discount_minor": quoted.discount_minor,
        "tax_minor": quoted.tax_minor,
        "total_minor": quoted.total_minor,
        "weight_g": line.weight_g,
    }
