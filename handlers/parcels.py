"""Where is my parcel: by a button, by /track, or by a number. In plain words: `asking.py`."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message, TelegramObject
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.asking import with_delivery_times
from bot.ui.callbacks import AskOwnCarrier, ChooseOwnCarrier, FindParcels, RefreshParcels, ShowParcels
from bot.ui.errors import in_words
from bot.ui.followed import follow_button, followed_buttons, offer_screen
from bot.ui.i18n import Translator
from bot.ui.parcel_numbers import choices_for, may_choose, who_carries_screen
from bot.ui.parcel_page import Pages, pages
from bot.ui.parcels import (
    arrived_screen,
    nothing_on_the_way_screen,
    parcel_choice_screen,
    timeline_screen,
    unknown_number_screen,
)
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from handlers.orders import own_orders
from handlers.routing import customers_router
from store import delivery, order_search, orders, shipments
from store.audit import Actor
from store.db import Database
from store.errors import NotFound
from store.models import Customer
from store.order_story import OrderStory, story_of
from store.parcels import care, following, poll
from store.parcels.office import Office
from store.parcels.registry import Carriers
from store.shipments import ShipmentView

router = customers_router(__name__)

LATELY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants to know, and all that an answer depends on."""

    customer: Customer
    seller: SellerView
    carriers: Carriers
    followers: Carriers  # with whom parcels from elsewhere are followed
    pages: Pages | None
    t: Translator
    now: datetime

    @property
    def zone(self) -> str:
        return self.seller.zone_for(self.customer)

    def timeline(self, story: OrderStory) -> Screen:
        return timeline_screen(
            story.order,
            story.shipments,
            self.t,
            zone=self.zone,
            now=self.now,
            carriers=self.carriers,
            pages=self.pages,
        )


async def with_asker(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]], event: TelegramObject, data: dict[str, Any]
) -> Any:
    return await handler(event, data | {"asker": asker_of(data)})


def asker_of(data: Mapping[str, Any]) -> Asker:
    shown, carriers = pages(data["settings"]), data["carriers"]
    able = following.able(carriers, data["office"].following)
    return Asker(data["customer"], data["seller"], carriers, able, shown, data["t"], data["now"])


router.message.middleware(with_asker)
router.callback_query.middleware(with_asker)


@router.message(Command("track"))
async def track(
    message: Message,
    command: CommandObject,
    db: Database,
    asker: Asker,
) -> Screen:
    """/track, or /track with the number of an order or of its parcel."""
    async with db.read() as session:
        if not command.args:
            return await newest(session, asker)
        order_id = await order_search.by_number(session, asker.customer.id, command.args)
        if order_id is None:
            offer = following.offer(asker.followers, command.args)
            return offer_screen(offer, asker.t) if offer is not None else unknown_number_screen(asker.t)
        return asker.timeline(await story_of(session, asker.customer.id, order_id))


@router.callback_query(FindParcels.filter())
async def find_parcels(
    query: CallbackQuery,
    db: Database,
    asker: Asker,
) -> Screen:
    async with db.read() as session:
        return await newest(session, asker)


@router.callback_query(ShowParcels.filter())
async def show_parcels(
    query: CallbackQuery,
    callback_data: ShowParcels,
    db: Database,
    asker: Asker,
) -> Screen:
    async with db.read() as session:
        try:
            story = await story_of(session, asker.customer.id, callback_data.order_id)
        except NotFound as error:
            return await own_orders(session, asker.customer, asker.seller, asker.t, in_words(error, asker.t))
    return asker.timeline(story)


@router.callback_query(RefreshParcels.filter())
async def refresh_parcels(
    query: CallbackQuery,
    callback_data: RefreshParcels,
    db: Database,
    asker: Asker,
    office: Office,
) -> Screen:
    """The carrier is asked now, unless it was asked a moment ago; either way the timeline says how old its news is."""
    async with db.read() as session:
        try:
            story = await story_of(session, asker.customer.id, callback_data.order_id)
        except NotFound as error:
            return await own_orders(session, asker.customer, asker.seller, asker.t, in_words(error, asker.t))
    moving = [shipment.id for shipment in story.shipments if not shipment.is_over]
    asked = [
        await poll.refresh(db, asker.carriers, shipment_id, now=asker.now, office=office) for shipment_id in moving
    ]
    async with db.read() as session:
        story = await story_of(session, asker.customer.id, callback_data.order_id)
    t = asker.t
    fresh, not_yet = t.label("Asked the carrier just now"), t.label("This is the latest; we ask again by ourselves")
    return asker.timeline(story).with_toast(fresh if any(asked) else not_yet)


@router.callback_query(AskOwnCarrier.filter())
async def ask_carrier(query: CallbackQuery, callback_data: AskOwnCarrier, db: Database, asker: Asker) -> Screen:
    async with db.read() as session:
        story, parcel = await _own_parcel(session, callback_data.shipment_id, asker)
    choices = choices_for(parcel, asker.carriers)
    return who_carries_screen(parcel, choices, asker.t) if may_choose(parcel) and choices else asker.timeline(story)


@router.callback_query(ChooseOwnCarrier.filter())
async def choose_carrier(query: CallbackQuery, callback_data: ChooseOwnCarrier, db: Database, asker: Asker) -> Screen:
    """Only what was offered, and only while nobody knows better."""
    async with db.begin() as session:
        story, parcel = await _own_parcel(session, callback_data.shipment_id, asker)
        offered = {choice.key: choice for choice in choices_for(parcel, asker.carriers)}
        choice = offered.get(callback_data.who)
        if may_choose(parcel) and choice is not None:
            actor = Actor.customer(asker.customer.id, asker.customer.name)
            await care.choose_carrier(session, parcel.id, choice, actor=actor, now=asker.now)
            story, _ = await _own_parcel(session, parcel.id, asker)
    return asker.timeline(story)


async def shown_again(db: Database, shipment_id: int, asker: Asker) -> Screen:
    """The timeline that the parcel stands in. Raises: NotFound for a parcel of somebody else's."""
    async with db.read() as session:
        story, _ = await _own_parcel(session, shipment_id, asker)
    return asker.timeline(story)


async def _own_parcel(session: AsyncSession, shipment_id: int, asker: Asker) -> tuple[OrderStory, ShipmentView]:
    """Raises: NotFound for a parcel of somebody else's."""
    order_id = await shipments.order_id_of(session, shipment_id)
    story = await story_of(session, asker.customer.id, order_id)
    return story, await shipments.shipment_of(session, order_id, shipment_id)


async def newest(session: AsyncSession, asker: Asker) -> Screen:
    """What something is still to come of, an order or a parcel from elsewhere; a choice of several; else what came lately.

    Whoever has never ordered reads how long it would take.
    """
    waiting = await order_search.awaited(session, asker.customer.id)
    followed = await following.parcels_of(session, asker.customer.id, now=asker.now)
    if len(waiting) == 1 and not followed:
        return asker.timeline(await story_of(session, asker.customer.id, waiting[0].id))
    t, add = asker.t, ((follow_button(asker.t),),) if asker.followers else ()
    if followed:
        return parcel_choice_screen(waiting, t, more=(*followed_buttons(followed, t, asker.carriers), *add))
    if waiting:
        return parcel_choice_screen(waiting, t)
    if arrived := await order_search.arrived(session, asker.customer.id, since=asker.now - LATELY):
        return arrived_screen(arrived, t, zone=asker.zone)
    has_orders = bool((await orders.orders_page(session, asker.customer.id, limit=1)).orders)
    nothing = nothing_on_the_way_screen(t, has_orders=has_orders)
    if not has_orders:
        nothing = with_delivery_times(nothing, await delivery.days(session), t)
    return replace(nothing, rows=(*add, *nothing.rows))
