"""Parcels from elsewhere: a number is pasted or forwarded, and followed for whoever asked, until they say otherwise."""

import pytest
from sqlalchemy import select

from bot.demo.people import Person
from store import wire
from store.models import FollowedParcel, Shipment
from store.parcels.sandbox import SandboxCarrier
from tests.conversations.conftest import Shop
from tests.conversations.test_parcels import ships
from tests.doubles.carriers import Event
from tests.doubles.zto import APP_KEY, APP_SECRET, ZtoDouble
from tests.sockets import served

NUMBER = "73123456789012"
FRIEND = {"type": "hidden_user", "date": 1772445600, "sender_user_name": "A friend"}


async def a_number(shop: Shop, key: str = "1") -> str:
    """A parcel that some other shop has handed to the sandbox post just now."""
    return await SandboxCarrier().new_label(key=key, destination_country="PT", now=shop.clock())


async def follows(shop: Shop, person: Person, number: str) -> None:
    await person.sends(number)
    await person.taps("Follow it")


async def rows(shop: Shop) -> list[FollowedParcel]:
    async with shop.app.db.read() as session:
        return list(await session.scalars(select(FollowedParcel).order_by(FollowedParcel.id)))


async def test_a_pasted_number_is_followed_to_the_door(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is followed before somebody says so; then the clock moves it, and each milestone is told once."""
    # A courier is out for as little as four and a half hours: whoever happens to ask late sees the parcel delivered at once.
    monkeypatch.setattr("random.uniform", lambda earliest, latest: earliest)
    number = await a_number(shop)
    await shop.ann.sends(number.lower())
    assert shop.ann.sees(f"Shall I follow {number}?") and shop.ann.sees("Sandbox Post carries it")
    assert await rows(shop) == []
    await shop.ann.taps("Follow it")
    assert shop.ann.sees(f"Sandbox Post: {number}") and "🔄 Ask again" in shop.ann.buttons
    for _ in range(60):
        await shop.works(hours=1)
    told = [
        message["text"]
        for message in shop.ann.from_bot
        if "A parcel from elsewhere that you follow" in message.get("text", "")
    ]
    heads = [text.partition("\n")[0] for text in told]
    assert heads == ["🚚 On its way", "🚪 Out for delivery", "📬 Delivered"]
    await shop.ann.taps("Where is it?")
    assert shop.ann.sees("Arrived ") and "🔄 Ask again" not in shop.ann.buttons


@pytest.mark.parametrize("words", ["Your parcel {} is on its way!", "Where is my parcel {}?", "您的包裹{}已发出"])
async def test_a_forwarded_message_is_read_for_its_number(shop: Shop, words: str) -> None:
    number = await a_number(shop)
    await shop.ann.starts()
    await shop.ann.sends_content({"text": words.format(number), "forward_origin": FRIEND})
    await shop.ann.taps("Follow it")
    assert shop.ann.sees(f"Sandbox Post: {number}")


@pytest.mark.parametrize("caption", ["it is {}", "its {}", "{} please", "my mum sent it as {} on 3 may"])
async def test_a_forwarded_picture_has_it_below(shop: Shop, caption: str) -> None:
    """Among words of any length, which are none of the number."""
    await shop.ann.starts()
    for key in "123":
        number = await a_number(shop, key)
        await shop.ann.sends_photo(caption=caption.format(number))
        assert shop.ann.sees(f"Shall I follow {number}?")


async def test_the_own_orders_parcel_is_shown_and_not_followed(shop: Shop) -> None:
    number = await ships(shop)
    tracking = await _tracking(shop)
    await shop.ann.sends(tracking)
    assert shop.ann.sees(f"Order {number}") and "🔔 Follow it" not in shop.ann.buttons


async def test_somebody_elses_order_is_a_parcel_like_any_other(shop: Shop) -> None:
    """Ivan learns where the parcel is, as from its carrier, and nothing of Ann or of her order; her own parcel goes on being asked for."""
    order_number = await ships(shop)
    await shop.works(hours=7)
    tracking = await _tracking(shop)
    await shop.ivan.starts()
    await shop.ivan.sends(f"/track {tracking}")
    await shop.ivan.taps("Следить")
    assert shop.ivan.sees(tracking) and shop.ivan.sees("Harbor depot")
    chat = str(shop.ivan.chat)
    assert order_number not in chat and "Ann" not in chat
    for _ in range(20):
        await shop.works(hours=3)
    assert shop.ann.sees(f"Order {order_number} has been delivered")


async def test_an_ambiguous_number_is_asked_about_and_a_phone_where_it_is_needed(shop: Shop) -> None:
    """Digits that read like ZTO's and like DHL's: a person decides. The digits of the phone are kept sealed."""
    async with wire.new_client() as client:
        double = ZtoDouble(client)
        async with served(double.app) as url:
            shop.given = {
                "zto": {"main": {"app_key": APP_KEY, "app_secret": APP_SECRET, "base_url": url}},
                "dhl": {"main": {"api_key": "dhl-key-of-tests", "base_url": "http://127.0.0.1:1"}},
            }
            await shop.restart()
            await shop.ann.starts()
            await shop.ann.sends(NUMBER)
            assert shop.ann.sees(f"Who carries {NUMBER}?") and {"ZTO Express", "DHL"} <= set(shop.ann.buttons)
            await shop.ann.taps("ZTO Express")
            assert shop.ann.sees("the last four digits")
            double.shelf.knows(NUMBER, Event("2", shop.clock(), "sorted"), phone="4711")
            await shop.ann.sends("47")
            assert shop.ann.sees("I am waiting for the last four digits")
            await shop.ann.sends("4711")
            assert shop.ann.sees("On its way")
    (row,) = await rows(shop)
    assert row.phone_sealed is not None and "4711" not in row.phone_sealed


async def test_who_guesses_at_phones_is_stopped(shop: Shop) -> None:
    async with wire.new_client() as client:
        double = ZtoDouble(client)
        double.shelf.knows(NUMBER, Event("2", shop.clock(), "sorted"), phone="4711")
        async with served(double.app) as url:
            shop.given = {"zto": {"main": {"app_key": APP_KEY, "app_secret": APP_SECRET, "base_url": url}}}
            await shop.restart()
            await shop.ann.starts()
            await shop.ann.sends(NUMBER)
            await shop.ann.taps("ZTO Express")
            for digits in ("0001", "0002", "0003", "0004", "0005"):
                await shop.ann.sends(digits)
                await shop.works(hours=2)
                await shop.ann.sends("/track")
                await shop.ann.taps("ZTO Express …")
            assert shop.ann.sees("were not the right ones")
            await shop.ann.sends("4711")
            assert not shop.ann.sees("On its way")


async def test_nobody_follows_more_than_ten(shop: Shop) -> None:
    numbers = [await a_number(shop, key=str(n)) for n in range(11)]
    for number in numbers:
        await follows(shop, shop.ann, number)
    assert "more than we can do" in str(shop.ann.toast)
    assert len(await rows(shop)) == 10


async def test_who_follows_no_more_is_told_no_more(shop: Shop) -> None:
    """And what was known of the parcel is gone at once, its row a day later."""
    await follows(shop, shop.ann, await a_number(shop))
    await shop.works(hours=8)
    await shop.ann.taps("Do not follow")
    assert shop.ann.toast == "Not followed any more"
    (row,) = await rows(shop)
    assert row.scans == [] and row.next_poll_at is None
    seen = len(shop.ann.from_bot)
    for _ in range(10):
        await shop.works(hours=4)
    assert len(shop.ann.from_bot) == seen and await rows(shop) == []


async def test_another_persons_parcel_is_nobodys_to_see_or_drop(shop: Shop) -> None:
    await follows(shop, shop.ann, await a_number(shop))
    (row,) = await rows(shop)
    await shop.ivan.starts()
    message = shop.ivan.from_bot[-1]["message_id"]
    for data in (f"b:{row.id}", f"br:{row.id}", f"bd:{row.id}"):
        await shop.ivan.taps_data(message, data)
        assert not shop.ivan.sees(row.tracking_number)
    assert (await rows(shop))[0].removed_at is None


async def test_all_that_one_waits_for_is_one_list(shop: Shop) -> None:
    """Orders and parcels from elsewhere, and the way to one more."""
    order_number = await ships(shop)
    number = await a_number(shop)
    await follows(shop, shop.ann, number)
    await shop.ann.sends("where is my parcel?")
    assert shop.ann.sees("Which parcel do you mean?") and order_number in shop.ann.buttons
    await shop.ann.taps("Follow a parcel")
    await shop.ann.sends("it is the blue one")
    assert shop.ann.sees("I find no number in it")
    await shop.ann.sends(await a_number(shop, key="2"))
    assert shop.ann.sees("Shall I follow")


async def test_what_is_followed_is_handed_over_and_forgotten(shop: Shop) -> None:
    number = await a_number(shop)
    await follows(shop, shop.ann, number)
    await shop.ann.sends("/privacy")
    await shop.ann.taps("Download my data")
    from tests.conversations.test_my_data import handed_over

    found = await handed_over(shop)
    assert number in found["data.json"] and "== Parcels from elsewhere ==" in found["data.txt"]
    await shop.ann.sends("/privacy")
    for label in ("Delete my data", "Delete my data"):
        await shop.ann.taps(label)
    assert await rows(shop) == []


async def test_a_merchant_may_switch_it_off(shop: Shop) -> None:
    shop.given = {"follow_parcels": "none"}
    await shop.restart()
    await shop.ann.starts()
    await shop.ann.sends(await a_number(shop))
    assert "🔔 Follow it" not in shop.ann.buttons
    await shop.ann.sends("/track")
    assert "➕ Follow a parcel" not in shop.ann.buttons


async def _tracking(shop: Shop) -> str:
    async with shop.app.db.read() as session:
        return str(await session.scalar(select(Shipment.tracking_number)))
