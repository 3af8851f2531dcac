"""The same again: what an order had, at today's prices, as far as it can be had."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store import carts, checkout, orders
from store.carts import CartView
from store.errors import BadInput, NotForSale, NotFound, OutOfStock, QuantityOutOfRange
from store.models import Address, Checkout, Order
from store.models.base import Texts
from store.orders import OrderLineView


@dataclass(frozen=True, slots=True)
class Missing:
    """Of *wanted* pieces only *got* are in the cart. `is_withdrawn`: it is not sold any more."""

    title: Texts
    variant_title: Texts
    wanted: int
    got: int
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class Reordered:
    cart: CartView
    missing: tuple[Missing, ...]


async def again(session: AsyncSession, customer_id: int, order_id: int, *, now: datetime) -> Reordered:
    """At least what the customer's order had is in the cart; twice is the same as once, and what was there stays.

    Where nothing was answered yet for this cart, the order's answers are taken over: who receives it, how and where, and how it is paid.
    Raises: NotFound, for somebody else's order too.
    """
    order = await orders.order_of(session, customer_id, order_id)
    there = {line.variant_id: line.quantity for line in (await carts.cart(session, customer_id)).lines}
    missing = []
    for line in order.lines:
        got = await _put(session, customer_id, line, there.get(line.variant_id, 0), now=now)
        if got is None or got < line.quantity:
            missing.append(Missing(line.title, line.variant_title, line.quantity, got or 0, is_withdrawn=got is None))
    await _answer_as_before(session, customer_id, order_id, now=now)
    return Reordered(await carts.cart(session, customer_id), tuple(missing))


async def _put(
    session: AsyncSession, customer_id: int, line: OrderLineView, there: int, *, now: datetime
) -> int | None:
    """How many of the line's pieces are in the cart now; None when it is not sold any more."""
    wanted = max(line.quantity, there)
    try:
        await carts.set_quantity(session, customer_id, line.variant_id, wanted, now=now)
    except OutOfStock as error:
        return await _as_many_as_are_left(
            session, customer_id, line.variant_id, int(str(error.params["free"])), there, now
        )
    except (NotForSale, NotFound):
        return None
    except (BadInput, QuantityOutOfRange):  # the cart is full
        return there
    return wanted


async def _as_many_as_are_left(
    session: AsyncSession, customer_id: int, variant_id: int, free: int, there: int, now: datetime
) -> int:
    if free > there:
        await carts.set_quantity(session, customer_id, variant_id, free, now=now)
    return max(free, there)


async def _answer_as_before(session: AsyncSession, customer_id: int, order_id: int, *, now: datetime) -> None:
    if not await carts.is_filled(session, customer_id) or await checkout.is_begun(session, customer_id):
        return
    answers = await _answers(session, order_id)
    if answers:
        await checkout.answer(session, customer_id, answers, now=now)


async def _answers(session: AsyncSession, order_id: int) -> dict[str, Any]:
    """What was answered for the cart that became the order. An address that was removed since is asked for again."""
    columns = (Checkout.contact_name, Checkout.contact_phone, Checkout.delivery_method_id, Checkout.payment_method)
    row = await session.execute(
        select(*columns, Address.id.label("address_id"))
        .join(Order, Order.cart_id == Checkout.cart_id)
        .outerjoin(Address, (Address.id == Checkout.address_id) & Address.archived_at.is_(None))
        .where(Order.id == order_id)
    )
    found = row.one_or_none()
    return dict(found._mapping) if found else {}
