"""What is known of a leg when it begins."""

from datetime import UTC, datetime

import pytest

from store.parcels.legs import HANDOVER, TRANSIT, Place, Sending, handover_factors, near, transit_factors

SHOP = Place("DE", "BE", "Berlin", "10115")
FRIDAY = datetime(2026, 11, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("other", "how"),
    [
        (Place("DE", "BE", "BERLIN", "13355"), "city"),
        (Place("DE", "BB", "Potsdam", "10119"), "postcode3"),
        (Place("DE", "BB", "Potsdam", "10999"), "postcode2"),
        (Place("DE", "BB", "Potsdam", "14467"), "postcode1"),
        (Place("DE", "BE", "Spandau", ""), "region"),
        (Place("DE", "BY", "München", "80331"), "far"),
        (Place("FR", "", "Paris", "10115"), "abroad"),
        (Place(), ""),
    ],
)
def test_how_near_two_places_are(other: Place, how: str) -> None:
    assert near(SHOP, other) == how


def test_every_factor_of_a_leg_is_told() -> None:
    """A recipe that asks for a factor nobody fills would learn nothing from it."""
    sending = Sending(SHOP, Place("DE", "BY", "München", "80331"), "1", "dhl", "express", 4.9, 2)
    assert set(handover_factors(sending, FRIDAY)) == set(HANDOVER.factors)
    told = transit_factors(sending, FRIDAY)
    assert set(told) == set(TRANSIT.factors) and all(told.values())
    assert told["lane"] == "DE/BE>DE/BY" and told["area"] == "DE/80" and told["weekday"] == "4"


def test_what_is_not_known_is_empty() -> None:
    told = transit_factors(Sending(Place(), Place("DE")), None)
    assert {name for name, value in told.items() if value} == {"country", "destination"}
