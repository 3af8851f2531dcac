"""What a press at the staff's desk shows when it comes a second time: the thing it was about, as it stands now. See `current.py`."""

from collections.abc import Mapping
from dataclasses import replace

from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery

from bot.ui import coupon_callbacks as coupon_press
from bot.ui import desk_callbacks as desk_press
from bot.ui import payment_callbacks as payment_press
from bot.ui import staff_callbacks as staff_press
from bot.ui.screen import Screen
from bot.ui.staff_orders import staff_card_screen
from bot.ui.staff_room import staff_chat_chosen_screen
from handlers import staff_coupons, staff_members, staff_payments
from handlers.scene import Scene, Stand
from handlers.staff_desk import desk_of
from store import shipments
from store.staff import Permission


async def card(_query: CallbackQuery, scene: Scene) -> Screen:
    return await card_of(scene.pressed.order_id, scene)


async def _card_of_parcel(_query: CallbackQuery, scene: Scene) -> Screen:
    async with scene["db"].read() as session:
        order_id = await shipments.order_id_of(session, scene.pressed.shipment_id)
    return await card_of(order_id, scene)


async def _card_below(query: CallbackQuery, scene: Scene) -> Screen:
    return replace(await card(query, scene), fresh=True)


async def _person(query: CallbackQuery, scene: Scene) -> Screen:
    named = {"db": scene["db"], "desk": desk_of(scene.given)}
    shown: Screen = await staff_members.show_member(query, scene.pressed, **named)
    return shown


async def _people(query: CallbackQuery, scene: Scene) -> Screen:
    named = {"db": scene["db"], "desk": desk_of(scene.given), "bot": scene["bot"]}
    shown: Screen = await staff_members.show_members(query, **named)
    return shown


async def _staff_chat(query: CallbackQuery, scene: Scene) -> Screen:
    return staff_chat_chosen_screen(0, desk_of(scene.given).t)


async def _fact(_query: CallbackQuery, scene: Scene) -> Screen:
    return await staff_payments.what_became(scene["db"], scene.pressed.fact_id, desk_of(scene.given))


async def _coupon(query: CallbackQuery, scene: Scene) -> Screen:
    named = {"db": scene["db"], "desk": desk_of(scene.given), "bot": scene["bot"]}
    shown: Screen = await staff_coupons.show_coupon(query, scene.pressed, **named)
    return shown


async def card_of(order_id: int, scene: Scene) -> Screen:
    desk = desk_of(scene.given)
    async with scene["db"].read() as session:
        told = await desk.asks(session, Permission.VIEW, order_id)
    return staff_card_screen(told, desk.t, desk.zone, desk.carriers)


DESK_STANDS: Mapping[type[CallbackData], Stand] = {
    staff_press.AcceptOrder: card,
    staff_press.PackOrder: card,
    staff_press.ShipWithLabel: card,
    staff_press.ReadyForPickup: card,
    staff_press.HandOver: card,
    staff_press.MarkDelivered: card,
    staff_press.CashReceived: card,
    staff_press.TransferReceived: card,
    staff_press.RefundOrder: card,
    staff_press.RefundedByHand: card,
    staff_press.StaffCancel: card,
    desk_press.HandBack: card,
    desk_press.BringCard: _card_below,
    desk_press.ConfirmStaffChat: _staff_chat,
    desk_press.SetRole: _person,
    desk_press.RevokeRole: _people,
    desk_press.AskStaffNote: card,
    desk_press.ClearStaffNote: card,
    desk_press.RefundPieces: card,
    desk_press.PackPieces: card,
    desk_press.UnpackParcel: _card_of_parcel,
    desk_press.AskParcelNumber: _card_of_parcel,
    desk_press.ShipParcelWithLabel: _card_of_parcel,
    desk_press.ChooseCarrier: _card_of_parcel,
    desk_press.UseNumber: card,
    desk_press.FollowAgain: _card_of_parcel,
    payment_press.DecideFact: _fact,
    coupon_press.Apologise: _card_of_parcel,
    coupon_press.SwitchCoupon: _coupon,
}
