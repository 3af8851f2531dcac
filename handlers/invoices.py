"""Telegram's own payment form. The shop sends no invoices yet: whoever pays one that somebody else made hears so at once, instead of waiting.

Its questions stand outside of everything that waits: no lock, no conversation, no queue.
"""

from aiogram.types import PreCheckoutQuery, ShippingQuery

from bot.speaker import Speaker
from bot.ui.i18n import Translator
from handlers.routing import everyone_router

router = everyone_router(__name__)


@router.pre_checkout_query()
async def refuse_payment(query: PreCheckoutQuery, speaker: Speaker, t: Translator) -> None:
    await _refuse(speaker, "answerPreCheckoutQuery", t, pre_checkout_query_id=query.id)


@router.shipping_query()
async def refuse_shipping(query: ShippingQuery, speaker: Speaker, t: Translator) -> None:
    await _refuse(speaker, "answerShippingQuery", t, shipping_query_id=query.id)


async def _refuse(speaker: Speaker, method: str, t: Translator, **query: str) -> None:
    words = t.label("This invoice cannot be paid here. Nothing was charged. Please order in the shop: /start")
    await speaker.aside(method, ok=False, error_message=words, **query)
