"""QR codes for the staff: /qr for the shop, /qr with words for a product."""

from aiogram import Bot
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui import links
from bot.ui.links import Link, Target
from bot.ui.qr import nothing_to_print_screen, qr_file_screen, qr_screen
from bot.ui.qr_callbacks import QrFile, ShowQr
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from handlers.staff_desk import Desk, desk_router
from store import catalog, coupon_edits, search, staff
from store.db import Database
from store.errors import NotFound
from store.search import Found
from store.staff import Permission

router = desk_router(__name__)


@router.message(Command("qr"))
async def type_qr(
    message: Message, command: CommandObject, bot: Bot, db: Database, desk: Desk, seller: SellerView
) -> Screen:
    """The product that the words, the SKU or the link's payload mean; without words, the shop. Raises: NotPermitted."""
    username, words = (await bot.me()).username or "", command.args or ""
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.VIEW)
        if not words:
            return qr_screen(desk.t.pick(seller.name), username, None, desk.t)
        if (link := links.read(words)) is not None:
            return qr_screen(await _title(session, link, desk, seller), username, link, desk.t)
        found = await search.find(session, query, seller.currency) if (query := search.read(words)) else Found()
    if not found.cards:
        return nothing_to_print_screen(words, desk.t)
    best = found.cards[0]
    return qr_screen(desk.t.pick(best.title), username, links.to_product(best.id), desk.t, others=found)


@router.callback_query(ShowQr.filter())
async def show_qr(
    query: CallbackQuery, callback_data: ShowQr, bot: Bot, db: Database, desk: Desk, seller: SellerView
) -> Screen:
    """A new message: the one it was pressed in stays."""
    username, link = (await bot.me()).username or "", links.read(callback_data.target)
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.VIEW)
        title = await _title(session, link, desk, seller)
    return qr_screen(title, username, link, desk.t)


@router.callback_query(QrFile.filter())
async def send_file(
    query: CallbackQuery, callback_data: QrFile, bot: Bot, db: Database, desk: Desk, seller: SellerView
) -> Screen:
    username, link = (await bot.me()).username or "", links.read(callback_data.target)
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.VIEW)
        title = await _title(session, link, desk, seller)
    return qr_file_screen(title, username, link, desk.t)


async def _title(session: AsyncSession, link: Link | None, desk: Desk, seller: SellerView) -> str:
    """What the link leads to, by name. Raises: NotFound."""
    if link is None:
        return desk.t.pick(seller.name)
    if link.to is Target.COUPON:
        return (await coupon_edits.by_code(session, link.name)).code
    if (row_id := link.row_id) is None or link.to is Target.ORDER:
        raise NotFound(what="link")
    if link.to is Target.PRODUCT:
        return desk.t.pick((await catalog.product(session, row_id, seller.currency)).title)
    page = await catalog.products_page(session, row_id, seller.currency, limit=1)
    return desk.t.pick(page.category.title)
