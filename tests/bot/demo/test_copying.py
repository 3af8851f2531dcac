"""A message that the bot passes on from one chat to another, without saying from where."""

import pytest

from bot.demo.people import Person
from bot.demo.world import World

from .conftest import Refusal


@pytest.fixture
def group(world: World, ann: Person) -> Person:
    """Max, in a group with the bot."""
    boss = world.add_user("Max")
    return Person(world, boss.id, chat_id=world.add_group("Staff", [boss.id]).id)


async def test_a_copy_says_the_same_and_only_its_number_is_told(world: World, ann: Person, group: Person) -> None:
    await ann.sends("Is it <b>blue</b>?")
    asked = {"chat_id": group.chat_id, "from_chat_id": ann.id, "message_id": ann.chat[-1]["message_id"]}
    made = await world.call("copyMessage", asked)
    copy = group.chat[-1]
    assert made == {"message_id": copy["message_id"]}
    assert (copy["text"], copy["from"]["id"]) == (ann.chat[-1]["text"], world.bot_id)
    assert "forward_origin" not in copy


async def test_files_are_copied_and_a_new_caption_takes_the_place_of_the_old(
    world: World, ann: Person, group: Person
) -> None:
    await ann.sends_photo(caption="broken")
    asked = {"chat_id": group.chat_id, "from_chat_id": ann.id, "message_id": ann.chat[-1]["message_id"]}
    await world.call("copyMessage", asked)
    await world.call("copyMessage", asked | {"caption": "<i>new</i>", "parse_mode": "HTML"})
    assert [message.get("caption") for message in group.chat] == ["broken", "new"]
    assert group.chat[-1]["photo"] == ann.chat[-1]["photo"]


@pytest.mark.parametrize("send", ["sends_sticker", "sends_voice"])
async def test_stickers_and_voices_are_copied(world: World, ann: Person, group: Person, send: str) -> None:
    await getattr(ann, send)()
    asked = {"chat_id": group.chat_id, "from_chat_id": ann.id, "message_id": ann.chat[-1]["message_id"]}
    await world.call("copyMessage", asked)
    kind = send.removeprefix("sends_")
    assert group.chat[-1][kind] == ann.chat[-1][kind]


async def test_a_copy_may_quote_and_have_buttons(world: World, ann: Person, group: Person) -> None:
    await ann.sends("one")
    await group.sends("the card")
    asked = {"chat_id": group.chat_id, "from_chat_id": ann.id, "message_id": ann.chat[-1]["message_id"]}
    keyboard = {"inline_keyboard": [[{"text": "Close", "callback_data": "x"}]]}
    quoted = {"message_id": group.chat[-1]["message_id"]}
    await world.call("copyMessage", asked | {"reply_parameters": quoted, "reply_markup": keyboard})
    assert group.chat[-1]["reply_to_message"]["text"] == "the card"
    assert group.buttons == ["Close"]


async def test_what_cannot_be_copied_is_refused(world: World, refusal: Refusal, ann: Person, group: Person) -> None:
    """A message that is gone, a service message, a protected one, and one of a chat that the bot is not in."""
    here = {"chat_id": ann.id}
    assert await refusal("copyMessage", **here) == "Bad Request: chat_id is empty"
    assert await refusal("copyMessage", **here, from_chat_id=5, message_id=1) == "Bad Request: chat not found"
    asked = here | {"from_chat_id": group.chat_id}
    assert await refusal("copyMessage", **asked) == "Bad Request: message identifier is not specified"
    assert await refusal("copyMessage", **asked, message_id=99) == "Bad Request: message to copy not found"
    world.post(group.here, world.user_json(group.id), {"new_chat_title": "Desk"})
    assert await refusal("copyMessage", **asked, message_id=1) == "Bad Request: message can't be copied"
    world.post(group.here, world.bot, {"text": "secret", "has_protected_content": True})
    assert await refusal("copyMessage", **asked, message_id=2) == "Bad Request: message can't be copied"
