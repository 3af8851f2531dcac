"""Presses, and what answers them."""

import pytest

from bot.demo.people import Person
from bot.demo.state import CallbackQuery, Json
from bot.demo.world import World

from .conftest import Clock, Refusal

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@pytest.fixture
async def query(world: World, ann: Person) -> CallbackQuery:
    """Ann's press, waiting for its answer."""
    await ann.taps_data(1, "go")
    return world.unanswered[0]


async def test_a_press_arrives_with_its_message(world: World, ann: Person) -> None:
    """As a callback_query update, from the person in the chat."""
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    await world.call("sendMessage", {"chat_id": ann.id, "text": "Cart", "reply_markup": keyboard})
    await ann.taps("Go")
    press = (await world.call("getUpdates", {}))[-1]["callback_query"]
    assert (press["data"], press["from"]["id"], press["message"]["text"]) == ("go", ann.id, "Cart")


async def test_a_press_under_a_deleted_message_arrives_without_it(world: World, ann: Person) -> None:
    """Its message is inaccessible: date 0 and no text."""
    await ann.taps_data(77, "old")
    message = (await world.call("getUpdates", {}))[-1]["callback_query"]["message"]
    assert (message["message_id"], message["date"], message["chat"]["id"]) == (77, 0, ann.id)


async def test_an_answer_is_a_toast_or_an_alert(world: World, ann: Person, query: CallbackQuery) -> None:
    """Only the one who pressed sees it."""
    max_ = Person(world, world.add_user("Max").id)
    await world.call("answerCallbackQuery", {"callback_query_id": query.id, "text": "Sold out", "show_alert": "true"})
    assert (ann.toast, ann.alert, max_.toast) == ("Sold out", "Sold out", "")
    assert world.unanswered == []


async def test_a_second_answer_is_refused(world: World, refusal: Refusal, query: CallbackQuery) -> None:
    """Also an answer to a query that never was."""
    await world.call("answerCallbackQuery", {"callback_query_id": query.id})
    assert await refusal("answerCallbackQuery", callback_query_id=query.id) == TOO_OLD
    assert await refusal("answerCallbackQuery", callback_query_id="1") == TOO_OLD


async def test_a_late_answer_is_refused(refusal: Refusal, query: CallbackQuery, clock: Clock) -> None:
    """After 15 seconds the app has given up."""
    clock.advance(seconds=16)
    assert await refusal("answerCallbackQuery", callback_query_id=query.id) == TOO_OLD


@pytest.mark.parametrize(
    ("answer", "reason"),
    [({"text": "x" * 201}, "MESSAGE_TOO_LONG"), ({"url": "https://x.org"}, "URL_INVALID")],
)
async def test_a_wrong_answer_is_refused(refusal: Refusal, query: CallbackQuery, answer: Json, reason: str) -> None:
    """And may be given again, right."""
    assert await refusal("answerCallbackQuery", callback_query_id=query.id, **answer) == f"Bad Request: {reason}"
    assert query.answered_at is None


async def test_an_answer_may_open_the_bot_itself(world: World, query: CallbackQuery) -> None:
    """The only address that a plain button's answer may carry."""
    url = "https://t.me/dukkan_demo_bot?start=p_1"
    assert await world.call("answerCallbackQuery", {"callback_query_id": query.id, "url": url})
