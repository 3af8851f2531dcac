"""The variants of the staff's products: what is pressed about one of them."""

from aiogram.types import CallbackQuery

from bot.ui.errors import in_words
from bot.ui.goods_callbacks import CountSize, SellSize, ShowSize, ShowSizes
from bot.ui.goods_sizes import sizes_screen
from bot.ui.screen import Screen
from handlers.goods_desk import GoodsDesk, goods_router, size_shown
from store import goods, goods_variants, shelf
from store.db import Database
from store.errors import EditedMeanwhile
from store.staff import Permission

router = goods_router(__name__)


@router.callback_query(ShowSizes.filter())
async def show_sizes(query: CallbackQuery, callback_data: ShowSizes, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session, Permission.STOCK)
        return sizes_screen(await goods.goods(session, callback_data.product_id), desk.t)


@router.callback_query(ShowSize.filter())
async def show_size(query: CallbackQuery, callback_data: ShowSize, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session, Permission.STOCK)
        return await size_shown(session, callback_data.variant_id, desk)


@router.callback_query(SellSize.filter())
async def sell_size(query: CallbackQuery, callback_data: SellSize, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data
    try:
        async with db.begin() as session:
            await desk.requires(session)
            await goods_variants.set_sold(
                session, wanted.variant_id, wanted.version, wanted.is_sold, actor=desk.actor, now=desk.now
            )
            return (await size_shown(session, wanted.variant_id, desk)).with_toast(desk.t.label("Changed"))
    except EditedMeanwhile as error:
        why = in_words(error, desk.t)
        async with db.read() as session:
            return (await size_shown(session, wanted.variant_id, desk, note=why)).with_toast(why, alert=True)


@router.callback_query(CountSize.filter())
async def count_size(query: CallbackQuery, callback_data: CountSize, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data
    async with db.begin() as session:
        await desk.requires(session)
        await shelf.set_counted(session, wanted.variant_id, wanted.is_counted, actor=desk.actor, now=desk.now)
        return (await size_shown(session, wanted.variant_id, desk)).with_toast(desk.t.label("Changed"))
