"""What the merchant is told: in the staff chat, or in the owner's private chat when there is none."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.settings import Settings
from bot.ui.day_report import day_report_screen
from bot.ui.format import money
from bot.ui.i18n import noop
from bot.ui.screen import Button, Screen
from bot.ui.seller import SellerView
from bot.ui.spans import time_left
from bot.ui.staff_alerts import low_stock_screen, update_set_aside_screen
from bot.ui.staff_coupons import apology_button
from bot.ui.staff_news import attention_screen, neglected_screen, pile_screen
from bot.ui.staff_orders import staff_card_screen
from bot.ui.staff_payments import quarantine_screen
from notifications.telling import Recipient, Telling
from store import coupon_edits, order_story, orders, staff, updates
from store import day_report as days
from store.errors import NotFound
from store.events import (
    DayEnded,
    Event,
    OrderEvent,
    OrderNeglected,
    OrdersPiledUp,
    PaymentQuarantined,
    RefundEvent,
    ShipmentDelayed,
    ShipmentEvent,
    ShipmentMoved,
    StockLow,
    UpdateSetAside,
)
from store.models import Product, ProviderEventRow, Variant
from store.order_status import OrderStatus, ShipmentStatus
from store.orders import OrderView
from store.parcels import eta
from store.payments import money_story, refunds
from store.staff import Role
from store.updates import UpdateStatus

_TROUBLE: Mapping[str, str] = {
    ShipmentStatus.EXCEPTION: noop("The parcel is held up or could not be delivered."),
    ShipmentStatus.LOST: noop("The carrier cannot find the parcel."),
    ShipmentStatus.RETURNING: noop("The parcel is on its way back."),
    ShipmentStatus.RETURNED: noop("The parcel has come back."),
}

# A parcel that comes back may have been refused.
_OUR_SORROW = frozenset({ShipmentStatus.EXCEPTION, ShipmentStatus.LOST})


async def staff_chat(_session: AsyncSession, _event: Event, settings: Settings, seller: SellerView) -> list[Recipient]:
    chat_id = seller.staff_chat(settings)
    return [Recipient(chat_id, seller.language)] if chat_id is not None else []


def card_slot(event: OrderEvent) -> str:
    return f"card:{event.order_id}"


async def card(session: AsyncSession, event: OrderEvent, tell: Telling) -> Screen:
    story = await order_story.story(session, event.order_id)
    return staff_card_screen(story, tell.t, tell.seller.timezone, tell.carriers)


async def card_below(session: AsyncSession, event: OrderEvent, tell: Telling) -> Screen:
    """A new message takes the living card's place: the old one, if there is one, goes out of date."""
    return replace(await card(session, event, tell), fresh=True)


async def day_report(session: AsyncSession, event: DayEnded, tell: Telling) -> Screen | None:
    """Of a week without a sale there is nothing to tell."""
    day, seller = date.fromisoformat(event.day), tell.seller
    told = await days.report(session, day, zone=seller.timezone, currency=seller.currency)
    return day_report_screen(told, tell.t) if told.is_worth_telling else None


async def pile(session: AsyncSession, event: OrdersPiledUp, tell: Telling) -> Screen:
    return pile_screen([await orders.order(session, order_id) for order_id in event.order_ids], tell.t)


async def owners(
    session: AsyncSession, event: OrderNeglected, _settings: Settings, seller: SellerView
) -> list[Recipient]:
    """Each owner in private, from the second level on."""
    members = await staff.members(session) if event.level > 1 else []
    return [Recipient(each.telegram_id, seller.language) for each in members if each.role == Role.OWNER]


async def neglected(session: AsyncSession, event: OrderNeglected, tell: Telling) -> Screen | None:
    """Only while it is still so."""
    order = await orders.order(session, event.order_id)
    is_dealt_with = order.accepted_at is not None or order.payment_status == "refunded"
    if is_dealt_with or order.status != OrderStatus.CONFIRMED or order.confirmed_at is None:
        return None
    return neglected_screen(order, time_left(tell.now - order.confirmed_at, tell.t), tell.t)


async def was_cancelled(session: AsyncSession, event: OrderEvent, tell: Telling) -> Screen | None:
    """Somebody may have it on the packing table. An order that was never to be packed is nobody's news."""
    order = await orders.order(session, event.order_id)
    if order.confirmed_at is None:
        return None
    return attention_screen(order, tell.t("It was cancelled."), tell.t)


async def refund_failed(session: AsyncSession, event: RefundEvent, tell: Telling) -> Screen:
    order, amount = await _went(session, event, tell)
    return attention_screen(
        order, tell.t("The refund of {amount} failed: the money is still here.", amount=amount), tell.t
    )


async def _went(session: AsyncSession, event: RefundEvent, tell: Telling) -> tuple[OrderView, str]:
    """The order, and how much went back or should have. Raises: NotFound."""
    order = await orders.order(session, event.order_id)
    amounts = {each.id: each.amount_minor for each in await refunds.refunds_of(session, order.id)}
    if event.refund_id not in amounts:
        raise NotFound(what="refund")
    return order, money(amounts[event.refund_id], order.currency, tell.t.language)


async def charged_back(session: AsyncSession, event: RefundEvent, tell: Telling) -> Screen:
    order, amount = await _went(session, event, tell)
    words = tell.t(
        "The buyer's bank took {amount} back (a chargeback). Answer it at the provider before its time is up.",
        amount=amount,
    )
    return attention_screen(order, words, tell.t)


async def chargeback_won(session: AsyncSession, event: RefundEvent, tell: Telling) -> Screen:
    order, amount = await _went(session, event, tell)
    return attention_screen(
        order, tell.t("A chargeback was decided for you: {amount} came back.", amount=amount), tell.t
    )


async def parcel_trouble(session: AsyncSession, event: ShipmentMoved, tell: Telling) -> Screen | None:
    words = _TROUBLE.get(event.status)
    if words is None:
        return None
    order = await orders.order(session, event.order_id)
    steps = await _apology(session, event, tell) if event.status in _OUR_SORROW else ()
    return attention_screen(order, tell.t(words), tell.t, *steps)


async def parcel_late(session: AsyncSession, event: ShipmentDelayed, tell: Telling) -> Screen | None:
    """The first level stands on the order's card and in the morning's report: in a slow season it is every tenth parcel, or every fifth."""
    if event.level < eta.BUYER_HEARS:
        return None
    order = await orders.order(session, event.order_id)
    late = tell.t("The parcel takes longer than expected.")
    return attention_screen(order, late, tell.t, *await _apology(session, event, tell))


async def _apology(session: AsyncSession, event: ShipmentEvent, tell: Telling) -> tuple[Button, ...]:
    """One coupon for each parcel."""
    has_one = await coupon_edits.apologised(session, event.shipment_id)
    return () if has_one else (apology_button(event.shipment_id, tell.t),)


_TITLES = (
    select(Product.title, Variant.title)
    .join(Product, Product.id == Variant.product_id)
    .where(Variant.id == bindparam("variant_id"))
)


async def stock_low(session: AsyncSession, event: StockLow, tell: Telling) -> Screen:
    found = (await session.execute(_TITLES, {"variant_id": event.variant_id})).one_or_none()
    if found is None:
        raise NotFound(kind="variant")
    title = " · ".join(filter(None, map(tell.t.pick, found)))
    return low_stock_screen(title, event.free, tell.t)


async def quarantined(session: AsyncSession, event: PaymentQuarantined, tell: Telling) -> Screen:
    row, order_id = await money_story.fact(session, event.provider_event_id)
    is_amount = row.amount_minor is not None and row.currency is not None
    amount = _amount(row, tell) if is_amount else ""
    return quarantine_screen(row.id, row.gateway, amount, row.reason or "", order_id, tell.t)


async def update_set_aside(session: AsyncSession, event: UpdateSetAside, tell: Telling) -> Screen | None:
    """How many there are now: nobody is told of the others that were set aside within the hour."""
    count = await updates.count(session, UpdateStatus.SET_ASIDE)
    return update_set_aside_screen(count, event.reference, tell.t) if count else None


def _amount(row: ProviderEventRow, tell: Telling) -> str:
    """In the currency's own way; a currency that we do not know stands as it came."""
    try:
        return money(row.amount_minor or 0, row.currency or "", tell.t.language)
    except ValueError:
        return f"{row.amount_minor} {row.currency}"
