"""What the shop knows about somebody, handed over or taken away."""

import logging
from datetime import datetime

from aiogram.types import CallbackQuery

from bot.ui.i18n import Translator
from bot.ui.my_data import data_screen, delete_screen, deleted_screen, not_deletable_screen, staff_data_screen
from bot.ui.screen import Screen
from bot.ui.settings_callbacks import AskDeleteData, DeleteData, DownloadData
from handlers.routing import customers_router
from store import erasure, personal
from store.db import Database
from store.errors import NotAllowedNow
from store.models import Customer

log = logging.getLogger(__name__)

router = customers_router(__name__)


@router.callback_query(DownloadData.filter())
async def download(query: CallbackQuery, db: Database, customer: Customer, t: Translator, now: datetime) -> Screen:
    async with db.read() as session:
        found = await personal.export(session, customer)
    return data_screen(found, t, now=now)


@router.callback_query(AskDeleteData.filter())
async def ask_delete(query: CallbackQuery, db: Database, customer: Customer, t: Translator) -> Screen:
    return await _asked(db, customer, t)


@router.callback_query(DeleteData.filter())
async def delete(query: CallbackQuery, db: Database, customer: Customer, t: Translator, now: datetime) -> Screen:
    """An order that was placed since the question stands in the way again."""
    try:
        async with db.begin() as session:
            await erasure.forget(session, customer.id, now=now)
    except NotAllowedNow as error:
        return staff_data_screen(t) if error.params["status"] == "staff" else await _asked(db, customer, t)
    log.info("customer %s was forgotten", customer.id)
    return deleted_screen(t)


async def _asked(db: Database, customer: Customer, t: Translator) -> Screen:
    async with db.read() as session:
        numbers = await erasure.in_the_way(session, customer.id)
    return not_deletable_screen(numbers, t) if numbers else delete_screen(t)
