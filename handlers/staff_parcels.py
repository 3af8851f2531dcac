"""The staff chat: which pieces go into which parcel, and who carries each of them."""

from collections.abc import Mapping
from datetime import datetime

from aiogram.types import CallbackQuery

from bot.ui.desk_callbacks import (
    AskParcel,
    AskParcelNumber,
    AskParcelPieces,
    ChooseParcel,
    PackPieces,
    ShipParcelWithLabel,
    ShowStaffParcels,
    UnpackParcel,
)
from bot.ui.pieces import DIGITS
from bot.ui.screen import Screen, Toast
from bot.ui.staff_callbacks import ShipWithLabel
from bot.ui.staff_parcels import (
    ask_parcel_number_screen,
    ask_parcel_screen,
    choose_parcel_screen,
    parcel_number,
    staff_parcels_screen,
)
from handlers.staff_desk import Desk, desk_router, ship_parcel
from store import living, packing, shipments, shipping, staff
from store.db import Database, before_acting
from store.errors import NotAllowedNow
from store.order_story import OrderStory, story
from store.orders import OrderView
from store.parcels.carrier import Carrier, CarrierError
from store.staff import Permission

router = desk_router(__name__)


@router.callback_query(AskParcelPieces.filter())
async def ask_pieces(query: CallbackQuery, callback_data: AskParcelPieces, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        told = await desk.asks(session, Permission.PACK, callback_data.order_id)
    return choose_parcel_screen(told, desk.t, desk.zone, desk.carriers)


@router.callback_query(ChooseParcel.filter())
async def choose(query: CallbackQuery, callback_data: ChooseParcel, db: Database, desk: Desk) -> Screen:
    """The choice is read anew against what is there: somebody may have packed meanwhile."""
    async with db.read() as session:
        told = await desk.asks(session, Permission.PACK, callback_data.order_id)
    return choose_parcel_screen(
        told, desk.t, desk.zone, desk.carriers, chosen=callback_data.chosen, page=callback_data.page
    )


@router.callback_query(PackPieces.filter())
async def pack_pieces(
    query: CallbackQuery, callback_data: PackPieces, db: Database, desk: Desk, now: datetime
) -> Screen:
    async with db.begin() as session:
        told = await desk.asks(session, Permission.PACK, callback_data.order_id)
        shipment_id = await packing.pack_pieces(
            session,
            callback_data.order_id,
            chosen_pieces(told.order, callback_data.chosen),
            version=callback_data.version,
            actor=desk.actor,
            now=now,
        )
        told = await story(session, callback_data.order_id)
    return desk.card(told, desk.t.label("Parcel {n} is packed", n=parcel_number(told, shipment_id)))


def chosen_pieces(order: OrderView, chosen: str) -> Mapping[int, int]:
    """What a button's letters say, by order line."""
    return {line.id: DIGITS.index(letter) for line, letter in zip(order.lines, chosen, strict=False)}


@router.callback_query(UnpackParcel.filter())
async def unpack(query: CallbackQuery, callback_data: UnpackParcel, db: Database, desk: Desk, now: datetime) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.PACK)
        await packing.unpack(session, callback_data.shipment_id, actor=desk.actor, now=now)
        told = await story(session, await shipments.order_id_of(session, callback_data.shipment_id))
    return desk.card(told, desk.t.label("Unpacked"))


@router.callback_query(ShowStaffParcels.filter())
async def show_parcels(query: CallbackQuery, callback_data: ShowStaffParcels, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        told = await desk.asks(session, Permission.VIEW, callback_data.order_id)
    return staff_parcels_screen(told, desk.t, desk.zone, desk.carriers)


@router.callback_query(AskParcel.filter())
async def ask_parcel(query: CallbackQuery, callback_data: AskParcel, db: Database, desk: Desk) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.SHIP)
        told = await story(session, await shipments.order_id_of(session, callback_data.shipment_id))
    _is_there(told, callback_data.shipment_id)
    return ask_parcel_screen(told, callback_data.shipment_id, desk.t, desk.zone, desk.carriers)


@router.callback_query(AskParcelNumber.filter())
async def ask_parcel_number(
    query: CallbackQuery, callback_data: AskParcelNumber, db: Database, desk: Desk, now: datetime
) -> Screen:
    """The card remembers which parcel it asks for: the reply names only a number."""
    shipment_id, card = callback_data.shipment_id, query.message
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.SHIP)
        told = await story(session, await shipments.order_id_of(session, shipment_id))
        _is_there(told, shipment_id)
        if card is not None:
            await living.stands(session, card.chat.id, living.parcel_slot(shipment_id), card.message_id, now=now)
    return ask_parcel_number_screen(told, shipment_id, desk.t, desk.zone, desk.carriers)


@router.callback_query(ShipWithLabel.filter())
async def ship_with_label(
    query: CallbackQuery, callback_data: ShipWithLabel, db: Database, desk: Desk, now: datetime
) -> Screen | Toast:
    """The order's one parcel, packed now if nobody has."""
    carrier = desk.carriers.get(callback_data.carrier)
    if carrier is None or not carrier.capabilities.makes_labels:
        return _makes_none(desk)
    # Packed, it is not with the carrier yet: a press that dies over the label comes again, and the same key gets the same label.
    with before_acting():
        async with db.begin() as session:
            await staff.require(session, desk.telegram_id, Permission.SHIP)
            shipment_id = await shipping.the_parcel(session, callback_data.order_id, actor=desk.actor, now=now)
            told = await story(session, callback_data.order_id)
    return await _with_label(told, shipment_id, carrier, db=db, desk=desk, now=now)


@router.callback_query(ShipParcelWithLabel.filter())
async def ship_parcel_with_label(
    query: CallbackQuery, callback_data: ShipParcelWithLabel, db: Database, desk: Desk, now: datetime
) -> Screen | Toast:
    carrier, shipment_id = desk.carriers.get(callback_data.carrier), callback_data.shipment_id
    if carrier is None or not carrier.capabilities.makes_labels:
        return _makes_none(desk)
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.SHIP)
        told = await story(session, await shipments.order_id_of(session, shipment_id))
    return await _with_label(told, shipment_id, carrier, db=db, desk=desk, now=now)


async def _with_label(
    told: OrderStory, shipment_id: int, carrier: Carrier, *, db: Database, desk: Desk, now: datetime
) -> Screen:
    """The parcel stands in the database before a label is asked for, and its id is the label's key: whoever is interrupted
    and presses again gets the same label, and pays for one.
    """
    if not any(each.id == shipment_id and each.shipped_at is None for each in told.parcels):
        raise NotAllowedNow(status=told.order.fulfilment_status)  # a label costs money, also one that no parcel bears
    country = told.order.address["country"] if told.order.address else None
    key = f"{told.order.number}/{shipment_id}"
    try:
        number = await carrier.new_label(key=key, destination_country=country, now=now)
    except CarrierError:
        text = desk.t.label("{carrier} does not answer. Try again in a minute.", carrier=carrier.title)
        return desk.card(told, text, alert=True)
    return await ship_parcel(shipment_id, carrier.name, number, db=db, desk=desk, now=now)


def _makes_none(desk: Desk) -> Toast:
    return Toast(desk.t.label("This carrier makes no labels here."), alert=True)


def _is_there(told: OrderStory, shipment_id: int) -> None:
    """Raises: NotAllowedNow for a parcel that was taken apart."""
    if not parcel_number(told, shipment_id):
        raise NotAllowedNow(status=told.order.fulfilment_status)
