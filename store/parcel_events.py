"""Facts about numbers and carriers, beside those of a parcel's way."""

from dataclasses import dataclass
from typing import ClassVar

from store.event import Event, ShipmentEvent
from store.wish_events import CustomerEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelNeedsHelp(ShipmentEvent):
    """Its carrier says nothing about it before somebody of the staff has done something (store.parcels.carrier.Trouble)."""

    type: ClassVar[str] = "parcel.needs_help"
    trouble: str


class ParcelRenumbered(ShipmentEvent):
    """The carrier has given it another number, or it turned out that somebody else carries it."""

    type = "parcel.renumbered"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierEvent(Event):
    carrier: str

    @property
    def subject(self) -> str:
        return f"carrier:{self.carrier}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierFailing(CarrierEvent):
    """It has not answered several times in a row; *must_act*: it refuses, and goes on to until its account is mended."""

    type: ClassVar[str] = "carrier.failing"
    must_act: bool


class CarrierRecovered(CarrierEvent):
    """It answers again; only where the staff was told that it did not."""

    type = "carrier.recovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedParcelMoved(CustomerEvent):
    """A parcel that is no order's, and that somebody follows here, has come to this status."""

    type: ClassVar[str] = "followed_parcel.moved"
    parcel_id: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponGiven(ShipmentEvent):
    """The shop says sorry for this parcel with a coupon for another order."""

    type: ClassVar[str] = "coupon.given"
    coupon_id: int
