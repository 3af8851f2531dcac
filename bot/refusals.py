"""What Telegram says no to, by name: one table of its words. Who is refused decides what to do about it."""

from collections.abc import Mapping
from enum import StrEnum

from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge, TelegramForbiddenError


class Refusal(StrEnum):
    UNCHANGED = "unchanged"  # it says that already
    NOT_EDITABLE = "not editable"  # deleted, sent by somebody else, of another kind, too old: send a new one
    NO_TEXT = "no text"  # a picture, or a file: send a new one; a living message is taken away
    NOT_COPYABLE = "not copyable"  # deleted meanwhile, protected, or of a kind that is not copied: say it in words
    NOT_DELETABLE = "not deletable"  # older than 48 hours, or gone already: it stays
    TOO_LATE = "too late"  # nobody waits for the answer to this press any more
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    KICKED = "kicked"
    NEVER_STARTED = "never started"  # known from a group alone, or another bot
    NO_CHAT = "no chat"
    NO_RIGHTS = "no rights"
    TOPIC_CLOSED = "topic closed"
    NO_THREAD = "no thread"  # the topic is gone: say it in the chat
    WRONG_FILE = "wrong file"  # Telegram has forgotten the file: upload it again
    BAD_PICTURE = "bad picture"  # too big, too narrow, or no picture at all: go without
    FORBIDDEN = "forbidden"  # a closed door with other words


WORDS: Mapping[Refusal, tuple[str, ...]] = {
    Refusal.UNCHANGED: ("message is not modified",),
    Refusal.NOT_EDITABLE: (
        "message to edit not found",
        "message can't be edited",
        "there is no caption in the message",
        "message_id_invalid",
        "inline keyboard expected",
    ),
    Refusal.NO_TEXT: ("there is no text in the message",),
    Refusal.NOT_COPYABLE: ("message to copy not found", "message can't be copied", "protected content"),
    Refusal.NOT_DELETABLE: ("message to delete not found", "message can't be deleted"),
    Refusal.TOO_LATE: ("query is too old",),
    Refusal.BLOCKED: ("bot was blocked by the user",),
    Refusal.DEACTIVATED: ("user is deactivated",),
    Refusal.KICKED: ("bot was kicked", "bot is not a member"),
    Refusal.NEVER_STARTED: ("can't initiate conversation", "can't send messages to bots"),
    Refusal.NO_CHAT: ("chat not found",),
    Refusal.NO_RIGHTS: ("not enough rights", "no rights to send", "chat_write_forbidden", "need administrator rights"),
    Refusal.TOPIC_CLOSED: ("topic_closed", "topic_deleted"),
    Refusal.NO_THREAD: ("message thread not found",),
    Refusal.WRONG_FILE: ("wrong file identifier", "wrong remote file", "file reference", "file_id"),
    Refusal.BAD_PICTURE: (
        "image_process_failed",
        "photo_invalid_dimensions",
        "photo_save_file_invalid",
        "is too big",
        "request entity too large",
        # a picture by its address, which Telegram opens itself
        "failed to get http url content",
        "wrong type of the web page content",
        "webpage_curl_failed",
        "webpage_media_empty",
    ),
}

# Nothing can be said in the chat, whatever it is.
CLOSED_DOORS = frozenset(
    {
        Refusal.BLOCKED,
        Refusal.DEACTIVATED,
        Refusal.KICKED,
        Refusal.NEVER_STARTED,
        Refusal.NO_CHAT,
        Refusal.NO_RIGHTS,
        Refusal.TOPIC_CLOSED,
        Refusal.FORBIDDEN,
    }
)


def refusal(error: BaseException) -> Refusal | None:
    """The name of what Telegram refused; None for a fault of ours, and for what is no refusal: a flood limit, a server or a line in trouble."""
    if isinstance(error, TelegramEntityTooLarge):
        return Refusal.BAD_PICTURE
    if not isinstance(error, TelegramBadRequest | TelegramForbiddenError):
        return None
    said = error.message.lower()
    found = next((name for name, words in WORDS.items() if any(each in said for each in words)), None)
    return found or (Refusal.FORBIDDEN if isinstance(error, TelegramForbiddenError) else None)


def reason(error: BaseException) -> str:
    """Telegram's own words, without the call: the call holds what was said to a person."""
    return str(getattr(error, "message", None) or type(error).__name__)
