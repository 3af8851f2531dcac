"""What of a message is kept when it is carried to the other side: its words, its file's id, and where it was written."""

from aiogram.enums import ContentType
from aiogram.types import Message

from store.support import Words

# What Telegram lets a bot copy. A game, a story, an invoice and their like stay where they are.
COPIED = frozenset(
    {
        ContentType.TEXT,
        ContentType.PHOTO,
        ContentType.DOCUMENT,
        ContentType.VOICE,
        ContentType.VIDEO,
        ContentType.VIDEO_NOTE,
        ContentType.ANIMATION,
        ContentType.AUDIO,
        ContentType.STICKER,
        ContentType.CONTACT,
        ContentType.LOCATION,
        ContentType.VENUE,
        ContentType.DICE,
    }
)


def words_of(message: Message) -> Words | None:
    """None for what cannot be passed on."""
    kind = message.content_type
    if kind not in COPIED:
        return None
    return Words(
        kind=ContentType(kind).value,
        text=message.text or message.caption or "",
        file_id=_file_id(message),
        chat_id=message.chat.id,
        message_id=message.message_id,
        album=message.media_group_id,
    )


def _file_id(message: Message) -> str | None:
    if message.photo:
        return message.photo[-1].file_id[:255]
    content = getattr(message, message.content_type, None)
    file_id = getattr(content, "file_id", None)
    return file_id[:255] if isinstance(file_id, str) else None


def is_said(message: Message) -> bool:
    """Somebody has said something: neither a command nor a note of Telegram's own, such as "pinned a message"."""
    is_command = (message.text or "").startswith("/")
    return not is_command and message.content_type not in _NOTES


_NOTES = frozenset(
    {
        ContentType.PINNED_MESSAGE,
        ContentType.NEW_CHAT_MEMBERS,
        ContentType.LEFT_CHAT_MEMBER,
        ContentType.SUCCESSFUL_PAYMENT,
        ContentType.REFUNDED_PAYMENT,
        ContentType.MIGRATE_FROM_CHAT_ID,
        ContentType.MIGRATE_TO_CHAT_ID,
        ContentType.USERS_SHARED,
        ContentType.CHAT_SHARED,
        ContentType.WRITE_ACCESS_ALLOWED,
        ContentType.MESSAGE_AUTO_DELETE_TIMER_CHANGED,
        ContentType.FORUM_TOPIC_CREATED,
        ContentType.FORUM_TOPIC_EDITED,
        ContentType.FORUM_TOPIC_CLOSED,
        ContentType.FORUM_TOPIC_REOPENED,
    }
)
