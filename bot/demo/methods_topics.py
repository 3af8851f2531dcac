"""Calls about the topics of a forum group."""

from typing import TYPE_CHECKING

from bot.demo import rules
from bot.demo.methods_params import Params
from bot.demo.rules import bad_request
from bot.demo.state import Chat, Json, Topic

if TYPE_CHECKING:
    from bot.demo.world import World

NAME_MAX = 128
COLOURS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)


def create_forum_topic(world: "World", params: Params) -> Json:
    chat = _forum(world, params, "create a topic")
    name = _name(params.required("name"))
    colour = params.integer("icon_color") or COLOURS[0]
    if colour not in COLOURS:
        raise bad_request("invalid icon color specified")  # documented; the real wording is not known
    look = {"name": name, "icon_color": colour}
    # The service message that opens a topic gives it its number.
    thread_id = chat.last_message_id + 1
    chat.topics[thread_id] = Topic(name)
    around = {"message_thread_id": thread_id, "is_topic_message": True}
    world.post(chat, world.bot, {"forum_topic_created": look} | around)
    return {"message_thread_id": thread_id} | look


def edit_forum_topic(world: "World", params: Params) -> bool:
    chat = _forum(world, params, "edit the topic")
    topic = _topic(chat, params)
    if "name" in params:
        topic.name = _name(params.text("name"))
        _tell(world, chat, params, {"forum_topic_edited": {"name": topic.name}})
    return True


def close_forum_topic(world: "World", params: Params) -> bool:
    chat = _forum(world, params, "close or reopen the topic")
    topic = _topic(chat, params)
    if topic.is_closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.is_closed = True
    _tell(world, chat, params, {"forum_topic_closed": {"_": True}})
    return True


def reopen_forum_topic(world: "World", params: Params) -> bool:
    chat = _forum(world, params, "close or reopen the topic")
    topic = _topic(chat, params)
    if not topic.is_closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.is_closed = False
    _tell(world, chat, params, {"forum_topic_reopened": {"_": True}})
    return True


def delete_forum_topic(world: "World", params: Params) -> bool:
    chat = _forum(world, params, "delete the topic")
    _topic(chat, params)
    chat.forget_topic(params.integer("message_thread_id"))
    world.touch()
    return True


def _forum(world: "World", params: Params, what: str) -> Chat:
    """Raises: BotApiError where there are no topics, or the bot is no administrator."""
    chat = rules.known_chat(world, params)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    if chat.members.get(world.bot_id) != "administrator":
        raise bad_request(f"not enough rights to {what}")
    return chat


def _topic(chat: Chat, params: Params) -> Topic:
    topic = chat.topics.get(params.integer("message_thread_id"))
    if topic is None:
        raise bad_request("message thread not found")
    return topic


def _name(name: str) -> str:
    if not 1 <= len(name.strip()) <= NAME_MAX:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name.strip() else "TOPIC_TITLE_TOO_LONG")
    return name.strip()


def _tell(world: "World", chat: Chat, params: Params, what: Json) -> None:
    around = {"message_thread_id": params.integer("message_thread_id"), "is_topic_message": True}
    world.post(chat, world.bot, what | around)
