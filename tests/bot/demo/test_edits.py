"""What Telegram refuses to change, delete and pin."""

import pytest

from bot.demo.people import Person
from bot.demo.state import Json
from bot.demo.world import World

from .conftest import Clock, Refusal

GO: Json = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}


@pytest.fixture
async def shown(world: World, ann: Person) -> Json:
    """A message of the bot with a button, as the parameters that an edit needs."""
    sent = await world.call("sendMessage", {"chat_id": ann.id, "text": "Cart", "reply_markup": GO})
    return {"chat_id": ann.id, "message_id": sent["message_id"]}


async def test_an_edit_replaces_text_and_keyboard(world: World, ann: Person, shown: Json, clock: Clock) -> None:
    """In place: no new message, and an edit date."""
    clock.advance(minutes=1)
    edited = await world.call("editMessageText", shown | {"text": "Empty"})
    assert (ann.screen, ann.buttons, len(ann.from_bot)) == ("Empty", [], 1)
    assert edited["edit_date"] == edited["date"] + 60


@pytest.mark.parametrize(
    ("method", "change"),
    [("editMessageText", {"text": " Cart ", "reply_markup": GO}), ("editMessageReplyMarkup", {"reply_markup": GO})],
)
async def test_an_edit_must_change_something(refusal: Refusal, shown: Json, method: str, change: Json) -> None:
    """The classic of a double tap."""
    reason = await refusal(method, **shown, **change)
    assert reason == (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )


async def test_an_edit_needs_its_message(refusal: Refusal, world: World, ann: Person, shown: Json) -> None:
    """Absent, deleted, or somebody else's."""
    assert await refusal("editMessageText", chat_id=ann.id, text="x") == (
        "Bad Request: message identifier is not specified"
    )
    await world.call("deleteMessage", shown)
    assert await refusal("editMessageText", **shown, text="x") == "Bad Request: message to edit not found"
    hers = {"chat_id": ann.id, "message_id": ann.chat[0]["message_id"]}
    assert await refusal("editMessageText", **hers, text="x") == "Bad Request: message can't be edited"


async def test_an_edit_fits_the_kind_of_message(refusal: Refusal, world: World, ann: Person, shown: Json) -> None:
    """A text has no caption, a photo has no text."""
    await ann.sends_photo()
    photo = ann.chat[-1]["photo"][-1]["file_id"]
    sent = await world.call("sendPhoto", {"chat_id": ann.id, "photo": photo})
    picture = shown | {"message_id": sent["message_id"]}
    reason = await refusal("editMessageText", **picture, text="x")
    assert reason == "Bad Request: there is no text in the message to edit"
    reason = await refusal("editMessageCaption", **shown, caption="x")
    assert reason == "Bad Request: there is no caption in the message to edit"
    assert (await world.call("editMessageCaption", picture | {"caption": "x"}))["caption"] == "x"


async def test_an_edit_takes_no_reply_keyboard(refusal: Refusal, shown: Json) -> None:
    """Only what hangs under the message can be edited with it."""
    reason = await refusal("editMessageText", **shown, text="x", reply_markup={"keyboard": [["x"]]})
    assert reason == "Bad Request: inline keyboard expected"


async def test_an_edit_is_measured_like_a_new_message(refusal: Refusal, shown: Json) -> None:
    """Length and emptiness."""
    assert await refusal("editMessageText", **shown, text="x" * 4097) == "Bad Request: message is too long"
    assert await refusal("editMessageText", **shown) == "Bad Request: message text is empty"


async def test_a_text_becomes_a_photo_and_a_photo_another(world: World, ann: Person, shown: Json) -> None:
    """editMessageMedia swaps picture and caption at once."""
    await ann.sends_photo()
    photo = {"type": "photo", "media": ann.chat[-1]["photo"][-1]["file_id"], "caption": "Mug"}
    edited = await world.call("editMessageMedia", shown | {"media": photo})
    assert "text" not in edited
    edited = await world.call("editMessageMedia", shown | {"media": photo | {"caption": "Red mug"}})
    assert (ann.screen, edited["photo"][-1]["file_id"]) == ("Red mug", photo["media"])


async def test_a_blocked_bot_may_still_edit(world: World, ann: Person, shown: Json) -> None:
    """The person just does not hear of it."""
    await ann.blocks_bot()
    assert await world.call("editMessageText", shown | {"text": "x"})


async def test_deleting(refusal: Refusal, world: World, ann: Person, shown: Json, clock: Clock) -> None:
    """Once, and within 48 hours; in private chats the person's messages, too."""
    assert await world.call("deleteMessage", shown)
    assert await refusal("deleteMessage", **shown) == "Bad Request: message to delete not found"
    clock.advance(hours=49)
    hers = {"chat_id": ann.id, "message_id": ann.chat[0]["message_id"]}
    assert await refusal("deleteMessage", **hers) == "Bad Request: message can't be deleted for everyone"


async def test_in_a_group_others_messages_are_an_administrators(world: World, ann: Person, refusal: Refusal) -> None:
    """Pinning, too."""
    group = world.add_group("Staff", [ann.id])
    await ann.sends("hello", chat=group.id)
    hers = {"chat_id": group.id, "message_id": 1}
    assert await refusal("deleteMessage", **hers) == "Bad Request: message can't be deleted"
    reason = await refusal("pinChatMessage", **hers)
    assert reason == "Bad Request: not enough rights to manage pinned messages in the chat"
    await ann.adds_bot(group.id, "administrator")
    assert await world.call("deleteMessage", hers)


async def test_deleting_many_passes_over_what_is_gone(world: World, ann: Person, refusal: Refusal, shown: Json) -> None:
    """But at most 100, and a list of numbers."""
    assert await world.call("deleteMessages", {"chat_id": ann.id, "message_ids": [shown["message_id"], 99]})
    assert ann.from_bot == []
    reason = await refusal("deleteMessages", chat_id=ann.id, message_ids=list(range(101)))
    assert reason == "Bad Request: too many message identifiers specified"
    reason = await refusal("deleteMessages", chat_id=ann.id)
    assert reason == "Bad Request: message identifiers are not specified"
    reason = await refusal("deleteMessages", chat_id=ann.id, message_ids=["x"])
    assert reason == "Bad Request: expected an Array of message identifiers"


async def test_pinning(world: World, ann: Person, refusal: Refusal, shown: Json) -> None:
    """The newest pinned message is the chat's; unpinning without an id takes it."""
    await world.call("pinChatMessage", shown)
    pinned = (await world.call("getChat", {"chat_id": ann.id}))["pinned_message"]
    assert pinned["message_id"] == shown["message_id"]
    await world.call("unpinChatMessage", {"chat_id": ann.id})
    assert "pinned_message" not in await world.call("getChat", {"chat_id": ann.id})
    reason = await refusal("pinChatMessage", chat_id=ann.id, message_id=99)
    assert reason == "Bad Request: message to pin not found"
    reason = await refusal("unpinChatMessage", chat_id=ann.id)
    assert reason == "Bad Request: message to unpin not found"
