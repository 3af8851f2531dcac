"""Whatever a client sends, each method answers or refuses; it never breaks."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.demo.methods import METHODS
from bot.demo.people import Person
from bot.demo.rules import BotApiError, Unsupported
from bot.demo.world import World

from .conftest import Refusal
from .test_media import a_picture

NAMES = [
    "text parse_mode entities reply_markup reply_parameters caption caption_entities media photo document action",
    "message_id message_ids callback_query_id url commands scope language_code name menu_button user_id file_id",
    "offset limit allowed_updates secret_token link_preview_options a",
]
PARTS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 2**70),
    st.floats(),
    st.sampled_from(["", "x", "HTML", "<b>", "{", "[]", "[[", '[{"type":"photo"}]', "attach://a", "\ud800", "/a b"]),
)
OBJECTS = st.dictionaries(
    st.sampled_from(
        ["inline_keyboard", "keyboard", "text", "url", "callback_data", "web_app", "type", "offset", "length", "media"]
    ),
    st.recursive(PARTS, lambda inner: st.lists(inner, max_size=2), max_leaves=4),
    max_size=4,
)
VALUES = st.one_of(PARTS, OBJECTS, st.lists(st.one_of(PARTS, OBJECTS, st.lists(OBJECTS, max_size=2)), max_size=2))
CALLS = st.dictionaries(st.sampled_from(" ".join(NAMES).split()), st.one_of(VALUES, st.just(a_picture())), max_size=5)


@pytest.fixture
def a_world(clock: Any) -> Callable[[], World]:
    def build() -> World:
        world = World(clock)
        person = world.add_user("Ann")
        chat = world.private_chat(person.id)
        for text in ("one", "two"):
            world.post(chat, world.bot, {"text": text})
        return world

    return build


@pytest.mark.parametrize("method", sorted(set(METHODS)))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(params=CALLS)
async def test_no_parameters_break_a_method(a_world: Callable[[], World], method: str, params: dict[str, Any]) -> None:
    """What is neither done nor supported is refused with an error of the Bot API."""
    world = a_world()
    about = {"chat_id": next(iter(world.chats)), "message_id": 1}
    try:
        await world.call(method, about | params)
    except (BotApiError, Unsupported):
        assert world.calls


async def test_a_lone_surrogate_is_no_text(refusal: Refusal, ann: Person) -> None:
    """JSON can carry it, UTF-8 cannot."""
    reason = await refusal("sendMessage", chat_id=ann.id, text="\ud800")
    assert reason == "Bad Request: strings must be encoded in UTF-8"
