"""Values for screens, without a database: a product, a cart, a checkout, an order, a parcel."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bot.ui.i18n import translator
from bot.ui.screen import Button, Screen
from store import pricing
from store.carts import CartLineView, CartView
from store.catalog import CategoryView, ProductView, VariantView
from store.checkout import AddressView, CheckoutView, Step
from store.delivery import DeliveryOption
from store.order_status import OrderStatus, ShipmentStatus
from store.order_story import OrderStory
from store.orders import OrderLineView, OrderView
from store.parcels.carrier import Stage, Window
from store.parcels.eta import Estimate, Source
from store.payments.refunds import RefundView
from store.shipments import ScanView, ShipmentView

V = TypeVar("V")

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
T = translator("en")


def _of(kind: type[V], *parts: Mapping[str, Any]) -> V:
    """A value from its parts; a later part wins."""
    merged: dict[str, Any] = {}
    for part in parts:
        merged |= part
    return kind(**merged)


def labels(screen: Screen) -> list[str]:
    return [button.label for row in screen.rows for button in row]


def button(screen: Screen, label: str) -> Button:
    """The one whose label contains *label*."""
    (found,) = [each for row in screen.rows for each in row if label in each.label]
    return found


def a_category(**values: Any) -> CategoryView:
    plain = {"id": 3, "slug": "home", "emoji": "🏺", "title": {"en": "Home"}}
    return _of(CategoryView, plain, values)


def a_variant(id: int = 11, **values: Any) -> VariantView:  # noqa: A002 - the field's own name
    plain = {"sku": f"SKU-{id}", "title": {}, "price_minor": 1500, "compare_at_minor": None, "currency": "USD"}
    return _of(VariantView, {"id": id, "free": 20, "weight_g": 300, "is_active": True}, plain, values)


def a_product(*variants: VariantView, **values: Any) -> ProductView:
    plain = {"kind": "physical", "status": "active", "title": {"en": "Mug"}, "description": {"en": "A good mug."}}
    place = {"id": 7, "category_id": 3, "picture": "mug.jpg", "version": 0, "currency": "USD"}
    return _of(ProductView, plain, place, {"variants": variants or (a_variant(),)}, values)


def a_line(variant_id: int = 11, *, quantity: int = 2, unit_minor: int = 1500, **values: Any) -> CartLineView:
    plain = {"product_id": 7, "title": {"en": "Mug"}, "variant_title": {}, "picture": None, "kind": "physical"}
    price = {"quantity": quantity, "unit_minor": unit_minor, "total_minor": unit_minor * quantity}
    stock = {"variant_id": variant_id, "free": 20, "is_for_sale": True, "weight_g": 300}
    return _of(CartLineView, plain, price, stock, values)


def a_cart(*lines: CartLineView) -> CartView:
    return CartView(id=5, version=4, currency="USD", lines=lines)


COURIER = DeliveryOption(
    method_id=1,
    code="courier",
    kind="courier",
    carrier="sandbox",
    title={"en": "Courier"},
    details={},
    price_minor=500,
    currency="USD",
    min_days=2,
    max_days=4,
)
PICKUP = DeliveryOption(
    method_id=2,
    code="pickup",
    kind="pickup",
    carrier=None,
    title={"en": "Pick-up"},
    details={"en": "Pier 3, 10-18"},
    price_minor=0,
    currency="USD",
    min_days=0,
    max_days=0,
)
# By method: when it would arrive.
PROMISED: dict[int, Estimate] = {
    1: Estimate(Window(NOW + timedelta(days=2), NOW + timedelta(days=4)), NOW, Source.METHOD)
}
ADDRESS = AddressView(id=9, country="PT", region="", city="Lisboa", postcode="1100-048", street="Rua Augusta 1")


def a_checkout(**values: Any) -> CheckoutView:
    """Everything answered, unless *values* say otherwise."""
    plain: dict[str, Any] = {
        "cart": a_cart(a_line()),
        "contact_name": "Ann Lee",
        "contact_phone": "+351912345678",
        "address": ADDRESS,
        "delivery": COURIER,
        "payment_method": "sandbox",
        "note": "",
        "expected_total_minor": None,
        "step": Step.REVIEW,
        "steps": tuple(Step),
        "options": (COURIER, PICKUP),
    }
    merged = plain | values
    quote = pricing.quote(merged["cart"], shipping_minor=500)
    return _of(CheckoutView, {"quote": quote}, merged)


def an_order_line(**values: Any) -> OrderLineView:
    plain = {"id": 1, "position": 0, "variant_id": 11, "sku": "MUG", "kind": "physical", "title": {"en": "Mug"}}
    amounts = {"quantity": 2, "unit_minor": 1500, "discount_minor": 0, "tax_minor": 0, "total_minor": 3000}
    rest: dict[str, Any] = {"variant_title": {}, "picture": None, "digital_content": None, "weight_g": 300}
    counts = {"shipped_quantity": 0, "cancelled_quantity": 0}
    return _of(OrderLineView, plain, amounts, rest, counts, values)


def an_order(*lines: OrderLineView, **values: Any) -> OrderView:
    people = {"contact_name": "Ann Lee", "contact_phone": "+351912345678", "note": "", "language": "en"}
    ids = {"id": 12, "number": "7K2Q-M9XD3", "secret": "s" * 22, "group_id": 1, "seller_id": 1, "customer_id": 1}
    statuses = {"status": OrderStatus.PENDING_PAYMENT, "payment_status": "unpaid", "fulfilment_status": "unfulfilled"}
    sums = {
        "subtotal_minor": 3000,
        "discount_minor": 0,
        "shipping_minor": 500,
        "fee_minor": 0,
        "tip_minor": 0,
        "tax_minor": 0,
    }
    money = {"payment_method": "sandbox", "currency": "USD", "prices_include_tax": True, "total_minor": 3500}
    address = {"country": "PT", "region": "", "city": "Lisboa", "postcode": "1100-048", "street": "Rua Augusta 1"}
    delivery = {"delivery_kind": "courier", "delivery_carrier": "sandbox", "delivery_title": {"en": "Courier"}}
    days = {"delivery_details": {}, "delivery_min_days": 2, "delivery_max_days": 4, "address": address}
    people |= {"staff_note": ""}
    ends = dict.fromkeys(("confirmed_at", "accepted_at", "cancelled_at", "completed_at", "cancel_reason"))
    moments = {"placed_at": NOW, "expires_at": NOW + timedelta(minutes=30), "version": 0, "shipments": ()} | ends
    plain = people | ids | statuses | sums | money | delivery | days | moments
    return _of(OrderView, plain, {"lines": lines or (an_order_line(),)}, values)


def a_refund(**values: Any) -> RefundView:
    plain = {"id": 1, "order_id": 12, "attempt_id": 1, "gateway": "sandbox", "status": "requested", "reason": "late"}
    rest = {"amount_minor": 3500, "currency": "USD", "requested_by": "system", "created_at": NOW, "finished_at": None}
    return _of(RefundView, plain, rest, values)


def a_story(order: OrderView | None = None, **values: Any) -> OrderStory:
    plain = {"shipments": (), "refunds": (), "refundable_minor": 0, "history": ()}
    return _of(OrderStory, {"order": order or an_order()}, plain, values)


def a_scan(stage: Stage, *, hours_ago: float, place: str = "") -> ScanView:
    return ScanView(stage, NOW - timedelta(hours=hours_ago), "carrier's words", place)


def a_shipment(*scans: ScanView, **values: Any) -> ShipmentView:
    plain = {"id": 4, "order_id": 12, "kind": "courier", "carrier": "sandbox", "tracking_number": "SB7K2M4Q9X"}
    window = Window(NOW + timedelta(days=1), NOW + timedelta(days=2))
    state = {"status": ShipmentStatus.IN_TRANSIT, "promised": window, "expected": window, "delay_level": 0}
    moments = {"packed_at": NOW, "shipped_at": NOW, "delivered_at": None, "polled_at": NOW - timedelta(hours=3)}
    return _of(ShipmentView, plain, state, moments, {"scans": scans}, values)
