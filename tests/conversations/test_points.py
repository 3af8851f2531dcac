"""A point on the map: an addition to an address, and never the only way."""

from typing import Any

from sqlalchemy import select

from store.models import Address, Order
from tests.conversations.conftest import Shop
from tests.conversations.walks import CARD, COURIER, answers, takes, types_address

PIER = (38.70775, -9.13659)


async def _reviews(shop: Shop) -> None:
    await takes(shop.ann)
    await answers(shop.ann)


async def _points(shop: Shop) -> list[tuple[float | None, float | None]]:
    async with shop.app.db.read() as session:
        rows = await session.execute(select(Address.latitude, Address.longitude).order_by(Address.id))
        return [(row.latitude, row.longitude) for row in rows]


async def _order_address(shop: Shop) -> dict[str, Any] | None:
    async with shop.app.db.read() as session:
        return await session.scalar(select(Order.address))


async def test_a_point_goes_with_the_order_to_whoever_brings_it(shop: Shop) -> None:
    """The staff's card has it as a link to a map."""
    await _reviews(shop)
    await shop.ann.taps("Point on the map")
    assert shop.ann.keyboard == ["📍 I am there now"]
    await shop.ann.taps("I am there now")
    assert shop.ann.sees("The point is kept.") and shop.ann.sees("With a point on the map")
    assert shop.ann.keyboard == []
    await shop.ann.taps("Place order")
    await shop.pays(shop.ann)

    assert shop.max.sees("On the map: 38.70775, -9.13659")
    kept = await _order_address(shop)
    assert kept is not None
    assert (kept["latitude"], kept["longitude"]) == PIER
    assert "label" not in kept


async def test_an_order_needs_no_point(shop: Shop) -> None:
    """A computer has no GPS."""
    await _reviews(shop)
    await shop.ann.taps("Place order")
    await shop.pays(shop.ann)

    assert not shop.max.sees("On the map")


async def test_coordinates_can_be_typed(shop: Shop) -> None:
    """Alone, or in the address of a map."""
    await _reviews(shop)
    await shop.ann.taps("Point on the map")
    await shop.ann.sends("over there")
    assert shop.ann.sees("I find no place in this")
    await shop.ann.sends("https://maps.example/@38.70775,-9.13659,17z")

    assert await _points(shop) == [PIER]


async def test_a_point_nowhere_on_earth_is_refused(shop: Shop) -> None:
    await _reviews(shop)
    await shop.ann.taps("Point on the map")
    await shop.ann.sends("138.70775, -9.13659")

    assert shop.ann.sees("no such place on Earth")
    assert await _points(shop) == [(None, None)]


async def test_a_live_location_is_taken_as_it_is_now(shop: Shop) -> None:
    """A parcel is not sent after somebody who walks about; a forwarded place is as good as one's own."""
    await _reviews(shop)
    await shop.ann.sends_location(*PIER, live_s=900)
    assert shop.ann.sees("it does not move with you")
    await shop.ann.sends_location(41.15, -8.61, forwards=True)

    assert await _points(shop) == [(41.15, -8.61)]


async def test_a_place_from_the_list_is_a_point(shop: Shop) -> None:
    await _reviews(shop)
    await shop.ann.sends_venue("Cais das Colunas", "Praça do Comércio", *PIER)

    assert await _points(shop) == [PIER]


async def test_a_point_can_be_taken_back(shop: Shop) -> None:
    await _reviews(shop)
    await shop.ann.sends_location(*PIER)
    await shop.ann.taps("Point on the map")
    await shop.ann.taps("Remove the point")

    assert await _points(shop) == [(None, None)]
    assert shop.ann.sees("Place order")


async def test_a_point_instead_of_an_address_is_kept_and_the_address_is_asked(shop: Shop) -> None:
    """No courier rings at 38.7, -9.1."""
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.ann.taps("Ann")
    await shop.ann.shares_contact()
    await shop.ann.taps(COURIER)
    await shop.ann.sends_location(*PIER)
    assert shop.ann.sees("Which country should it go to?")
    await types_address(shop.ann)
    await shop.ann.taps(CARD)

    assert shop.ann.sees("With a point on the map")
    assert await _points(shop) == [PIER]


async def test_a_place_out_of_nowhere_gets_a_helpful_answer(shop: Shop) -> None:
    """And one that comes while something else is awaited leaves the question open."""
    await shop.ann.sends_location(*PIER)
    assert shop.ann.sees("helps the courier once it belongs to an address")
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.ann.sends_location(*PIER)
    assert shop.ann.sees("I am waiting for the name")
    await shop.ann.sends("Ann Lee")

    assert shop.ann.sees("phone number")


async def test_a_changed_place_has_no_old_point(shop: Shop) -> None:
    """A point belongs to the place where it was set; from the account it is set without a checkout."""
    await shop.ann.sends("/addresses")
    await shop.ann.taps("Add an address")
    await types_address(shop.ann)
    await shop.ann.taps("1. Rua Augusta 1")
    await shop.ann.taps("Point on the map")
    await shop.ann.taps("I am there now")
    for label in ("Change it", "✏️ Street"):
        await shop.ann.taps(label)
    await shop.ann.sends("Rua do Ouro 2")
    await shop.ann.taps("Use this address")

    assert await _points(shop) == [PIER, (None, None)]


async def test_a_keyboard_under_the_input_field_is_for_one_answer_and_says_how_to_type_it(shop: Shop) -> None:
    """There is never more than one, and none stays."""
    await _reviews(shop)
    await shop.ann.taps("Point on the map")
    keyboard = shop.ann.here.reply_keyboards[shop.ann.id]
    assert keyboard["one_time_keyboard"] and keyboard["resize_keyboard"]
    assert keyboard["input_field_placeholder"] == "38.70775, -9.13659"
    await shop.ann.taps("Back")

    assert shop.ann.keyboard == []
