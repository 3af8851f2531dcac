"""Arrival windows and lateness are pure functions of what is known."""

from datetime import UTC, datetime, timedelta

import pytest

from store.order_status import ShipmentStatus
from store.parcels import eta
from store.parcels.carrier import Window

SHIPPED = datetime(2026, 11, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def progress(status: ShipmentStatus = ShipmentStatus.IN_TRANSIT, carrier_eta: Window | None = None) -> eta.Progress:
    return eta.Progress(status, SHIPPED, 3, 5, carrier_eta)


def test_the_promise_is_the_methods_days_after_dispatch() -> None:
    assert eta.promise(SHIPPED, 3, 5) == Window(SHIPPED + 3 * DAY, SHIPPED + 5 * DAY)


def test_a_promise_never_ends_before_it_begins() -> None:
    window = eta.promise(SHIPPED, 4, 2)
    assert window.earliest <= window.latest


def test_without_a_word_of_the_carrier_the_methods_days_count() -> None:
    assert eta.window(progress(), now=SHIPPED + DAY) == Window(SHIPPED + 3 * DAY, SHIPPED + 5 * DAY)


def test_the_carriers_own_window_wins() -> None:
    said = Window(SHIPPED + 2 * DAY, SHIPPED + 3 * DAY)
    assert eta.window(progress(carrier_eta=said), now=SHIPPED + DAY) == said


def test_a_window_never_lies_in_the_past() -> None:
    now = SHIPPED + 4 * DAY
    assert eta.window(progress(), now=now) == Window(now, SHIPPED + 5 * DAY)


def test_a_parcel_that_is_late_gets_a_new_window_from_now_on() -> None:
    now = SHIPPED + 9 * DAY
    assert eta.window(progress(), now=now) == Window(now, now + eta.LATE_WIDTH)


def test_out_for_delivery_means_today() -> None:
    now = SHIPPED + 3 * DAY
    window = eta.window(progress(ShipmentStatus.OUT_FOR_DELIVERY), now=now)
    assert window is not None
    assert window.latest - now < DAY


@pytest.mark.parametrize("status", [ShipmentStatus.DELIVERED, ShipmentStatus.LOST, ShipmentStatus.RETURNED])
def test_a_parcel_whose_journey_is_over_has_no_window(status: ShipmentStatus) -> None:
    assert eta.window(progress(status), now=SHIPPED) is None


PROMISED = Window(SHIPPED + 3 * DAY, SHIPPED + 5 * DAY)


@pytest.mark.parametrize(
    ("days", "heard", "level"), [(4, 4, 0), (5.4, 5, 0), (5.6, 5, 1), (13, 12, 2), (4, -1.5, 1), (4.9, 0, 0)]
)
def test_a_parcel_is_late_after_its_window_or_after_long_silence(days: float, heard: float, level: int) -> None:
    found = eta.delay_level(
        ShipmentStatus.IN_TRANSIT, promised=PROMISED, last_heard_at=SHIPPED + heard * DAY, now=SHIPPED + days * DAY
    )
    assert found == level


@pytest.mark.parametrize("status", [ShipmentStatus.DELIVERED, ShipmentStatus.READY_FOR_PICKUP, ShipmentStatus.LOST])
def test_a_parcel_that_waits_or_is_over_is_not_late(status: ShipmentStatus) -> None:
    assert eta.delay_level(status, promised=PROMISED, last_heard_at=SHIPPED, now=SHIPPED + 40 * DAY) == 0
