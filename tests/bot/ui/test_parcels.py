"""Where a parcel is."""

from datetime import timedelta

import pytest

from bot.ui.callbacks import RefreshParcels, ShowParcels
from bot.ui.delays import delayed_screen
from bot.ui.parcels import (
    milestone_screen,
    nothing_on_the_way_screen,
    parcel_choice_screen,
    timeline_screen,
)
from store.order_search import Awaited
from store.order_status import OrderStatus, ShipmentStatus
from store.parcels.carrier import Stage, Window
from store.parcels.eta import Cause
from tests.bot.ui.views import NOW, T, a_scan, a_shipment, an_order, button, labels

ORDER = an_order(status=OrderStatus.CONFIRMED, fulfilment_status="shipped", payment_status="paid")


def _text(*shipments: object) -> str:
    return str(timeline_screen(ORDER, shipments, T, zone="UTC", now=NOW).text)  # type: ignore[arg-type]  # the given values are of several types


def test_the_newest_news_come_first() -> None:
    text = _text(a_shipment(a_scan(Stage.HANDED_OVER, hours_ago=30), a_scan(Stage.CUSTOMS, hours_ago=2, place="Porto")))

    assert text.index("At the customs, Porto") < text.index("Handed to the carrier")


def test_a_timeline_says_when_and_how_old_it_is() -> None:
    text = _text(a_shipment())

    assert "Should arrive Tue, 3 Mar – Wed, 4 Mar" in text
    assert "Asked the carrier 3 hours ago" in text
    assert "just now" in _text(a_shipment(polled_at=NOW - timedelta(seconds=30)))


def test_without_an_honest_estimate_there_is_none() -> None:
    assert "Should arrive" not in _text(a_shipment(expected=None))


def test_a_parcel_that_arrived_is_not_expected_any_more() -> None:
    text = _text(a_shipment(status=ShipmentStatus.DELIVERED, delivered_at=NOW))

    assert "Arrived 2 Mar, 10:00" in text
    assert "Should arrive" not in text
    assert "Asked the carrier" not in text


def test_a_late_parcel_says_sorry() -> None:
    assert "longer than expected" in _text(a_shipment(delay_level=2))
    assert "longer than expected" not in _text(a_shipment(delay_level=1)), "the merchant's to know"


def test_a_place_that_a_carrier_names_is_not_markup() -> None:
    assert "&lt;b&gt;Porto" in _text(a_shipment(a_scan(Stage.IN_TRANSIT, hours_ago=1, place="<b>Porto")))


def test_hundreds_of_scans_stay_one_message() -> None:
    scans = [a_scan(Stage.IN_TRANSIT, hours_ago=200 - n, place="A depot with a long name " * 3) for n in range(200)]
    text = _text(a_shipment(*scans))

    assert "188 earlier steps" in text
    assert len(text) < 4096


def test_several_parcels_are_numbered() -> None:
    assert "Parcel 2 of 2" in _text(a_shipment(), a_shipment(id=5))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": OrderStatus.PENDING_PAYMENT}, "as soon as it is paid"),
        ({"status": OrderStatus.CONFIRMED}, "being prepared"),
        ({"status": OrderStatus.CANCELLED}, "Nothing is on its way"),
        ({"status": OrderStatus.CONFIRMED, "delivery_kind": "digital"}, "in this chat"),
    ],
)
def test_before_there_is_a_parcel_it_says_why(changes: dict[str, object], words: str) -> None:
    assert words in timeline_screen(an_order(**changes), (), T, zone="UTC", now=NOW).text


def test_only_a_parcel_that_moves_can_be_asked_for() -> None:
    moving = timeline_screen(ORDER, (a_shipment(),), T, zone="UTC", now=NOW)
    arrived = timeline_screen(ORDER, (a_shipment(status=ShipmentStatus.DELIVERED),), T, zone="UTC", now=NOW)

    assert button(moving, "Ask again").press == RefreshParcels(order_id=12)
    assert "🔄 Ask again" not in labels(arrived)


@pytest.mark.parametrize("status", list(ShipmentStatus))
def test_every_status_of_a_parcel_has_words(status: ShipmentStatus) -> None:
    assert _text(a_shipment(status=status))


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_words(stage: Stage) -> None:
    assert "_" not in _text(a_shipment(a_scan(stage, hours_ago=1)))


@pytest.mark.parametrize(
    ("status", "is_told"),
    [(ShipmentStatus.HANDED_OVER, True), (ShipmentStatus.DELIVERED, True), (ShipmentStatus.IN_TRANSIT, False)],
)
def test_only_milestones_are_messages_of_their_own(status: ShipmentStatus, is_told: bool) -> None:
    screen = milestone_screen(ORDER, a_shipment(status=status), T, zone="UTC", status=status)

    assert (screen is not None and screen.fresh) is is_told


def test_a_delay_names_the_new_window() -> None:
    assert "It should now arrive Tue, 3 Mar" in delayed_screen(ORDER, a_shipment(delay_level=2), T, zone="UTC").text


@pytest.mark.parametrize(
    ("cause", "words"), [(Cause.CUSTOMS, "at the customs"), (Cause.NOBODY_HOME, "found nobody"), (Cause.SLOW, "sorry")]
)
def test_a_delay_says_why_as_far_as_anybody_knows(cause: Cause, words: str) -> None:
    assert words in delayed_screen(ORDER, a_shipment(), T, zone="UTC", cause=cause).text


def test_several_orders_are_a_choice() -> None:
    screen = parcel_choice_screen([Awaited(1, "7K2Q-M9XD3"), Awaited(2, "8K2Q-M9XD3")], T)

    assert button(screen, "8K2Q").press == ShowParcels(order_id=2)


def test_nothing_on_the_way_knows_who_has_ordered_before() -> None:
    assert "You have not ordered anything yet" in nothing_on_the_way_screen(T, has_orders=False).text
    assert "All your orders" in nothing_on_the_way_screen(T, has_orders=True).text


def test_a_window_that_has_moved_does_not_hide_where_it_was() -> None:
    """Said at first for the fourth, now for the seventh."""
    moved = a_shipment(expected=Window(NOW + timedelta(days=4), NOW + timedelta(days=5)))
    assert "At first: Tue, 3 Mar – Wed, 4 Mar" in _text(moved)
    assert "At first" not in _text(a_shipment())
