"""A customer speaks with the people of the shop: whatever is written while the shop waits for a question, and every reply to an answer."""

from datetime import datetime

from aiogram.filters import Command, CommandObject, Filter
from aiogram.types import CallbackQuery, Message

from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from bot.ui.settings_callbacks import ShowSupport
from bot.ui.states import Awaiting
from bot.ui.support import ask_screen, faq_screen, settled_screen
from bot.ui.support_callbacks import AskAboutOrder, AskSupport, CloseQuestion, ShowFaq
from handlers.support_window import Window, window_router
from handlers.support_words import is_said
from store import drafts, orders, saved_replies, support, support_threads
from store.db import Database
from store.drafts import Draft
from store.models import Customer
from store.support import Side, Words

router = window_router(__name__)


class Asks(Filter):
    """Anything that is said while the chat waits for a question."""

    async def __call__(self, message: Message, raw_state: str | None = None) -> bool:
        return raw_state == Awaiting.SUPPORT and is_said(message)


class RepliesToShop(Filter):
    """A reply to what somebody of the shop has written to this customer."""

    async def __call__(
        self, message: Message, db: Database, customer: Customer | None = None
    ) -> bool | dict[str, int | None]:
        if message.reply_to_message is None or customer is None or not is_said(message):
            return False
        async with db.read() as session:
            to = await support_threads.addressed(session, message.chat.id, message.reply_to_message.message_id)
            is_own = to is not None and await support_threads.is_of(session, to.thread_id, customer.id)
        return {"answers_id": to.message_id} if to is not None and is_own and to.side is Side.STAFF else False


@router.message(Command("support"))
async def type_support(message: Message, command: CommandObject, window: Window) -> Screen | None:
    """`/support` asks what the question is; `/support where is it?` has asked it."""
    if command.args is None:
        return await window.question()
    return await window.pass_on(Words(text=command.args, chat_id=message.chat.id, message_id=message.message_id))


@router.callback_query(ShowSupport.filter())
@router.callback_query(AskSupport.filter())
async def ask_support(query: CallbackQuery, db: Database, customer: Customer, window: Window) -> Screen:
    async with db.begin() as session:
        await drafts.drop(session, customer.id, Draft.SUPPORT)
    return await window.question()


@router.callback_query(ShowFaq.filter())
async def show_faq(query: CallbackQuery, callback_data: ShowFaq, db: Database, t: Translator) -> Screen:
    async with db.read() as session:
        return faq_screen(await saved_replies.faq(session, callback_data.reply_id, t.language), t)


@router.callback_query(AskAboutOrder.filter())
async def ask_about_order(
    query: CallbackQuery, callback_data: AskAboutOrder, db: Database, customer: Customer, window: Window, now: datetime
) -> Screen:
    async with db.begin() as session:
        order = await orders.order_of(session, customer.id, callback_data.order_id)
        await drafts.keep(session, customer.id, Draft.SUPPORT, {"order_id": order.id}, now=now)
    return ask_screen(window.t, window.hours, order_number=order.number, order_id=order.id)


@router.callback_query(CloseQuestion.filter())
async def close_question(
    query: CallbackQuery, db: Database, customer: Customer, t: Translator, now: datetime
) -> Screen:
    async with db.begin() as session:
        await drafts.drop(session, customer.id, Draft.SUPPORT)
        was_open = await support.close_own(session, customer.id, now=now)
    return settled_screen(t, was_open=was_open)


@router.message(RepliesToShop())
async def reply_to_shop(message: Message, answers_id: int, window: Window) -> Screen | None:
    return await window.take(message, answers_id=answers_id)


@router.message(Asks())
async def question(message: Message, window: Window) -> Screen | None:
    return await window.take(message)
