"""The shop has written last: what the customer says next, without pressing or replying, is the answer. Asked after everything that is understood."""

from datetime import datetime

from aiogram.filters import Filter
from aiogram.types import Message

from bot.ui.screen import Screen
from handlers.support_window import Window, window_router
from handlers.support_words import is_said
from store import support_threads
from store.db import Database
from store.models import Customer

router = window_router(__name__)


class IsTheirTurn(Filter):
    """Nothing else is being asked, and somebody of the shop waits for an answer."""

    async def __call__(
        self,
        message: Message,
        db: Database,
        now: datetime,
        customer: Customer | None = None,
        raw_state: str | None = None,
    ) -> bool:
        if raw_state is not None or customer is None or not is_said(message):
            return False
        async with db.read() as session:
            return await support_threads.is_customers_turn(session, customer.id, now=now)


@router.message(IsTheirTurn())
async def their_turn(message: Message, window: Window) -> Screen | None:
    return await window.take(message)
