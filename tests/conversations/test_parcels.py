"""Where is my parcel?"""

import pytest

from tests.conversations.conftest import Shop
from tests.conversations.walks import CASH, PICKUP, order_number, orders


async def ships(shop: Shop) -> str:
    """An order of Ann's that Max has handed to the sandbox post; its number."""
    number = await orders(shop.ann, payment=CASH)
    await shop.works()
    for label in ("Accept", "Pack", "Ship", "label"):
        await shop.max.taps(label)
    await shop.works()
    return number


async def test_a_parcel_travels_to_the_door_by_itself(shop: Shop) -> None:
    """Only the clock moves it: job, tracking, outbox, relay."""
    number = await ships(shop)
    assert shop.ann.sees(f"Order {number} has left the shop")
    assert shop.ann.sees("Should arrive")
    for _ in range(30):
        await shop.works(hours=4)

    assert shop.ann.sees(f"Order {number} has been delivered")
    assert shop.ann.sees("Arrived ")


async def test_the_timeline_is_one_message(shop: Shop) -> None:
    await ships(shop)
    for _ in range(30):
        await shop.works(hours=4)

    timelines = [message["text"] for message in shop.ann.from_bot if "Handed to the carrier" in message.get("text", "")]
    assert len(timelines) == 1


@pytest.mark.parametrize("question", ["/track", "where is my parcel?", "Wheres my parsel??", "我的包裹到哪了"])
async def test_the_one_order_on_its_way_is_shown(shop: Shop, question: str) -> None:
    number = await ships(shop)
    await shop.works(hours=4)
    await shop.ann.sends(question)

    assert number in shop.ann.screen
    assert "Asked the carrier" in shop.ann.screen
    assert "🔄 Ask again" in shop.ann.buttons


async def test_russians_ask_too(shop: Shop) -> None:
    await shop.ivan.sends("где моя посылка")

    assert shop.ivan.from_bot


async def test_who_has_several_is_asked_which(shop: Shop) -> None:
    numbers = {await orders(shop.ann, payment=CASH)}
    await shop.ann.sends("/start")
    from tests.conversations.walks import answers, takes

    await takes(shop.ann)
    await answers(shop.ann, payment=CASH, first=False)
    await shop.ann.taps("Place order")
    numbers.add(order_number(shop.ann))
    await shop.ann.sends("where is my order?")
    assert shop.ann.sees("Which order do you mean?")
    assert numbers <= set(shop.ann.buttons)
    await shop.ann.taps(min(numbers))

    assert shop.ann.sees("It is being prepared")


async def test_what_came_lately_is_told_when_nothing_is_on_its_way(shop: Shop) -> None:
    """Somebody at home may have taken it in; two weeks later it is not what was meant."""
    number = await ships(shop)
    for _ in range(30):
        await shop.works(hours=4)
    await shop.ann.sends("where is my parcel?")
    assert shop.ann.sees(f"Order {number} reached you: ")
    await shop.ann.taps("Where is it?")
    assert "Arrived" in shop.ann.screen
    await shop.works(days=15)
    await shop.ann.sends("where is my parcel?")
    assert shop.ann.sees("All your orders are listed under My orders")


async def test_nothing_on_the_way_is_said_honestly(shop: Shop) -> None:
    await shop.ann.starts()
    await shop.ann.sends("where is my parcel?")
    assert shop.ann.sees("You have not ordered anything yet")
    await orders(shop.ann)
    await shop.ann.sends("where is my parcel?")

    assert shop.ann.sees("Nothing is on its way to you right now")


async def test_a_number_finds_the_order_however_it_is_typed(shop: Shop) -> None:
    number = await ships(shop)
    await shop.ann.sends(f"/track {number.lower().replace('-', ' ')}")
    assert number in shop.ann.screen
    async with shop.app.db.read() as session:
        from sqlalchemy import select

        from store.models import Shipment

        tracking = await session.scalar(select(Shipment.tracking_number))
    await shop.ann.sends(f"/track {tracking}")
    assert number in shop.ann.screen


async def test_nobody_finds_somebody_elses_order(shop: Shop) -> None:
    number = await ships(shop)
    await shop.ivan.starts()
    await shop.ivan.sends(f"/track {number}")

    assert not shop.ivan.sees(number)


async def test_asking_again_asks_the_carrier_and_says_so(shop: Shop) -> None:
    await ships(shop)
    await shop.ann.sends("/track")
    await shop.ann.taps("Ask again")
    assert shop.ann.toast == "This is the latest; we ask again by ourselves"
    shop.clock.at = shop.clock.at.replace(hour=18)
    await shop.ann.taps("Ask again")

    assert shop.ann.toast == "Asked the carrier just now"


async def test_who_picks_up_hears_when_it_is_ready(shop: Shop) -> None:
    number = await orders(shop.ann, delivery=PICKUP, payment="Pay at pick-up")
    await shop.works()
    await shop.max.taps("Ready")
    await shop.works()

    assert shop.ann.sees(f"Order {number} can be fetched")
    assert shop.ann.sees("📍")
