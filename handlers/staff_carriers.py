"""The staff chat: who carries a parcel, where its number does not say so."""

from datetime import datetime

from aiogram.types import CallbackQuery

from bot.ui.desk_callbacks import AskCarrier, ChooseCarrier, FollowAgain
from bot.ui.screen import Screen, Toast
from bot.ui.staff_carriers import choose_carrier_screen
from handlers.staff_desk import Desk, desk_router
from store import shipments, staff
from store.db import Database
from store.errors import NotAllowedNow
from store.order_story import story
from store.parcels import care, poll
from store.parcels.carrier import CarrierError
from store.parcels.choosing import Choice, chosen, title_of, who_carries
from store.parcels.office import Office
from store.parcels.registry import Carriers
from store.shipments import ShipmentView
from store.staff import Permission

router = desk_router(__name__)


@router.callback_query(AskCarrier.filter())
async def ask_carrier(query: CallbackQuery, callback_data: AskCarrier, db: Database, desk: Desk) -> Screen:
    """An aggregator that carries it so far is asked who it may be."""
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.SHIP)
        order_id = await shipments.order_id_of(session, callback_data.shipment_id)
        told = await story(session, order_id)
        parcel = await shipments.shipment_of(session, order_id, callback_data.shipment_id)
    if not parcel.tracking_number or parcel.is_over:
        raise NotAllowedNow(status=parcel.status)
    choices = await _choices(parcel, parcel.tracking_number, desk.carriers)
    return choose_carrier_screen(told, parcel, choices, desk.t, desk.zone, desk.carriers)


async def _choices(parcel: ShipmentView, number: str, carriers: Carriers) -> list[Choice]:
    told = who_carries(carriers, number)
    choices = [told.sure] if told.sure else list(told.choices)
    carrier = carriers.get(parcel.carrier or "")
    try:
        found = await carrier.slugs(number) if carrier is not None else []
    except CarrierError:
        found = []
    if carrier is not None:
        known = [
            Choice(carrier.name, _title(carriers, carrier.name, slug.code, slug.title), slug.code) for slug in found
        ]
        choices = known + [choice for choice in choices if choice.key not in {each.key for each in known}]
    return choices[:3]


def _title(carriers: Carriers, name: str, code: str, told: str) -> str:
    """Our own name for the brand, where we have one."""
    ours = title_of(carriers, name, code)
    return told if ours == carriers[name].title else ours


@router.callback_query(ChooseCarrier.filter())
async def choose_carrier(
    query: CallbackQuery, callback_data: ChooseCarrier, db: Database, desk: Desk, now: datetime
) -> Screen | Toast:
    choice = chosen(desk.carriers, callback_data.who)
    if choice is None:
        return Toast(desk.t.label("This carrier is not set up here any more."), alert=True)
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.SHIP)
        await care.choose_carrier(session, callback_data.shipment_id, choice, actor=desk.actor, now=now)
        told = await story(session, await shipments.order_id_of(session, callback_data.shipment_id))
    return desk.card(told, desk.t.label("Carried by {carrier}", carrier=choice.title))


@router.callback_query(FollowAgain.filter())
async def follow_again(
    query: CallbackQuery, callback_data: FollowAgain, db: Database, desk: Desk, office: Office, now: datetime
) -> Screen:
    """The carrier had given it up, or we had."""
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.SHIP)
        await care.follow_again(session, callback_data.shipment_id, actor=desk.actor, now=now)
    await poll.follow_again(db, desk.carriers, callback_data.shipment_id, now=now, office=office)
    async with db.read() as session:
        told = await story(session, await shipments.order_id_of(session, callback_data.shipment_id))
    return desk.card(told, desk.t.label("Followed again"))
