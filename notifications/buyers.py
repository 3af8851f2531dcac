"""What the buyer of an order is told."""

from dataclasses import replace

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.settings import Settings
from bot.ui import coupons as coupon_ui
from bot.ui import delays, parcel_page
from bot.ui import orders as order_ui
from bot.ui import parcels as parcel_ui
from bot.ui import payment as payment_ui
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from notifications.telling import Recipient, Telling
from store import coupon_edits, living, order_story, orders, shipments
from store.errors import NotFound
from store.events import (
    CouponGiven,
    OrderEvent,
    PaymentShort,
    RefundEvent,
    RefundRequested,
    ShipmentDelayed,
    ShipmentEvent,
    ShipmentMoved,
)
from store.models import Customer, Order
from store.order_status import OrderStatus, ShipmentStatus
from store.parcels import eta
from store.payments import attempts, cash, refunds
from store.preferences import Topic
from store.shipments import ShipmentView

# From here on "it has left the shop" is old news.
_NEARLY_THERE = frozenset(
    {ShipmentStatus.OUT_FOR_DELIVERY, ShipmentStatus.DELIVERED, ShipmentStatus.RETURNING, ShipmentStatus.RETURNED}
)
# Steps on the way that the timeline shows too: whoever wants no steps still hears when it is there, can be fetched, or is in trouble.
MINOR = frozenset({ShipmentStatus.IN_TRANSIT, ShipmentStatus.OUT_FOR_DELIVERY})

_BUYER = (
    select(Customer.telegram_id, Customer.language)
    .join(Order, Order.customer_id == Customer.id)
    .where(Order.id == bindparam("order_id"), Customer.blocked_at.is_(None))
)


async def buyer(session: AsyncSession, event: OrderEvent, _settings: Settings, _seller: SellerView) -> list[Recipient]:
    """The private chat of whoever placed the order; nobody when they have blocked the bot."""
    return [Recipient(*row) for row in await session.execute(_BUYER, {"order_id": event.order_id})]


def timeline_slot(event: OrderEvent) -> str:
    return f"order:{event.order_id}"


async def receipt(session: AsyncSession, event: OrderEvent, tell: Telling) -> Screen:
    order = await orders.order(session, event.order_id)
    return order_ui.receipt_screen(order, tell.t, zone=tell.zone)


def pay_slot(event: OrderEvent) -> str:
    return living.pay_slot(event.order_id)


async def pay_again(session: AsyncSession, event: OrderEvent, tell: Telling) -> Screen | None:
    """What the message that asks for the money says now, or has become."""
    order = await orders.order(session, event.order_id)
    if order.awaits_payment:
        attempt = await attempts.live(session, order.id)
        if attempt is None or attempt.link is None:
            return None
        return payment_ui.pay_screen(order, attempt.link, tell.t, zone=tell.zone, now=tell.now)
    if order.confirmed_at is not None:
        return await receipt(session, event, tell)
    return await expired(session, event, tell) or await cancelled_unpaid(session, event, tell)


async def revived(session: AsyncSession, event: OrderEvent, tell: Telling) -> Screen:
    return order_ui.revived_screen(await orders.order(session, event.order_id), tell.t)


async def hold_ending(session: AsyncSession, event: OrderEvent, tell: Telling) -> Screen | None:
    """Not when it was paid in the meantime, nor when the relay comes too late for the last minutes."""
    order = await orders.order(session, event.order_id)
    if not order.awaits_payment or order.expires_at is None or order.expires_at <= tell.now:
        return None
    return payment_ui.hold_ending_screen(order, tell.t, zone=tell.zone, now=tell.now)


async def expired(session: AsyncSession, event: OrderEvent, tell: Telling) -> Screen | None:
    order = await orders.order(session, event.order_id)
    # The money may have come in the meantime: then the good news is on its way.
    return _in_place(order_ui.expired_screen(order, tell.t)) if order.status == OrderStatus.EXPIRED else None


async def cancelled_unpaid(session: AsyncSession, event: OrderEvent, tell: Telling) -> Screen | None:
    """The message that asked for the money asks no more."""
    order = await orders.order(session, event.order_id)
    return _in_place(order_ui.cancelled_screen(order, tell.t)) if order.confirmed_at is None else None


async def cancelled(session: AsyncSession, event: OrderEvent, tell: Telling) -> Screen | None:
    order = await orders.order(session, event.order_id)
    return order_ui.cancelled_screen(order, tell.t) if order.confirmed_at is not None else None


async def completed(session: AsyncSession, event: OrderEvent, tell: Telling) -> Screen | None:
    """Only when the money was the last thing that was missing: everybody else has just read that it was delivered."""
    order = await orders.order(session, event.order_id)
    return order_ui.completed_screen(order, tell.t) if order.payment_method == cash.NAME else None


async def payment_failed(session: AsyncSession, event: OrderEvent, tell: Telling) -> Screen | None:
    order = await orders.order(session, event.order_id)
    if order.awaits_payment:
        return payment_ui.payment_failed_screen(order, tell.t)
    is_over = order.status in (OrderStatus.EXPIRED, OrderStatus.CANCELLED) and order.payment_status == "unpaid"
    return payment_ui.nothing_taken_screen(order, tell.t) if is_over else None


async def payment_short(session: AsyncSession, event: PaymentShort, tell: Telling) -> Screen | None:
    order = await orders.order(session, event.order_id)
    if not order.awaits_payment:
        return None
    return payment_ui.payment_short_screen(
        order, tell.t, captured_minor=event.captured_minor, missing_minor=event.missing_minor
    )


async def refund(session: AsyncSession, event: RefundEvent, tell: Telling) -> Screen | None:
    """Of a cancelled order only how it ends: that it begins was said with the cancellation."""
    order = await orders.order(session, event.order_id)
    found = next((each for each in await refunds.refunds_of(session, order.id) if each.id == event.refund_id), None)
    if found is None:
        raise NotFound(what="refund")
    if isinstance(event, RefundRequested) and found.reason == "cancelled":
        return None
    return order_ui.refund_screen(order, found, tell.t)


async def timeline(session: AsyncSession, event: ShipmentEvent, tell: Telling) -> Screen | None:
    """Silent when it begins: the milestone beside it makes the sound."""
    story = await order_story.story(session, event.order_id)
    if all(shipment.kind == "digital" for shipment in story.shipments):
        return None
    screen = parcel_ui.timeline_screen(
        story.order,
        story.shipments,
        tell.t,
        zone=tell.zone,
        now=tell.now,
        carriers=tell.carriers,
        pages=parcel_page.pages(tell.settings),
    )
    return replace(screen, silent=True)


async def shipped(session: AsyncSession, event: ShipmentEvent, tell: Telling) -> Screen | None:
    shipment = await shipments.shipment_of(session, event.order_id, event.shipment_id)
    if shipment.kind == "digital" or shipment.status in _NEARLY_THERE:
        return None
    status = ShipmentStatus.READY_FOR_PICKUP if shipment.kind == "pickup" else ShipmentStatus.HANDED_OVER
    return await _milestone(session, event, shipment, status, tell)


async def milestone(session: AsyncSession, event: ShipmentMoved, tell: Telling) -> Screen | None:
    """Only while it is still so: one poll may bring "out for delivery" and "delivered" together."""
    shipment = await shipments.shipment_of(session, event.order_id, event.shipment_id)
    if shipment.kind == "digital" or shipment.status != event.status:
        return None
    if event.status in MINOR and Topic.PARCELS in tell.reader.unwanted:
        return None
    return await _milestone(session, event, shipment, shipment.status, tell)


async def delayed(session: AsyncSession, event: ShipmentDelayed, tell: Telling) -> Screen | None:
    """The first level is the merchant's: there is still time to do something."""
    shipment = await shipments.shipment_of(session, event.order_id, event.shipment_id)
    if shipment.is_over or event.level < eta.BUYER_HEARS:
        return None
    order = await orders.order(session, event.order_id)
    return delays.delayed_screen(order, shipment, tell.t, zone=tell.zone, cause=event.cause)


async def coupon_given(session: AsyncSession, event: CouponGiven, tell: Telling) -> Screen:
    order = await orders.order(session, event.order_id)
    row = await coupon_edits.coupon(session, event.coupon_id)
    return coupon_ui.given_screen(row, payment_ui.order_code(order, tell.t), tell.t, zone=tell.seller.timezone)


def _in_place(screen: Screen) -> Screen:
    """The words of a message of its own, for a message that stands already."""
    return replace(screen, fresh=False)


async def _milestone(
    session: AsyncSession, event: ShipmentEvent, shipment: ShipmentView, status: ShipmentStatus, tell: Telling
) -> Screen | None:
    order = await orders.order(session, event.order_id)
    return parcel_ui.milestone_screen(order, shipment, tell.t, zone=tell.zone, status=status)
