"""Facts in the past tense that the world must hear. Each has exactly one row in `notifications/routes.py`.

An event carries ids, not content: whoever tells it re-reads the truth, so a late message is never a false one.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from store.desk_events import CardWanted as CardWanted
from store.desk_events import DayEnded as DayEnded
from store.desk_events import OrderNeglected as OrderNeglected
from store.desk_events import OrdersPiledUp as OrdersPiledUp
from store.event import Event as Event
from store.event import OrderEvent as OrderEvent
from store.event import ShipmentEvent as ShipmentEvent
from store.parcel_events import CarrierFailing as CarrierFailing
from store.parcel_events import CarrierRecovered as CarrierRecovered
from store.parcel_events import CouponGiven as CouponGiven
from store.parcel_events import FollowedParcelMoved as FollowedParcelMoved
from store.parcel_events import ParcelNeedsHelp as ParcelNeedsHelp
from store.parcel_events import ParcelRenumbered as ParcelRenumbered
from store.support_events import SupportAnswered as SupportAnswered
from store.support_events import SupportAsked as SupportAsked
from store.support_events import SupportCall as SupportCall
from store.support_events import SupportCalled as SupportCalled
from store.support_events import SupportChanged as SupportChanged
from store.support_events import SupportClosed as SupportClosed
from store.support_events import SupportEdited as SupportEdited
from store.support_events import SupportEvent as SupportEvent
from store.support_events import SupportLost as SupportLost
from store.support_events import SupportMessageEvent as SupportMessageEvent
from store.support_events import SupportWaits as SupportWaits
from store.wish_events import BackInStock as BackInStock
from store.wish_events import CartLeft as CartLeft
from store.wish_events import PriceDropped as PriceDropped


class OrderPlaced(OrderEvent):
    """The order exists and its goods are set aside; it may not be paid yet."""

    type = "order.placed"


class OrderConfirmed(OrderEvent):
    """Paid in full, or to be paid on delivery: the merchant can work on it. The buyer gets a receipt."""

    type = "order.confirmed"


class OrderRevived(OrderEvent):
    """Money came after the order had expired and the goods were still there: the order lives again."""

    type = "order.revived"


class HoldEnding(OrderEvent):
    """The order is unpaid, and its goods go back on the shelf soon; told once."""

    type = "order.hold_ending"


class OrderExpired(OrderEvent):
    type = "order.expired"


class OrderCancelled(OrderEvent):
    type = "order.cancelled"


class OrderCompleted(OrderEvent):
    type = "order.completed"


class OrderChanged(OrderEvent):
    """Accepted, packed, a note: nothing the buyer must be told, but the staff card shows it."""

    type = "order.changed"


class OrderRedrawn(OrderEvent):
    """The buyer reads another language from now on: what stands in their chat is written anew, in place."""

    type = "order.redrawn"


class PaymentFailed(OrderEvent):
    type = "payment.failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentShort(OrderEvent):
    """Less than the total came in."""

    type: ClassVar[str] = "payment.short"
    captured_minor: int
    missing_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReceivedOnDelivery(OrderEvent):
    """What a confirmed order still owed has come in: in cash, or late through a page that was thought closed."""

    type: ClassVar[str] = "payment.received_on_delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentQuarantined(Event):
    """A provider's message that fits no attempt, or has a foreign currency or account: a person must look."""

    type: ClassVar[str] = "payment.quarantined"
    provider_event_id: int

    @property
    def subject(self) -> str:
        return f"provider_event:{self.provider_event_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundEvent(OrderEvent):
    refund_id: int


class RefundRequested(RefundEvent):
    type = "refund.requested"


class RefundSucceeded(RefundEvent):
    type = "refund.succeeded"


class RefundFailed(RefundEvent):
    """The provider refused it, or the buyer's bank sent it back: the money is with the shop."""

    type = "refund.failed"


class ChargedBack(RefundEvent):
    """The buyer's bank has taken a payment back."""

    type = "payment.charged_back"


class ChargebackWon(RefundEvent):
    """A chargeback was decided for the shop."""

    type = "payment.chargeback_won"


class ShipmentShipped(ShipmentEvent):
    """Handed to the carrier (or ready at the counter for pick-up)."""

    type = "shipment.shipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentMoved(ShipmentEvent):
    """The parcel's status moved forward. `status` is the new one; milestones also push, the rest only edits the timeline."""

    type: ClassVar[str] = "shipment.moved"
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentScanned(ShipmentEvent):
    """A new scan without a new status: only the timeline is edited."""

    type: ClassVar[str] = "shipment.scanned"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentDelayed(ShipmentEvent):
    """Late (level 1: the merchant's to know; from 2 on the buyer's too), each level once. `cause`: `store.parcels.eta.Cause`."""

    type: ClassVar[str] = "shipment.delayed"
    level: int
    cause: str = "slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLow(Event):
    """A variant fell to its warning level or below; told once per fall."""

    type: ClassVar[str] = "stock.low"
    variant_id: int
    free: int

    @property
    def subject(self) -> str:
        return f"variant:{self.variant_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsPictured(Event):
    """A picture of an album has come to a product: the card in the chat that it was sent to shows how many there are."""

    type: ClassVar[str] = "goods.pictured"
    product_id: int
    chat_id: int

    @property
    def subject(self) -> str:
        return f"product:{self.product_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSetAside(Event):
    """What somebody did could not be handled, however often it was tried: a person must look."""

    type: ClassVar[str] = "update.set_aside"
    about: ClassVar[str] = "updates"
    reference: str

    @property
    def subject(self) -> str:
        return self.about


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMoved(Event):
    """A file of goods was looked at, carried out, or its pictures fetched: whoever sent it is told how it stands."""

    type: ClassVar[str] = "import.moved"
    import_id: int

    @property
    def subject(self) -> str:
        return f"import:{self.import_id}"


def _leaves(cls: type[Event]) -> list[type[Event]]:
    below = [leaf for child in cls.__subclasses__() for leaf in _leaves(child)]
    return below + ([cls] if "type" in vars(cls) else [])


EVENTS: dict[str, type[Event]] = {cls.type: cls for cls in _leaves(Event)}


def revive(type_: str, payload: dict[str, Any]) -> Event:
    """The event as it was written. Raises: KeyError for a type this program does not know (a newer one wrote it)."""
    return EVENTS[type_](**payload)
