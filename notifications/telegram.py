"""The only code that puts a Screen on the wire: in place of the message it replaces where Telegram allows that, else as a new one."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import cast

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramEntityTooLarge
from aiogram.types import (
    CallbackQuery,
    CopyTextButton,
    InaccessibleMessage,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.pictures import Pictures
from bot.ui.screen import Button, Picture, Screen
from notifications import html

log = logging.getLogger(__name__)

TOAST_MAX = 200

Media = InputFile | str
# Telegram's words for "this message cannot become that one": deleted, sent by somebody else, of another kind, too old.
_UNEDITABLE = (
    "message to edit not found",
    "message can't be edited",
    "there is no text in the message",
    "there is no caption in the message",
    "message_id_invalid",
    "inline keyboard expected",
)
_NOT_MODIFIED = "message is not modified"
_WRONG_FILE = ("wrong file identifier", "wrong remote file", "file reference", "file_id")
_BAD_PICTURE = ("image_process_failed", "photo_invalid_dimensions", "photo_save_file_invalid", "is too big")
_TOO_OLD = "query is too old"


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of ours that stands in a chat."""

    message_id: int
    has_picture: bool = False

    @classmethod
    def of(cls, message: Message) -> "Shown":
        return cls(message.message_id, bool(message.photo))


def pressed(query: CallbackQuery) -> Shown | None:
    """The message whose button was pressed; None when Telegram does not show it to us any more."""
    if query.message is None or isinstance(query.message, InaccessibleMessage):
        return None
    return Shown.of(query.message)


async def show(bot: Bot, screen: Screen, *, chat_id: int, pictures: Pictures, edit: Shown | None = None) -> Shown:
    """The screen stands in the chat, in place of *edit* where that is possible. Returns the message that holds it now.

    Raises: what aiogram raises for a chat that is closed to us, a flood limit, or a line that broke.
    """
    sheet = _Sheet(bot, screen, chat_id, pictures)
    try:
        shown = await _put(sheet, edit)
    except (TelegramBadRequest, TelegramEntityTooLarge) as error:
        if sheet.picture is None or not _is_of_the_picture(error):
            raise
        log.warning("Telegram does not take the picture %r: %s", str(screen.picture)[:64], reason(error))
        shown = await _put(replace(sheet, screen=replace(screen, picture=None)), edit)
    if screen.asks_contact is not None:
        await _offer_contact_keyboard(bot, chat_id, screen.asks_contact)
    return shown


def _is_of_the_picture(error: TelegramAPIError) -> bool:
    """A merchant's picture may be too big, too narrow or no picture at all: the goods can be sold without it."""
    return isinstance(error, TelegramEntityTooLarge) or any(words in error.message.lower() for words in _BAD_PICTURE)


async def _put(sheet: "_Sheet", edit: Shown | None) -> Shown:
    if edit is None or sheet.screen.fresh:
        return await sheet.send()
    try:
        return await sheet.put_into(edit)
    except TelegramBadRequest as error:
        if _says(error, _NOT_MODIFIED):
            return edit
        if not _says(error, *_UNEDITABLE):
            raise
    return await sheet.send()


async def _offer_contact_keyboard(bot: Bot, chat_id: int, label: str) -> None:
    """A message has buttons below it or a keyboard below the input field, not both: the way back stays below the question."""
    share = KeyboardButton(text=label, request_contact=True)
    keyboard = ReplyKeyboardMarkup(keyboard=[[share]], resize_keyboard=True, one_time_keyboard=True)
    await bot.send_message(chat_id, label, reply_markup=keyboard, disable_notification=True)


async def answer(bot: Bot, query_id: str, toast: str | None = None, *, alert: bool = False) -> None:
    """The press is answered: the button stops spinning. Too late is not an error, the person has seen the new screen by then."""
    try:
        await bot.answer_callback_query(
            query_id, text=shortened(toast or "", TOAST_MAX) or None, show_alert=alert or None
        )
    except TelegramBadRequest as error:
        if not _says(error, _TOO_OLD):
            raise


async def take_keyboard_away(bot: Bot, chat_id: int, text: str) -> None:
    """The keyboard under the input field is gone. It takes a message to do that; nobody needs to keep it."""
    message = await bot.send_message(
        chat_id, text, reply_markup=ReplyKeyboardRemove(remove_keyboard=True), disable_notification=True
    )
    await _delete(bot, chat_id, message.message_id)


def shortened(text: str, limit: int) -> str:
    """Plain text of at most *limit* UTF-16 units."""
    if html.units(text) <= limit:
        return text
    while html.units(text) > limit - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"


def reason(error: BaseException) -> str:
    """Telegram's own words, without the call: the call holds what was said to a person."""
    return str(getattr(error, "message", None) or type(error).__name__)


@dataclass
class _Sheet:
    """One screen on its way to one chat."""

    bot: Bot
    screen: Screen
    chat_id: int
    pictures: Pictures

    @property
    def picture(self) -> Picture | None:
        """Left out where the text does not fit under it: the words matter more."""
        fits = html.visible_length(self.screen.text) <= html.CAPTION_MAX
        return self.screen.picture if fits else None

    async def send(self) -> Shown:
        if (media := self._media()) is not None:
            return await self._with_media(media, self._send_photo)
        return await self._send_text()

    async def put_into(self, old: Shown) -> Shown:
        if (media := self._media()) is not None:
            return await self._with_media(media, lambda media: self._edit_media(old, media))
        if old.has_picture:  # a photo cannot become a text
            await _delete(self.bot, self.chat_id, old.message_id)
            return await self._send_text()
        return await self._edit_text(old)

    def _media(self) -> Media | None:
        return None if self.picture is None else self.pictures.media(self.picture)

    async def _with_media(self, media: Media, call: Callable[[Media], Awaitable[Message]]) -> Shown:
        picture = self.screen.picture or ""
        try:
            message = await call(media)
        except TelegramBadRequest as error:
            if not isinstance(media, str) or not _says(error, *_WRONG_FILE):
                raise
            self.pictures.forget(picture)
            message = await call(self._media() or media)
        self.pictures.learn(picture, message)
        return Shown.of(message)

    async def _send_photo(self, media: Media) -> Message:
        return await self.bot.send_photo(
            self.chat_id,
            media,
            caption=str(self.screen.text),
            parse_mode=ParseMode.HTML,
            reply_markup=_inline(self.screen),
            disable_notification=self.screen.silent or None,
        )

    async def _send_text(self) -> Shown:
        *first, last = html.split(str(self.screen.text))
        for part in first:
            await self._send_part(part, None)
        return Shown.of(await self._send_part(last, _inline(self.screen)))

    async def _send_part(self, part: str, keyboard: InlineKeyboardMarkup | None) -> Message:
        return await self.bot.send_message(
            self.chat_id,
            part,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=keyboard,
            disable_notification=self.screen.silent or None,
        )

    async def _edit_media(self, old: Shown, media: Media) -> Message:
        edited = await self.bot.edit_message_media(
            InputMediaPhoto(media=media, caption=str(self.screen.text), parse_mode=ParseMode.HTML),
            chat_id=self.chat_id,
            message_id=old.message_id,
            reply_markup=_inline(self.screen),
        )
        return cast("Message", edited)  # True is for inline messages, which we do not send

    async def _edit_text(self, old: Shown) -> Shown:
        # One message stays one message: what does not fit is cut.
        first, *more = html.split(str(self.screen.text), html.TEXT_MAX - 2)
        await self.bot.edit_message_text(
            f"{first}\n…" if more else first,
            chat_id=self.chat_id,
            message_id=old.message_id,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=_inline(self.screen),
        )
        return old


def _inline(screen: Screen) -> InlineKeyboardMarkup | None:
    if not screen.rows:
        return None
    return InlineKeyboardMarkup(inline_keyboard=[[_button(button) for button in row] for row in screen.rows if row])


def _button(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(
        text=button.label,
        callback_data=button.press.pack() if button.press is not None else None,
        url=button.url,
        copy_text=CopyTextButton(text=button.copy) if button.copy is not None else None,
        style=button.style,
    )


async def _delete(bot: Bot, chat_id: int, message_id: int) -> None:
    try:
        await bot.delete_message(chat_id, message_id)
    except TelegramBadRequest:
        # Older than 48 hours, or gone already: it stays, and its buttons answer as any stale button does.
        return


def _says(error: TelegramBadRequest, *phrases: str) -> bool:
    said = error.message.lower()
    return any(phrase in said for phrase in phrases)
