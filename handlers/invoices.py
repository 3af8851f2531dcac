"""Telegram's own payment form. The shop sends no invoices yet: whoever pays one that somebody else made hears so at once, instead of waiting.

Its questions stand outside of everything that waits: no lock, no conversation, no queue.
"""

from aiogram.types import PreCheckoutQuery, ShippingQuery

from bot.ui.i18n import Translator
from handlers.routing import everyone_router

router = everyone_router(__name__)


@router.pre_checkout_query()
async def refuse_payment(query: PreCheckoutQuery, t: Translator) -> None:
    await query.answer(ok=False, error_message=_no_invoices(t))


@router.shipping_query()
async def refuse_shipping(query: ShippingQuery, t: Translator) -> None:
    await query.answer(ok=False, error_message=_no_invoices(t))


def _no_invoices(t: Translator) -> str:
    return t.label("This invoice cannot be paid here. Nothing was charged. Please order in the shop: /start")
