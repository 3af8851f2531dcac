"""The world itself: deterministic, and still there after a restart."""

from bot.demo.methods_params import Upload
from bot.demo.people import Person
from bot.demo.world import World

from .conftest import Clock


async def a_lived_in_world(clock: Clock) -> World:
    world = World(clock)
    ann = Person(world, world.add_user("Ann", language_code="en").id)
    group = world.add_group("Staff", [ann.id])
    await ann.starts()
    await ann.sends_photo()
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    await world.call("sendMessage", {"chat_id": group.id, "text": "x", "reply_markup": keyboard})
    await world.call("sendDocument", {"chat_id": ann.id, "document": Upload("a.bin", bytes(range(256)))})
    await world.call("setMyCommands", {"commands": [{"command": "help", "description": "Help"}]})
    await world.call("sendChatAction", {"chat_id": ann.id, "action": "typing"})
    await ann.taps("Go", chat=group.id)
    return world


async def test_a_restart_finds_everything(clock: Clock) -> None:
    """Chats, files, open presses, the queue: the bot goes on where it was."""
    world = await a_lived_in_world(clock)
    again = World.from_json(world.to_json(), clock)
    assert again.to_json() == world.to_json()
    query = again.unanswered[0]
    await again.call("answerCallbackQuery", {"callback_query_id": query.id, "text": "Welcome back"})
    assert Person(again, query.user_id).toast == "Welcome back"
    assert again.rendered_callbacks == world.rendered_callbacks
    assert [update["update_id"] for update in await again.call("getUpdates", {})] == [1, 2, 3]


async def test_the_same_steps_make_the_same_world(clock: Clock) -> None:
    """Ids and times come from the steps alone, so pictures of the page are stable."""
    assert (await a_lived_in_world(clock)).to_json() == (await a_lived_in_world(clock)).to_json()


async def test_calls_are_kept_without_their_files(world: World, ann: Person) -> None:
    """For tests that count, and for the demo's third pane."""
    await world.call("senddocument", {"chat_id": ann.id, "document": "attach://a", "a": Upload("a", b"x")})
    assert world.calls[-1] == ("sendDocument", {"chat_id": ann.id, "document": "attach://a"})


async def test_a_result_is_a_copy(world: World, ann: Person) -> None:
    """Whoever changes it does not change the chat."""
    sent = await world.call("sendMessage", {"chat_id": ann.id, "text": "x"})
    sent["chat"]["id"] = 5
    assert ann.chat[-1]["chat"]["id"] == ann.id
