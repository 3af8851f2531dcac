"""The address: one that is saved, or a new one, part by part; what has been typed so far survives a restart."""

from datetime import datetime
from typing import Any

from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.callbacks import NewAddress, SkipPostcode, UseAddress
from bot.ui.checkout import address_question_screen
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from handlers.awaits import Awaits
from handlers.counter import Counter, answered, counter_router, empty_handed
from store import checkout, customers, drafts, typed
from store.countries import country_code
from store.db import Database
from store.drafts import Draft
from store.errors import BadInput, CartEmpty

router = counter_router(__name__)

_PARTS = (
    ("country", Awaiting.ADDRESS_COUNTRY),
    ("city", Awaiting.ADDRESS_CITY),
    ("street", Awaiting.ADDRESS_STREET),
)


@router.callback_query(UseAddress.filter())
async def use_address(
    query: CallbackQuery, callback_data: UseAddress, db: Database, counter: Counter, now: datetime
) -> Screen:
    async def write(session: AsyncSession) -> None:
        await checkout.set_address(session, counter.customer.id, callback_data.address_id, now=now)

    return await answered(db, counter, write)


@router.callback_query(NewAddress.filter())
async def new_address(query: CallbackQuery, db: Database, counter: Counter) -> Screen:
    return await _asked(db, counter, {}, Awaiting.ADDRESS_COUNTRY)


@router.message(Awaits(Awaiting.ADDRESS_COUNTRY))
async def type_country(message: Message, db: Database, counter: Counter) -> Screen:
    code = country_code(message.text or "")
    if code is None:
        raise BadInput(field="country", reason="unknown")
    return await _asked(db, counter, {"country": code}, Awaiting.ADDRESS_CITY)


@router.message(Awaits(Awaiting.ADDRESS_CITY))
async def type_city(message: Message, db: Database, counter: Counter) -> Screen:
    city = typed.line(message.text or "", "city", maximum=128)
    begun = await _begun(db, counter)
    if "country" not in begun:
        return await _asked(db, counter, {}, Awaiting.ADDRESS_COUNTRY)
    return await _asked(db, counter, begun | {"city": city}, Awaiting.ADDRESS_STREET)


@router.message(Awaits(Awaiting.ADDRESS_STREET))
async def type_street(message: Message, db: Database, counter: Counter) -> Screen:
    street = typed.line(message.text or "", "street", maximum=255)
    begun = await _begun(db, counter)
    if "city" not in begun:
        return await _asked(db, counter, {}, Awaiting.ADDRESS_COUNTRY)
    return await _asked(db, counter, begun | {"street": street}, Awaiting.ADDRESS_POSTCODE)


@router.message(Awaits(Awaiting.ADDRESS_POSTCODE))
async def type_postcode(message: Message, db: Database, counter: Counter, now: datetime) -> Screen:
    return await _finished(db, counter, message.text or "", now)


@router.callback_query(SkipPostcode.filter())
async def skip_postcode(query: CallbackQuery, db: Database, counter: Counter, now: datetime) -> Screen:
    return await _finished(db, counter, "", now)


async def resumed(db: Database, counter: Counter) -> Screen:
    """The part of a begun address that is still missing; where none is begun, the checkout's open question."""
    begun = await _begun(db, counter)
    if not begun:
        return await answered(db, counter)
    awaiting = next((asked for part, asked in _PARTS if part not in begun), Awaiting.ADDRESS_POSTCODE)
    return await _asked(db, counter, begun, awaiting)


async def _begun(db: Database, counter: Counter) -> dict[str, Any]:
    async with db.read() as session:
        return await drafts.kept(session, counter.customer.id, Draft.ADDRESS)


async def _asked(db: Database, counter: Counter, begun: dict[str, Any], awaiting: Awaiting) -> Screen:
    """What is known so far is kept, and the next part is asked for."""
    try:
        async with db.begin() as session:
            view = await checkout.view(session, counter.customer.id)
            await drafts.keep(session, counter.customer.id, Draft.ADDRESS, begun, now=counter.now)
    except CartEmpty as error:
        return await empty_handed(db, counter, error)
    known = {part: begun.get(part, "") for part in ("country", "city")}
    return address_question_screen(view, awaiting, counter.t, **known)


async def _finished(db: Database, counter: Counter, postcode: str, now: datetime) -> Screen:
    begun = await _begun(db, counter)
    if not {"country", "city", "street"} <= begun.keys():
        return await _asked(db, counter, {}, Awaiting.ADDRESS_COUNTRY)

    async def write(session: AsyncSession) -> None:
        address = await customers.add_address(session, counter.customer.id, **begun, postcode=postcode, now=now)
        await checkout.set_address(session, counter.customer.id, address.id, now=now)
        await drafts.drop(session, counter.customer.id, Draft.ADDRESS)

    return await answered(db, counter, write)
