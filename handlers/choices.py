"""Where the checkout shows buttons, their words do as well: "courier", "2", "cash"."""

from datetime import datetime

from aiogram.types import Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.addresses import label_text
from bot.ui.i18n import LANGUAGES, translator
from bot.ui.pay_methods import method_label
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from handlers import address
from handlers.awaits import Awaits
from handlers.counter import Counter, answered, counter_router
from store import checkout, customers, typed
from store.db import Database
from store.errors import BadInput
from store.payments import choice

router = counter_router(__name__)

_EVERY_LANGUAGE = [translator(language) for language in LANGUAGES]


@router.message(Awaits(Awaiting.DELIVERY))
async def type_delivery(message: Message, db: Database, counter: Counter, now: datetime) -> Screen:
    async def write(session: AsyncSession) -> None:
        options = (await checkout.view(session, counter.customer.id)).options
        place = _meant(message, [list(option.title.values()) for option in options])
        await checkout.set_delivery(session, counter.customer.id, options[place].method_id, now=now)

    return await answered(db, counter, write)


@router.message(Awaits(Awaiting.PAYMENT))
async def type_payment(message: Message, db: Database, counter: Counter, now: datetime) -> Screen:
    async def write(session: AsyncSession) -> None:
        view = await checkout.view(session, counter.customer.id)
        offered = choice.for_checkout(counter.gateways, view)
        kind = view.delivery.kind if view.delivery else ""
        names = [[name, *(method_label(name, t, delivery_kind=kind) for t in _EVERY_LANGUAGE)] for name in offered]
        gateway = counter.gateways[offered[_meant(message, names)]]
        await choice.pick(session, counter.customer.id, view, gateway, now=now)

    return await answered(db, counter, write)


@router.message(Awaits(Awaiting.SAVED_ADDRESS))
async def type_saved_address(message: Message, db: Database, counter: Counter, now: datetime) -> Screen:
    """One of the list, or the beginning of another one."""
    text = message.text or ""
    async with db.read() as session:
        saved = await customers.addresses(session, counter.customer.id)
    names = [[row.street, *(label_text(row.label, t) for t in _EVERY_LANGUAGE if row.label)] for row in saved]
    place = typed.choice(text, names)
    if place is None:
        return await address.begun_with(db, counter, text)

    async def write(session: AsyncSession) -> None:
        await checkout.set_address(session, counter.customer.id, saved[place].id, now=now)

    return await answered(db, counter, write)


def _meant(message: Message, names: list[list[str]]) -> int:
    """Raises: BadInput."""
    place = typed.choice(message.text or "", names)
    if place is None:
        raise BadInput(field="choice", reason="unknown")
    return place
