"""Goods as a file: staff send one and see what it would change, apply it or not, or take all goods with them. Files travel in private alone:
what digital goods consist of stands in them."""

import io
import tempfile
from datetime import datetime
from pathlib import Path

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery, Document, Message

from bot.ui.i18n import Translator
from bot.ui.import_callbacks import (
    ApplyImport,
    CancelImport,
    ExportForm,
    ExportGoods,
    FetchPictures,
    ShowGoodsFile,
    ShowImport,
)
from bot.ui.imports import exported_screen, goods_file_screen, import_screen, template_screen, too_large_screen
from bot.ui.screen import Document as File
from bot.ui.screen import Screen, Toast
from handlers.routing import InPrivate
from handlers.staff_desk import Desk, desk_router
from store import staff
from store.db import Database
from store.importing import exporting, imports
from store.staff import Permission

router = desk_router(__name__)
router.message.filter(InPrivate())

# Telegram hands a bot no larger file.
FILE_MAX = 20 * 2**20
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".numbers", ".zip", ".html", ".json", ".pdf")


class IsStaff(Filter):
    """Whoever has a role; customers are answered elsewhere."""

    async def __call__(self, message: Message, db: Database) -> bool:
        async with db.read() as session:
            return message.from_user is not None and await staff.role_of(session, message.from_user.id) is not None


class HoldsTable(Filter):
    """A document that somebody may have meant as a table of goods; hands it over."""

    async def __call__(self, message: Message) -> bool | dict[str, Document]:
        if (document := message.document) is None:
            return False
        return {"document": document} if (document.file_name or "").lower().endswith(_TABLES) else False


@router.message(Command("goods", "import", "export"), IsStaff())
async def goods_file(message: Message, db: Database, desk: Desk, t: Translator) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.CATALOGUE)
    return goods_file_screen(t)


@router.callback_query(ShowGoodsFile.filter())
async def show_goods_file(query: CallbackQuery, db: Database, desk: Desk, t: Translator) -> Screen | Toast:
    """In a group the way to it: files travel in private."""
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.CATALOGUE)
    if query.message is None or query.message.chat.type != "private":
        return Toast(t.label("Files go through our own chat: open it and send /goods there."), alert=True)
    return goods_file_screen(t)


@router.message(HoldsTable(), IsStaff())
async def receive(
    message: Message, document: Document, db: Database, desk: Desk, t: Translator, bot: Bot, now: datetime
) -> Screen | None:
    """The file is kept, and its message, which the relay keeps true, says how it stands."""
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.CATALOGUE)
    content = await _downloaded(bot, document)
    if content is None:
        return too_large_screen(FILE_MAX // 2**20, t)
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.CATALOGUE)
        await imports.receive(
            session,
            content,
            file_name=document.file_name or "",
            chat_id=message.chat.id,
            language=t.language,
            actor=desk.actor,
            now=now,
        )
    return None


async def _downloaded(bot: Bot, document: Document) -> bytes | None:
    """None for more than Telegram hands over."""
    if (document.file_size or 0) > FILE_MAX:
        return None
    file = io.BytesIO()
    try:
        await bot.download(document, destination=file)
    except TelegramBadRequest as refused:
        if "file is too big" not in refused.message:
            raise
        return None
    return file.getvalue()


@router.callback_query(ShowImport.filter())
async def show(query: CallbackQuery, callback_data: ShowImport, db: Database, desk: Desk, t: Translator) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.CATALOGUE)
        view = await imports.view(session, callback_data.import_id, chat_id=desk.telegram_id)
    return import_screen(view, t)


@router.callback_query(ApplyImport.filter())
async def apply(
    query: CallbackQuery, callback_data: ApplyImport, db: Database, desk: Desk, t: Translator, now: datetime
) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.CATALOGUE)
        await imports.want(session, callback_data.import_id, chat_id=desk.telegram_id, now=now)
        view = await imports.view(session, callback_data.import_id, chat_id=desk.telegram_id)
    return import_screen(view, t)


@router.callback_query(CancelImport.filter())
async def cancel(
    query: CallbackQuery, callback_data: CancelImport, db: Database, desk: Desk, t: Translator, now: datetime
) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.CATALOGUE)
        await imports.cancel(session, callback_data.import_id, chat_id=desk.telegram_id, now=now)
        view = await imports.view(session, callback_data.import_id, chat_id=desk.telegram_id)
    return import_screen(view, t)


@router.callback_query(FetchPictures.filter())
async def fetch_pictures(
    query: CallbackQuery, callback_data: FetchPictures, db: Database, desk: Desk, t: Translator, now: datetime
) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.CATALOGUE)
        await imports.fetch_pictures(session, callback_data.import_id, chat_id=desk.telegram_id, now=now)
        view = await imports.view(session, callback_data.import_id, chat_id=desk.telegram_id)
    return import_screen(view, t)


@router.callback_query(ExportGoods.filter(), InPrivate())
async def export(
    query: CallbackQuery, callback_data: ExportGoods, db: Database, desk: Desk, t: Translator, now: datetime
) -> Screen | Toast:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.CATALOGUE)
    if callback_data.form is ExportForm.TEMPLATE:
        return template_screen(File("goods-example.csv", exporting.template().encode("utf-8-sig")), t)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"goods.{callback_data.form}"
        rows = await exporting.write(db, path)
        content = path.read_bytes()
    if len(content) > 2 * FILE_MAX:
        return Toast(t.label("The file is too large for a chat. Use dukkan export."), alert=True)
    return exported_screen(File(f"goods-{now:%Y-%m-%d}.{callback_data.form}", content), rows, t)
