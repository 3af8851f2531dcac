"""What a customer means to buy. One open cart each; nothing is set aside until the order is placed.

Every change first counts up the cart's version: that locks the cart's row, so two taps at once come one after the other, and an order is never
placed from a cart that changes meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, bindparam, delete, insert, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import catalog, currencies
from store.cart_view import CartLineView as CartLineView
from store.cart_view import CartView as CartView
from store.cart_view import lines_in
from store.catalog import VariantView
from store.db import affected
from store.errors import BadInput, NotForSale, OutOfStock, QuantityOutOfRange
from store.models import Cart, CartLine, Checkout, Price, PriceList, Seller
from store.models.base import Texts, table
from store.sellers import the_seller
from store.upsert import insert_ignoring

MINIMUM, MAXIMUM = 1, 99
# A cart must stay readable in one message.
MAXIMUM_LINES = 30


_cart, _line, _price = (table(model).c for model in (Cart, CartLine, Price))
_CART = (
    select(_cart.id, _cart.version, _cart.currency, currencies.least().label("minimum_minor"))
    .join_from(table(Cart), table(Seller), table(Seller).c.id == _cart.seller_id)
    .outerjoin(table(PriceList), currencies.LIST_OF_CART)
    .where(_cart.customer_id == bindparam("customer_id"), _cart.open_slot == 1)
)


async def cart(session: AsyncSession, customer_id: int) -> CartView:
    """The open cart at today's prices and stock. Reads only."""
    row = (await session.execute(_CART, {"customer_id": customer_id})).one_or_none()
    if row is None:
        return CartView(None, 0, await currencies.of(session, customer_id), ())
    lines = await lines_in(session, row.id, row.currency)
    return CartView(row.id, row.version, row.currency, lines, row.minimum_minor or 0)


def _open(customer_id: int) -> tuple[Any, ...]:
    return Cart.customer_id == customer_id, Cart.open_slot == 1


async def add(
    session: AsyncSession, customer_id: int, variant_id: int, *, quantity: int = 1, now: datetime
) -> CartView:
    """*quantity* more of the variant is in the cart. Raises: NotFound, NotForSale, OutOfStock, QuantityOutOfRange; BadInput for a full cart."""
    _check_range(quantity)
    currency = await currencies.held(session, customer_id)
    title, variant = await _for_sale(session, variant_id, currency)
    cart_id = await _changing(session, customer_id, currency, now=now)
    await _price_as_seen(session, cart_id, variant_id, currency)
    before = await _quantity(session, cart_id, variant_id)
    _check_range(before + quantity)
    _check_stock(title, variant, before + quantity)
    await _put(session, cart_id, variant_id, before + quantity, before=before)
    return await cart(session, customer_id)


async def set_quantity(
    session: AsyncSession, customer_id: int, variant_id: int, quantity: int, *, now: datetime
) -> CartView:
    """Exactly *quantity* of the variant is in the cart; 0 takes it out. Less is always possible, also of what is sold out or withdrawn.

    Raises: like `add`.
    """
    if quantity == 0:
        return await remove(session, customer_id, variant_id, now=now)
    _check_range(quantity)
    currency = await currencies.held(session, customer_id)
    cart_id = await _changing(session, customer_id, currency, now=now)
    before = await _quantity(session, cart_id, variant_id)
    if quantity > before:
        title, variant = await _for_sale(session, variant_id, currency)
        _check_stock(title, variant, quantity)
    await _put(session, cart_id, variant_id, quantity, before=before)
    return await cart(session, customer_id)


async def remove(session: AsyncSession, customer_id: int, variant_id: int, *, now: datetime) -> CartView:
    """The variant is not in the cart."""
    view = await cart(session, customer_id)
    if any(line.variant_id == variant_id for line in view.lines):
        cart_id = await _changing(session, customer_id, view.currency, now=now)
        await session.execute(delete(CartLine).where(CartLine.cart_id == cart_id, CartLine.variant_id == variant_id))
        view = await cart(session, customer_id)
    return view


async def clear(session: AsyncSession, customer_id: int, *, now: datetime) -> None:
    """The cart is empty; what was answered in its checkout stays."""
    view = await cart(session, customer_id)
    if view.is_empty:
        return
    cart_id = await _changing(session, customer_id, view.currency, now=now)
    await session.execute(delete(CartLine).where(CartLine.cart_id == cart_id))


async def is_filled(session: AsyncSession, customer_id: int) -> bool:
    """Whether there is something to check out."""
    return not (await cart(session, customer_id)).is_empty


async def touch(session: AsyncSession, customer_id: int, *, now: datetime) -> bool:
    """Whether there is an open cart; its version is one more, and its row is locked until the transaction ends."""
    changed = update(Cart).where(*_open(customer_id)).values(version=Cart.version + 1, updated_at=now)
    return await affected(session, changed) == 1


async def _changing(session: AsyncSession, customer_id: int, currency: str, *, now: datetime) -> int:
    """The id of the open cart, made in *currency* when there is none, with its version counted up."""
    if not await touch(session, customer_id, now=now):
        seller = await the_seller(session)
        new = {"customer_id": customer_id, "seller_id": seller.id, "currency": currency, "created_at": now}
        # Two first taps at once: one makes the cart, the other finds it.
        await insert_ignoring(session, Cart, **new, updated_at=now, status="open", open_slot=1, version=0)
        await touch(session, customer_id, now=now)
    return (await session.scalars(select(Cart.id).where(*_open(customer_id)))).one()


async def reprice(session: AsyncSession, cart_id: int, currency: str) -> None:
    """The cart is paid in this currency, and what its pieces cost in it is what the customer has seen. Its row is locked by a change of it before.

    Another price list: nothing that a review said before can be compared with it.
    """
    await session.execute(update(table(Cart)).where(_cart.id == cart_id).values(currency=currency))
    await forget_reviews(session, [cart_id])
    for line in await lines_in(session, cart_id, currency):
        here = (_line.cart_id == cart_id) & (_line.variant_id == line.variant_id)
        seen_minor = line.unit_minor if line.is_for_sale else None
        await session.execute(update(table(CartLine)).where(here).values(seen_minor=seen_minor))


async def forget_reviews(session: AsyncSession, cart_ids: Sequence[int]) -> None:
    """Whoever has read what they would pay reads it anew."""
    reviews = update(table(Checkout)).where(table(Checkout).c.cart_id.in_(cart_ids))
    await session.execute(reviews.values(expected_total_minor=None, seen=null()))


async def _price_as_seen(session: AsyncSession, cart_id: int, variant_id: int, currency: str) -> None:
    """A cart that was to be paid in Stars goes back to the customer's *currency*, if what comes in has no price in Stars."""
    if await session.scalar(select(_price_of(cart_id, variant_id, MAXIMUM))) is None:
        await reprice(session, cart_id, currency)


async def _quantity(session: AsyncSession, cart_id: int, variant_id: int) -> int:
    line = select(CartLine.quantity).where(CartLine.cart_id == cart_id, CartLine.variant_id == variant_id)
    return await session.scalar(line) or 0


async def _put(session: AsyncSession, cart_id: int, variant_id: int, quantity: int, *, before: int) -> None:
    """The line says how many, and what one of them costs now."""
    seen_minor = _price_of(cart_id, variant_id, quantity)
    if before:
        there = update(table(CartLine)).where(_line.cart_id == cart_id, _line.variant_id == variant_id)
        await session.execute(there.values(quantity=_line.quantity + (quantity - before), seen_minor=seen_minor))
        return
    await _check_room(session, cart_id)
    new = {"cart_id": cart_id, "variant_id": variant_id, "quantity": quantity, "seen_minor": seen_minor}
    await session.execute(insert(table(CartLine)).values(**new))


async def _check_room(session: AsyncSession, cart_id: int) -> None:
    others = (await session.scalars(select(CartLine.id).where(CartLine.cart_id == cart_id))).all()
    if len(others) >= MAXIMUM_LINES:
        raise BadInput(field="cart", reason="too_many_lines", maximum=MAXIMUM_LINES)


def _price_of(cart_id: int, variant_id: int, quantity: int) -> ScalarSelect[int]:
    currency = select(_cart.currency).where(_cart.id == cart_id).scalar_subquery()
    reached = select(_price.unit_minor).where(_price.variant_id == variant_id, _price.min_quantity <= quantity)
    highest = reached.where(_price.currency == currency).order_by(_price.min_quantity.desc()).limit(1)
    return highest.scalar_subquery()


async def _for_sale(session: AsyncSession, variant_id: int, currency: str) -> tuple[Texts, VariantView]:
    product, variant = await catalog.variant(session, variant_id, currency)
    if product.status != "active" or not variant.is_active:
        raise NotForSale(variant_id=variant_id, title=product.title)
    return product.title, variant


def _check_range(quantity: int) -> None:
    if not MINIMUM <= quantity <= MAXIMUM:
        raise QuantityOutOfRange(minimum=MINIMUM, maximum=MAXIMUM)


def _check_stock(title: Texts, variant: VariantView, wanted: int) -> None:
    if wanted > variant.free:
        raise OutOfStock(variant_id=variant.id, title=title, wanted=wanted, free=variant.free)
