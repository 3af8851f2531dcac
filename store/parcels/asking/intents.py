"""What a message may want to know about an order, by the names that the classifier learns."""

from enum import StrEnum


class Intent(StrEnum):
    """NONE is everything else: goods, greetings, prices, returns."""

    NONE = "none"
    TRACK_ORDER = "track_order"
    DELIVERED_NOT_RECEIVED = "delivered_not_received"
    DELIVERY_TIME_BEFORE_PURCHASE = "delivery_time_before_purchase"
    CHANGE_ADDRESS = "change_address"
    CANCEL = "cancel"
    REFUND_STATUS = "refund_status"
    COURIER_PHONE = "courier_phone"
    PICKUP_CODE = "pickup_code"
    HUMAN = "human"


INTENTS = tuple(Intent)
# Both ask where a parcel is that exists already.
ABOUT_A_PARCEL = frozenset({Intent.TRACK_ORDER, Intent.DELIVERED_NOT_RECEIVED})
