"""What Telegram refuses, in Telegram's words."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.demo.state import Chat, Json

if TYPE_CHECKING:
    from bot.demo.methods_params import Params
    from bot.demo.world import World

TEXT_MAX = 4096
CAPTION_MAX = 1024
RAW_TEXT_MAX_BYTES = 32768
CALLBACK_DATA_MAX_BYTES = 64
CALLBACK_TEXT_MAX = 200
COPY_TEXT_MAX = 256
MARKUP_MAX_BYTES = 10 * 1024


class BotApiError(Exception):
    """A call that Telegram refuses. *description* carries the prefix ("Bad Request: …") that the real server adds."""

    def __init__(self, error_code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.error_code = error_code
        self.description = description
        self.parameters = parameters or {}

    def as_json(self) -> Json:
        known = {"ok": False, "error_code": self.error_code, "description": self.description}
        return known | ({"parameters": self.parameters} if self.parameters else {})


class Unsupported(NotImplementedError):
    """The real Telegram can do this, the one in memory cannot: said by name, never a silent success."""


def bad_request(reason: str) -> BotApiError:
    return BotApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> BotApiError:
    return BotApiError(403, f"Forbidden: {reason}")


# ---- chats


def known_chat(world: "World", params: "Params") -> Chat:
    """The chat that a call means. Raises: BotApiError."""
    if not params.text("chat_id"):
        raise bad_request("chat_id is empty")
    chat_id = params.integer("chat_id")
    chat = world.chats.get(chat_id)
    if chat is None:
        if any(chat_id in group.members for group in world.chats.values()):
            raise forbidden("bot can't initiate conversation with a user")
        raise bad_request("chat not found")
    if chat.migrated_to:
        upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
        raise BotApiError(400, upgraded, {"migrate_to_chat_id": chat.migrated_to})
    _refuse_without_bot(world, chat)
    return chat


def writable_chat(world: "World", params: "Params") -> Chat:
    """The chat that a call may write into. Raises: BotApiError."""
    chat = known_chat(world, params)
    if chat.is_private:
        person = world.users[chat.id]
        if person.is_deactivated:
            raise forbidden("user is deactivated")
        if person.has_blocked_bot:
            raise forbidden("bot was blocked by the user")
    if thread_id := params.integer("message_thread_id", 0):
        topic = chat.topics.get(thread_id)
        if topic is None:
            raise bad_request("message thread not found")
        if topic.is_closed and chat.members.get(world.bot_id) != "administrator":
            raise bad_request("TOPIC_CLOSED")
    return chat


def _refuse_without_bot(world: "World", chat: Chat) -> None:
    status = chat.members.get(world.bot_id, "left")
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {_kind(chat)}")
    if status == "left":
        raise forbidden(f"bot is not a member of the {_kind(chat)}")


def _kind(chat: Chat) -> str:
    return f"{'group' if chat.type == 'group' else chat.type} chat"


# ---- links


def checked_url(url: str, *, https_only: bool = False) -> str:
    """*url* as Telegram keeps it, with scheme and path. Raises: ValueError with Telegram's reason."""
    if url.startswith(("tg://", "ton://")) and not https_only:
        return url
    whole = url if re.match(r"[a-z][a-z0-9+.-]*://", url, re.IGNORECASE) else f"http://{url}"
    try:
        parts = urlsplit(whole)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("Wrong HTTP URL") from None
    # A host without a dot, such as localhost, is refused; 127.0.0.1 passes.
    if parts.scheme.lower() not in {"http", "https"} or ("." not in host and ":" not in host) or re.search(r"\s", url):
        raise ValueError("Wrong HTTP URL")
    if https_only and parts.scheme.lower() != "https":
        raise ValueError("Only HTTPS links are allowed")
    return parts._replace(path=parts.path or "/").geturl()


def _button_url(url: str, what: str, *, https_only: bool = False) -> str:
    try:
        return checked_url(url, https_only=https_only)
    except ValueError as wrong:
        raise bad_request(f"{what} URL '{url}' is invalid: {wrong}") from None


# ---- keyboards


def reply_markup(markup: Json | None, chat: Chat) -> Json | None:
    """The markup as Telegram keeps it, or None for no keyboard. Raises: BotApiError."""
    if not markup:
        return None
    if "inline_keyboard" in markup:
        return _inline_keyboard(_rows(markup, "inline_keyboard", "InlineKeyboardMarkup"), chat)
    if "keyboard" in markup:
        return _reply_keyboard(markup, chat)
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    raise bad_request("object expected as reply markup")


def inline_markup(markup: Json | None, chat: Chat) -> Json | None:
    """Like reply_markup, where only an inline keyboard may stand."""
    if markup and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return reply_markup(markup, chat)


def _rows(markup: Json, field: str, type_name: str) -> list[list[Any]]:
    rows = markup[field]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{field}" of the {type_name} must be an Array of Arrays')
    return [row for row in rows if row]


def _inline_keyboard(rows: list[list[Any]], chat: Chat) -> Json | None:
    buttons = [[_inline_button(button, chat) for button in row] for row in rows]
    if not buttons:
        return None
    keyboard = {"inline_keyboard": buttons}
    _refuse_size(keyboard, buttons, most=100, most_in_row=8)
    return keyboard


def _refuse_size(keyboard: Json, rows: list[list[Json]], *, most: int, most_in_row: int) -> None:
    too_many = sum(map(len, rows)) > most or max(map(len, rows)) > most_in_row
    if too_many or len(json.dumps(keyboard, ensure_ascii=False).encode()) > MARKUP_MAX_BYTES:
        raise bad_request("reply markup is too long")


ACTIONS = (
    "url",
    "callback_data",
    "callback_game",
    "pay",
    "switch_inline_query",
    "switch_inline_query_chosen_chat",
    "switch_inline_query_current_chat",
    "login_url",
    "web_app",
    "copy_text",
    "disabled",
)
"""Of several actions in one button the first in this order wins."""


def _inline_button(button: Any, chat: Chat) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    action = next((name for name in ACTIONS if name in button and button[name] is not False), None)
    if action is None:
        reason = "Text buttons are unallowed in the inline keyboard"
        raise bad_request(f"can't parse inline keyboard button: {reason}")
    value = _CHECKS[action](button[action], chat) if action in _CHECKS else button[action]
    look = {key: button[key] for key in ("style", "icon_custom_emoji_id") if button.get(key)}
    return {"text": button["text"].strip(), action: value, **look}


def _callback_data(value: Any, chat: Chat) -> Any:
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= CALLBACK_DATA_MAX_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return value


def _copy_text(value: Any, chat: Chat) -> Any:
    if not 1 <= len(_field(value, "text", "CopyTextButton")) <= COPY_TEXT_MAX:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return value


def _web_app(value: Any, chat: Chat) -> Any:
    if not chat.is_private:
        raise bad_request("BUTTON_TYPE_INVALID")
    url = _field(value, "url", "WebAppInfo")
    return {"url": _button_url(url, "inline keyboard button Web App", https_only=True)}


def _login_url(value: Any, chat: Chat) -> Any:
    _button_url(_field(value, "url", "LoginUrl"), "inline keyboard button login", https_only=True)
    return value


def _url(value: Any, chat: Chat) -> Any:
    return _button_url(str(value), "inline keyboard button")


def _elsewhere(value: Any, chat: Chat) -> Any:
    raise bad_request("BUTTON_TYPE_INVALID")  # only under an invoice, or a game


def _field(value: Any, name: str, type_name: str) -> str:
    text = value.get(name) if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise bad_request(f"can't parse inline keyboard button: Can't parse {type_name}")
    return text


_CHECKS: dict[str, Callable[[Any, Chat], Any]] = {
    "callback_data": _callback_data,
    "url": _url,
    "login_url": _login_url,
    "web_app": _web_app,
    "copy_text": _copy_text,
    "pay": _elsewhere,
    "callback_game": _elsewhere,
}


PRIVATE_ONLY = {
    "request_contact": "phone number can be requested in private chats only",
    "request_location": "location can be requested in private chats only",
    "request_poll": "poll can be requested in private chats only",
    "request_users": "users can be requested in private chats only",
    "request_chat": "chats can be requested in private chats only",
    "web_app": "Web App buttons can be used in private chats only",
}


def _reply_keyboard(markup: Json, chat: Chat) -> Json | None:
    asked = _rows(markup, "keyboard", "ReplyKeyboardMarkup")
    rows = [[_reply_button(button, chat) for button in row] for row in asked]
    if not rows:
        return None
    _refuse_size({"keyboard": rows}, rows, most=300, most_in_row=12)
    return markup | {"keyboard": rows}


def _reply_button(button: Any, chat: Chat) -> Json:
    whole: Json = button if isinstance(button, dict) else {"text": button}
    if not str(whole.get("text") or "").strip():
        raise bad_request("keyboard button text must be non-empty")
    for request, refusal in PRIVATE_ONLY.items():
        if whole.get(request) and not chat.is_private:
            raise bad_request(refusal)
    if isinstance(whole.get("web_app"), dict):
        _button_url(str(whole["web_app"].get("url")), "keyboard button Web App", https_only=True)
    return whole
