"""17TRACK, AfterShip, DHL and UPS: every code of their manuals, their proofs by example, and what only one of them does."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from store import wire
from store.parcels import aftership_codes, dhl, track17_codes, ups
from store.parcels.carrier import BadPush, Carrier, CarrierBusy, CarrierRefused, Mark, Stage, TrackingRequest, Trouble
from tests.builders import NOW
from tests.doubles.aftership import AfterShipDouble
from tests.doubles.aftership import sealed as sealed_by_aftership
from tests.doubles.carriers import Event
from tests.doubles.dhl import DhlDouble
from tests.doubles.track17 import KEY, Track17Double, item
from tests.doubles.track17 import sealed as sealed_by_17track
from tests.doubles.ups import UpsDouble
from tests.sockets import served

S = Stage
HOUR = timedelta(hours=1)
NUMBER = "RB123456785US"
TRACK17 = {
    S.UNKNOWN: "NotFound_Other NotFound_InvalidCode",
    S.INFO_RECEIVED: "InfoReceived",
    S.HANDED_OVER: "InTransit_PickedUp",
    S.IN_TRANSIT: "InTransit_Other InTransit_Departure InTransit_Arrival",
    S.CUSTOMS: "InTransit_CustomsProcessing InTransit_CustomsReleased",
    S.CUSTOMS_HOLD: "InTransit_CustomsRequiringInformation",
    S.READY_FOR_PICKUP: "AvailableForPickup_Other",
    S.OUT_FOR_DELIVERY: "OutForDelivery_Other",
    S.FAILED_ATTEMPT: "DeliveryFailure_Other DeliveryFailure_NoBody DeliveryFailure_Security DeliveryFailure_Rejected"
    " DeliveryFailure_InvalidAddress",
    S.DELIVERED: "Delivered_Other",
    S.RETURNING: "Exception_Returning",
    S.RETURNED: "Exception_Returned",
    S.DELAYED: "Exception_Delayed",
    S.LOST: "Exception_Lost Exception_Destroyed",
    S.DAMAGED: "Exception_Damage",
    S.CANCELLED: "Exception_Cancel",
    S.EXCEPTION: "Exception_Other Exception_NoBody Exception_Rejected Exception_Security",
    S.EXPIRED: "Expired_Other",
}
AFTERSHIP = {
    ("InfoReceived", "InfoReceived_001"): S.INFO_RECEIVED,
    ("InTransit", "InTransit_001"): S.IN_TRANSIT,
    ("InTransit", "InTransit_002"): S.HANDED_OVER,
    ("InTransit", "InTransit_006"): S.CUSTOMS,
    ("OutForDelivery", "OutForDelivery_001"): S.OUT_FOR_DELIVERY,
    ("AttemptFail", "AttemptFail_002"): S.FAILED_ATTEMPT,
    ("AvailableForPickup", "AvailableForPickup_001"): S.READY_FOR_PICKUP,
    ("Delivered", "Delivered_005"): S.DELIVERED,
    ("Exception", "Exception_001"): S.EXCEPTION,
    ("Exception", "Exception_003"): S.RETURNING,
    ("Exception", "Exception_004"): S.CUSTOMS_HOLD,
    ("Exception", "Exception_005"): S.DELAYED,
    ("Exception", "Exception_011"): S.RETURNED,
    ("Exception", "Exception_013"): S.LOST,
    ("Expired", "Expired_001"): S.EXPIRED,
    ("Pending", "Pending_001"): S.UNKNOWN,
    ("Teleported", "Teleported_001"): S.UNKNOWN,
}


@asynccontextmanager
async def facing(kind: type[Any]) -> AsyncIterator[tuple[Any, Carrier]]:
    async with wire.new_client() as client:
        double = kind(client)
        async with served(double.app) as url:
            yield double, double.carrier(url)


def request(number: str = NUMBER, **more: Any) -> TrackingRequest:
    return TrackingRequest(number, NOW, **({"destination_country": "PT"} | more))


def test_every_code_of_the_manuals_has_its_stage() -> None:
    """And a code of tomorrow is unknown, never an exception and never an error."""
    wanted = {code: stage for stage, codes in TRACK17.items() for code in codes.split()}
    assert {code: track17_codes.meaning(code)[0] for code in wanted} == wanted
    assert track17_codes.meaning("InTransit_CustomsRequiringInformation")[1] is Mark.MUST_ACT
    assert {pair: aftership_codes.meaning(*pair)[0] for pair in AFTERSHIP} == AFTERSHIP
    assert {kind: ups.meaning(kind, "") for kind in ("M", "MV", "P", "I", "X", "D", "RS", "Z")} == {
        "M": S.INFO_RECEIVED,
        "MV": S.INFO_RECEIVED,
        "P": S.HANDED_OVER,
        "I": S.IN_TRANSIT,
        "X": S.EXCEPTION,
        "D": S.DELIVERED,
        "RS": S.RETURNING,
        "Z": S.UNKNOWN,
    }
    assert ups.meaning("I", "OT") is S.OUT_FOR_DELIVERY
    assert ups.meaning("D", "OT") is S.DELIVERED
    assert {code: dhl.meaning(code, "") for code in dhl.CODES} == dict(dhl.CODES)
    assert dhl.meaning("unknown", "customs") is S.UNKNOWN
    assert dhl.meaning("transit", "Out for Delivery") is S.OUT_FOR_DELIVERY
    assert dhl.meaning("failure", "Returned to shipper") is S.RETURNED
    assert dhl.meaning("delivered", "not home, left with the neighbour") is S.DELIVERED


async def test_a_number_of_17track_costs_its_unit_once() -> None:
    """Asking for what is not registered registers it; asking again, subscribing and registering anew cost nothing more."""
    async with facing(Track17Double) as (double, carrier):
        for _ in range(3):
            assert [each.trouble for each in await carrier.track([request()], now=NOW)] == [Trouble.NOT_YET]
        (told,) = await carrier.subscribe([request()], push_url="", now=NOW)
        assert told.trouble is None
        assert double.units == 999


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        (-18019903, Trouble.WHICH_CARRIER),
        (-18010020, Trouble.NEEDS_PHONE),
        (-18010018, Trouble.NEEDS_DETAILS),
        (-18010012, Trouble.WRONG_NUMBER),
        (-18019904, Trouble.OVER),
        (-18019909, Trouble.NOT_YET),
        (-18099999, Trouble.NOT_YET),
    ],
)
async def test_what_17track_cannot_do_says_who_must_act(code: int, trouble: Trouble) -> None:
    async with facing(Track17Double) as (double, carrier):
        double.rejects[NUMBER] = code
        told = await carrier.track([request("LP00123456789012"), request()], now=NOW)
        assert [each.trouble for each in told] == [Trouble.NOT_YET, trouble]


async def test_an_account_without_units_is_the_operators_and_a_full_day_waits() -> None:
    async with facing(Track17Double) as (double, carrier):
        double.rejects[NUMBER] = -18019908
        with pytest.raises(CarrierRefused, match="units"):
            await carrier.track([request()], now=NOW)
        double.rejects[NUMBER] = -18019907
        with pytest.raises(CarrierBusy):
            await carrier.track([request()], now=NOW)


async def test_a_push_of_17track_is_hashed_with_the_key_behind_it() -> None:
    """A plain SHA-256, no HMAC: the example is made by hand. The end of following is no news of the parcel."""
    async with facing(Track17Double) as (double, carrier):
        double.shelf.knows(NUMBER, Event("InTransit_Other", NOW, "moving", "Porto"))
        push = double.push(NUMBER)
        assert push.headers["sign"] == hashlib.sha256(push.body + b"/" + KEY.encode()).hexdigest()
        (told,) = carrier.read_push(push.headers, push.body, {}, now=NOW)
        assert (told.slug, told.scans[0].place) == ("3011", "Porto")
        ended = sealed_by_17track(b'{"event":"TRACKING_STOPPED","data":{"number":"RB123456785US","carrier":3011}}')
        (over,) = carrier.read_push(ended.headers, ended.body, {}, now=NOW)
        assert (over.is_unsubscribed, over.scans) == (True, ())
        with pytest.raises(BadPush):
            carrier.read_push({"sign": hashlib.sha256(push.body).hexdigest()}, push.body, {}, now=NOW)


def test_the_window_of_17track_promises_an_hour_only_where_there_is_one() -> None:
    from store.parcels.track17 import _window

    dates = _window({"source": "x", "from": "2026-03-05T00:00:00+01:00", "to": "2026-03-07T00:00:00+01:00"})
    assert dates is not None and not dates.has_time
    assert (dates.earliest, dates.latest) == (
        datetime(2026, 3, 4, 23, tzinfo=UTC),
        datetime(2026, 3, 7, 22, 59, 59, tzinfo=UTC),
    )
    hours = _window({"from": None, "to": "2026-03-07T18:30:00+01:00"})
    assert hours is not None and hours.has_time and hours.latest == datetime(2026, 3, 7, 17, 30, tzinfo=UTC)
    assert _window({"from": "2026-03-09T00:00:00Z", "to": "2026-03-07T00:00:00Z"}) is None
    assert _window(None) is None


async def test_both_miles_of_17track_stand_side_by_side() -> None:
    """The first and the last mile are two carriers, each with its own history."""
    first, last = item(NUMBER, [Event("InTransit_PickedUp", NOW)]), item(NUMBER, [Event("Delivered_Other", NOW + HOUR)])
    first["track_info"]["tracking"]["providers"] += last["track_info"]["tracking"]["providers"]
    async with facing(Track17Double) as (double, carrier):
        double.shelf.answer = {"code": 0, "data": {"accepted": [first], "rejected": []}}
        (told,) = await carrier.track([request()], now=NOW)
        assert [scan.stage for scan in told.scans] == [S.HANDED_OVER, S.DELIVERED]


async def test_aftership_makes_a_tracking_once_and_asks_for_what_is_missing() -> None:
    async with facing(AfterShipDouble) as (double, carrier):
        for _ in range(2):
            (told,) = await carrier.track([request(destination_postcode="1100-148")], now=NOW)
            assert told.trouble is Trouble.NOT_YET
        assert double.shelf.subscribed[NUMBER]["destination_postal_code"] == "1100-148"
        for code, trouble in ((4005, Trouble.WRONG_NUMBER), (4012, Trouble.WHICH_CARRIER)):
            double.rejects["YT1234567890123"] = code
            (told,) = await carrier.track([request("YT1234567890123")], now=NOW)
            assert told.trouble is trouble
        assert [slug.code for slug in await carrier.slugs(NUMBER)] == ["zto-express", "yto"]


async def test_a_push_of_aftership_needs_its_secret() -> None:
    """In either of the two shapes of its body; an account without a secret believes none."""
    async with facing(AfterShipDouble) as (double, carrier):
        double.shelf.knows(NUMBER, Event("InTransit_001", NOW))
        push = double.push(NUMBER)
        wrapped = sealed_by_aftership(b'{"msg":{"tracking":' + push.body.partition(b'"msg": ')[2][:-1] + b"}}")
        for each in (push, wrapped):
            assert carrier.read_push(each.headers, each.body, {}, now=NOW)[0].number == NUMBER
        carrier.webhook_secret = None  # type: ignore[attr-defined]  # the protocol knows no secrets
        with pytest.raises(BadPush):
            carrier.read_push(push.headers, push.body, {}, now=NOW)


async def test_dhl_tells_the_time_of_the_place() -> None:
    """A local moment without an offset is read by the clocks of where it happened; a bare day of arrival has no hour."""
    async with facing(DhlDouble) as (double, carrier):
        double.shelf.knows("3318810036", Event("transit", NOW))
        double.more = {"estimatedTimeOfDelivery": "2026-03-05T00:00:00"}
        (told,) = await carrier.track([request("3318810036")], now=NOW)
        assert told.scans[0].occurred_at == NOW
        assert told.eta is not None and not told.eta.has_time
        assert told.eta.earliest == datetime(2026, 3, 5, tzinfo=UTC)  # Lisbon in winter
        frame = {"estimatedFrom": "2026-03-05T09:00:00", "estimatedThrough": "2026-03-05T12:00:00"}
        double.more = {"estimatedDeliveryTimeFrame": frame}
        (told,) = await carrier.track([request("3318810036")], now=NOW)
        assert told.eta is not None and told.eta.has_time and told.eta.latest == datetime(2026, 3, 5, 12, tzinfo=UTC)


async def test_a_token_of_ups_serves_until_it_ends_or_is_called_back() -> None:
    async with facing(UpsDouble) as (double, carrier):
        number = "1Z879E930346834440"
        double.shelf.knows(number, Event("I", NOW))
        for _ in range(3):
            await carrier.track([request(number)], now=NOW)
        assert len(double.tokens) == 1
        await carrier.track([request(number)], now=NOW + timedelta(seconds=14399))
        assert len(double.tokens) == 2
        double.tokens.append("called back")
        (told,) = await carrier.track([request(number)], now=NOW + timedelta(seconds=14400))
        assert told.scans and len(double.tokens) == 4


async def test_ups_names_a_day_and_sometimes_its_hours() -> None:
    """Rescheduled beats scheduled; hours are those of where the parcel goes; an unknown number is not lost."""
    async with facing(UpsDouble) as (double, carrier):
        number = "1Z879E930346834440"
        (told,) = await carrier.track([request(number)], now=NOW)
        assert told.trouble is Trouble.NOT_YET
        double.shelf.knows(number, Event("I", NOW))
        days = [{"type": "SDD", "date": "20260304"}, {"type": "RDD", "date": "20260306"}]
        double.more = {
            "deliveryDate": days,
            "deliveryTime": {"type": "EDW", "startTime": "093000", "endTime": "133000"},
        }
        (told,) = await carrier.track([request(number)], now=NOW)
        assert told.eta is not None and told.eta.has_time
        assert told.eta.earliest == datetime(2026, 3, 6, 9, 30, tzinfo=UTC)
        double.more = {"deliveryDate": days}
        (told,) = await carrier.track([request(number)], now=NOW)
        assert told.eta is not None and not told.eta.has_time
