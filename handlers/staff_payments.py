"""The staff chat: what was said about an order's money, and the facts that wait for a person."""

from datetime import datetime

from aiogram.types import CallbackQuery
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.payment_callbacks import DecideFact, Decision, ShowPayments
from bot.ui.screen import Screen
from bot.ui.staff_payments import decided_screen, payments_screen, reason_text
from handlers.staff_desk import Desk, desk_router
from store import staff
from store.db import Database
from store.payments import ledger, money_story, quarantine
from store.staff import Permission

router = desk_router(__name__)


@router.callback_query(ShowPayments.filter())
async def show_payments(query: CallbackQuery, callback_data: ShowPayments, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.REFUND)
        story = await money_story.of_order(session, callback_data.order_id)
    return payments_screen(story, desk.t, desk.zone)


@router.callback_query(DecideFact.filter())
async def decide_fact(
    query: CallbackQuery, callback_data: DecideFact, db: Database, desk: Desk, now: datetime
) -> Screen:
    """Of two people who decide, one has; the other sees what became of it."""
    fact_id, is_again = callback_data.fact_id, callback_data.decision is Decision.AGAIN
    decide = quarantine.apply_again if is_again else quarantine.dismiss
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.REFUND)
        did = await decide(session, fact_id, actor=desk.actor, now=now)
    if did and is_again:
        await ledger.apply_stored(db, fact_id, now=now)
    return await what_became(db, fact_id, desk)


async def what_became(db: Database, fact_id: int, desk: Desk) -> Screen:
    """How a fact stands that somebody has decided on. Raises: NotPermitted, NotFound."""
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.REFUND)
        return await _became(session, fact_id, desk)


async def _became(session: AsyncSession, fact_id: int, desk: Desk) -> Screen:
    row, order_id = await money_story.fact(session, fact_id)
    t = desk.t
    if row.status == quarantine.ASIDE:
        text = t("⚠️ It still fits nothing: {reason}.", reason=reason_text(row.reason or "", t))
    elif row.status == quarantine.IGNORED:
        text = t("☑️ {name} has dealt with it.", name=desk.actor.name)
    else:
        text = t("✅ It is in the books now.")
    return decided_screen(text, order_id, t)
