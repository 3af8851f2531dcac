"""What Telegram refuses to send: texts, chats, replies."""

import pytest

from bot.demo.people import Person
from bot.demo.rules import BotApiError, Unsupported
from bot.demo.world import World

from .conftest import Clock, Refusal


async def test_a_message_shows_what_was_sent(world: World, ann: Person) -> None:
    """The result is the message as it stands in the chat."""
    sent = await world.call("sendMessage", {"chat_id": ann.id, "text": "<b>Hi</b>", "parse_mode": "HTML"})
    assert ann.chat[-1] == sent
    assert (sent["text"], sent["entities"]) == ("Hi", [{"type": "bold", "offset": 0, "length": 2}])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "message text is empty"),
        (None, "message text is empty"),
        ("  \n ", "text must be non-empty"),
        ("<b></b>", "text must be non-empty"),
        ("x" * 4097, "message is too long"),
        ("x" * 32769, "text is too long"),
    ],
)
async def test_a_text_out_of_bounds_is_refused(refusal: Refusal, ann: Person, text: str | None, reason: str) -> None:
    """Lengths count after the markup is read."""
    assert await refusal("sendMessage", chat_id=ann.id, text=text, parse_mode="HTML") == f"Bad Request: {reason}"


async def test_the_longest_text_passes(world: World, ann: Person) -> None:
    """4096 characters besides the markup, each of them an emoji of two UTF-16 units."""
    await world.call("sendMessage", {"chat_id": ann.id, "text": f"<b>{'😀' * 4096}</b>", "parse_mode": "HTML"})
    assert len(ann.screen) == 4096


async def test_a_chat_is_needed(refusal: Refusal) -> None:
    """Neither nothing nor a stranger is one."""
    assert await refusal("sendMessage", text="x") == "Bad Request: chat_id is empty"
    assert await refusal("sendMessage", chat_id=5, text="x") == "Bad Request: chat not found"
    assert await refusal("sendMessage", chat_id="@nobody", text="x") == "Bad Request: chat not found"


async def test_the_bot_does_not_write_first(world: World, refusal: Refusal) -> None:
    """Before Start somebody is unknown, or known from a group only."""
    max_id, eve_id = world.add_user("Max").id, world.add_user("Eve").id
    world.add_group("Staff", [max_id])
    assert await refusal("sendMessage", chat_id=eve_id, text="x") == "Bad Request: chat not found"
    reason = await refusal("sendMessage", chat_id=max_id, text="x")
    assert reason == "Forbidden: bot can't initiate conversation with a user"


async def test_a_blocked_bot_cannot_write(world: World, ann: Person, refusal: Refusal) -> None:
    """Until the person takes it back."""
    await ann.blocks_bot()
    assert await refusal("sendMessage", chat_id=ann.id, text="x") == "Forbidden: bot was blocked by the user"
    await ann.unblocks_bot()
    assert await world.call("sendMessage", {"chat_id": ann.id, "text": "x"})


async def test_a_deleted_account_gets_nothing(world: World, ann: Person, refusal: Refusal) -> None:
    """The chat remains, its person does not."""
    world.users[ann.id].is_deactivated = True
    assert await refusal("sendMessage", chat_id=ann.id, text="x") == "Forbidden: user is deactivated"


async def test_a_bot_outside_a_group_cannot_write_there(world: World, ann: Person, refusal: Refusal) -> None:
    """Kicked and never let in are told apart."""
    group = world.add_group("Staff", [ann.id], bot_status="left")
    asked = {"chat_id": group.id, "text": "x"}
    assert await refusal("sendMessage", **asked) == "Forbidden: bot is not a member of the supergroup chat"
    await ann.adds_bot(group.id)
    await ann.removes_bot(group.id)
    assert await refusal("sendMessage", **asked) == "Forbidden: bot was kicked from the supergroup chat"


async def test_an_upgraded_group_names_its_new_id(world: World, ann: Person) -> None:
    """The error carries the id to write to from now on."""
    old = world.add_group("Staff", [ann.id], kind="group")
    new_id = await ann.upgrades_group(old.id)
    with pytest.raises(BotApiError, match="group chat was upgraded to a supergroup chat") as error:
        await world.call("sendMessage", {"chat_id": old.id, "text": "x"})
    assert error.value.parameters == {"migrate_to_chat_id": new_id}
    assert await world.call("sendMessage", {"chat_id": new_id, "text": "x"})


async def test_a_reply_needs_its_message(world: World, ann: Person, refusal: Refusal) -> None:
    """Unless the bot allows to send it without."""
    missing = {"message_id": 99}
    reason = await refusal("sendMessage", chat_id=ann.id, text="x", reply_parameters=missing)
    assert reason == "Bad Request: message to be replied not found"
    lenient = missing | {"allow_sending_without_reply": True}
    sent = await world.call("sendMessage", {"chat_id": ann.id, "text": "x", "reply_parameters": lenient})
    assert "reply_to_message" not in sent


async def test_a_reply_shows_what_it_answers(world: World, ann: Person) -> None:
    """The answered message is inside, without its own reply."""
    first = ann.chat[0]["message_id"]
    asked = {"chat_id": ann.id, "text": "x", "reply_parameters": {"message_id": first}}
    assert (await world.call("sendMessage", asked))["reply_to_message"]["text"] == "/start"


async def test_a_chat_without_topics_has_no_threads(ann: Person, refusal: Refusal) -> None:
    """As after a group's topics were switched off."""
    reason = await refusal("sendMessage", chat_id=ann.id, text="x", message_thread_id=3)
    assert reason == "Bad Request: message thread not found"


async def test_a_method_that_is_not_known_says_so_by_name(world: World) -> None:
    """Never a silent success."""
    with pytest.raises(Unsupported, match="sendDice"):
        await world.call("sendDice", {"chat_id": 1})


async def test_what_the_bot_does_fades(world: World, ann: Person, clock: Clock) -> None:
    """It shows for five seconds, or until the next message."""
    await world.call("sendChatAction", {"chat_id": ann.id, "action": "typing"})
    assert world.action_in(ann.id) == "typing"
    clock.advance(seconds=6)
    assert world.action_in(ann.id) is None
    await world.call("sendChatAction", {"chat_id": ann.id, "action": "upload_photo"})
    await world.call("sendMessage", {"chat_id": ann.id, "text": "x"})
    assert world.action_in(ann.id) is None


async def test_an_unknown_action_is_refused(ann: Person, refusal: Refusal) -> None:
    """There is a list of them."""
    reason = await refusal("sendChatAction", chat_id=ann.id, action="dancing")
    assert reason == "Bad Request: wrong parameter action in request"
