"""A customer chooses the currency that they see prices in."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import carts
from store.errors import BadInput
from store.models import Customer, PriceList
from store.sellers import the_seller


async def choose(session: AsyncSession, customer_id: int, currency: str, *, now: datetime) -> None:
    """The customer sees prices in *currency*, and what lies in their cart costs what it costs in it: they read that before they can order.

    Where something in the cart has no price in it, it stands there and cannot be ordered. Raises: BadInput(field="currency", reason="not_offered").
    """
    await _check_offered(session, currency)
    wanted = update(Customer).where(Customer.id == customer_id).values(currency=currency)
    await session.execute(wanted.execution_options(synchronize_session=False))
    if not await carts.touch(session, customer_id, now=now):
        return
    cart = await carts.cart(session, customer_id)
    if cart.id is not None and cart.currency != currency:
        await carts.reprice(session, cart.id, currency)


async def _check_offered(session: AsyncSession, currency: str) -> None:
    """The list is locked: whoever takes it back at the same moment finds this cart in it, or has taken it back before."""
    seller = await the_seller(session)
    of_it = select(PriceList.id).where(PriceList.seller_id == seller.id, PriceList.currency == currency)
    if currency != seller.currency and await session.scalar(of_it.with_for_update()) is None:
        raise BadInput(field="currency", reason="not_offered")
