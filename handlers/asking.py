"""What people ask in plain words about their orders, and the orders that they name. Only ever answered with the asker's own."""

from collections.abc import Sequence
from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.asking import (
    change_address_screen,
    courier_screen,
    delivery_times_screen,
    not_received_screen,
    nothing_screen,
    pickup_screen,
    refunds_screen,
    too_late_to_cancel_screen,
    which_order_screen,
)
from bot.ui.callbacks import AnswerAbout
from bot.ui.errors import in_words
from bot.ui.orders import cancel_screen
from bot.ui.parcels import unknown_number_screen
from bot.ui.screen import Screen
from handlers.awaits import is_plain_text
from handlers.orders import own_orders
from handlers.parcels import LATELY, Asker, newest, with_asker
from handlers.support_window import Window, window_router
from store import delivery, order_numbers, order_search
from store.db import Database
from store.errors import NotFound
from store.models import Customer
from store.order_search import Awaited
from store.order_status import ShipmentStatus
from store.order_story import OrderStory, story_of
from store.parcels import asking, corrections
from store.parcels.asking.intents import Intent

router = window_router(__name__)
router.message.middleware(with_asker)
router.callback_query.middleware(with_asker)


class AsksAboutOrders(Filter):
    """While nothing else is being asked: an answer to the shop's question is never taken for one."""

    async def __call__(
        self, message: Message, db: Database, customer: Customer | None = None, raw_state: str | None = None
    ) -> bool | dict[str, Any]:
        if raw_state is not None or customer is None or not is_plain_text(message):
            return False
        text = message.text or ""
        async with db.read() as session:
            named = await order_search.named(session, customer.id, text)
            knowing = await corrections.knowing(session)
        intent = asking.reading(text, language_of(message), knowing=knowing).intent
        if intent is Intent.NONE and not named:
            return False
        return {"intent": Intent.TRACK_ORDER if intent is Intent.NONE else intent, "named": named}


class IsNobodysNumber(Filter):
    """Nothing but the number of an order, and not of the person's own: those were found before."""

    async def __call__(self, message: Message, raw_state: str | None = None) -> bool:
        return raw_state is None and is_plain_text(message) and order_numbers.normalise(message.text or "") is not None


def language_of(message: Message) -> str | None:
    return message.from_user.language_code if message.from_user is not None else None


@router.message(AsksAboutOrders())
async def ask(
    message: Message, intent: Intent, named: Sequence[Awaited], db: Database, asker: Asker, window: Window
) -> Screen:
    if intent is Intent.HUMAN:
        return await window.question()
    async with db.read() as session:
        return await _answer(session, intent, named, asker)


@router.message(IsNobodysNumber())
async def name_nobodys_order(message: Message, asker: Asker) -> Screen:
    return unknown_number_screen(asker.t)


@router.callback_query(AnswerAbout.filter())
async def answer_about(query: CallbackQuery, callback_data: AnswerAbout, db: Database, asker: Asker) -> Screen:
    async with db.read() as session:
        try:
            return await _about(session, callback_data.intent, callback_data.order_id, asker)
        except NotFound as error:
            return await own_orders(session, asker.customer, asker.seller, asker.t, in_words(error, asker.t))


async def _answer(session: AsyncSession, intent: Intent, named: Sequence[Awaited], asker: Asker) -> Screen:
    """About the order that was named, else about the only one it can be; several are shown to choose from."""
    if intent is Intent.DELIVERY_TIME_BEFORE_PURCHASE:
        waiting = await order_search.awaited(session, asker.customer.id)
        return delivery_times_screen(await delivery.days(session), asker.t, has_orders=bool(waiting))
    if intent is Intent.TRACK_ORDER and not named:
        return await newest(session, asker)
    meant = named or await _candidates(session, intent, asker)
    if len(meant) == 1:
        return await _about(session, intent, meant[0].id, asker)
    if meant:
        return which_order_screen(intent, meant, asker.t)
    if intent in (Intent.CANCEL, Intent.CHANGE_ADDRESS, Intent.REFUND_STATUS):
        return nothing_screen(intent, asker.t)
    return await newest(session, asker)


async def _candidates(session: AsyncSession, intent: Intent, asker: Asker) -> list[Awaited]:
    """The orders that it may be about, newest first."""
    customer_id = asker.customer.id
    if intent is Intent.CANCEL:
        return await order_search.unsent(session, customer_id) or await order_search.awaited(session, customer_id)
    if intent is Intent.REFUND_STATUS:
        return await order_search.refunded(session, customer_id)
    if intent is Intent.DELIVERED_NOT_RECEIVED:
        arrived = await order_search.arrived(session, customer_id, since=asker.now - LATELY)
        if arrived is not None:
            return [Awaited(arrived.id, arrived.number)]
    return await order_search.awaited(session, customer_id)


async def _about(session: AsyncSession, intent: Intent, order_id: int, asker: Asker) -> Screen:
    """The answer about one order. Raises: NotFound for somebody else's."""
    story, t = await story_of(session, asker.customer.id, order_id), asker.t
    match intent:
        case Intent.CANCEL:
            return (
                cancel_screen(story, t)
                if story.order.can_be_cancelled_by_buyer
                else too_late_to_cancel_screen(story, t)
            )
        case Intent.CHANGE_ADDRESS:
            return change_address_screen(story, t, carriers=asker.carriers)
        case Intent.REFUND_STATUS:
            return refunds_screen(story, t, zone=asker.zone)
        case Intent.COURIER_PHONE:
            return courier_screen(story, t, carriers=asker.carriers, now=asker.now)
        case Intent.PICKUP_CODE:
            return pickup_screen(story, t, carriers=asker.carriers, now=asker.now)
        case Intent.DELIVERED_NOT_RECEIVED if _is_delivered(story):
            return not_received_screen(asker.timeline(story), story.order, t)
        case _:
            return asker.timeline(story)


def _is_delivered(story: OrderStory) -> bool:
    return any(parcel.status is ShipmentStatus.DELIVERED for parcel in story.parcels)
