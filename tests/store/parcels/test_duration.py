"""A spread of days never falls, and what is learned of a leg is what a day's history says."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.parcels.duration import LEVELS, Fit, Spread
from store.parcels.duration_fit import Recipe, Trip, Trips, fit, kaplan_meier

PLAIN = Recipe(("destination", "sender"), offset=0.0, k=8.0, shaped_by="destination")
TODAY = 100.0

lengths = st.lists(st.floats(0.1, 30), min_size=25, max_size=60)


def learned(rows: list[Trip], at: float = TODAY, recipe: Recipe = PLAIN) -> Fit:
    found = fit(Trips.of(rows, recipe.factors), at, recipe)
    assert found is not None
    return found


def trips(days: list[float], **factors: str) -> list[Trip]:
    """One begun every day, the last one just long enough ago to have ended."""
    return [Trip(60 - place, 60 - place + length, factors) for place, length in enumerate(days)]


def test_parcels_under_way_hold_the_curve_down() -> None:
    """By hand: 2 of 5 arrive after 1 and 2 days, one is under way since 2, one arrives after 4, one waits since 5."""
    times, share = kaplan_meier(
        np.array([1.0, 2.0, 2.0, 4.0, 5.0]), np.array([True, True, False, True, False]), np.ones(5)
    )
    assert times.tolist() == [1.0, 2.0, 4.0]
    # 1/5; then 1 of 4 waiting: 1 - 4/5 × 3/4; then 1 of 2: 1 - 4/5 × 3/4 × 1/2
    assert share.tolist() == pytest.approx([0.2, 0.4, 0.7])


def test_a_parcel_of_double_weight_is_two_parcels() -> None:
    twice = kaplan_meier(np.array([1.0, 1.0, 3.0]), np.array([True, True, False]), np.ones(3))
    once = kaplan_meier(np.array([1.0, 3.0]), np.array([True, False]), np.array([2.0, 1.0]))
    assert [part.tolist() for part in twice] == [part.tolist() for part in once]


def test_without_parcels_under_way_the_curve_is_the_share_that_arrived() -> None:
    times, share = kaplan_meier(np.array([3.0, 1.0, 2.0, 4.0]), np.ones(4, bool), np.ones(4))
    assert times.tolist() == [1.0, 2.0, 3.0, 4.0] and share.tolist() == pytest.approx([0.25, 0.5, 0.75, 1.0])


@given(lengths, st.integers(0, 20))
def test_a_spread_never_falls(days: list[float], under_way: int) -> None:
    """Whatever the history: P10 ≤ P50 ≤ P90, for places known and new, and none is before the beginning."""
    rows = trips(days, destination="A") + [Trip(95 - place, None, {"destination": "B"}) for place in range(under_way)]
    found = fit(Trips.of(rows, PLAIN.factors), TODAY, PLAIN)
    for destination in ("A", "B", "never seen", ""):
        if found is None:
            continue
        spread = found.spread({"destination": destination})
        assert list(spread.days) == sorted(spread.days) and spread.days[0] >= 0
        assert spread.at(0.1) <= spread.at(0.5) <= spread.at(0.9)


@given(lengths, st.lists(st.floats(100, 130), min_size=1, max_size=9))
def test_the_future_changes_nothing(days: list[float], later: list[float]) -> None:
    """What happens on the day itself or after it, to parcels under way or new ones, is not known that day."""
    under_way = [Trip(90 + place / 10, None, {"destination": "A"}) for place in range(len(later))]
    seen_later = [row._replace(ended=ended) for row, ended in zip(under_way, later, strict=True)]
    new = [Trip(began, began + 1, {"destination": "A"}) for began in later]
    known = trips(days, destination="A")
    then = fit(Trips.of(known + under_way, PLAIN.factors), TODAY, PLAIN)
    assert then == fit(Trips.of(known + seen_later + new, PLAIN.factors), TODAY, PLAIN)


def test_parcels_under_way_make_the_window_later() -> None:
    """Learning from arrivals alone is too early: the slow ones are still on the road."""
    quick = trips([3.0 + place % 5 for place in range(40)])
    slow = [Trip(94.5, None, {}) for _ in range(15)]
    assert learned(quick + slow).spread({}).at(0.5) > learned(quick).spread({}).at(0.5) + 0.5


def test_a_far_destination_is_slower_and_a_new_one_is_like_everybody() -> None:
    rows = trips([2.0] * 40, destination="near") + trips([8.0] * 40, destination="far")
    found = learned(rows)
    near, far, new = (found.spread({"destination": place}).at(0.5) for place in ("near", "far", "new"))
    assert near < new < far
    assert found.seen_of("destination", "far") == 40 and found.seen_of("destination", "new") == 0


def test_one_parcel_moves_its_lane_little() -> None:
    """Shrinkage: a single slow parcel is no reason to tell everybody there to wait as long."""
    rows = trips([4.0] * 60, destination="usual") + trips([16.0], destination="once")
    assert learned(rows).spread({"destination": "once"}).at(0.5) < 6


def test_a_slow_sender_is_not_blamed_on_the_destination() -> None:
    """Crossed effects: the same place, by two senders; what the slow one does there says nothing about the place."""
    rows = trips([2.0] * 40, destination="A", sender="fast") + trips([6.0] * 40, destination="A", sender="slow")
    rows += trips([2.0] * 40, destination="B", sender="fast")
    found = learned(rows)
    at_a, at_b = (found.spread({"destination": place, "sender": "fast"}).at(0.5) for place in "AB")
    assert at_a == pytest.approx(at_b, rel=0.15)


def test_recent_parcels_count_more() -> None:
    """A season that speeds up: the curve follows within its half-life."""
    before = [Trip(day, day + 10, {}) for day in range(40)]
    after = [Trip(day, day + 4, {}) for day in range(40, 96)]
    assert learned(before + after).spread({}).at(0.5) < 5


def test_too_little_history_says_nothing() -> None:
    assert fit(Trips.of(trips([3.0] * 19), PLAIN.factors), TODAY, PLAIN) is None
    assert fit(Trips.of(trips([3.0] * 20), PLAIN.factors), TODAY, PLAIN) is not None


def test_a_young_shop_does_not_take_the_first_arrivals_for_all() -> None:
    """Twenty arrived within three days, sixty are on the road for five: nobody knows yet when the others come."""
    rows = [Trip(95.0, 97.0 + place / 20, {}) for place in range(20)] + [Trip(95.0, None, {})] * 60
    assert fit(Trips.of(rows, PLAIN.factors), TODAY, PLAIN) is None


def test_what_is_lost_does_not_stretch_the_window() -> None:
    """Parcels that never arrive are counted apart: the window is of those that do."""
    usual = trips([3.0 + place % 3 for place in range(40)])
    lost = [Trip(day, None, {}) for day in range(1, 21)]
    assert learned(usual + lost).spread({}).at(0.9) < 7


def test_a_record_that_ends_before_it_begins_is_left_out() -> None:
    good = trips([3.0] * 30)
    assert learned(good) == learned([*good, Trip(50.0, 40.0, {})])


def test_a_fit_survives_being_written_down() -> None:
    found = learned(trips([3.0, 5.0] * 20, destination="A"))
    again = Fit.from_json(json.loads(json.dumps(found.to_json())))
    assert again is not None and again.spread({"destination": "A"}) == found.spread({"destination": "A"})


def test_what_another_version_wrote_is_not_read() -> None:
    """After an update the shop has no learned windows until the next day, and no errors."""
    written = learned(trips([3.0, 5.0] * 20)).to_json()
    assert Fit.from_json({name: value for name, value in written.items() if name != "centre"}) is None
    assert Fit.from_json(written | {"more": 1}) is None and Fit.from_json(None) is None


def test_a_small_shop_remembers_longer() -> None:
    """Two parcels a week: with a half-life of 15 days alone, a handful would decide."""
    rows = [Trip(day, day + 3 + day % 4, {}) for day in np.arange(0.0, 96.0, 3.5)]
    patient, hasty = learned(rows).spread({}), learned(rows, recipe=replace(PLAIN, enough=1.0)).spread({})
    assert patient != hasty


@given(st.lists(st.floats(0, 50), min_size=len(LEVELS), max_size=len(LEVELS)), st.floats(0, 60))
def test_what_has_waited_waits_on(days: list[float], age: float) -> None:
    """The rest of the way is never over already, and never earlier than it was."""
    spread = Spread(tuple(sorted(days)))
    rest = spread.after(age)
    assert rest is None or (
        rest.days[0] >= age and all(now >= then for now, then in zip(rest.days, spread.days, strict=True))
    )


def test_a_leg_after_a_leg_takes_both() -> None:
    """Certain legs add up; two uncertain ones spread less than the worst of both together."""
    three, wide = Spread((3.0,) * len(LEVELS)), Spread(tuple(10 * level for level in LEVELS))
    assert three.then(three) == Spread((6.0,) * len(LEVELS))
    both = wide.then(wide)
    assert both.at(0.5) == pytest.approx(10, abs=0.2) and both.at(0.9) < 2 * wide.at(0.9)
