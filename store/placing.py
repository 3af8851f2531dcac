"""A cart becomes an order, once. One transaction: key, order and lines, reservations and moves, outbox, coupon, and last the stock.

The order of the statements is the point: the rows that everybody wants are locked for the shortest time, and by everybody in the same order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import Update

from store import (
    audit,
    checkout,
    coupon_uses,
    currencies,
    doors,
    order_life,
    order_numbers,
    outbox,
    stock,
    stock_levels,
)
from store.audit import Actor
from store.checkout import CheckoutView, Step
from store.db import affected, new_id
from store.errors import (
    CartChanged,
    CheckoutIncomplete,
    NotForSale,
    NotFound,
    PaymentUnavailable,
    TooManyUnpaidOrders,
)
from store.events import OrderConfirmed, OrderPlaced
from store.models import (
    MAIN_LOCATION,
    Cart,
    CartLine,
    Customer,
    IdempotencyKey,
    Order,
    OrderGroup,
    OrderLine,
    PriceList,
    Seller,
    StockLevel,
    Variant,
)
from store.models.base import UtcDateTime, table
from store.order_snapshot import Placing, line_rows, order_row
from store.order_status import OrderStatus
from store.payments.gateway import Capabilities
from store.pricing import Quote
from store.upsert import insert_ignoring, new_id_ignoring

Values = dict[str, Any]

MAXIMUM_UNPAID = 3
_NUMBER_TRIES = 5


@dataclass(frozen=True, slots=True)
class Placed:
    """`is_new` is False when the cart had become this order before: a second press, a repeated update."""

    order_id: int
    is_new: bool


async def place(
    session: AsyncSession,
    customer_id: int,
    cart_id: int,
    cart_version: int,
    *,
    capabilities: Capabilities,
    payment_method: str,
    now: datetime,
) -> Placed:
    """The order exists and its goods are set aside, or nothing has changed. However often and wherever the button is pressed: one order.

    Raises: OutOfStock, NotForSale, CartChanged, CartEmpty, CheckoutIncomplete, PaymentUnavailable, CouponGone, TooManyUnpaidOrders, ShopClosed, BelowMinimum,
    NotFound.
    """
    order_id, short = await _look(session, customer_id, cart_id)
    if order_id is not None:
        return Placed(order_id, is_new=False)
    overdue = await order_life.overdue_holders(session, [row.variant_id for row in short], now=now) if short else []
    if short and not overdue:
        raise await stock.out_of_stock(session, short[0].variant_id, short[0].quantity)
    if not await insert_ignoring(session, IdempotencyKey, **_key(cart_id, cart_version, now)):
        return await _already(session, customer_id, cart_id)
    placing = await _decided(session, customer_id, cart_id, cart_version, capabilities, payment_method, now=now)
    if not await affected(session, *_claim(customer_id, cart_id, cart_version, now)):
        raise _changed(placing.checkout, placing.quote)
    freed = await order_life.expire_holders(session, overdue, now=now)
    order_id = await _written(session, placing)
    await coupon_uses.spend(session, placing.checkout.coupon, customer_id, order_id, freed=freed.coupons, now=now)
    await stock.reserve(session, _amounts(placing), given_back=freed.pieces, now=now)
    if placing.is_settled:
        await order_life.deliver_digital(session, order_id, now=now)
    return Placed(order_id, is_new=True)


_cart, _line, _order, _level, _seller = (table(each).c for each in (Cart, CartLine, Order, StockLevel, Seller))
_IS_SHORT = or_(_level.allow_backorder, _line.quantity <= stock_levels.FREE).is_not(true()).label("is_short")
# One statement, and so one look: it is this cart's own order that emptied the shelf when the button is pressed again.
_LOOK = (
    select(_order.id.label("order_id"), _line.variant_id, _line.quantity, _IS_SHORT)
    .select_from(table(Cart))
    .outerjoin(table(Order), and_(_order.cart_id == _cart.id, _order.customer_id == _cart.customer_id))
    .outerjoin(table(CartLine), _line.cart_id == _cart.id)
    .outerjoin(table(StockLevel), and_(_level.variant_id == _line.variant_id, _level.location_id == MAIN_LOCATION))
    .where(_cart.id == bindparam("cart_id"), _cart.customer_id == bindparam("customer_id"))
    .order_by(_line.id)
)


async def _look(session: AsyncSession, customer_id: int, cart_id: int) -> tuple[int | None, Sequence[Any]]:
    """The order that the cart has become, and the cart's lines for which too little is free.

    Unlocked: it spares the shop the work for those who come too late.
    """
    rows = (await session.execute(_LOOK, {"cart_id": cart_id, "customer_id": customer_id})).all()
    return (rows[0].order_id if rows else None), [row for row in rows if row.variant_id and row.is_short]


async def order_from(session: AsyncSession, customer_id: int, cart_id: int) -> int | None:
    """What the cart has become; None while it is a cart."""
    return await session.scalar(select(Order.id).where(Order.cart_id == cart_id, Order.customer_id == customer_id))


async def _already(session: AsyncSession, customer_id: int, cart_id: int) -> Placed:
    """The key is taken, so whoever took it has committed: the order is there to be read."""
    order_id = await order_from(session, customer_id, cart_id)
    if order_id is None:
        raise NotFound(what="cart")
    return Placed(order_id, is_new=False)


def _key(cart_id: int, cart_version: int, now: datetime) -> dict[str, Any]:
    return {"scope": "place", "key": f"{cart_id}:{cart_version}", "created_at": now}


_CLAIM = (
    update(table(Cart))
    .where(_cart.id == bindparam("cart"), _cart.customer_id == bindparam("customer"))
    .where(_cart.open_slot == 1, _cart.version == bindparam("seen_version"))
    .values(status="placed", open_slot=None, updated_at=bindparam("now"))
)


def _claim(customer_id: int, cart_id: int, cart_version: int, now: datetime) -> tuple[Update, Values]:
    """The cart is placed if it is still the one that was read: every change of a cart counts its version up."""
    return _CLAIM, {"cart": cart_id, "customer": customer_id, "seen_version": cart_version, "now": now}


# Unlocked: a person has one open cart, so two orders of theirs do not come at the same instant.
_UNPAID = (
    select(func.count())
    .where(_order.customer_id == _cart.customer_id, _order.status == OrderStatus.PENDING_PAYMENT)
    .where(or_(_order.expires_at.is_(None), _order.expires_at > bindparam("now", type_=UtcDateTime)))
    .correlate(table(Cart))
)
_PARTIES = (
    select(_cart.seller_id, table(Customer).c.language, _UNPAID.scalar_subquery().label("unpaid"))
    .add_columns(_seller.timezone, _seller.opening_hours, _seller.closed_until, _seller.closed_message)
    .add_columns(currencies.least().label("minimum_minor"))
    .join_from(table(Cart), table(Customer), table(Customer).c.id == _cart.customer_id)
    .join(table(Seller), _seller.id == _cart.seller_id)
    .outerjoin(table(PriceList), currencies.LIST_OF_CART)
    .where(_cart.id == bindparam("cart_id"))
)


async def _decided(
    session: AsyncSession,
    customer_id: int,
    cart_id: int,
    cart_version: int,
    capabilities: Capabilities,
    payment_method: str,
    *,
    now: datetime,
) -> Placing:
    view = await checkout.view(session, customer_id)
    quote = _agreed(view, cart_id, cart_version, payment_method)
    if not capabilities.take(quote.total_minor, quote.currency, [line.kind for line in view.cart.lines]):
        raise PaymentUnavailable(gateway=payment_method)
    is_settled = capabilities.is_offline or not quote.total_minor
    parties = (await session.execute(_PARTIES, {"cart_id": cart_id, "now": now})).one()
    doors.check(parties, quote.subtotal_minor, quote.currency, now=now)
    if not is_settled and parties.unpaid >= MAXIMUM_UNPAID:
        raise TooManyUnpaidOrders(limit=MAXIMUM_UNPAID)
    return Placing(
        customer_id=customer_id,
        seller_id=parties.seller_id,
        language=parties.language,
        cart_id=cart_id,
        checkout=view,
        quote=quote,
        payment_method=payment_method,
        is_settled=is_settled,
        expires_at=now + capabilities.hold if capabilities.hold and not is_settled else None,
        now=now,
    )


def _agreed(view: CheckoutView, cart_id: int, cart_version: int, payment_method: str) -> Quote:
    """The price, if everything is answered and the customer has seen just this."""
    if view.cart.id != cart_id:
        raise NotFound(what="cart")
    if view.step != Step.REVIEW or view.quote is None:
        raise CheckoutIncomplete(missing=view.step)
    for line in view.cart.lines:
        if not line.is_for_sale:
            raise NotForSale(variant_id=line.variant_id, title=line.title)
    if view.payment_method != payment_method:
        raise CheckoutIncomplete(missing=Step.PAYMENT)
    if view.cart.version != cart_version or view.changes or view.expected_total_minor != view.quote.total_minor:
        raise _changed(view, view.quote)
    return view.quote


def _changed(view: CheckoutView, quote: Quote) -> CartChanged:
    return CartChanged(expected_minor=view.expected_total_minor, total_minor=quote.total_minor, currency=quote.currency)


async def _written(session: AsyncSession, placing: Placing) -> int:
    """Everything about the order but the counters."""
    now, actor = placing.now, Actor.customer(placing.customer_id)
    order_id = await _insert_order(session, placing)
    lines = await _insert_lines(session, placing, order_id)
    state = stock.COMMITTED if placing.is_settled else stock.HELD
    await stock.hold(session, order_id, lines, state=state, expires_at=placing.expires_at, actor=actor, now=now)
    await audit.record(session, actor, "placed", "order", order_id, now=now)
    await outbox.write(session, OrderPlaced(order_id=order_id), now=now)
    if placing.is_settled:
        await outbox.write(session, OrderConfirmed(order_id=order_id), now=now)
    return order_id


async def _insert_order(session: AsyncSession, placing: Placing) -> int:
    quote, customer = placing.quote, {"customer_id": placing.customer_id, "created_at": placing.now}
    group_id = await new_id(session, _GROUP, customer | {"currency": quote.currency, "total_minor": quote.total_minor})
    for _ in range(_NUMBER_TRIES):
        row = order_row(placing, number=order_numbers.new(), group_id=group_id)
        if (order_id := await new_id_ignoring(session, Order, **row)) is not None:
            return order_id
    raise RuntimeError(f"no free order number in {_NUMBER_TRIES} tries")


_GROUP, _LINES = insert(table(OrderGroup)), insert(table(OrderLine))
_WRITTEN = (table(OrderLine).c.id, table(OrderLine).c.variant_id, table(OrderLine).c.quantity)
_LINES_TELLING = _LINES.returning(*_WRITTEN)
_LINES_OF = select(*_WRITTEN).where(table(OrderLine).c.order_id == bindparam("order_id"))


async def _insert_lines(session: AsyncSession, placing: Placing, order_id: int) -> list[stock.Wanted]:
    rows = line_rows(placing, order_id, await _contents(session, placing))
    if session.get_bind().dialect.insert_executemany_returning:
        written = await session.execute(_LINES_TELLING, rows)
    else:  # MySQL
        await session.execute(_LINES, rows)
        written = await session.execute(_LINES_OF, {"order_id": order_id})
    return sorted((stock.Wanted(*row) for row in written), key=attrgetter("order_line_id"))


async def _contents(session: AsyncSession, placing: Placing) -> dict[int, str | None]:
    digital = [line.variant_id for line in placing.checkout.cart.lines if line.kind == "digital"]
    if not digital:
        return {}
    rows = await session.execute(select(Variant.id, Variant.digital_content).where(Variant.id.in_(digital)))
    return {row.id: row.digital_content for row in rows}


def _amounts(placing: Placing) -> list[tuple[int, int]]:
    return [(line.variant_id, line.quantity) for line in placing.checkout.cart.lines]
