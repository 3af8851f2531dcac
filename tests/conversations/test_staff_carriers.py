"""The staff chat, where a carrier needs help: who carries a bare number, and which digits it wants."""

from sqlalchemy import select

from store import wire
from store.models import Shipment
from tests.conversations.conftest import Shop
from tests.conversations.test_staff import a_paid_order
from tests.doubles.carriers import Event
from tests.doubles.zto import APP_KEY, APP_SECRET, ZtoDouble
from tests.sockets import served

NUMBER = "73123456789012"


async def parcel(shop: Shop) -> Shipment:
    async with shop.app.db.read() as session:
        return (await session.scalars(select(Shipment).where(Shipment.tracking_number == NUMBER))).one()


async def test_a_bare_number_is_asked_about_and_a_phone_where_it_is_needed(shop: Shop) -> None:
    """A number that reads like ZTO's and like DHL's: one press decides. ZTO wants digits that the buyer's phone has not; four digits below the card help."""
    async with wire.new_client() as client:
        double = ZtoDouble(client)
        async with served(double.app) as url:
            shop.given = {
                "zto": {"main": {"app_key": APP_KEY, "app_secret": APP_SECRET, "base_url": url}},
                "dhl": {"main": {"api_key": "dhl-key-of-tests", "base_url": "http://127.0.0.1:1"}},
            }
            await shop.restart()
            await a_paid_order(shop)
            card = shop.max.from_bot[-1]["message_id"]
            await shop.max.sends(NUMBER, reply_to=card)
            assert shop.max.sees("Who carries") and {"ZTO Express", "DHL"} <= set(shop.max.buttons)
            await shop.max.taps("ZTO Express")
            double.shelf.knows(NUMBER, Event("2", shop.clock(), "sorted"), phone="4711")
            await shop.works(minutes=1)
            assert shop.max.sees("ZTO Express says nothing about parcel")
            assert (await parcel(shop)).trouble == "needs_phone"
            await shop.max.sends("4711", reply_to=card)
            await shop.works(minutes=40)
    seen = await parcel(shop)
    assert (seen.carrier, seen.status, seen.trouble) == ("zto", "in_transit", None)
    await shop.ann.sends("/track")
    assert shop.ann.sees("ZTO Express: ")


async def test_four_digits_that_nobody_waits_for_are_explained(shop: Shop) -> None:
    await a_paid_order(shop)
    await shop.max.sends("4711", reply_to=shop.max.from_bot[-1]["message_id"])
    assert shop.max.sees("Reply to a card with a tracking number")


async def test_the_buyer_may_say_who_carries_it_where_nobody_knows(shop: Shop) -> None:
    """One question, asked once; nobody else's parcel can be touched with the same button."""
    shop.given = {"zto": {"main": {"app_key": APP_KEY, "app_secret": APP_SECRET, "base_url": "http://127.0.0.1:1"}}}
    await shop.restart()
    await a_paid_order(shop)
    await shop.max.sends(NUMBER, reply_to=shop.max.from_bot[-1]["message_id"])
    await shop.max.taps("Somebody else")
    await shop.works()
    await shop.ann.sends("/track")
    await shop.ann.taps("Who carries it?")
    await shop.ann.taps("ZTO Express")
    assert (await parcel(shop)).carrier == "zto"
    assert shop.ann.sees("ZTO Express: ") and "Who carries it?" not in shop.ann.buttons


async def _sent(shop: Shop) -> list[str | None]:
    async with shop.app.db.read() as session:
        return list(await session.scalars(select(Shipment.tracking_number)))


async def test_signs_that_look_alike_are_asked_about_before_anything_is_sent(shop: Shop) -> None:
    """A Cyrillic В for a B: no number of any carrier's, and its check digit says which one was meant."""
    await a_paid_order(shop)
    await shop.max.sends("RВ123456785US", reply_to=shop.max.from_bot[-1]["message_id"])
    assert shop.max.sees("Did you mean RB123456785US?") and await _sent(shop) == []
    await shop.max.taps("RB123456785US")
    assert await _sent(shop) == ["RB123456785US"]


async def test_who_meant_what_they_typed_says_so(shop: Shop) -> None:
    await a_paid_order(shop)
    await shop.max.sends("RBI23456785US", reply_to=shop.max.from_bot[-1]["message_id"])
    assert shop.max.sees("Did you mean RB123456785US?")
    await shop.max.taps("RBI23456785US")
    assert await _sent(shop) == ["RBI23456785US"]
