"""A customer chooses the currency that they see prices in."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from store import carts, currencies
from store.errors import BadInput
from store.models import Customer
from store.sellers import the_seller


async def choose(session: AsyncSession, customer_id: int, currency: str, *, now: datetime) -> None:
    """The customer sees prices in *currency*, and what lies in their cart costs what it costs in it: they read that before they can order.

    Where something in the cart has no price in it, it stands there and cannot be ordered. Raises: BadInput(field="currency", reason="not_offered").
    """
    is_own = currency == (await the_seller(session)).currency
    if not is_own and not await currencies.is_held(session, currency):
        raise BadInput(field="currency", reason="not_offered")
    wanted = update(Customer).where(Customer.id == customer_id).values(currency=currency)
    await session.execute(wanted.execution_options(synchronize_session=False))
    if not await carts.touch(session, customer_id, now=now):
        return
    cart = await carts.cart(session, customer_id)
    if cart.id is not None and cart.currency != currency:
        await carts.reprice(session, cart.id, currency)
