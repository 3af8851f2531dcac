"""The further currencies: what the owner presses. Only those with the permission; everything is read again at every press."""

from collections.abc import Awaitable, Callable

from aiogram.types import CallbackQuery
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.price_lists import list_screen, lists_screen, withdraw_screen
from bot.ui.screen import Screen
from bot.ui.shop_callbacks import AskWithdrawList, OfferList, ShowList, ShowLists, WithdrawList
from handlers.goods_desk import GoodsDesk, goods_router
from handlers.staff_shop import seller_now
from store import price_lists
from store.db import Database
from store.payments import takers
from store.staff import Permission

router = goods_router(__name__)


async def lists_shown(session: AsyncSession, desk: GoodsDesk) -> Screen:
    found = await price_lists.lists(session)
    who = {each.currency: takers.taken(desk.gateways, each.currency) for each in found}
    return lists_screen(await seller_now(session), found, desk.t, who)


async def list_shown(session: AsyncSession, currency: str, desk: GoodsDesk, *, note: str = "") -> Screen:
    """All of them where this one is not offered any more."""
    found = [each for each in await price_lists.lists(session) if each.currency == currency]
    if not found:
        return await lists_shown(session, desk)
    return list_screen(await seller_now(session), found[0], desk.t, takers.taken(desk.gateways, currency), note=note)


@router.callback_query(ShowLists.filter())
async def show_lists(query: CallbackQuery, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session, Permission.SETTINGS)
        return await lists_shown(session, desk)


@router.callback_query(ShowList.filter())
async def show_list(query: CallbackQuery, callback_data: ShowList, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session, Permission.SETTINGS)
        return await list_shown(session, callback_data.currency, desk)


@router.callback_query(AskWithdrawList.filter())
async def ask_withdraw(query: CallbackQuery, callback_data: AskWithdrawList, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session, Permission.SETTINGS)
    return withdraw_screen(callback_data.currency, desk.t)


@router.callback_query(OfferList.filter())
async def offer(query: CallbackQuery, callback_data: OfferList, db: Database, desk: GoodsDesk) -> Screen:
    """Not what nobody could pay in. Raises: CurrencyNotTaken, BadInput."""
    currency = callback_data.currency
    takers.check(desk.gateways, currency)

    async def act(session: AsyncSession) -> None:
        await price_lists.offer(session, currency, actor=desk.actor, now=desk.now)

    return await _set(db, desk, currency, act)


@router.callback_query(WithdrawList.filter())
async def withdraw(query: CallbackQuery, callback_data: WithdrawList, db: Database, desk: GoodsDesk) -> Screen:
    async def act(session: AsyncSession) -> None:
        await price_lists.withdraw(session, callback_data.currency, actor=desk.actor, now=desk.now)

    return await _set(db, desk, callback_data.currency, act)


async def _set(db: Database, desk: GoodsDesk, currency: str, act: Callable[[AsyncSession], Awaitable[None]]) -> Screen:
    async with db.begin() as session:
        await desk.requires(session, Permission.SETTINGS)
        await act(session)
        return (await list_shown(session, currency, desk)).with_toast(desk.t.label("Changed"))
