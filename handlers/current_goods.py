"""What stands now, where a press about products came twice: the card, or the question once more."""

from collections.abc import Awaitable, Callable, Mapping

from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery

from bot.ui import goods_callbacks as press
from bot.ui import shop_callbacks as shop_press
from bot.ui.screen import Screen
from handlers import (
    staff_categories,
    staff_deliveries,
    staff_goods_typed,
    staff_price_lists,
    staff_shop,
    staff_shop_typed,
)
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
    shop_press.AskShop: staff_shop_typed.ask_shop,
    shop_press.AskList: staff_shop_typed.ask_list,
    shop_press.AskShopText: staff_shop_typed.ask_shop_text,
    shop_press.AskHours: staff_shop_typed.ask_hours,
    shop_press.AskDeliveryTitle: staff_shop_typed.ask_delivery_title,
    shop_press.AskDeliveryDetails: staff_shop_typed.ask_delivery_details,
    shop_press.AskNewZone: staff_shop_typed.ask_new_zone,
    shop_press.AskZone: staff_shop_typed.ask_zone,
    shop_press.AskCategoryTitle: staff_shop_typed.ask_category_title,
    shop_press.AskEmoji: staff_shop_typed.ask_emoji,
}
_ASK_ANYTHING: Mapping[type[CallbackData], Callable[..., Awaitable[Screen]]] = {
    press.AddGoods: staff_goods_typed.ask_to_add,
    press.FindGoods: staff_goods_typed.ask_to_find,
}


async def _of_the_shop(query: CallbackQuery, scene: Scene) -> Screen:
    """What was set is set: the page that shows it."""
    page = _PAGES[type(scene.pressed)]
    return await page(query, scene["db"], goods_desk_of(scene.given))


async def _delivery(query: CallbackQuery, scene: Scene) -> Screen:
    pressed = shop_press.ShowDelivery(method_id=scene.pressed.method_id)
    shown: Screen = await staff_deliveries.show_delivery(query, pressed, scene["db"], goods_desk_of(scene.given))
    return shown


async def _category(query: CallbackQuery, scene: Scene) -> Screen:
    pressed = shop_press.ShowShelf(category_id=scene.pressed.category_id)
    shown: Screen = await staff_categories.show_shelf(query, pressed, scene["db"], goods_desk_of(scene.given))
    return shown


_PAGES: Mapping[type[CallbackData], Callable[..., Awaitable[Screen]]] = {
    shop_press.PickZone: staff_shop.show_shop,
    shop_press.SetCurrency: staff_shop.show_shop,
    shop_press.OfferList: staff_price_lists.show_lists,
    shop_press.WithdrawList: staff_price_lists.show_lists,
    shop_press.CloseDays: staff_shop.show_hours,
    shop_press.OpenAlways: staff_shop.show_hours,
    shop_press.TakeHoliday: staff_shop.show_holiday,
    shop_press.EndHoliday: staff_shop.show_holiday,
    shop_press.AddDelivery: staff_deliveries.show_deliveries,
    shop_press.RemoveZone: staff_deliveries.show_deliveries,
    shop_press.MoveCategory: staff_categories.list_categories,
    shop_press.RemoveCategory: staff_categories.list_categories,
}
SHOP: Mapping[type[CallbackData], Stand] = {
    **dict.fromkeys(_PAGES, _of_the_shop),
    shop_press.SwitchDelivery: _delivery,
    shop_press.HideCategory: _category,
    shop_press.EmptyInto: _category,
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
