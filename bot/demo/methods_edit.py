"""Calls that change what already stands in a chat, and the answer to a press."""

from typing import TYPE_CHECKING

from bot.demo import methods_media as files
from bot.demo import rules
from bot.demo.methods_params import Params
from bot.demo.methods_send import input_media, text_content
from bot.demo.rules import bad_request
from bot.demo.state import Chat, Json

if TYPE_CHECKING:
    from bot.demo.world import World

DELETABLE_FOR_S = 48 * 3600
MEDIA_KINDS = ("photo", "document", "sticker", "voice")
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def edit_message_text(world: "World", params: Params) -> Json:
    content = text_content(params)
    chat, message = _editable(world, params)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _edit(world, chat, message, content | _keyboard(chat, params))


def edit_message_caption(world: "World", params: Params) -> Json:
    content = files.caption(params)
    chat, message = _editable(world, params)
    if not any(kind in message for kind in MEDIA_KINDS):
        raise bad_request("there is no caption in the message to edit")
    return _edit(world, chat, message, content | _keyboard(chat, params))


def edit_message_media(world: "World", params: Params) -> Json:
    """A text message becomes a media message, too."""
    params.required("media")
    chat, message = _editable(world, params)
    keyboard = _keyboard(chat, params)
    item = params.mapping("media") or {}
    former = dict.fromkeys(("text", "entities", "link_preview_options", *MEDIA_KINDS))
    return _edit(world, chat, message, former | input_media(world, params, item) | keyboard)


def edit_message_reply_markup(world: "World", params: Params) -> Json:
    chat, message = _editable(world, params)
    return _edit(world, chat, message, _keyboard(chat, params))


def _editable(world: "World", params: Params) -> tuple[Chat, Json]:
    if "inline_message_id" in params:
        raise rules.Unsupported("the Telegram in memory has no inline messages to edit")
    chat = rules.known_chat(world, params)
    if not params.text("message_id"):
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != world.bot_id:
        raise bad_request("message can't be edited")
    return chat, message


def _keyboard(chat: Chat, params: Params) -> Json:
    """An edit that names no keyboard takes the old one away."""
    return {"reply_markup": rules.inline_markup(params.markup(), chat)}


def _edit(world: "World", chat: Chat, message: Json, changes: Json) -> Json:
    edited = message | changes
    edited = {key: value for key, value in edited.items() if value not in (None, "", [])}
    if edited == message:
        raise bad_request(NOT_MODIFIED)
    edited["edit_date"] = world.now()
    chat.messages[message["message_id"]] = edited
    world.remember_callbacks(edited)
    world.touch()
    return edited


def delete_message(world: "World", params: Params) -> bool:
    chat = rules.known_chat(world, params)
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    _delete(world, chat, message)
    return True


def delete_messages(world: "World", params: Params) -> bool:
    """Ids without a message are passed over."""
    chat = rules.known_chat(world, params)
    if "message_ids" not in params:
        raise bad_request("message identifiers are not specified")
    ids = params.json("message_ids")
    if not isinstance(ids, list) or not all(isinstance(each, int) for each in ids):
        raise bad_request("expected an Array of message identifiers")
    if len(ids) > 100:
        raise bad_request("too many message identifiers specified")
    for message in [chat.messages[each] for each in dict.fromkeys(ids) if each in chat.messages]:
        _delete(world, chat, message)
    return True


def _delete(world: "World", chat: Chat, message: Json) -> None:
    is_own = message["from"]["id"] == world.bot_id
    if not is_own and not chat.is_private and chat.members[world.bot_id] != "administrator":
        raise bad_request("message can't be deleted")
    if (is_own or chat.is_private) and world.now() - message["date"] > DELETABLE_FOR_S:
        raise bad_request("message can't be deleted for everyone")
    del chat.messages[message["message_id"]]
    chat.pinned = [pinned for pinned in chat.pinned if pinned != message["message_id"]]
    world.touch()


def answer_callback_query(world: "World", params: Params) -> bool:
    query = world.state.queries.get(params.text("callback_query_id"))
    if query is None or not world.is_open(query):
        raise bad_request(TOO_OLD)
    if len(params.text("text")) > rules.CALLBACK_TEXT_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    url = params.text("url")
    if url and not url.startswith(f"https://t.me/{world.bot['username']}?start="):
        raise bad_request("URL_INVALID")
    query.text, query.show_alert, query.url = params.text("text"), params.flag("show_alert"), url or None
    query.answered_at = world.clock().timestamp()
    world.touch()
    return True


def pin_chat_message(world: "World", params: Params) -> bool:
    chat = _pinnable(world, params)
    message_id = params.integer("message_id")
    if message_id not in chat.messages:
        raise bad_request("message to pin not found")
    chat.pinned = [*(pinned for pinned in chat.pinned if pinned != message_id), message_id]
    world.touch()
    return True


def unpin_chat_message(world: "World", params: Params) -> bool:
    """Without a message_id the newest pinned message is meant."""
    chat = _pinnable(world, params)
    message_id = params.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    world.touch()
    return True


def _pinnable(world: "World", params: Params) -> Chat:
    chat = rules.known_chat(world, params)
    if not chat.is_private and chat.members[world.bot_id] != "administrator":
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return chat
