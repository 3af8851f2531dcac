"""The categories: what the staff presses to arrange them."""

from collections.abc import Awaitable, Callable

from aiogram.types import CallbackQuery
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.categories import shelf_screen, shelves_screen, target_screen
from bot.ui.screen import Screen
from bot.ui.shop_callbacks import (
    ChooseTarget,
    EmptyInto,
    HideCategory,
    ListCategories,
    MoveCategory,
    RemoveCategory,
    ShowShelf,
)
from handlers.goods_desk import GoodsDesk, goods_router
from store import categories
from store.db import Database

router = goods_router(__name__)

Act = Callable[[AsyncSession], Awaitable[None]]


@router.callback_query(ListCategories.filter())
async def list_categories(query: CallbackQuery, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session)
        return shelves_screen(await categories.every(session), desk.t)


@router.callback_query(ShowShelf.filter())
async def show_shelf(query: CallbackQuery, callback_data: ShowShelf, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session)
        return shelf_screen(await categories.category(session, callback_data.category_id), desk.t)


@router.callback_query(ChooseTarget.filter())
async def choose_target(query: CallbackQuery, callback_data: ChooseTarget, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session)
        row = await categories.category(session, callback_data.category_id)
        return target_screen(row, await categories.every(session), desk.t)


async def _changed(db: Database, desk: GoodsDesk, category_id: int, act: Act) -> Screen:
    async with db.begin() as session:
        await desk.requires(session)
        await act(session)
        card = shelf_screen(await categories.category(session, category_id), desk.t)
    return card.with_toast(desk.t.label("Changed"))


@router.callback_query(MoveCategory.filter())
async def move_category(query: CallbackQuery, callback_data: MoveCategory, db: Database, desk: GoodsDesk) -> Screen:
    """The list shows where it stands now."""
    step = -1 if callback_data.is_up else 1
    async with db.begin() as session:
        await desk.requires(session)
        await categories.move(session, callback_data.category_id, step, actor=desk.actor, now=desk.now)
        return shelves_screen(await categories.every(session), desk.t).with_toast(desk.t.label("Moved"))


@router.callback_query(HideCategory.filter())
async def hide_category(query: CallbackQuery, callback_data: HideCategory, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data

    async def act(session: AsyncSession) -> None:
        await categories.set_hidden(session, wanted.category_id, wanted.is_hidden, actor=desk.actor, now=desk.now)

    return await _changed(db, desk, wanted.category_id, act)


@router.callback_query(EmptyInto.filter())
async def empty_into(query: CallbackQuery, callback_data: EmptyInto, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data

    async def act(session: AsyncSession) -> None:
        await categories.empty_into(session, wanted.category_id, wanted.other_id, actor=desk.actor, now=desk.now)

    return await _changed(db, desk, wanted.category_id, act)


@router.callback_query(RemoveCategory.filter())
async def remove_category(query: CallbackQuery, callback_data: RemoveCategory, db: Database, desk: GoodsDesk) -> Screen:
    async with db.begin() as session:
        await desk.requires(session)
        await categories.remove(session, callback_data.category_id, actor=desk.actor, now=desk.now)
        return shelves_screen(await categories.every(session), desk.t).with_toast(desk.t.label("Removed"))
