"""Parcels from elsewhere: a number is pasted or forwarded, somebody says who carries it, and it is followed until they say otherwise."""

from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.account import expected_screen
from bot.ui.errors import in_words
from bot.ui.followed import ask_number_screen, followed_screen, no_number_screen, offer_screen
from bot.ui.followed_callbacks import AskNumber, DropFollowed, FollowNumber, RefreshFollowed, ShowFollowed
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from handlers.awaits import Awaits
from handlers.parcels import Asker, newest, with_asker
from handlers.routing import customers_router
from store import order_search, search
from store.db import Database
from store.errors import BadInput, NotFound, StoreError
from store.models import Customer
from store.order_story import story_of
from store.parcels import followers, following, numbers
from store.parcels.following import Offer
from store.parcels.office import Office
from store.parcels.registry import Carriers

router = customers_router(__name__)
router.message.middleware(with_asker)
router.callback_query.middleware(with_asker)


class PastesNumber(Filter):
    """A carrier's number, or a message with one, that is in none of the person's orders and names nothing that is for sale."""

    async def __call__(
        self,
        message: Message,
        db: Database,
        carriers: Carriers,
        office: Office,
        currency: str = "",
        customer: Customer | None = None,
        raw_state: str | None = None,
    ) -> bool | dict[str, Any]:
        text = pasted(message)
        if raw_state is not None or customer is None or message.via_bot is not None or text.startswith("/"):
            return False
        offer = following.offer(following.able(carriers, office.following), text)
        if offer is None:
            return False
        async with db.read() as session:
            if await _is_known(session, customer.id, currency, text, offer):
                return False
        return {"offer": offer}


def pasted(message: Message) -> str:
    return message.text or message.caption or ""


async def _is_known(session: AsyncSession, customer_id: int, currency: str, text: str, offer: Offer) -> bool:
    """Somebody else's order is not: what belongs to whom is nobody's to find out by trying."""
    if await order_search.named(session, customer_id, text) or await order_search.by_number(
        session, customer_id, offer.number
    ):
        return True
    if numbers.normalise(text) != offer.number:
        return False
    return bool((await search.find(session, search.read(offer.number), currency)).cards)


@router.message(PastesNumber())
async def paste_number(message: Message, offer: Offer, asker: Asker) -> Screen:
    return offer_screen(offer, asker.t)


@router.callback_query(AskNumber.filter())
async def ask_number(query: CallbackQuery, asker: Asker, db: Database) -> Screen:
    if asker.followers:
        return ask_number_screen(asker.t)
    async with db.read() as session:
        return await newest(session, asker)


@router.message(Awaits(Awaiting.PARCEL))
async def type_number(message: Message, db: Database, asker: Asker) -> Screen:
    """The asker's own order, if the number is in one; else the offer to follow it."""
    async with db.read() as session:
        return await named(session, pasted(message), asker) or no_number_screen(asker.t)


async def named(session: AsyncSession, text: str, asker: Asker) -> Screen | None:
    """What somebody is shown who has sent a number: their order, or the offer to follow it; None where it is neither."""
    offer = following.offer(asker.followers, text)
    for number in (text, offer.number if offer is not None else ""):
        if number and (order_id := await order_search.by_number(session, asker.customer.id, number)) is not None:
            return asker.timeline(await story_of(session, asker.customer.id, order_id))
    return offer_screen(offer, asker.t) if offer is not None else None


@router.callback_query(FollowNumber.filter())
async def follow_number(
    query: CallbackQuery, callback_data: FollowNumber, db: Database, asker: Asker, office: Office
) -> Screen:
    """Followed from now on, and asked for at once: whoever waits sees where it is."""
    number, who = callback_data.number, callback_data.who
    async with db.read() as session:
        order_id = await order_search.by_number(session, asker.customer.id, number)
        if order_id is not None:
            return asker.timeline(await story_of(session, asker.customer.id, order_id))
    try:
        async with db.begin() as session:
            parcel_id = await following.follow(session, asker.customer.id, number, who, asker.followers, now=asker.now)
    except StoreError as error:
        return await _instead(db, asker, error)
    return await _asked(db, parcel_id, asker, office)


@router.message(Awaits(Awaiting.PARCEL_PHONE))
async def type_phone(message: Message, db: Database, asker: Asker, office: Office) -> Screen:
    """The digits that its carrier asks for; they are kept sealed."""
    digits, customer_id = "".join((message.text or "").split()), asker.customer.id
    try:
        async with db.begin() as session:
            parcel_id = await following.waiting_for_phone(session, customer_id)
            if parcel_id is None:
                return await newest(session, asker)
            await following.give_phone(session, customer_id, parcel_id, digits, seal=office.seal, now=asker.now)
    except BadInput:
        return expected_screen(Awaiting.PARCEL_PHONE, asker.t)
    except StoreError as error:
        return await _instead(db, asker, error)
    return await _asked(db, parcel_id, asker, office)


@router.callback_query(ShowFollowed.filter())
async def show_followed(query: CallbackQuery, callback_data: ShowFollowed, db: Database, asker: Asker) -> Screen:
    return await shown(db, callback_data.parcel_id, asker)


@router.callback_query(RefreshFollowed.filter())
async def refresh_followed(
    query: CallbackQuery, callback_data: RefreshFollowed, db: Database, asker: Asker, office: Office
) -> Screen:
    async with db.read() as session:
        try:
            await following.parcel_of(session, asker.customer.id, callback_data.parcel_id)
        except NotFound as error:
            return (await newest(session, asker)).with_toast(in_words(error, asker.t))
    t, parcel_id = asker.t, callback_data.parcel_id
    is_fresh = await followers.ask_now(db, asker.followers, parcel_id, now=asker.now, office=office)
    fresh, not_yet = t.label("Asked the carrier just now"), t.label("This is the latest; we ask again by ourselves")
    return (await shown(db, parcel_id, asker)).with_toast(fresh if is_fresh else not_yet)


@router.callback_query(DropFollowed.filter())
async def drop_followed(query: CallbackQuery, callback_data: DropFollowed, db: Database, asker: Asker) -> Screen:
    try:
        async with db.begin() as session:
            await following.drop(session, asker.customer.id, callback_data.parcel_id, now=asker.now)
    except NotFound as error:
        return await _instead(db, asker, error)
    async with db.read() as session:
        return (await newest(session, asker)).with_toast(asker.t.label("Not followed any more"))


async def shown(db: Database, parcel_id: int, asker: Asker) -> Screen:
    """Where it is; all that somebody waits for where it is not theirs, or not followed any more."""
    async with db.read() as session:
        try:
            parcel = await following.parcel_of(session, asker.customer.id, parcel_id)
        except NotFound as error:
            return (await newest(session, asker)).with_toast(in_words(error, asker.t))
    return followed_screen(parcel, asker.t, zone=asker.zone, now=asker.now, carriers=asker.carriers)


async def shown_number(db: Database, number: str, asker: Asker) -> Screen:
    """The same for a number."""
    async with db.read() as session:
        followed = await following.parcels_of(session, asker.customer.id, now=asker.now)
        parcel_id = next((each.id for each in followed if each.tracking_number == number), None)
        if parcel_id is None:
            return await newest(session, asker)
    return await shown(db, parcel_id, asker)


async def _asked(db: Database, parcel_id: int, asker: Asker, office: Office) -> Screen:
    async with db.read() as session:
        parcel = await following.parcel_of(session, asker.customer.id, parcel_id)
    if not parcel.needs_phone:
        await followers.ask_now(db, asker.followers, parcel_id, now=asker.now, office=office)
    return await shown(db, parcel_id, asker)


async def _instead(db: Database, asker: Asker, error: StoreError) -> Screen:
    async with db.read() as session:
        return (await newest(session, asker)).with_toast(in_words(error, asker.t), alert=True)
