"""What one customer is told of their own accord: of what they like, wait for, or have left in the cart."""

from dataclasses import dataclass
from typing import ClassVar

from store.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerEvent(Event):
    """Something that one customer is told, of their own accord."""

    customer_id: int

    @property
    def subject(self) -> str:
        return f"customer:{self.customer_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackInStock(CustomerEvent):
    """What the customer waited for can be bought again."""

    type: ClassVar[str] = "stock.back"
    variant_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDropped(CustomerEvent):
    """Something that the customer likes costs less than it did."""

    type: ClassVar[str] = "price.dropped"
    variant_id: int
    change_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLeft(CustomerEvent):
    """The customer has filled a cart and gone; told once a cart."""

    type: ClassVar[str] = "cart.left"
    cart_id: int
