"""The staff chat: the money of some pieces goes back."""

from datetime import datetime

from aiogram.types import CallbackQuery

from bot.ui.desk_callbacks import AskRefundPieces, ChooseRefund, RefundPieces
from bot.ui.format import money
from bot.ui.screen import Screen
from bot.ui.staff_refunds import choose_refund_screen
from handlers.staff_desk import Desk, desk_router
from handlers.staff_parcels import chosen_pieces
from store import piece_refunds
from store.db import Database
from store.order_story import story
from store.staff import Permission

router = desk_router(__name__)


@router.callback_query(AskRefundPieces.filter())
async def ask_refund_pieces(query: CallbackQuery, callback_data: AskRefundPieces, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        told = await desk.asks(session, Permission.REFUND, callback_data.order_id)
    return choose_refund_screen(told, desk.t, desk.zone, desk.carriers)


@router.callback_query(ChooseRefund.filter())
async def choose_refund(query: CallbackQuery, callback_data: ChooseRefund, db: Database, desk: Desk) -> Screen:
    """The choice is read anew against what can still be paid back."""
    async with db.read() as session:
        told = await desk.asks(session, Permission.REFUND, callback_data.order_id)
    return choose_refund_screen(
        told,
        desk.t,
        desk.zone,
        desk.carriers,
        chosen=callback_data.chosen,
        fate=callback_data.fate,
        page=callback_data.page,
    )


@router.callback_query(RefundPieces.filter())
async def refund_pieces(
    query: CallbackQuery, callback_data: RefundPieces, db: Database, desk: Desk, now: datetime
) -> Screen:
    async with db.begin() as session:
        told = await desk.asks(session, Permission.REFUND, callback_data.order_id)
        refunded = await piece_refunds.refund_pieces(
            session,
            callback_data.order_id,
            chosen_pieces(told.order, callback_data.chosen),
            fate=callback_data.fate,
            version=callback_data.version,
            actor=desk.actor,
            now=now,
        )
        told = await story(session, callback_data.order_id)
    amount = money(refunded.amount_minor, told.order.currency, desk.t.language)
    return desk.card(told, desk.t.label("{amount} is on its way back", amount=amount))
