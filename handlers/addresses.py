"""The addresses that a customer has saved: the list, a name for one, removing one."""

from datetime import datetime

from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.address_callbacks import AskLabel, AskRemove, Label, RemoveAddress, SetLabel, ShowAddress, ShowAddresses
from bot.ui.addresses import address_screen, addresses_screen, label_screen, remove_screen
from bot.ui.errors import in_words
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from handlers.awaits import Awaits
from handlers.routing import customers_router
from store import carts, checkout, customers, drafts
from store.checkout import AddressView, Step, address_view
from store.db import Database
from store.drafts import Draft
from store.errors import NotFound
from store.models import Customer

router = customers_router(__name__)


async def book(session: AsyncSession, customer_id: int, t: Translator) -> Screen:
    """The list, newest first."""
    saved = [address_view(row) for row in await customers.addresses(session, customer_id)]
    return addresses_screen(saved, t, has_checkout=await checkout.is_begun(session, customer_id))


async def one(session: AsyncSession, customer_id: int, address_id: int) -> AddressView:
    """Raises: NotFound, for somebody else's too."""
    return address_view(await customers.address_of(session, customer_id, address_id))


@router.message(Command("addresses"))
async def type_addresses(message: Message, db: Database, customer: Customer, t: Translator) -> Screen:
    async with db.read() as session:
        return await book(session, customer.id, t)


@router.callback_query(ShowAddresses.filter())
async def show_addresses(query: CallbackQuery, db: Database, customer: Customer, t: Translator) -> Screen:
    async with db.read() as session:
        return await book(session, customer.id, t)


@router.callback_query(ShowAddress.filter())
async def show_address(
    query: CallbackQuery, callback_data: ShowAddress, db: Database, customer: Customer, t: Translator
) -> Screen:
    async with db.read() as session:
        try:
            return address_screen(await one(session, customer.id, callback_data.address_id), t)
        except NotFound as error:
            return await _list_because(session, customer, t, error)


@router.callback_query(AskLabel.filter())
async def ask_label(
    query: CallbackQuery, callback_data: AskLabel, db: Database, customer: Customer, t: Translator, now: datetime
) -> Screen:
    async with db.begin() as session:
        try:
            address = await one(session, customer.id, callback_data.address_id)
        except NotFound as error:
            return await _list_because(session, customer, t, error)
        await drafts.keep(session, customer.id, Draft.LABEL, {"address_id": address.id}, now=now)
    return label_screen(address, t)


@router.callback_query(SetLabel.filter())
async def set_label(
    query: CallbackQuery, callback_data: SetLabel, db: Database, customer: Customer, t: Translator
) -> Screen:
    label = "" if callback_data.label is Label.NONE else callback_data.label.value
    return await _label(db, customer, t, callback_data.address_id, label)


@router.message(Awaits(Awaiting.ADDRESS_LABEL))
async def type_label(message: Message, db: Database, customer: Customer, t: Translator) -> Screen:
    async with db.read() as session:
        address_id = (await drafts.kept(session, customer.id, Draft.LABEL)).get("address_id", 0)
    return await _label(db, customer, t, address_id, message.text or "")


async def _label(db: Database, customer: Customer, t: Translator, address_id: int, label: str) -> Screen:
    async with db.begin() as session:
        try:
            await customers.label_address(session, customer.id, address_id, label)
        except NotFound as error:
            return await _list_because(session, customer, t, error)
        await drafts.drop(session, customer.id, Draft.LABEL)
        await session.flush()
        return address_screen(await one(session, customer.id, address_id), t)


@router.callback_query(AskRemove.filter())
async def ask_remove(
    query: CallbackQuery, callback_data: AskRemove, db: Database, customer: Customer, t: Translator
) -> Screen:
    async with db.read() as session:
        try:
            return remove_screen(await one(session, customer.id, callback_data.address_id), t)
        except NotFound as error:
            return await _list_because(session, customer, t, error)


@router.callback_query(RemoveAddress.filter())
async def remove_address(
    query: CallbackQuery, callback_data: RemoveAddress, db: Database, customer: Customer, t: Translator, now: datetime
) -> Screen:
    """A checkout that had chosen it asks again where to deliver."""
    address_id = callback_data.address_id
    async with db.begin() as session:
        if await customers.archive_address(session, customer.id, address_id, now=now):
            await _unchosen(session, customer.id, address_id, now)
        return (await book(session, customer.id, t)).with_toast(t.label("The address is removed"))


async def _unchosen(session: AsyncSession, customer_id: int, address_id: int, now: datetime) -> None:
    if not await carts.is_filled(session, customer_id):
        return
    chosen = (await checkout.view(session, customer_id)).address
    if chosen is not None and chosen.id == address_id:
        await checkout.clear_step(session, customer_id, Step.ADDRESS, now=now)


async def _list_because(session: AsyncSession, customer: Customer, t: Translator, error: NotFound) -> Screen:
    return (await book(session, customer.id, t)).with_toast(in_words(error, t))
