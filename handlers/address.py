"""An address is typed: part by part, pasted whole, or chosen from those that are saved; what has been typed so far survives a restart."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.address_callbacks import (
    AddAddress,
    AskPart,
    ConfirmDraft,
    EditAddress,
    KeepPart,
    PickCountry,
    PickRegion,
    ReadDraft,
    SkipPart,
)
from bot.ui.address_form import PART_OF
from bot.ui.callbacks import NewAddress, UseAddress
from bot.ui.errors import in_words
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from handlers import address_form
from handlers.addresses import book
from handlers.awaits import Awaits
from handlers.counter import Counter, answered, counter_router, empty_handed
from store import address_drafts, address_paste, address_rules, checkout, customers
from store.address_drafts import AddressDraft, Place
from store.address_rules import Part
from store.countries import country_code
from store.db import Database
from store.errors import BadInput, CartEmpty, NotFound

router = counter_router(__name__)

Change = Callable[[AddressDraft], AddressDraft]


@router.callback_query(UseAddress.filter())
async def use_address(
    query: CallbackQuery, callback_data: UseAddress, db: Database, counter: Counter, now: datetime
) -> Screen:
    async def write(session: AsyncSession) -> None:
        await checkout.set_address(session, counter.customer.id, callback_data.address_id, now=now)

    return await answered(db, counter, write)


@router.callback_query(NewAddress.filter())
async def new_address(query: CallbackQuery, db: Database, counter: Counter) -> Screen:
    return await _goes_on(db, counter, AddressDraft())


@router.callback_query(AddAddress.filter())
async def add_address(query: CallbackQuery, db: Database, counter: Counter) -> Screen:
    return await _goes_on(db, counter, AddressDraft(place=Place.ACCOUNT))


@router.callback_query(EditAddress.filter())
async def edit_address(query: CallbackQuery, callback_data: EditAddress, db: Database, counter: Counter) -> Screen:
    async with db.read() as session:
        try:
            saved = await customers.address_of(session, counter.customer.id, callback_data.address_id)
        except NotFound as error:
            return (await book(session, counter.customer.id, counter.t)).with_toast(in_words(error, counter.t))
    return await _goes_on(db, counter, address_drafts.of_address(saved))


@router.message(Awaits(Awaiting.ADDRESS_COUNTRY))
@router.message(Awaits(Awaiting.ADDRESS_REGION))
@router.message(Awaits(Awaiting.ADDRESS_CITY))
@router.message(Awaits(Awaiting.ADDRESS_AREA))
@router.message(Awaits(Awaiting.ADDRESS_STREET))
@router.message(Awaits(Awaiting.ADDRESS_POSTCODE))
async def type_part(message: Message, db: Database, counter: Counter, raw_state: str) -> Screen:
    """What was asked for, or the whole address at once."""
    part, text = PART_OF[Awaiting(raw_state)], message.text or ""
    return await _changed(db, counter, lambda draft: _with_text(draft, part, text, counter))


def _with_text(draft: AddressDraft, part: Part, text: str, counter: Counter) -> AddressDraft:
    language = counter.t.language
    if part is Part.COUNTRY or draft.country is None:
        return _with_country(draft, text, counter)
    if address_paste.looks_pasted(text):
        found = address_paste.taken_apart(text, country=draft.country, language=language)
        if address_paste.is_sure(found):
            return draft.with_pasted(text, draft.country, language)
    return draft.with_part(part, text, language)


def _with_country(draft: AddressDraft, text: str, counter: Counter) -> AddressDraft:
    """Raises: BadInput for what is neither a country nor an address."""
    language = counter.t.language
    if (code := country_code(text)) is not None:
        return draft.with_country(code, language)
    has_several_parts = address_paste.looks_pasted(text) or "," in text
    if draft.pasted or not has_several_parts:
        raise BadInput(field="country", reason="unknown")
    return draft.with_pasted(text, None, language)


@router.callback_query(AskPart.filter())
async def ask_part(query: CallbackQuery, callback_data: AskPart, db: Database, counter: Counter) -> Screen:
    return await _changed(db, counter, lambda draft: draft, part=callback_data.part, page=callback_data.page)


@router.callback_query(PickCountry.filter())
async def pick_country(query: CallbackQuery, callback_data: PickCountry, db: Database, counter: Counter) -> Screen:
    code = country_code(callback_data.country)
    return await _changed(
        db, counter, lambda draft: draft.with_country(code, counter.t.language) if code is not None else draft
    )


@router.callback_query(PickRegion.filter())
async def pick_region(query: CallbackQuery, callback_data: PickRegion, db: Database, counter: Counter) -> Screen:
    """A region of another country, from a form that was left, changes nothing."""

    def picked(draft: AddressDraft) -> AddressDraft:
        region = address_rules.form(draft.country or "").region_by_id(callback_data.region_id)
        language = counter.t.language
        return draft.with_part(Part.REGION, region.written(language), language) if region is not None else draft

    return await _changed(db, counter, picked)


@router.callback_query(KeepPart.filter())
async def keep_part(query: CallbackQuery, callback_data: KeepPart, db: Database, counter: Counter) -> Screen:
    part = callback_data.part
    return await _changed(db, counter, lambda draft: draft.keeping(part) if part in draft.parts else draft)


@router.callback_query(SkipPart.filter())
async def skip_part(query: CallbackQuery, callback_data: SkipPart, db: Database, counter: Counter) -> Screen:
    part = callback_data.part
    return await _changed(db, counter, lambda draft: draft.without(part) if draft.can_skip(part) else draft)


@router.callback_query(ReadDraft.filter())
async def read_draft(query: CallbackQuery, db: Database, counter: Counter) -> Screen:
    return await resumed(db, counter)


@router.callback_query(ConfirmDraft.filter())
async def confirm_draft(query: CallbackQuery, db: Database, counter: Counter) -> Screen:
    return await _changed(db, counter, AddressDraft.confirmed)


async def begun_with(db: Database, counter: Counter, text: str) -> Screen:
    """A new address, from its country or from the whole of it. Raises: BadInput for what is neither."""
    return await _goes_on(db, counter, _with_country(AddressDraft(), text, counter))


async def pointed(db: Database, counter: Counter, point: tuple[float, float]) -> Screen:
    """A place on the map came instead of a text: it is kept for the address, whose parts are asked for all the same."""
    return await _changed(db, counter, lambda draft: replace(draft, point=point))


async def resumed(db: Database, counter: Counter) -> Screen:
    """What is still missing of a begun address; where none is begun, the checkout's open question, or the list."""
    return await _changed(db, counter, lambda draft: draft)


async def _changed(
    db: Database, counter: Counter, change: Change, *, part: Part | None = None, page: int = 0
) -> Screen:
    """The begun address with this *change*. A form whose address is saved already, or given up, changes nothing: what stands now is shown.

    A *part* that its country's addresses do not have is not asked for: what is open is.
    """
    async with db.read() as session:
        draft = await address_drafts.kept(session, counter.customer.id)
        if draft is None and not await checkout.is_begun(session, counter.customer.id):
            return await book(session, counter.customer.id, counter.t)
    if draft is None:
        return await answered(db, counter)
    draft = change(draft)
    return await _goes_on(db, counter, draft, part=part if part in draft.order else None, page=page)


async def _goes_on(
    db: Database, counter: Counter, draft: AddressDraft, *, part: Part | None = None, page: int = 0
) -> Screen:
    """What is known so far is kept, and the next part is asked for; when nothing is open any more, the address is saved."""
    is_complete = draft.country and not draft.pasted and not draft.open and not draft.doubtful
    if is_complete and not draft.is_to_look_at and part is None:
        return await _saved(db, counter, draft)
    try:
        async with db.begin() as session:
            view = await checkout.view(session, counter.customer.id) if draft.place is Place.CHECKOUT else None
            await address_drafts.keep(session, counter.customer.id, draft, now=counter.now)
            return await address_form.asked(
                session, counter.customer, counter.t, draft, view=view, part=part, page=page
            )
    except CartEmpty as error:
        return await empty_handed(db, counter, error)


async def _saved(db: Database, counter: Counter, draft: AddressDraft) -> Screen:
    """Back to where it was begun: the checkout's next question, or the list."""
    async with db.begin() as session:
        await address_drafts.save(session, counter.customer.id, draft, now=counter.now)
        if draft.place is Place.ACCOUNT:
            shown = await book(session, counter.customer.id, counter.t)
            return shown.with_toast(counter.t.label("The address is saved"))
    return await answered(db, counter)
