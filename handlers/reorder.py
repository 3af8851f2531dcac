"""The same again, in one press from the order."""

from datetime import datetime

from aiogram.types import CallbackQuery

from bot.ui.doors import notice
from bot.ui.errors import in_words
from bot.ui.i18n import Translator
from bot.ui.reorder import reordered_screen
from bot.ui.reorder_callbacks import OrderAgain
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from handlers.orders import own_orders
from handlers.routing import customers_router
from store import reorder
from store.db import Database
from store.errors import NotFound
from store.models import Customer

router = customers_router(__name__)


@router.callback_query(OrderAgain.filter())
async def order_again(
    query: CallbackQuery,
    callback_data: OrderAgain,
    db: Database,
    customer: Customer,
    seller: SellerView,
    t: Translator,
    now: datetime,
) -> Screen:
    """Pressed twice it is the same as once."""
    async with db.begin() as session:
        try:
            again = await reorder.again(session, customer.id, callback_data.order_id, now=now)
        except NotFound as error:
            return await own_orders(session, customer, seller, t, in_words(error, t))
    return reordered_screen(again, t, notice=notice(seller, customer, t, now))
