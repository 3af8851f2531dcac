"""Updates for a bot that polls: offsets, waiting, conflicts, kinds, age."""

import asyncio

import pytest

from bot.demo.people import Person
from bot.demo.rules import BotApiError
from bot.demo.state import Json
from bot.demo.unrest import Unrest
from bot.demo.world import World

from .conftest import Clock, Refusal


async def texts(world: World, **params: object) -> list[str]:
    updates: list[Json] = await world.call("getUpdates", params)
    return [update["message"]["text"] for update in updates]


async def test_updates_come_until_an_offset_confirms_them(world: World, ann: Person) -> None:
    """Asking again without an offset repeats them."""
    for text in ("a", "b", "c"):
        await ann.sends(text)
    first = (await world.call("getUpdates", {"limit": 1}))[0]["update_id"]
    assert await texts(world) == ["a", "b", "c"]
    assert await texts(world, offset=first + 1, limit=1) == ["b"]
    assert await texts(world) == ["b", "c"]


async def test_a_negative_offset_keeps_only_the_last(world: World, ann: Person) -> None:
    """And forgets the others."""
    for text in ("a", "b", "c"):
        await ann.sends(text)
    assert await texts(world, offset=-1) == ["c"]
    assert await texts(world) == ["c"]


async def test_a_waiting_poll_ends_with_the_first_update(world: World, ann: Person) -> None:
    """At once, not after its timeout."""
    poll = asyncio.create_task(texts(world, timeout=50))
    await asyncio.sleep(0)
    await ann.sends("a")
    assert await asyncio.wait_for(poll, 5) == ["a"]


async def test_the_earlier_of_two_polls_is_ended(world: World, ann: Person) -> None:
    """Only one bot instance may run."""
    first = asyncio.create_task(texts(world, timeout=50))
    await asyncio.sleep(0)
    second = asyncio.create_task(texts(world, timeout=50))
    with pytest.raises(BotApiError) as error:
        await first
    await ann.sends("a")
    assert await second == ["a"]
    assert (error.value.error_code, error.value.description) == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )


async def test_polling_and_a_webhook_exclude_each_other(world: World, ann: Person, refusal: Refusal) -> None:
    """Until deleteWebhook, which may drop what waits."""
    await world.call("setWebhook", {"url": "https://shop.example/hook", "secret_token": "s"})
    await ann.sends("a")
    info = await world.call("getWebhookInfo", {})
    assert (info["url"], info["pending_update_count"]) == ("https://shop.example/hook", 1)
    assert await refusal("getUpdates") == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    await world.call("deleteWebhook", {"drop_pending_updates": True})
    assert await texts(world) == []


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"url": "http://shop.example/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://shop.example:9000/"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "https://shop.example/", "secret_token": "a b"}, "secret token contains unallowed characters"),
    ],
)
async def test_a_wrong_webhook_is_refused(refusal: Refusal, params: Json, reason: str) -> None:
    """Address, port, secret."""
    assert await refusal("setWebhook", **params) == f"Bad Request: {reason}"


async def test_only_wanted_kinds_are_queued(world: World, ann: Person) -> None:
    """The list stays in force until another one comes; an empty one brings the default back."""
    await world.call("getUpdates", {"allowed_updates": '["callback_query"]'})
    await ann.sends("a")
    await world.call("getUpdates", {})
    await ann.sends("b")
    await world.call("getUpdates", {"allowed_updates": []})
    await ann.sends("c")
    assert await texts(world) == ["c"]


async def test_updates_grow_old(world: World, ann: Person, clock: Clock) -> None:
    """A press after 150 seconds, a message after a day."""
    await ann.taps_data(1, "go")
    await ann.sends("a")
    clock.advance(seconds=151)
    assert await texts(world) == ["a"]
    clock.advance(hours=24)
    assert await texts(world) == []


async def test_updates_come_twice_on_request(world: World, ann: Person) -> None:
    """Under the same number, after they were confirmed; then never again."""
    world.updates.unrest = Unrest(repeat_rate=1)
    await ann.sends("a")
    [first] = await world.call("getUpdates", {})
    assert await world.call("getUpdates", {"offset": first["update_id"] + 1}) == [first]
    assert await world.call("getUpdates", {"offset": first["update_id"] + 1}) == []
    assert world.updates.ledger.repeated == 1


async def test_updates_come_out_of_order_on_request(world: World, ann: Person) -> None:
    """Neighbours change places."""
    world.updates.unrest = Unrest(swap_rate=1)
    for text in ("a", "b", "c"):
        await ann.sends(text)
    assert await texts(world) == ["b", "a", "c"]


async def test_a_delivered_update_is_handled_when_the_person_goes_on(world: World, ann: Person) -> None:
    """With a delivery set, nothing waits in the queue."""
    handled = []

    async def deliver(update: Json) -> None:
        await asyncio.sleep(0)
        handled.append(update["update_id"])

    world.deliver = deliver
    await ann.sends("a")
    await ann.sends("b")
    assert handled == [handled[0], handled[0] + 1]
    assert len(world.updates) == 0


async def test_a_change_wakes_who_waits_for_it(world: World, ann: Person) -> None:
    """As the page does that shows the chats."""
    seen = world.version
    waiting = asyncio.create_task(world.changed(seen))
    await asyncio.sleep(0)
    assert not waiting.done()
    await ann.sends("a")
    assert await asyncio.wait_for(waiting, 5) > seen
