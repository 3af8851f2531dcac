"""What a person sees: a frozen value, made by pure functions in `bot/ui`, put on the wire only by `notifications/telegram.py`."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from aiogram.filters.callback_data import CallbackData
from markupsafe import Markup

from bot.ui.states import Awaiting

# A picture is a name below the shop's picture folder ("linen-dress.jpg") or raw bytes made on the spot (a chart, a QR code).
Picture: TypeAlias = str | bytes


class Style(StrEnum):
    """Bot API 9.4 button colours; the meaning is always in the label too."""

    SUCCESS = "success"
    DANGER = "danger"
    PRIMARY = "primary"


class Doubt(StrEnum):
    """What to do with a message of which nobody knows whether it came: the line broke, or the program ended, while it was sent."""

    REPEAT = "repeat"  # twice is better than not at all
    SILENCE = "silence"  # not at all is better than twice


@dataclass(frozen=True, slots=True)
class Button:
    """Exactly one of *press* (callback data), *url*, *copy* (text to the clipboard), *share* (the start parameter of a link to pass on to another chat),
    *search* (words to search on with while typing, in this chat) or *contact* (asks for the phone number; reply keyboards only)."""

    label: str
    press: CallbackData | None = None
    url: str | None = None
    copy: str | None = None
    share: str | None = None
    search: str | None = None
    style: Style | None = None


Rows: TypeAlias = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A file to keep: a list of the goods, a person's own data. *name* is what the client saves it as."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Original:
    """Somebody's own message, to be passed on as it is. *kind* is Telegram's name for what it holds ("text", "photo", …).

    *caption* takes the place of its own. *gone* is what is said instead when it cannot be copied: its writer may have deleted it.
    """

    chat_id: int
    message_id: int
    kind: str
    gone: Markup
    caption: Markup | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """Text is Telegram HTML. *awaits* names the typed text that the screen asks for, None ends the waiting.

    *album*: pictures that are sent together above it, for whoever wants to see them all.
    *toast* answers the tap that led here (≤ 200 characters), as a blocking *alert* only for what must not be missed.
    *asks_contact* adds a one-time keyboard that shares the phone number, *asks_location* one that sends where the person is; it comes with a
    short message of its own, below the screen.
    *document* comes with the text as its caption, always as a new message. *fresh* sends a new message instead of editing the one whose button was pressed. *doubt*: whether it comes again when it may have come.
    *original* is copied instead of the text, which is what its copy says after an edit. *answers* is the number of the message that it quotes.
    """

    text: Markup
    rows: Rows = ()
    picture: Picture | None = None
    document: Document | None = None
    original: Original | None = None
    answers: int | None = None
    album: tuple[Picture, ...] = ()
    awaits: Awaiting | None = None
    toast: str | None = None
    alert: bool = False
    asks_contact: str | None = None  # the label of the button that shares the phone number
    asks_location: str | None = None  # the label of the button that sends where the person is
    fresh: bool = False
    silent: bool = False
    doubt: Doubt = Doubt.REPEAT

    def with_toast(self, toast: str, *, alert: bool = False) -> "Screen":
        return replace(self, toast=toast, alert=alert)


@dataclass(frozen=True, slots=True)
class Toast:
    """Only a toast: what is on the screen stays."""

    text: str
    alert: bool = False
