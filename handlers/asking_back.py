"""A message that may ask for a parcel, and that nobody else understood: one tap decides. Asking is cheap: the answer shows one's own orders only."""

from datetime import datetime

from aiogram.filters import Filter
from aiogram.types import Message

from bot.ui.asking import is_it_a_parcel_screen
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from handlers.asking import language_of
from handlers.routing import customers_router
from handlers.search import looks_for_something
from store import orders, searches, typed
from store.db import Database
from store.models import Customer
from store.parcels import asking, corrections
from store.search_query import TEXT_MAX

router = customers_router(__name__)


class MayAskForParcel(Filter):
    """Of somebody who has ordered before; whoever has not looks for something to buy."""

    async def __call__(
        self, message: Message, db: Database, customer: Customer | None = None, raw_state: str | None = None
    ) -> bool:
        if raw_state is not None or customer is None or not looks_for_something(message):
            return False
        async with db.read() as session:
            knowing = await corrections.knowing(session)
            if not asking.reading(message.text or "", language_of(message), knowing=knowing).is_perhaps:
                return False
            page = await orders.orders_page(session, customer.id, limit=1)
        return bool(page.orders)


@router.message(MayAskForParcel())
async def ask_back(message: Message, db: Database, customer: Customer, t: Translator, now: datetime) -> Screen:
    words = typed.readable(message.text or "", maximum=TEXT_MAX)
    async with db.begin() as session:
        search_id = await searches.remember(session, customer.id, words, now=now)
    return is_it_a_parcel_screen(t, search_id=search_id)
