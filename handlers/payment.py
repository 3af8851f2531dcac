"""Placing the order, and getting it paid: transactions with the network between them, the reply after all of it."""

from datetime import datetime

from aiogram import Bot
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.callbacks import AskPayment, CheckPayment, PayOrder, PlaceOrder, SwitchPayment
from bot.ui.contents import contents
from bot.ui.errors import in_words
from bot.ui.links import deep_link, to_order
from bot.ui.orders import order_screen, receipt_screen
from bot.ui.payment import pay_screen, payment_methods_screen, payment_unavailable_screen
from bot.ui.screen import Screen
from handlers.counter import Counter, asked_again, counter_router
from store import checkout, living, orders, placing
from store.db import Database, before_acting
from store.errors import (
    BelowMinimum,
    CartChanged,
    CartEmpty,
    CheckoutIncomplete,
    CouponGone,
    NotAllowedNow,
    NotForSale,
    OutOfStock,
    PaymentUnavailable,
    ShopClosed,
    TooManyUnpaidOrders,
)
from store.order_status import OrderStatus
from store.order_story import story_of
from store.orders import OrderView
from store.payments import attempts, choice, ledger, reconcile
from store.payments.gateway import Capabilities, GatewayError, PaymentGateway, PaymentLink
from store.payments.registry import gateway_of

router = counter_router(__name__)

_IN_THE_WAY = (
    BelowMinimum,
    CartChanged,
    CheckoutIncomplete,
    CouponGone,
    NotForSale,
    OutOfStock,
    PaymentUnavailable,
    ShopClosed,
    TooManyUnpaidOrders,
)
_NOTHING = Capabilities(currencies=frozenset(), hold=None)


@router.callback_query(PlaceOrder.filter())
async def place_order(
    query: CallbackQuery, callback_data: PlaceOrder, db: Database, counter: Counter, bot: Bot
) -> Screen:
    """One order, however often it is pressed; what stands in the way leads back to the review, which says so."""
    try:
        async with db.begin() as session:
            order_id = await _placed(session, counter, callback_data)
            await _becomes_receipt(session, query, order_id, counter.now)
    except _IN_THE_WAY as error:
        return await asked_again(db, counter, in_words(error, counter.t))
    return await paying(query, db, counter, order_id, bot)


async def _placed(session: AsyncSession, counter: Counter, pressed: PlaceOrder) -> int:
    method = await _agreed_method(session, counter, pressed)
    gateway = counter.gateways.get(method)
    placed = await placing.place(
        session,
        counter.customer.id,
        pressed.cart_id,
        pressed.version,
        capabilities=gateway.capabilities if gateway else _NOTHING,
        payment_method=method,
        now=counter.now,
    )
    return placed.order_id


async def _agreed_method(session: AsyncSession, counter: Counter, pressed: PlaceOrder) -> str:
    """How it will be paid. Empty when the cart has become an order: a second press finds its order all the same.

    A review that was shown since may have another total: what counts is the one on the button. Raises: CartChanged.
    """
    try:
        view = await checkout.view(session, counter.customer.id)
    except CartEmpty:
        return ""
    quote = view.quote
    if view.cart.id == pressed.cart_id and quote and quote.total_minor != pressed.seen_minor:
        raise CartChanged(expected_minor=pressed.seen_minor, total_minor=quote.total_minor, currency=view.cart.currency)
    return view.payment_method or ""


async def _becomes_receipt(session: AsyncSession, query: CallbackQuery, order_id: int, now: datetime) -> None:
    """The message whose button was pressed asks for the money, and turns into the receipt when it comes."""
    if isinstance(query.message, Message):
        message, has_picture = query.message, bool(query.message.photo)
        slot = living.pay_slot(order_id)
        await living.stands(session, message.chat.id, slot, message.message_id, has_picture=has_picture, now=now)


@router.callback_query(PayOrder.filter())
async def pay_order(query: CallbackQuery, callback_data: PayOrder, db: Database, counter: Counter, bot: Bot) -> Screen:
    return await paying(query, db, counter, callback_data.order_id, bot)


async def paying(query: CallbackQuery, db: Database, counter: Counter, order_id: int, bot: Bot) -> Screen:
    """The page to pay on; where there is nothing to pay (any more), the order as it stands."""
    async with db.begin() as session:
        order = await orders.order_of(session, counter.customer.id, order_id)
        gateway = counter.gateways.get(order.payment_method)
        if not order.awaits_payment:
            return await _as_it_stands(session, counter, order)
        await _becomes_receipt(session, query, order_id, counter.now)
        if gateway is None:
            return payment_unavailable_screen(order, counter.t)
        try:
            attempt = await attempts.start(session, order_id, gateway, now=counter.now)
        except (NotAllowedNow, PaymentUnavailable) as error:
            return (await _as_it_stands(session, counter, order)).with_toast(in_words(error, counter.t))
    if (known := attempt.open_link(gateway.capabilities.page_max, now=counter.now)) is not None:
        return _to_pay(order, known, counter)
    title, way_back = f"{counter.shop} {order.number}", await _way_back(bot, order)
    try:
        goods = contents(order, [(line.id, line.quantity) for line in order.lines], counter.t)
        link = await gateway.create(attempt.request(title, way_back, counter.t.language, goods))
    except GatewayError:
        return payment_unavailable_screen(order, counter.t)
    async with db.begin() as session:
        await attempts.linked(session, attempt.id, link, now=counter.now)
    return _to_pay(order, link, counter)


def _to_pay(order: OrderView, link: PaymentLink, counter: Counter) -> Screen:
    return pay_screen(order, link, counter.t, zone=counter.zone, now=counter.now)


async def _way_back(bot: Bot, order: OrderView) -> str:
    """From the provider's page to the order in this chat."""
    return deep_link((await bot.me()).username or "", to_order(order.secret).payload)


async def _as_it_stands(session: AsyncSession, counter: Counter, order: OrderView) -> Screen:
    """A fresh order's receipt; later the order with all that has happened to it."""
    if order.status == OrderStatus.CONFIRMED and order.fulfilment_status == "unfulfilled":
        return receipt_screen(order, counter.t, zone=counter.zone)
    return order_screen(await story_of(session, counter.customer.id, order.id), counter.t, zone=counter.zone)


@router.callback_query(CheckPayment.filter())
async def check_payment(
    query: CallbackQuery, callback_data: CheckPayment, db: Database, counter: Counter, bot: Bot
) -> Screen:
    """ "I have paid": the provider is asked, and what it says goes the way of everything about money."""
    order_id, t = callback_data.order_id, counter.t
    async with db.read() as session:
        order = await orders.order_of(session, counter.customer.id, order_id)
        attempt = await attempts.live(session, order_id)
    gateway = gateway_of(counter.gateways, attempt.gateway, attempt.account) if attempt else None
    if not order.awaits_payment or attempt is None or gateway is None:
        return await paying(query, db, counter, order_id, bot)
    try:
        facts = await gateway.query(attempt.request())
    except GatewayError:
        no_answer = t.label("The payment provider does not answer right now. We keep asking.")
        return (await paying(query, db, counter, order_id, bot)).with_toast(no_answer)
    await ledger.receive(db, facts, now=counter.now)
    screen = await paying(query, db, counter, order_id, bot)
    async with db.read() as session:
        is_waiting = (await orders.order_of(session, counter.customer.id, order_id)).awaits_payment
    not_yet = t.label("The payment has not arrived yet. It can take a minute.")
    return screen.with_toast(not_yet if is_waiting else t.label("Your payment has arrived"))


@router.callback_query(AskPayment.filter())
async def ask_payment(query: CallbackQuery, callback_data: AskPayment, db: Database, counter: Counter) -> Screen:
    async with db.read() as session:
        order = await orders.order_of(session, counter.customer.id, callback_data.order_id)
        if not order.awaits_payment:
            return await _as_it_stands(session, counter, order)
    return payment_methods_screen(order, choice.for_order(counter.gateways, order), counter.t)


@router.callback_query(SwitchPayment.filter())
async def switch_payment(
    query: CallbackQuery, callback_data: SwitchPayment, db: Database, counter: Counter, bot: Bot
) -> Screen:
    """The way to pay that is open is closed at its provider before another one opens: nobody pays twice by accident."""
    order_id = callback_data.order_id
    gateway = counter.gateways.get(callback_data.gateway)
    async with db.read() as session:
        order = await orders.order_of(session, counter.customer.id, order_id)
        live = await attempts.live(session, order_id)
    if not order.awaits_payment or (live and live.gateway == callback_data.gateway):
        return await paying(query, db, counter, order_id, bot)
    try:
        await _switch(query, db, counter, order, gateway)
    except (NotAllowedNow, PaymentUnavailable) as error:
        return (await paying(query, db, counter, order_id, bot)).with_toast(in_words(error, counter.t))
    return await paying(query, db, counter, order_id, bot)


async def _switch(
    query: CallbackQuery, db: Database, counter: Counter, order: OrderView, gateway: PaymentGateway | None
) -> None:
    if gateway is None:
        raise PaymentUnavailable(gateway=order.payment_method)
    with before_acting():
        is_closed = await reconcile.close_live(db, counter.gateways, order.id, now=counter.now)
    if not is_closed:
        raise PaymentUnavailable(gateway=order.payment_method)
    async with db.begin() as session:
        await choice.choose(session, counter.customer.id, order.id, gateway, now=counter.now)
        await _becomes_receipt(session, query, order.id, counter.now)
