"""Telegram's own payment form: whether an invoice may be paid now, and the message that it was.

Its questions stand outside of everything that waits: no lock, no conversation, no queue, and a database that does not answer is not waited for.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial

from aiogram.filters import Filter
from aiogram.types import Message, PreCheckoutQuery, ShippingQuery
from sqlalchemy.exc import SQLAlchemyError

from bot.speaker import Speaker
from bot.ui.i18n import noop, translator
from handlers.routing import everyone_router
from store.db import Database
from store.payments import invoices, ledger, telegram_facts
from store.payments.attempts import AttemptView
from store.payments.gateway import Source
from store.payments.invoices import Answer, Asked, No
from store.payments.registry import Gateways, gateway_of

log = logging.getLogger(__name__)

router = everyone_router(__name__)

# Telegram waits ten seconds, and a person before the form not much longer than this.
DECIDES_WITHIN_S = 1.0

_WORDS: Mapping[No, str] = {
    No.UNKNOWN: noop("This invoice cannot be paid here. Nothing was charged. Please order in the shop: /start"),
    No.OVER: noop("This order waits for no payment any more. Nothing was charged. See /orders"),
    No.CHANGED: noop("The total has changed. Nothing was charged. Please open the order again: /orders"),
    No.GONE: noop("The goods are not set aside for you any more. Nothing was charged. Please order again."),
}
_BUSY = noop("The shop does not answer just now. Nothing was charged. Please try again in a moment.")


@router.pre_checkout_query()
async def may_be_paid(
    query: PreCheckoutQuery, db: Database, gateways: Gateways, speaker: Speaker, clock: Callable[[], datetime]
) -> None:
    """Always an answer, and soon: without one Telegram tells the buyer that something is broken."""
    asked = Asked(query.from_user.id, query.invoice_payload, query.currency, query.total_amount)
    answer = await _in_time(partial(_answer, db, gateways, asked, clock()))
    refusal = {}
    if answer is None or answer.no is not None:
        t = translator((answer and answer.language) or query.from_user.language_code)
        refusal["error_message"] = t.label(_BUSY if answer is None else _WORDS[answer.no or No.UNKNOWN])
    await speaker.aside("answerPreCheckoutQuery", pre_checkout_query_id=query.id, ok=not refusal, **refusal)


async def _answer(db: Database, gateways: Gateways, asked: Asked, now: datetime) -> Answer:
    async with db.read() as session:
        return await invoices.answer(session, asked, partial(_most_tip, gateways), now=now)


async def _in_time(decide: Callable[[], Awaitable[Answer]]) -> Answer | None:
    """None: the database does not answer."""
    try:
        async with asyncio.timeout(DECIDES_WITHIN_S):
            return await decide()
    except (TimeoutError, SQLAlchemyError, OSError) as error:
        log.warning("a payment was not let through: the database does not answer (%s)", type(error).__name__)
        return None


def _most_tip(gateways: Gateways, attempt: AttemptView) -> int | None:
    gateway = gateway_of(gateways, attempt.gateway, attempt.account)
    return gateway.capabilities.most_tip(attempt.amount_minor) if gateway is not None else None


@router.shipping_query()
async def refuse_shipping(query: ShippingQuery, speaker: Speaker) -> None:
    """The shop knows where an order goes before it asks for money: an invoice that asks is not one of its own."""
    words = translator(query.from_user.language_code).label(_WORDS[No.UNKNOWN])
    await speaker.aside("answerShippingQuery", shipping_query_id=query.id, ok=False, error_message=words)


class SaysMoney(Filter):
    """Telegram's own message that a payment was made, or has gone back."""

    async def __call__(self, message: Message) -> bool:
        return message.successful_payment is not None or message.refunded_payment is not None


@router.message(SaysMoney())
async def heard_of_money(message: Message, db: Database, gateways: Gateways, now: datetime) -> None:
    """The receipt comes by itself, as for every payment. Raises: what the database raises; then the message comes again."""
    if message.successful_payment is not None:
        await _paid(message, db, gateways, now)
    else:
        await _given_back(message, db, gateways, now)


async def _paid(message: Message, db: Database, gateways: Gateways, now: datetime) -> None:
    paid = message.successful_payment
    assert paid is not None
    async with db.read() as session:
        attempt = await invoices.attempt_of(session, paid.invoice_payload)
    gateway, account = _whose(attempt, gateways, paid.currency)
    fact = telegram_facts.captured(
        gateway,
        account,
        charge_id=paid.telegram_payment_charge_id,
        provider_ref=paid.provider_payment_charge_id if paid.currency != telegram_facts.XTR else None,
        merchant_ref=paid.invoice_payload,
        amount_minor=paid.total_amount,
        currency=paid.currency,
        at=message.date.astimezone(UTC),
        source=Source.WEBHOOK,
        # Without the name, the phone and the address that the form may have asked for.
        raw=paid.model_dump_json(exclude_none=True, exclude={"order_info"}).encode(),
    )
    most_tip_minor = _most_tip(gateways, attempt) if attempt is not None else None
    await invoices.paid(db, fact, most_tip_minor=most_tip_minor or 0, now=now)


async def _given_back(message: Message, db: Database, gateways: Gateways, now: datetime) -> None:
    back = message.refunded_payment
    assert back is not None
    async with db.read() as session:
        attempt = await invoices.attempt_of(session, back.invoice_payload)
    gateway, account = _whose(attempt, gateways, back.currency)
    fact = telegram_facts.refunded(
        account,
        gateway=gateway,
        charge_id=back.telegram_payment_charge_id,
        merchant_ref=back.invoice_payload,
        amount_minor=back.total_amount,
        at=message.date.astimezone(UTC),
        source=Source.WEBHOOK,
        raw=back.model_dump_json(exclude_none=True).encode(),
    )
    await ledger.receive(db, [fact], now=now)


def _whose(attempt: AttemptView | None, gateways: Gateways, currency: str) -> tuple[str, str]:
    """The account that the money came to. Of an invoice that the shop has not made a person has to look at the money."""
    if attempt is not None:
        return attempt.gateway, attempt.account
    name = telegram_facts.STARS if currency == telegram_facts.XTR else telegram_facts.CARDS
    return name, gateways[name].account if name in gateways else ""
