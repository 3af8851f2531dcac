"""What Telegram refuses under a message and under the input field."""

from typing import Any

import pytest

from bot.demo.people import Person
from bot.demo.state import Json
from bot.demo.world import World

from .conftest import Refusal


def inline(*buttons: Json) -> Json:
    return {"inline_keyboard": [list(buttons)]}


REFUSED: list[tuple[Json, str]] = [
    ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
    ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
    ({"text": " ", "callback_data": "a"}, "inline keyboard button text must be non-empty"),
    ({"callback_data": "a"}, "can't parse inline keyboard button: Can't find field \"text\""),
    (
        {"text": "x"},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    (
        {"text": "x", "url": "http://localhost:8000/pay"},
        "inline keyboard button URL 'http://localhost:8000/pay' is invalid: Wrong HTTP URL",
    ),
    ({"text": "x", "url": "ftp://x.org"}, "inline keyboard button URL 'ftp://x.org' is invalid: Wrong HTTP URL"),
    (
        {"text": "x", "web_app": {"url": "http://x.org"}},
        "inline keyboard button Web App URL 'http://x.org' is invalid: Only HTTPS links are allowed",
    ),
    (
        {"text": "x", "login_url": {"url": "http://x.org"}},
        "inline keyboard button login URL 'http://x.org' is invalid: Only HTTPS links are allowed",
    ),
    ({"text": "x", "copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
    ({"text": "x", "copy_text": {"text": "c" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
    ({"text": "x", "pay": True}, "BUTTON_TYPE_INVALID"),
]


@pytest.mark.parametrize(("button", "reason"), REFUSED)
async def test_a_wrong_button_is_refused(refusal: Refusal, ann: Person, button: Json, reason: str) -> None:
    """In the words that the real server uses."""
    told = await refusal("sendMessage", chat_id=ann.id, text="x", reply_markup=inline(button))
    assert told == f"Bad Request: {reason}"


@pytest.mark.parametrize(
    "button",
    [
        {"text": "x", "callback_data": "a" * 64},
        {"text": "x", "url": "https://127.0.0.1:8000/pay"},
        {"text": "x", "url": "tg://resolve?domain=x"},
        {"text": "x", "copy_text": {"text": "c" * 256}},
        {"text": "x", "switch_inline_query": ""},
        {"text": "x", "callback_data": "a", "style": "success"},
        {"text": "x", "disabled": {}},
        {"text": "x", "web_app": {"url": "https://x.org/"}},
    ],
)
async def test_a_right_button_is_shown_as_it_is(world: World, ann: Person, button: Json) -> None:
    """At the very limits, too."""
    sent = await world.call("sendMessage", {"chat_id": ann.id, "text": "x", "reply_markup": inline(button)})
    assert sent["reply_markup"] == inline(button)


@pytest.mark.parametrize("rows", [[[1] * 9], [[1] * 8] * 13, [[2]] * 90])
async def test_a_keyboard_too_large_is_refused(refusal: Refusal, ann: Person, rows: list[list[int]]) -> None:
    """9 in a row, 104 in all, or more than 10 KB."""
    label = "long " * 30
    keyboard = [[{"text": label[: each**8], "callback_data": "a" * 60} for each in row] for row in rows]
    reason = await refusal("sendMessage", chat_id=ann.id, text="x", reply_markup={"inline_keyboard": keyboard})
    assert reason == "Bad Request: reply markup is too long"


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[]", "object expected as reply markup"),
        ({"a": 1}, "object expected as reply markup"),
        ({"inline_keyboard": 5}, 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
        (
            {"inline_keyboard": [["x"]]},
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
        ),
    ],
)
async def test_what_is_no_markup_is_refused(refusal: Refusal, ann: Person, markup: Any, reason: str) -> None:
    """Nothing malformed reaches a screen."""
    told = await refusal("sendMessage", chat_id=ann.id, text="x", reply_markup=markup)
    assert told == f"Bad Request: {reason}"


async def test_an_empty_inline_keyboard_is_none(world: World, ann: Person) -> None:
    """As for Telegram."""
    sent = await world.call("sendMessage", {"chat_id": ann.id, "text": "x", "reply_markup": {"inline_keyboard": [[]]}})
    assert "reply_markup" not in sent


async def test_a_web_app_button_belongs_to_private_chats(refusal: Refusal, world: World, ann: Person) -> None:
    """A group refuses the whole keyboard."""
    keyboard = inline({"text": "x", "web_app": {"url": "https://x.org"}})
    group = world.add_group("Staff", [ann.id])
    reason = await refusal("sendMessage", chat_id=group.id, text="x", reply_markup=keyboard)
    assert reason == "Bad Request: BUTTON_TYPE_INVALID"


@pytest.mark.parametrize(
    ("request_field", "reason"),
    [
        ("request_contact", "phone number can be requested in private chats only"),
        ("request_location", "location can be requested in private chats only"),
    ],
)
async def test_a_group_is_not_asked_for_personal_things(
    refusal: Refusal, world: World, ann: Person, request_field: str, reason: str
) -> None:
    """Phone and place are asked for in private."""
    keyboard = {"keyboard": [[{"text": "x", request_field: True}]]}
    group = world.add_group("Staff", [ann.id])
    assert await refusal("sendMessage", chat_id=group.id, text="x", reply_markup=keyboard) == f"Bad Request: {reason}"


async def test_a_reply_button_needs_a_label(refusal: Refusal, ann: Person) -> None:
    """An empty one is refused as in inline keyboards."""
    reason = await refusal("sendMessage", chat_id=ann.id, text="x", reply_markup={"keyboard": [[{"text": ""}]]})
    assert reason == "Bad Request: keyboard button text must be non-empty"


async def test_a_reply_keyboard_stays_until_it_is_removed(world: World, ann: Person) -> None:
    """It belongs to the chat, not to its message."""
    keyboard = {"keyboard": [["Catalog", {"text": "Cart"}]]}
    sent = await world.call("sendMessage", {"chat_id": ann.id, "text": "x", "reply_markup": keyboard})
    await world.call("sendMessage", {"chat_id": ann.id, "text": "y"})
    assert ann.keyboard == ["Catalog", "Cart"]
    assert "reply_markup" not in sent
    await world.call("sendMessage", {"chat_id": ann.id, "text": "z", "reply_markup": {"remove_keyboard": True}})
    assert ann.keyboard == []


async def test_every_callback_button_is_remembered(world: World, ann: Person) -> None:
    """Also after an edit took it off the screen; in a group anybody could have pressed it."""
    group = world.add_group("Staff", [ann.id])
    for chat_id in (ann.id, group.id):
        first = inline({"text": "x", "callback_data": "old"})
        sent = await world.call("sendMessage", {"chat_id": chat_id, "text": "x", "reply_markup": first})
        edit = {"chat_id": chat_id, "message_id": sent["message_id"]}
        await world.call(
            "editMessageReplyMarkup", edit | {"reply_markup": inline({"text": "x", "callback_data": "new"})}
        )
    shown = [(each.chat_id, each.data, each.recipient) for each in world.rendered_callbacks]
    assert shown == [(ann.id, "old", ann.id), (ann.id, "new", ann.id), (group.id, "old", None), (group.id, "new", None)]
