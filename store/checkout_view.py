"""What a checkout looks like: what is answered, what is missing, what it would cost. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum

from store.cart_view import CartView
from store.consent import Change
from store.coupons import Applied
from store.delivery import DeliveryOption
from store.models import Address
from store.models.base import Texts
from store.pricing import Quote


class Step(StrEnum):
    CONTACT = "contact"
    DELIVERY = "delivery"
    ADDRESS = "address"
    PAYMENT = "payment"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class AddressView:
    id: int
    country: str
    region: str
    city: str
    postcode: str
    street: str
    area: str = ""
    label: str = ""
    latitude: float | None = None
    longitude: float | None = None


def address_view(row: Address) -> AddressView:
    return AddressView(**{each.name: getattr(row, each.name) for each in fields(AddressView)})


@dataclass(frozen=True, slots=True)
class CheckoutView:
    """`step` is the first thing missing, `steps` all that this cart needs. `quote` exists once the delivery price is certain.

    `options` are the deliveries for what is known so far. `is_delivery_dropped`: the chosen one does not reach the address (or does not
    exist any more), so DELIVERY is asked again; `no_delivery`: nothing does, and only another address or a lighter cart helps.
    `coupon`: what was entered, and what it takes off `quote`; whether this customer may still use it is decided when the order is placed.
    `changes`: what costs something else than on the last review, or in the cart before it; `dropped_delivery`: what that review offered for this address and is gone;
    `is_seen`: the last review said all that is true now. `elsewhere`: what it would cost in other currencies that it may be paid in.
    """

    cart: CartView
    contact_name: str | None
    contact_phone: str | None
    address: AddressView | None
    delivery: DeliveryOption | None
    payment_method: str | None
    note: str
    expected_total_minor: int | None
    quote: Quote | None
    step: Step
    steps: tuple[Step, ...]
    options: tuple[DeliveryOption, ...] = ()
    is_delivery_dropped: bool = False
    changes: tuple[Change, ...] = ()
    dropped_delivery: Texts | None = None
    is_seen: bool = False
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    coupon: Applied | None = None

    @property
    def totals(self) -> Mapping[str, int]:
        """By currency in which all of it has a price, the cart's own first."""
        own = self.quote.total_minor if self.quote else self.cart.subtotal_minor
        return {self.cart.currency: own, **self.elsewhere}

    @property
    def no_delivery(self) -> bool:
        return not self.options
