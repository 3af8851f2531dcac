"""What stands now. It answers an update that has acted before: its first reply may have died with the program that was to send it.

Nothing here acts for the update again. What its first handling left unfinished is led on: an order without a page to pay on gets one.
"""

from collections.abc import Mapping
from typing import Any

from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message, Update

from bot.ui import address_callbacks as address_press
from bot.ui import callbacks as press
from bot.ui import coupon_callbacks as coupon_press
from bot.ui import followed_callbacks as followed_press
from bot.ui import import_callbacks as import_press
from bot.ui import reorder_callbacks as reorder_press
from bot.ui import (
    settings_callbacks as settings_press,
)
from bot.ui import wish_callbacks as wish_press
from bot.ui.address_form import PART_OF
from bot.ui.cart import cart_screen
from bot.ui.doors import notice
from bot.ui.screen import Screen
from bot.ui.staff_support_callbacks import MessageBuyer
from handlers import (
    address,
    addresses,
    catalog,
    followed,
    imports,
    orders,
    parcels,
    payment,
    search,
    settings,
    staff_coupons,
    staff_goods_typed,
    staff_shop_typed,
)
from handlers.awaits import is_plain_text
from handlers.counter import answered, counter_of
from handlers.current_goods import GOODS, SHOP
from handlers.current_support import SUPPORT_STANDS, after_message
from handlers.desk_stands import DESK_STANDS, card, card_of
from handlers.goods_desk import goods_desk_of
from handlers.invoices import SaysMoney
from handlers.scene import Scene, Stand
from handlers.staff_desk import desk_of
from handlers.staff_replies import ReplyToCard
from handlers.start import home
from store import address_drafts, carts, checkout, placing, searches, typed
from store.search_query import TEXT_MAX


async def _cart(_query: CallbackQuery, scene: Scene) -> Screen:
    async with scene["db"].read() as session:
        cart = await carts.cart(session, scene["customer"].id)
    said = notice(scene["seller"], scene["customer"], scene["t"], scene["now"])
    return cart_screen(cart, scene["t"], page=getattr(scene.pressed, "page", 0), notice=said)


async def _quantity(query: CallbackQuery, scene: Scene) -> Screen:
    named = {name: scene[name] for name in ("db", "customer", "currency", "t", "now")}
    shown: Screen = await catalog.ask_quantity(query, scene.pressed, **named)
    return shown


async def _question(_query: CallbackQuery, scene: Scene) -> Screen:
    return await answered(scene["db"], counter_of(scene.given))


async def _wanted_question(_query: CallbackQuery, scene: Scene) -> Screen:
    return await answered(scene["db"], counter_of(scene.given), then=scene.pressed.question)


async def _address(_query: CallbackQuery, scene: Scene) -> Screen:
    return await address.resumed(scene["db"], counter_of(scene.given))


async def _saved_address(query: CallbackQuery, scene: Scene) -> Screen:
    named = {name: scene[name] for name in ("db", "customer", "t")}
    wanted = address_press.ShowAddress(address_id=scene.pressed.address_id)
    shown: Screen = await addresses.show_address(query, wanted, **named)
    return shown


async def _addresses(_query: CallbackQuery, scene: Scene) -> Screen:
    async with scene["db"].read() as session:
        return await addresses.book(session, scene["customer"].id, scene["t"])


async def _placed(query: CallbackQuery, scene: Scene) -> Screen:
    """The order, with its page to pay on; where placing was refused, what is asked now."""
    async with scene["db"].read() as session:
        order_id = await placing.order_from(session, scene["customer"].id, scene.pressed.cart_id)
    if order_id is None:
        return await answered(scene["db"], counter_of(scene.given))
    return await payment.paying(query, scene["db"], counter_of(scene.given), order_id, scene["bot"])


async def _payment(query: CallbackQuery, scene: Scene) -> Screen:
    return await payment.paying(query, scene["db"], counter_of(scene.given), scene.pressed.order_id, scene["bot"])


async def _order(query: CallbackQuery, scene: Scene) -> Screen:
    named = {name: scene[name] for name in ("db", "customer", "seller", "t")}
    shown: Screen = await orders.show_order(query, press.ShowOrder(order_id=scene.pressed.order_id), **named)
    return shown


async def _parcels(query: CallbackQuery, scene: Scene) -> Screen:
    wanted, asker = press.ShowParcels(order_id=scene.pressed.order_id), parcels.asker_of(scene.given)
    shown: Screen = await parcels.show_parcels(query, wanted, db=scene["db"], asker=asker)
    return shown


async def _own_parcel(_query: CallbackQuery, scene: Scene) -> Screen:
    return await parcels.shown_again(scene["db"], scene.pressed.shipment_id, parcels.asker_of(scene.given))


async def _followed(_query: CallbackQuery, scene: Scene) -> Screen:
    return await followed.shown(scene["db"], scene.pressed.parcel_id, parcels.asker_of(scene.given))


async def _followed_number(_query: CallbackQuery, scene: Scene) -> Screen:
    return await followed.shown_number(scene["db"], scene.pressed.number, parcels.asker_of(scene.given))


async def _product(_query: CallbackQuery, scene: Scene) -> Screen:
    pressed = scene.pressed
    quantity = getattr(pressed, "quantity", 1)
    here = press.ShowVariant(variant_id=pressed.variant_id, quantity=quantity, cursor=pressed.cursor)
    return await catalog.shown_product(scene["db"], scene["customer"], scene["currency"], here, scene["t"])


async def _settings(query: CallbackQuery, scene: Scene) -> Screen:
    named = {name: scene[name] for name in ("db", "customer", "seller", "t", "now")}
    shown: Screen = await settings.show_settings(query, **named)
    return shown


async def _home(_query: CallbackQuery, scene: Scene) -> Screen:
    return await _front_door(scene)


async def _import(query: CallbackQuery, scene: Scene) -> Screen:
    named = {"db": scene["db"], "desk": desk_of(scene.given), "t": scene["t"]}
    shown: Screen = await imports.show(query, import_press.ShowImport(import_id=scene.pressed.import_id), **named)
    return shown


# Every button whose handler may write. A test holds the table against the handlers.
STANDS: Mapping[type[CallbackData], Stand] = {
    press.SetLanguage: _home,
    press.AddToCart: _cart,
    press.SetLine: _cart,
    press.EmptyCart: _cart,
    press.AskQuantity: _quantity,
    press.StartCheckout: _question,
    press.AskQuestion: _wanted_question,
    press.KeepAnswer: _question,
    press.UseTelegramName: _question,
    press.ChooseDelivery: _question,
    press.UseAddress: _question,
    press.NewAddress: _address,
    reorder_press.OrderAgain: _cart,
    address_press.AddAddress: _address,
    address_press.EditAddress: _address,
    address_press.AskPart: _address,
    address_press.PickCountry: _address,
    address_press.PickRegion: _address,
    address_press.KeepPart: _address,
    address_press.SkipPart: _address,
    address_press.ReadDraft: _address,
    address_press.ConfirmDraft: _address,
    address_press.AskLabel: _saved_address,
    address_press.SetLabel: _saved_address,
    address_press.RemoveAddress: _addresses,
    address_press.AskPoint: _saved_address,
    address_press.DropPoint: _saved_address,
    press.ChoosePayment: _question,
    press.ClearNote: _question,
    coupon_press.UseCoupon: _question,
    coupon_press.DropCoupon: _question,
    press.PlaceOrder: _placed,
    press.PayOrder: _payment,
    press.CheckPayment: _payment,
    press.SwitchPayment: _payment,
    press.CancelOrder: _order,
    press.RefreshParcels: _parcels,
    press.ChooseOwnCarrier: _own_parcel,
    followed_press.FollowNumber: _followed_number,
    followed_press.RefreshFollowed: _followed,
    followed_press.DropFollowed: _followed,
    wish_press.SetFavourite: _product,
    wish_press.SetWatch: _product,
    settings_press.SetTopic: _settings,
    settings_press.DeleteData: _home,
    settings_press.SetQuietHours: _settings,
    settings_press.SetZone: _settings,
    settings_press.ForgetZone: _settings,
    settings_press.ChooseCurrency: _settings,
    **GOODS,
    **SUPPORT_STANDS,
    MessageBuyer: card,
    **DESK_STANDS,
    **SHOP,
    import_press.ApplyImport: _import,
    import_press.CancelImport: _import,
    import_press.FetchPictures: _import,
}
_BY_PREFIX = {kind.__prefix__: (kind, stand) for kind, stand in STANDS.items()}


async def screen(update: Update, given: Mapping[str, Any]) -> Screen | None:
    """What the person is to see whose *update* has acted; None for one that nobody waits for an answer to. Raises: StoreError."""
    if update.callback_query is not None:
        return await _after_press(update.callback_query, given)
    if update.message is not None:
        return await _after_message(update.message, Scene(given))
    return None


async def _after_press(query: CallbackQuery, given: Mapping[str, Any]) -> Screen | None:
    known = _BY_PREFIX.get((query.data or "").partition(":")[0])
    if known is None:
        return None
    kind, stand = known
    return await stand(query, Scene(given, kind.unpack(query.data or "")))


async def _after_message(message: Message, scene: Scene) -> Screen | None:
    if await SaysMoney()(message):
        return None  # the receipt comes by itself
    if found := await ReplyToCard()(message, scene["db"]):
        return await card_of(found["order_id"], scene) if isinstance(found, dict) else None
    if (told := await after_message(message, scene)) is not None:
        return told[0]
    if await Command("coupon")(message, scene["bot"]):
        shown: Screen = await staff_coupons.type_coupons(message, scene["db"], desk_of(scene.given), scene["now"])
        return shown
    desk = goods_desk_of(scene.given)
    async with scene["db"].read() as session:
        for answered_before in (staff_goods_typed.answered_before, staff_shop_typed.answered_before):
            if card := await answered_before(session, message.message_id, desk):
                return card
    if scene["customer"] is None or message.chat.type != "private":
        return None
    if await imports.HoldsTable()(message):
        return None  # a file's own message is kept true by the relay
    return await _after_words(message, scene)


async def _after_words(message: Message, scene: Scene) -> Screen:
    """What was sought is found again; an answer is followed by what is asked now."""
    db, customer, words = scene["db"], scene["customer"], typed.readable(message.text or "", maximum=TEXT_MAX)
    if scene["raw_state"] in PART_OF:
        return await address.resumed(db, counter_of(scene.given))
    async with db.read() as session:
        was_sought = search.looks_for_something(message) and await searches.is_latest(session, customer.id, words)
        is_begun = await checkout.is_begun(session, customer.id)
        is_typing = await address_drafts.kept(session, customer.id) is not None
    if was_sought:
        return await search.searched(db, customer, scene["currency"], words, scene["t"], scene["now"])
    if is_begun and (message.contact or message.location or is_plain_text(message)):
        return await answered(db, counter_of(scene.given))
    if is_typing and is_plain_text(message):
        return await address.resumed(db, counter_of(scene.given))
    return await _front_door(scene)


async def _front_door(scene: Scene) -> Screen:
    async with scene["db"].read() as session:
        return await home(session, scene["customer"], scene["seller"], scene["t"], scene["now"])
