"""What stands now after a press on a question's buttons that has acted before."""

from collections.abc import Mapping

from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.ui import staff_support_callbacks as staff_press
from bot.ui import support_callbacks as press
from bot.ui.screen import Screen
from bot.ui.settings_callbacks import ShowSupport
from bot.ui.staff_support import replies_screen, thread_card_screen
from bot.ui.support import ask_screen, passed_on_screen, settled_screen
from handlers.scene import Scene, Stand
from handlers.staff_desk import desk_of
from handlers.support_window import window_of
from store import orders, saved_replies, staff, support, support_edits, support_threads
from store.staff import Permission
from store.support import Side


async def _question(_query: CallbackQuery, scene: Scene) -> Screen:
    return await window_of(scene.given).question()


async def _about_order(_query: CallbackQuery, scene: Scene) -> Screen:
    window = window_of(scene.given)
    async with scene["db"].read() as session:
        order = await orders.order_of(session, window.customer.id, scene.pressed.order_id)
    return ask_screen(window.t, window.hours, order_number=order.number, order_id=order.id)


async def _settled(_query: CallbackQuery, scene: Scene) -> Screen:
    async with scene["db"].read() as session:
        is_open = await support.open_thread_of(session, scene["customer"].id) is not None
    return settled_screen(scene["t"], was_open=not is_open)


async def _thread(_query: CallbackQuery, scene: Scene) -> Screen:
    desk = desk_of(scene.given)
    async with scene["db"].read() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        thread = await support_threads.thread(session, scene.pressed.thread_id)
    return thread_card_screen(thread, desk.t, desk.zone)


async def _replies(_query: CallbackQuery, scene: Scene) -> Screen:
    desk = desk_of(scene.given)
    async with scene["db"].read() as session:
        await staff.require(session, desk.telegram_id, Permission.ANSWER)
        return replies_screen(await saved_replies.replies(session), desk.t)


SUPPORT_STANDS: Mapping[type[CallbackData], Stand] = {
    press.AskSupport: _question,
    ShowSupport: _question,
    press.AskAboutOrder: _about_order,
    press.CloseQuestion: _settled,
    staff_press.CallThread: _thread,
    staff_press.ClaimThread: _thread,
    staff_press.GiveLesson: _thread,
    staff_press.CloseThread: _thread,
    staff_press.ReopenThread: _thread,
    staff_press.SendReply: _thread,
    staff_press.DropReply: _replies,
}


async def after_message(message: Message, scene: Scene) -> tuple[Screen | None] | None:
    """For one that was carried to the other side: the customer is told once more that it went, the staff sees that from the card."""
    async with scene["db"].read() as session:
        written = await support_edits.written_at(session, message.chat.id, message.message_id)
    if written is None:
        return None
    return (passed_on_screen(scene["t"]) if written.side == Side.CUSTOMER else None,)
