"""A point on the map for the courier. Whose place it is does not matter, and a live one is taken as it is at this moment."""

import re

from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.account import expected_screen
from bot.ui.address_callbacks import AskPoint, DropPoint
from bot.ui.address_form import PART_OF
from bot.ui.addresses import address_screen
from bot.ui.errors import in_words
from bot.ui.points import kept_point, no_address_screen, point_screen
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from handlers import address
from handlers.addresses import book, one
from handlers.awaits import Awaits, SendsPlace
from handlers.counter import Counter, answered, counter_router
from store import carts, checkout, customers, drafts
from store.db import Database
from store.drafts import Draft
from store.errors import BadInput, NotFound

router = counter_router(__name__)

Point = tuple[float, float]

_ASKED_AROUND_AN_ADDRESS = {Awaiting.POINT, Awaiting.DELIVERY, Awaiting.SAVED_ADDRESS, Awaiting.PAYMENT}
# "38.70775, -9.13659", alone or in the address of a map.
_COORDINATES = re.compile(r"(?<![\d.])(-?\d{1,3}\.\d{2,})\s*[,; ]\s*(-?\d{1,3}\.\d{2,})")


@router.callback_query(AskPoint.filter())
async def ask_point(query: CallbackQuery, callback_data: AskPoint, db: Database, counter: Counter) -> Screen:
    async with db.begin() as session:
        try:
            chosen = await one(session, counter.customer.id, callback_data.address_id)
        except NotFound as error:
            return (await book(session, counter.customer.id, counter.t)).with_toast(in_words(error, counter.t))
        await drafts.keep(session, counter.customer.id, Draft.POINT, {"address_id": chosen.id}, now=counter.now)
        is_in_checkout = await _chosen(session, counter) == chosen.id
    return point_screen(chosen, counter.t, is_in_checkout=is_in_checkout)


@router.message(SendsPlace())
async def send_place(message: Message, db: Database, counter: Counter, raw_state: str | None = None) -> Screen | None:
    """Whoever sends a place while an address is typed, or while a checkout has one, means where that is."""
    place = message.location
    if place is None:
        return None
    point, is_live = (place.latitude, place.longitude), place.live_period is not None
    if raw_state in PART_OF:
        return kept_point(await address.pointed(db, counter, point), counter.t, is_live=is_live)
    if raw_state is not None and raw_state not in _ASKED_AROUND_AN_ADDRESS:
        return expected_screen(Awaiting(raw_state), counter.t)
    return await _kept(db, counter, point, is_live=is_live, is_asked=raw_state == Awaiting.POINT)


@router.message(Awaits(Awaiting.POINT))
async def type_place(message: Message, db: Database, counter: Counter) -> Screen:
    found = _COORDINATES.search(message.text or "")
    if found is None:
        raise BadInput(field="point", reason="unreadable")
    return await _kept(db, counter, (float(found[1]), float(found[2])), is_live=False, is_asked=True)


@router.callback_query(DropPoint.filter())
async def drop_point(query: CallbackQuery, callback_data: DropPoint, db: Database, counter: Counter) -> Screen:
    return await _pointed(db, counter, callback_data.address_id, None)


async def _kept(db: Database, counter: Counter, point: Point, *, is_live: bool, is_asked: bool) -> Screen:
    async with db.read() as session:
        asked = await drafts.kept(session, counter.customer.id, Draft.POINT) if is_asked else {}
        address_id = asked.get("address_id") or await _chosen(session, counter)
    if address_id is None:
        return no_address_screen(counter.t)
    return kept_point(await _pointed(db, counter, address_id, point), counter.t, is_live=is_live)


async def _chosen(session: AsyncSession, counter: Counter) -> int | None:
    """The address of the checkout that is open."""
    if not await carts.is_filled(session, counter.customer.id):
        return None
    chosen = (await checkout.view(session, counter.customer.id)).address
    return chosen.id if chosen else None


async def _pointed(db: Database, counter: Counter, address_id: int, point: Point | None) -> Screen:
    """Back to where it was asked: the checkout that goes to this address, or the address itself."""

    async def write(session: AsyncSession) -> None:
        await customers.point_address(session, counter.customer.id, address_id, point)
        await checkout.set_address(session, counter.customer.id, address_id, now=counter.now)
        await drafts.drop(session, counter.customer.id, Draft.POINT)

    async with db.read() as session:
        is_in_checkout = await _chosen(session, counter) == address_id
    if is_in_checkout:
        return await answered(db, counter, write)
    async with db.begin() as session:
        try:
            await customers.point_address(session, counter.customer.id, address_id, point)
        except NotFound as error:
            return (await book(session, counter.customer.id, counter.t)).with_toast(in_words(error, counter.t))
        await drafts.drop(session, counter.customer.id, Draft.POINT)
        await session.flush()
        return address_screen(await one(session, counter.customer.id, address_id), counter.t)
