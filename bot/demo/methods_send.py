"""Calls that put messages into a chat."""

from typing import TYPE_CHECKING

from bot.demo import methods_media as files
from bot.demo import rules
from bot.demo.methods_params import Params
from bot.demo.rules import bad_request
from bot.demo.state import Chat, Json

if TYPE_CHECKING:
    from bot.demo.world import World

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
}
ALBUM_KINDS = {"photo", "document"}
CAPTIONED = ("photo", "document", "voice", "video", "animation", "audio")
# What copyMessage takes over; anything else (a service message, an invoice, …) cannot be copied.
COPIED = ("text", "sticker", "video_note", "contact", "location", "venue", "dice", "poll", *CAPTIONED)
COPIED_ALONG = ("entities", "link_preview_options", "caption", "caption_entities", "show_caption_above_media")


def send_message(world: "World", params: Params) -> Json:
    content = text_content(params)
    return _send(world, params, content)


def send_photo(world: "World", params: Params) -> Json:
    rules.writable_chat(world, params)
    above = {"show_caption_above_media": params.flag("show_caption_above_media") or None}
    content = files.caption(params) | files.media(world, params, "photo", params.raw("photo"))
    return _send(world, params, content | above)


def send_document(world: "World", params: Params) -> Json:
    rules.writable_chat(world, params)
    content = files.caption(params) | files.media(world, params, "document", params.raw("document"))
    return _send(world, params, content)


def send_media_group(world: "World", params: Params) -> list[Json]:
    chat = rules.writable_chat(world, params)
    params.required("media")
    album = params.objects("media")
    if len(album) > 10:
        raise bad_request("too many messages to send as an album")
    if not album:
        raise bad_request("there are no messages to send")
    if len(album) == 1:
        raise bad_request("too few messages to send as an album")  # documented; the real wording is not known
    contents = _album_contents(world, params, album)
    group = {"media_group_id": str(chat.id * 1000 + chat.last_message_id + 1), **around(chat, params)}
    return [world.post(chat, world.bot, content | group) for content in contents]


def _album_contents(world: "World", params: Params, album: list[Json]) -> list[Json]:
    kinds = {str(item.get("type")) for item in album}
    if "document" in kinds and len(kinds) > 1:
        raise bad_request("document can't be mixed with other media types")
    return [input_media(world, params, item) for item in album]


def input_media(world: "World", params: Params, item: Json) -> Json:
    """The content that an InputMedia object stands for. Raises: BotApiError."""
    kind = str(item.get("type"))
    if kind not in ALBUM_KINDS:
        raise rules.Unsupported(f"the Telegram in memory does not know media of type {kind}")
    return files.caption(Params(item)) | files.media(world, params, kind, item.get("media"))


def send_chat_action(world: "World", params: Params) -> bool:
    chat = rules.writable_chat(world, params)
    action = params.required("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.action = (action, world.clock().timestamp() + 5)
    world.touch()
    return True


def copy_message(world: "World", params: Params) -> Json:
    """A message of any chat the bot is in comes once more, without saying from where; only its number is told."""
    source = rules.known_chat(world, Params({"chat_id": params.raw("from_chat_id")}))
    if not params.integer("message_id"):
        raise bad_request("message identifier is not specified")
    message = source.messages.get(params.integer("message_id"))
    rules.writable_chat(world, params)
    if message is None:
        raise bad_request("message to copy not found")
    if message.get("has_protected_content") or not any(kind in message for kind in COPIED):
        raise bad_request("message can't be copied")
    content = {key: message[key] for key in (*COPIED, *COPIED_ALONG) if key in message}
    if "caption" in params and any(kind in content for kind in CAPTIONED):
        content |= files.caption(params)
    return {"message_id": _send(world, params, content)["message_id"]}


def text_content(params: Params) -> Json:
    """Raises: BotApiError."""
    if not params.text("text"):
        raise bad_request("message text is empty")
    text, entities = params.formatted("text", "entities")
    if not text:
        raise bad_request("text must be non-empty")
    if len(text) > rules.TEXT_MAX:
        raise bad_request("message is too long")
    return {"text": text, "entities": entities, "link_preview_options": params.mapping("link_preview_options")}


def _send(world: "World", params: Params, content: Json) -> Json:
    chat = rules.writable_chat(world, params)
    markup = rules.reply_markup(params.markup(), chat)
    shown = markup if markup and "inline_keyboard" in markup else None
    if markup and not shown:
        _set_reply_keyboard(world, chat, markup)
    return world.post(chat, world.bot, content | around(chat, params) | {"reply_markup": shown})


def around(chat: Chat, params: Params) -> Json:
    """What any message may carry beside its content."""
    thread_id = params.integer("message_thread_id") or None
    return {
        "message_thread_id": thread_id,
        "is_topic_message": thread_id is not None or None,
        "reply_to_message": _replied(chat, params),
        "has_protected_content": params.flag("protect_content") or None,
        "effect_id": params.text("message_effect_id") or None,
    }


def _replied(chat: Chat, params: Params) -> Json | None:
    reply = Params(params.mapping("reply_parameters") or {"message_id": params.integer("reply_to_message_id")})
    if not reply.integer("message_id"):
        return None
    message = chat.messages.get(reply.integer("message_id"))
    if message is None:
        if reply.flag("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    return {key: value for key, value in message.items() if key != "reply_to_message"}


def _set_reply_keyboard(world: "World", chat: Chat, markup: Json) -> None:
    people = [member for member in chat.members if member != world.bot_id]
    for person in people:
        if markup.get("remove_keyboard"):
            chat.reply_keyboards.pop(person, None)
        else:
            chat.reply_keyboards[person] = markup
