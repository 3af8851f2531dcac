"""A photo with a caption becomes a draft. The picture is fetched and kept before anything is written: no transaction waits for Telegram."""

from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Filter
from aiogram.types import Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot import picture_files
from bot.pictures import Pictures
from bot.settings import Settings
from bot.ui.goods_callbacks import Ask
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from handlers.goods_desk import GoodsDesk, goods_router, shown
from store import captions, drafts, goods_drafts, goods_edits, outbox, staff
from store.db import Database
from store.drafts import Draft
from store.errors import BadInput
from store.events import GoodsPictured
from store.staff import MAY, Permission

router = goods_router(__name__)

COMMAND = "/new"


class PhotoOfGoods(Filter):
    """A picture from somebody who may add products: in private any; in a group one that answers a question, or whose caption begins with /new."""

    async def __call__(self, message: Message, db: Database, raw_state: str | None = None) -> bool:
        if _picture(message) is None or message.from_user is None:
            return False
        is_meant = message.chat.type == "private" or raw_state == Awaiting.GOODS or _is_command(message)
        if not is_meant:
            return False
        async with db.read() as session:
            role = await staff.role_of(session, message.from_user.id)
        return role is not None and Permission.CATALOGUE in MAY[role]


def _is_command(message: Message) -> bool:
    return (message.caption or "").partition("\n")[0].split(" ")[0].partition("@")[0] == COMMAND


def _picture(message: Message) -> tuple[str, int] | None:
    """The file's id and size: of the largest form of a photo, or of a picture that was sent as a file."""
    if message.photo:
        largest = max(message.photo, key=lambda each: each.width * each.height)
        return largest.file_id, largest.file_size or 0
    document = message.document
    if document is not None and (document.mime_type or "").startswith("image/"):
        return document.file_id, document.file_size or 0
    return None


@router.message(PhotoOfGoods())
async def photo(
    message: Message,
    db: Database,
    desk: GoodsDesk,
    bot: Bot,
    settings: Settings,
    pictures: Pictures,
    raw_state: str | None = None,
) -> Screen | None:
    """A draft with this picture; of an album one draft with all of them, whose card is kept true while they come in. A caption that is missing is asked for."""
    name = await _kept(message, bot, settings)
    is_awaited = raw_state == Awaiting.GOODS
    async with db.begin() as session:
        await desk.requires(session)
        product_id = await _pictured(session, message, name, desk, is_awaited=is_awaited)
        await desk.asks(session, product_id=product_id, answered_by=message.message_id)
        if message.media_group_id is not None:
            await outbox.write(session, GoodsPictured(product_id=product_id, chat_id=desk.chat_id), now=desk.now)
        card = await shown(session, product_id, desk)
    if message.photo and (sent := _picture(message)) is not None:
        # After the act: the first transaction of an update bears its mark, and this one would say that the draft is there.
        await pictures.learn(name, sent[0])
    return card if message.media_group_id is None else None


async def _kept(message: Message, bot: Bot, settings: Settings) -> str:
    """The picture's name in the shop's folder. Raises: BadInput(field="picture")."""
    file_id, size = _picture(message) or ("", 0)
    if size > picture_files.CONTENT_MAX:
        raise BadInput(field="picture", reason="too_large")
    try:
        content = await bot.download(file_id)
    except TelegramBadRequest:
        raise BadInput(field="picture", reason="too_large") from None
    if content is None:
        raise BadInput(field="picture", reason="not_a_picture")
    return await picture_files.keeper(settings.pictures)(content.read())


async def _pictured(session: AsyncSession, message: Message, name: str, desk: GoodsDesk, *, is_awaited: bool) -> int:
    """The product that has the picture now: of the same album, the one a picture was asked for, or a new draft."""
    asked, album = await desk.asked(session), message.media_group_id
    known = await drafts.kept(session, desk.telegram_id, Draft.ALBUM)
    if album is not None and known.get("album") == album:
        product_id = int(known["product_id"])
        await goods_drafts.tell(session, product_id, _caption(message), actor=desk.actor, now=desk.now)
    elif is_awaited and asked.get("ask") == Ask.PICTURE:
        product_id = int(asked["product_id"])
    else:
        return await _drafted(session, message, name, desk)
    await goods_edits.add_picture(session, product_id, name, actor=desk.actor, now=desk.now)
    await _remember(session, album, product_id, desk)
    return product_id


async def _drafted(session: AsyncSession, message: Message, name: str, desk: GoodsDesk) -> int:
    caption = _caption(message)
    language = captions.language_of(caption, desk.language)
    product_id = await goods_drafts.begin(
        session, caption, language=language, picture=name, actor=desk.actor, now=desk.now
    )
    await _remember(session, message.media_group_id, product_id, desk)
    return product_id


async def _remember(session: AsyncSession, album: str | None, product_id: int, desk: GoodsDesk) -> None:
    if album is not None:
        content: dict[str, Any] = {"album": album, "product_id": product_id}
        await drafts.keep(session, desk.telegram_id, Draft.ALBUM, content, now=desk.now)


def _caption(message: Message) -> str:
    caption = message.caption or ""
    return (
        caption.partition("\n")[0].partition(" ")[2] + "\n" + caption.partition("\n")[2]
        if _is_command(message)
        else caption
    )
