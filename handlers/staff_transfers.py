"""The staff chat: money that has come to the shop's bank account is written down, after a look at what the order waits for."""

from datetime import datetime

from aiogram.types import CallbackQuery

from bot.ui.format import money
from bot.ui.screen import Screen
from bot.ui.staff_callbacks import AskTransfer, TransferReceived
from bot.ui.staff_questions import ask_transfer_screen
from handlers.staff_desk import Desk, desk_router
from store import staff
from store.db import Database
from store.errors import EditedMeanwhile
from store.order_story import story
from store.payments import transfer
from store.staff import Permission

router = desk_router(__name__)


@router.callback_query(AskTransfer.filter())
async def ask_transfer(query: CallbackQuery, callback_data: AskTransfer, db: Database, desk: Desk) -> Screen:
    return await transfer_question(callback_data.order_id, None, db=db, desk=desk)


async def transfer_question(order_id: int, amount_minor: int | None, *, db: Database, desk: Desk) -> Screen:
    """The card, asking whether just this much has come: all that is missing, unless another amount was typed."""
    async with db.read() as session:
        told = await desk.asks(session, Permission.RECORD_PAYMENT, order_id)
        expected = await transfer.expected(session, order_id)
    return ask_transfer_screen(told, expected, amount_minor, desk.t, desk.zone, desk.carriers)


@router.callback_query(TransferReceived.filter())
async def transfer_received(
    query: CallbackQuery, callback_data: TransferReceived, db: Database, desk: Desk, now: datetime
) -> Screen:
    pressed, amount_minor = callback_data, callback_data.amount_minor
    try:
        async with db.begin() as session:
            await staff.require(session, desk.telegram_id, Permission.RECORD_PAYMENT)
            await transfer.receive(
                session, pressed.order_id, amount_minor, seen_minor=pressed.seen_minor, actor=desk.actor, now=now
            )
            told = await story(session, pressed.order_id)
    except EditedMeanwhile:
        async with db.read() as session:
            told = await desk.asks(session, Permission.VIEW, pressed.order_id)
        return desk.card(told, desk.t.label("Something changed. Please look again."), alert=True)
    amount = money(amount_minor, told.order.currency, desk.t.language)
    return desk.card(told, desk.t.label("{amount} is written down", amount=amount))
