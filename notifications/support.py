"""Questions to the shop and their answers, each carried to the other side; what becomes of a thread."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.settings import Settings
from bot.ui import staff_support
from bot.ui import support as support_ui
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from notifications.staff import staff_chat
from notifications.telling import Recipient, Telling
from store import support_threads
from store.errors import NotFound
from store.events import SupportCalled, SupportEdited, SupportEvent, SupportMessageEvent, SupportWaits
from store.models import SupportMessage
from store.support import Side
from store.support_threads import CALLED, card_slot, said_slot

# What was not brought along it is reported to the staff.
ANSWER_ROUTE = "buyer.answer"


async def asker(
    session: AsyncSession, event: SupportEvent, _settings: Settings, _seller: SellerView
) -> list[Recipient]:
    thread = await support_threads.thread(session, event.thread_id)
    return [Recipient(thread.telegram_id, thread.language)]


async def asker_of_an_answer(
    session: AsyncSession, event: SupportMessageEvent, settings: Settings, seller: SellerView
) -> list[Recipient]:
    message = await support_threads.message(session, event.message_id)
    return await asker(session, event, settings, seller) if message.side == Side.STAFF else []


async def staff_of_a_question(
    session: AsyncSession, event: SupportMessageEvent, settings: Settings, seller: SellerView
) -> list[Recipient]:
    message = await support_threads.message(session, event.message_id)
    return await staff_chat(session, event, settings, seller) if message.side == Side.CUSTOMER else []


def thread_slot(event: SupportEvent) -> str:
    return card_slot(event.thread_id)


def message_slot(event: SupportMessageEvent) -> str:
    return said_slot(event.message_id)


def called_slot(event: SupportCalled | SupportWaits) -> str:
    return f"{CALLED}:{event.thread_id}:{event.at}"


async def card(session: AsyncSession, event: SupportEvent, tell: Telling) -> Screen:
    thread = await support_threads.thread(session, event.thread_id)
    return staff_support.thread_card_screen(thread, tell.t, tell.seller.timezone)


async def called(session: AsyncSession, event: SupportCalled, tell: Telling) -> Screen:
    thread = await support_threads.thread(session, event.thread_id)
    return staff_support.called_screen(thread, tell.t, tell.seller.timezone)


async def question(session: AsyncSession, event: SupportMessageEvent, tell: Telling) -> Screen:
    thread = await support_threads.thread(session, event.thread_id)
    message = await support_threads.message(session, event.message_id)
    quotes = await _answered(session, message, tell.seller.staff_chat(tell.settings)) or await _card(
        session, event, tell
    )
    return _afresh(staff_support.question_screen(message, thread.customer_name, tell.t, quotes=quotes), event)


async def answer(session: AsyncSession, event: SupportMessageEvent, tell: Telling) -> Screen:
    """What is no reply to the customer's own words names the order that it is about."""
    thread = await support_threads.thread(session, event.thread_id)
    message = await support_threads.message(session, event.message_id)
    name = message.author_name if tell.settings.support_names else ""
    quotes = await _answered(session, message, thread.telegram_id)
    number = thread.order_number if quotes is None and message.order_id == thread.order_id else None
    screen = support_ui.answer_screen(message, tell.t, name=name, order_number=number, quotes=quotes)
    return _afresh(screen, event)


async def saved_reply(session: AsyncSession, event: SupportMessageEvent, tell: Telling) -> Screen | None:
    """Nobody has typed it, so nobody would see in the chat what the customer was told."""
    message = await support_threads.message(session, event.message_id)
    if message.message_id is not None:
        return None
    return staff_support.saved_reply_screen(message, quotes=await _card(session, event, tell))


async def closed(session: AsyncSession, event: SupportEvent, tell: Telling) -> Screen | None:
    thread = await support_threads.thread(session, event.thread_id)
    return None if thread.is_open else support_ui.closed_screen(tell.t)


async def lost(session: AsyncSession, event: SupportMessageEvent, tell: Telling) -> Screen:
    thread = await support_threads.thread(session, event.thread_id)
    message = await support_threads.message(session, event.message_id)
    own = message.message_id if message.chat_id == tell.seller.staff_chat(tell.settings) else None
    return staff_support.lost_screen(thread, tell.t, quotes=own or await _card(session, event, tell))


async def waits(session: AsyncSession, event: SupportWaits, tell: Telling) -> Screen | None:
    thread = await support_threads.thread(session, event.thread_id)
    if thread.waiting_since is None:
        return None
    quotes = await _card(session, event, tell)
    return staff_support.waits_screen(thread, thread.waiting_since, tell.t, tell.seller.timezone, quotes=quotes)


async def _answered(session: AsyncSession, message: SupportMessage, chat_id: int | None) -> int | None:
    """The number, in the chat where the message is to be shown, of the one that it answers: there it was written."""
    if message.answers_id is None:
        return None
    try:
        answered = await support_threads.message(session, message.answers_id)
    except NotFound:
        return None
    return answered.message_id if answered.chat_id == chat_id else None


async def _card(session: AsyncSession, event: SupportEvent, tell: Telling) -> int | None:
    place = await support_threads.place_of(session, card_slot(event.thread_id))
    return place[1] if place is not None and place[0] == tell.seller.staff_chat(tell.settings) else None


def _afresh(screen: Screen, event: SupportMessageEvent) -> Screen:
    """A picture that was exchanged for another cannot be changed in its copy."""
    return replace(screen, fresh=True) if isinstance(event, SupportEdited) and event.is_new_file else screen
