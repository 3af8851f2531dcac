"""The only code that puts a Screen on the wire: in place of the message it replaces where Telegram allows that, else as a new one."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BufferedInputFile, CallbackQuery, InaccessibleMessage, InputFile, User

from bot.pictures import Pictures
from bot.refusals import Refusal, reason, refusal
from bot.speaker import Turn
from bot.ui.links import deep_link
from bot.ui.screen import Button, Document, Doubt, Original, Picture, Screen
from notifications import html, keyboards
from notifications.albums import send_album

log = logging.getLogger(__name__)

TOAST_MAX = 200
CAPTIONED = frozenset({"photo", "document", "voice", "video", "animation", "audio"})

Media = InputFile | str
Json = dict[str, Any]

_NO_PREVIEW: Json = {"is_disabled": True}


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of ours that stands in a chat."""

    message_id: int
    has_picture: bool = False


def pressed(query: CallbackQuery) -> Shown | None:
    """The message whose button was pressed; None when Telegram does not show it to us any more."""
    if query.message is None or isinstance(query.message, InaccessibleMessage):
        return None
    return Shown(query.message.message_id, bool(query.message.photo))


async def show(
    turn: Turn, screen: Screen, *, pictures: Pictures, edit: Shown | None = None, thread: int | None = None
) -> Shown | None:
    """The screen stands in the chat, in place of *edit* where that is possible. Returns the message that holds it now.

    None: it may stand there, or not, and the screen is one that had better not come twice.
    Raises: what aiogram raises for a chat that is closed to us; for the relay also for a flood limit and a line that broke.
    """
    if any(button.share is not None or button.search is not None for row in screen.rows for button in row):
        await turn.speaker.know_itself()
    sheet = _Sheet(turn, screen, pictures, thread)
    if screen.album:
        await send_album(turn, screen.album, pictures)
    try:
        shown = await _put(sheet, edit)
    except TelegramAPIError as error:
        # A merchant's picture may be too big, too narrow or no picture at all: the goods can be sold without it.
        # So may be a link that leads nowhere, which Telegram opens itself.
        if sheet.picture is None or refusal(error) not in (Refusal.BAD_PICTURE, Refusal.WRONG_FILE):
            raise
        log.warning("Telegram does not take the picture %r: %s", str(screen.picture)[:64], reason(error))
        shown = await _put(replace(sheet, screen=replace(screen, picture=None)), edit)
    await keyboards.offer(turn, screen)
    return shown


async def _put(sheet: "_Sheet", edit: Shown | None) -> Shown | None:
    if edit is None or sheet.screen.fresh or sheet.screen.document is not None:
        return await sheet.send()
    try:
        return await sheet.put_into(edit)
    except TelegramAPIError as error:
        refused = refusal(error)
        if refused is Refusal.UNCHANGED:
            return edit
        if refused is Refusal.NO_TEXT and sheet.turn.is_the_relays:
            # A text that has become a picture, and the program ended before that was noted. What a person has pressed may be a file to keep.
            await _delete(sheet.turn, edit.message_id)
        elif refused not in (Refusal.NOT_EDITABLE, Refusal.NO_TEXT):
            raise
    return await sheet.send()


async def take_keyboard_away(turn: Turn, text: str) -> None:
    """The keyboard under the input field is gone. It takes a message to do that; nobody needs to keep it."""
    remove: Json = {"remove_keyboard": True}
    message = await turn("sendMessage", doubt=Doubt.SILENCE, text=text, reply_markup=remove, disable_notification=True)
    if message is not None:
        await _delete(turn, message["message_id"])


def shortened(text: str, limit: int) -> str:
    """Plain text of at most *limit* UTF-16 units."""
    if html.units(text) <= limit:
        return text
    while html.units(text) > limit - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"


@dataclass
class _Sheet:
    """One screen on its way to one chat."""

    turn: Turn
    screen: Screen
    pictures: Pictures
    thread: int | None = None

    @property
    def picture(self) -> Picture | None:
        """Left out where the text does not fit under it: the words matter more."""
        if self.screen.picture is None:
            return None
        fits = html.visible_length(self.screen.text) <= html.CAPTION_MAX
        return self.screen.picture if fits else None

    async def send(self) -> Shown | None:
        if self.screen.original is not None:
            return await self._pass_on(self.screen.original)
        if self.screen.document is not None:
            return await self._send_document(self.screen.document)
        if (media := await self._media()) is not None:
            return await self._with_media(media, self._send_photo)
        return await self._send_text()

    async def _pass_on(self, original: Original) -> Shown | None:
        source: Json = {"from_chat_id": original.chat_id, "message_id": original.message_id}
        caption = None if original.caption is None else str(original.caption)
        try:
            message = await self._send("copyMessage", **source, caption=caption, reply_markup=self._inline())
        except TelegramAPIError as error:
            if refusal(error) not in _uncopyable(self.turn.chat_id):
                raise
            in_words = replace(self.screen, original=None, text=original.gone)
            return await replace(self, screen=in_words).send()
        return _shown(message)

    async def _edit_copy(self, old: Shown, original: Original) -> Shown:
        if original.kind == "text":
            return await self._edit_text(old)
        if original.kind in CAPTIONED:
            caption = str(self.screen.text if original.caption is None else original.caption)
            what: Json = {"caption": caption, "parse_mode": ParseMode.HTML, "reply_markup": self._inline()}
            await self.turn("editMessageCaption", message_id=old.message_id, **what)
        return old

    async def put_into(self, old: Shown) -> Shown | None:
        if self.screen.original is not None:
            return await self._edit_copy(old, self.screen.original)
        if (media := await self._media()) is not None:
            return await self._with_media(media, lambda media: self._edit_media(old, media))
        if old.has_picture:  # a photo cannot become a text
            await _delete(self.turn, old.message_id)
            return await self._send_text()
        return await self._edit_text(old)

    async def _media(self) -> Media | None:
        return None if self.picture is None else await self.pictures.media(self.picture)

    async def _with_media(self, media: Media, put: Callable[[Media], Awaitable[Json | None]]) -> Shown | None:
        picture = self.screen.picture or ""
        try:
            message = await put(media)
        except TelegramAPIError as error:
            if not isinstance(media, str) or refusal(error) is not Refusal.WRONG_FILE:
                raise
            await self.pictures.forget(picture)
            media = await self._media() or media
            message = await put(media)
        if message is not None and message.get("photo") and not isinstance(media, str):
            await self.pictures.learn(picture, message["photo"][-1]["file_id"])
        return _shown(message)

    async def _send_photo(self, media: Media) -> Json | None:
        return await self._send("sendPhoto", photo=media, caption=str(self.screen.text), reply_markup=self._inline())

    async def _send_document(self, document: Document) -> Shown | None:
        caption = str(self.screen.text)
        if html.visible_length(caption) > html.CAPTION_MAX:
            await self._send_text()
            caption = ""
        file = BufferedInputFile(document.content, document.name)
        message = await self._send("sendDocument", document=file, caption=caption or None, reply_markup=self._inline())
        return _shown(message)

    async def _send_text(self) -> Shown | None:
        *first, last = html.split(str(self.screen.text))
        for part in first:
            await self._send("sendMessage", text=part, link_preview_options=_NO_PREVIEW)
        message = await self._send(
            "sendMessage", text=last, link_preview_options=_NO_PREVIEW, reply_markup=self._inline()
        )
        return _shown(message)

    async def _send(self, method: str, **values: object) -> Json | None:
        message: Json | None = await self.turn(
            method,
            doubt=self.screen.doubt,
            parse_mode=ParseMode.HTML,
            disable_notification=self.screen.silent or None,
            reply_parameters=_quoting(self.screen.answers),
            message_thread_id=self.thread,
            **values,
        )
        return message

    async def _edit_media(self, old: Shown, media: Media) -> Json:
        new: Json = {"type": "photo", "media": media, "caption": str(self.screen.text), "parse_mode": ParseMode.HTML}
        message: Json = await self.turn(
            "editMessageMedia", message_id=old.message_id, media=new, reply_markup=self._inline()
        )
        return message

    async def _edit_text(self, old: Shown) -> Shown:
        # One message stays one message: what does not fit is cut.
        first, *more = html.split(str(self.screen.text), html.TEXT_MAX - 2)
        await self.turn(
            "editMessageText",
            message_id=old.message_id,
            text=f"{first}\n…" if more else first,
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            reply_markup=self._inline(),
        )
        return old

    def _inline(self) -> Json | None:
        me = self.turn.speaker.me
        rows = [[look for button in row if (look := _button(button, me))] for row in self.screen.rows]
        kept = [row for row in rows if row]
        return {"inline_keyboard": kept} if kept else None


def _quoting(message_id: int | None) -> Json | None:
    return None if message_id is None else {"message_id": message_id, "allow_sending_without_reply": True}


def _uncopyable(chat_id: int) -> frozenset[Refusal]:
    """Nobody is kicked from a private chat: that is said of the chat which is copied from."""
    never = frozenset({Refusal.NOT_COPYABLE, Refusal.NOT_EDITABLE})
    return never | {Refusal.KICKED} if chat_id > 0 else never


def _shown(message: Json | None) -> Shown | None:
    return None if message is None else Shown(message["message_id"], bool(message.get("photo")))


def _button(button: Button, me: User | None) -> Json | None:
    """None for what this bot cannot do, or does not know yet whether it can."""
    made: Json = {"text": button.label}
    if button.press is not None:
        made["callback_data"] = button.press.pack()
    if button.url is not None:
        made["url"] = button.url
    if button.copy is not None:
        made["copy_text"] = {"text": button.copy}
    if button.share is not None:
        return _sharing(made, button.share, me)
    if button.search is not None:
        return made | {"switch_inline_query_current_chat": button.search} if _answers_inline(me) else None
    if button.style is not None:
        made["style"] = button.style
    return made


def _sharing(made: Json, start: str, me: User | None) -> Json | None:
    """Telegram lets the person choose a chat, and a card comes into it; where the merchant has not allowed that to the bot, a link comes."""
    if me is None or me.username is None:
        return None
    if _answers_inline(me):
        anywhere = {"allow_user_chats": True, "allow_group_chats": True, "allow_channel_chats": True}
        return made | {"switch_inline_query_chosen_chat": {"query": start} | anywhere}
    return made | {"url": f"https://t.me/share/url?url={quote(deep_link(me.username, start), safe='')}"}


def _answers_inline(me: User | None) -> bool:
    return me is not None and bool(me.supports_inline_queries)


async def _delete(turn: Turn, message_id: int) -> None:
    try:
        await turn("deleteMessage", message_id=message_id)
    except TelegramAPIError as error:
        # It stays, and its buttons answer as any stale button does.
        if refusal(error) not in (Refusal.NOT_DELETABLE, Refusal.NOT_EDITABLE):
            raise
