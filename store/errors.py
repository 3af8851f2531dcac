"""What can stand in a customer's or a merchant's way: raised where it is discovered, put into words in one place (`bot/errors.py`)."""

from typing import ClassVar


class StoreError(Exception):
    """A situation of a person, not a broken world. *key* names it, *params* are what its sentence needs (ids, quantities, minor units)."""

    key: ClassVar[str] = "error"

    def __init__(self, **params: object) -> None:
        super().__init__(self.key)
        self.params = params

    def __str__(self) -> str:
        # Only the names of the parameters: a value may be somebody's address.
        return f"{self.key}({', '.join(self.params)})"


class NotFound(StoreError):
    """The thing does not exist, or belongs to somebody else: the two are not told apart."""

    key = "not_found"


class NotForSale(StoreError):
    """The variant or its product was withdrawn, or has no price in the shop's currency."""

    key = "not_for_sale"


class OutOfStock(StoreError):
    """Fewer pieces are free than were asked for. Params: variant_id, title (dict language → text), wanted, free."""

    key = "out_of_stock"


class QuantityOutOfRange(StoreError):
    """Params: minimum, maximum."""

    key = "quantity_out_of_range"


class CartEmpty(StoreError):
    key = "cart_empty"


class CartChanged(StoreError):
    """Price, stock or delivery changed since the customer saw the total; nothing was placed. Params: expected_minor, total_minor, currency."""

    key = "cart_changed"


class CheckoutIncomplete(StoreError):
    """Params: missing (name of the first missing step)."""

    key = "checkout_incomplete"


class BadInput(StoreError):
    """A typed value cannot be used. Params: field, reason."""

    key = "bad_input"


class NoDelivery(StoreError):
    """No delivery method reaches this address with this basket."""

    key = "no_delivery"


class PaymentUnavailable(StoreError):
    """The payment method is not offered for this order (any more), or its provider does not answer. Params: gateway."""

    key = "payment_unavailable"


class NotAllowedNow(StoreError):
    """The order (payment, parcel, refund) is not in a state from which this can be done: usually somebody else was faster. Params: status."""

    key = "not_allowed_now"


class EditedMeanwhile(StoreError):
    """Somebody else has changed the thing since it was shown; nothing was changed now. Params: ids of the thing."""

    key = "edited_meanwhile"


class NotPermitted(StoreError):
    """The person's role does not include this."""

    key = "not_permitted"


class RefundTooLarge(StoreError):
    """More than was paid and not yet given back. Params: refundable_minor, currency."""

    key = "refund_too_large"


class TooManyUnpaidOrders(StoreError):
    """Params: limit."""

    key = "too_many_unpaid_orders"


class CouponGone(StoreError):
    """The coupon takes nothing off for this customer (any more). Params: code, reason (`store.coupons.Trouble`)."""

    key = "coupon_gone"


class TooManyParcels(StoreError):
    """More parcels from elsewhere, or more tries, than one person may have. Params: limit."""

    key = "too_many_parcels"


class ShopClosed(StoreError):
    """The shop takes no orders now; the cart is kept. Params: opens_at, message (dict language → text), zone."""

    key = "shop_closed"


class BelowMinimum(StoreError):
    """Goods for too little. Params: minimum_minor, subtotal_minor, currency."""

    key = "below_minimum"


class CurrencyNotTaken(StoreError):
    """No way to pay that is set up takes this currency. Params: currency."""

    key = "currency_not_taken"


class CurrencyInUse(StoreError):
    """The shop cannot sell in another currency yet. Params: orders (open ones), products (without a price in it), currency."""

    key = "currency_in_use"
