"""What stands now, where a press about products came twice: the card, or the question once more."""

from collections.abc import Awaitable, Callable, Mapping

from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery

from bot.ui import goods_callbacks as press
from bot.ui.screen import Screen
from handlers import staff_goods_typed
from handlers.goods_desk import goods_desk_of, shown, size_shown
from handlers.scene import Scene, Stand
from store.staff import Permission


async def _goods(_query: CallbackQuery, scene: Scene) -> Screen:
    desk = goods_desk_of(scene.given)
    async with scene["db"].read() as session:
        await desk.requires(session, Permission.STOCK)
        return await shown(session, scene.pressed.product_id, desk)


async def _size(_query: CallbackQuery, scene: Scene) -> Screen:
    desk = goods_desk_of(scene.given)
    async with scene["db"].read() as session:
        await desk.requires(session, Permission.STOCK)
        return await size_shown(session, scene.pressed.variant_id, desk)


async def _asking(query: CallbackQuery, scene: Scene) -> Screen:
    """The question again: to ask twice does no harm."""
    ask = _ASK[type(scene.pressed)]
    return await ask(query, scene.pressed, scene["db"], goods_desk_of(scene.given))


async def _asking_anything(query: CallbackQuery, scene: Scene) -> Screen:
    """The same for a question about no product."""
    ask = _ASK_ANYTHING[type(scene.pressed)]
    return await ask(query, scene["db"], goods_desk_of(scene.given))


_ASK: Mapping[type[CallbackData], Callable[..., Awaitable[Screen]]] = {
    press.AskGoods: staff_goods_typed.ask_goods,
    press.AskTitle: staff_goods_typed.ask_title,
    press.AskDescription: staff_goods_typed.ask_description,
    press.AskSize: staff_goods_typed.ask_size,
    press.AskSizeTitle: staff_goods_typed.ask_size_title,
}
_ASK_ANYTHING: Mapping[type[CallbackData], Callable[..., Awaitable[Screen]]] = {
    press.AddGoods: staff_goods_typed.ask_to_add,
    press.FindGoods: staff_goods_typed.ask_to_find,
}


GOODS: Mapping[type[CallbackData], Stand] = {
    **dict.fromkeys(_ASK, _asking),
    **dict.fromkeys(_ASK_ANYTHING, _asking_anything),
    press.MoveGoods: _goods,
    press.TurnGoods: _goods,
    press.SetDigital: _goods,
    press.ClearDescription: _goods,
    press.MakeCover: _goods,
    press.RemovePicture: _goods,
    press.SellSize: _size,
    press.CountSize: _size,
}
