"""The staff's products: the list, the card, and every press that changes one. The role is asked in the transaction of the change."""

from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.catalog import product_screen
from bot.ui.goods import archive_screen
from bot.ui.goods_callbacks import (
    AskArchive,
    ChooseCategory,
    ClearDescription,
    ListGoods,
    MakeCover,
    MoveGoods,
    PreviewGoods,
    RemovePicture,
    SetDigital,
    Shelf,
    ShowGoods,
    ShowHistory,
    ShowPicture,
    ShowTexts,
    TurnGoods,
)
from bot.ui.goods_lists import (
    choose_category_screen,
    found_screen,
    history_screen,
    list_screen,
    picture_screen,
    texts_screen,
)
from bot.ui.goods_preview import preview_screen
from bot.ui.screen import Screen
from handlers.goods_desk import GoodsDesk, changed, goods_router, shown
from store import categories, goods, goods_edits
from store.db import Database
from store.goods import ACTIVE, ARCHIVED, DRAFT, HIDDEN, GoodsPage
from store.staff import Permission

router = goods_router(__name__)

_STATUSES = {
    Shelf.ALL: (DRAFT, ACTIVE, HIDDEN),
    Shelf.DRAFTS: (DRAFT,),
    Shelf.HIDDEN: (HIDDEN,),
    Shelf.ARCHIVE: (ARCHIVED,),
}


@router.message(Command("products"))
async def type_products(message: Message, command: CommandObject, db: Database, desk: GoodsDesk) -> Screen:
    """All of them, or those that the words behind the command name."""
    async with db.read() as session:
        await desk.requires(session, Permission.STOCK)
        if words := (command.args or "").strip():
            return found_screen(await goods.named(session, words), words, desk.t)
        return list_screen(await goods.listed(session), desk.t)


@router.callback_query(ListGoods.filter())
async def list_goods(query: CallbackQuery, callback_data: ListGoods, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session, Permission.STOCK)
        page = await _page(session, callback_data)
    return list_screen(page, desk.t, shelf=callback_data.shelf)


async def _page(session: AsyncSession, wanted: ListGoods) -> GoodsPage:
    return await goods.listed(session, statuses=_STATUSES[wanted.shelf], before=wanted.before or None)


@router.callback_query(ShowGoods.filter())
async def show_goods(query: CallbackQuery, callback_data: ShowGoods, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session, Permission.STOCK)
        return await shown(session, callback_data.product_id, desk)


@router.callback_query(ShowTexts.filter())
async def show_texts(query: CallbackQuery, callback_data: ShowTexts, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session)
        return texts_screen(await goods.goods(session, callback_data.product_id), desk.t)


@router.callback_query(ShowHistory.filter())
async def show_history(query: CallbackQuery, callback_data: ShowHistory, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session)
        found = await goods.goods(session, callback_data.product_id)
        return history_screen(found, await goods.history(session, found.id), desk.t, desk.zone)


@router.callback_query(PreviewGoods.filter())
async def preview(query: CallbackQuery, callback_data: PreviewGoods, db: Database, desk: GoodsDesk) -> Screen:
    """As a customer sees it; its buttons lead back to the card."""
    async with db.read() as session:
        await desk.requires(session)
        found = await goods.goods(session, callback_data.product_id)
    return preview_screen(found, product_screen(found.as_customers_see_it, desk.t), desk.t)


@router.callback_query(ShowPicture.filter())
async def show_picture(query: CallbackQuery, callback_data: ShowPicture, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session)
        found = await goods.goods(session, callback_data.product_id)
    return picture_screen(found, callback_data.place, desk.t)


@router.callback_query(AskArchive.filter())
async def ask_archive(query: CallbackQuery, callback_data: AskArchive, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session)
        return archive_screen(await goods.goods(session, callback_data.product_id), desk.t)


@router.callback_query(ChooseCategory.filter())
async def choose_category(query: CallbackQuery, callback_data: ChooseCategory, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session)
        found = await goods.goods(session, callback_data.product_id)
        known = [each.view for each in await categories.every(session)]
    return choose_category_screen(found, known, desk.t)


@router.callback_query(MoveGoods.filter())
async def move_goods(query: CallbackQuery, callback_data: MoveGoods, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data

    async def act(session: AsyncSession) -> None:
        await goods_edits.set_category(
            session, wanted.product_id, wanted.version, wanted.category_id, actor=desk.actor, now=desk.now
        )

    return await changed(db, desk, wanted.product_id, act, desk.t.label("Moved"))


@router.callback_query(TurnGoods.filter())
async def turn_goods(query: CallbackQuery, callback_data: TurnGoods, db: Database, desk: GoodsDesk) -> Screen:
    """Published, hidden, shown again, archived."""
    wanted = callback_data

    async def act(session: AsyncSession) -> None:
        await goods_edits.set_status(
            session, wanted.product_id, wanted.version, wanted.turn, actor=desk.actor, now=desk.now
        )

    toasts = {
        ACTIVE: desk.t.label("Customers see it now"),
        HIDDEN: desk.t.label("Customers do not see it"),
        ARCHIVED: desk.t.label("Archived"),
    }
    return await changed(db, desk, wanted.product_id, act, toasts[wanted.turn])


@router.callback_query(SetDigital.filter())
async def set_digital(query: CallbackQuery, callback_data: SetDigital, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data
    kind = "digital" if wanted.is_digital else "physical"

    async def act(session: AsyncSession) -> None:
        await goods_edits.set_kind(session, wanted.product_id, wanted.version, kind, actor=desk.actor, now=desk.now)

    return await changed(db, desk, wanted.product_id, act, desk.t.label("Changed"))


@router.callback_query(ClearDescription.filter())
async def clear_description(
    query: CallbackQuery, callback_data: ClearDescription, db: Database, desk: GoodsDesk
) -> Screen:
    wanted = callback_data

    async def act(session: AsyncSession) -> None:
        await goods_edits.set_description(
            session, wanted.product_id, wanted.version, wanted.language, "", actor=desk.actor, now=desk.now
        )

    return await changed(db, desk, wanted.product_id, act, desk.t.label("Removed"))


@router.callback_query(MakeCover.filter())
async def make_cover(query: CallbackQuery, callback_data: MakeCover, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data

    async def act(session: AsyncSession) -> None:
        await goods_edits.make_cover(
            session, wanted.product_id, wanted.version, wanted.place, actor=desk.actor, now=desk.now
        )

    return await changed(db, desk, wanted.product_id, act, desk.t.label("It is the first now"))


@router.callback_query(RemovePicture.filter())
async def remove_picture(query: CallbackQuery, callback_data: RemovePicture, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data

    async def act(session: AsyncSession) -> None:
        await goods_edits.remove_picture(
            session, wanted.product_id, wanted.version, wanted.place, actor=desk.actor, now=desk.now
        )

    return await changed(db, desk, wanted.product_id, act, desk.t.label("Removed"))
