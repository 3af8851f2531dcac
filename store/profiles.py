"""Who a customer is to the shop, for whoever talks with them: what they ordered, and what they mean to buy."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import carts, orders
from store.carts import CartView
from store.errors import NotFound
from store.models import Customer, Order
from store.order_status import OrderStatus
from store.orders import OrderCard

ORDERS_SHOWN = 3
_COUNTED = (OrderStatus.CONFIRMED, OrderStatus.COMPLETED)


@dataclass(frozen=True, slots=True)
class Profile:
    """*bought* are the orders that were kept, with their sum in the shop's currency; *latest* are the newest of all."""

    customer_id: int
    name: str
    username: str | None
    since: datetime
    bought: int
    spent_minor: int
    latest: tuple[OrderCard, ...]
    cart: CartView


async def profile(session: AsyncSession, customer_id: int) -> Profile:
    """Raises: NotFound."""
    customer = await session.get(Customer, customer_id)
    if customer is None:
        raise NotFound(what="customer")
    cart = await carts.cart(session, customer_id)
    kept = (Order.customer_id == customer_id, Order.currency == cart.currency, Order.status.in_(_COUNTED))
    count, spent = (await session.execute(select(func.count(), func.sum(Order.total_minor)).where(*kept))).one()
    page = await orders.orders_page(session, customer_id, limit=ORDERS_SHOWN)
    return Profile(
        customer_id=customer.id,
        name=customer.name,
        username=customer.username,
        since=customer.created_at,
        bought=count,
        spent_minor=int(spent or 0),
        latest=page.orders,
        cart=cart,
    )
