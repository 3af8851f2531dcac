"""In which currencies the shop sells: its own, and those that it keeps price lists in. A customer sees one of them, an order has one.

Nothing is converted when somebody buys. A list is filled by the merchant: price by price, from a file, or once from a rate (`store/price_lists.py`).
"""

from sqlalchemy import ColumnElement, and_, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Cart, Customer, PriceList, Seller
from store.models.base import table
from store.sellers import the_seller


def chosen() -> ColumnElement[str]:
    """What the joined Customer sees the joined Seller's prices in: what they chose while it is offered, else the shop's own."""
    offered = (
        select(PriceList.currency)
        .where(PriceList.seller_id == Seller.id, PriceList.currency == Customer.currency)
        .correlate(Seller, Customer)
    )
    return func.coalesce(offered.scalar_subquery(), Seller.currency)


_cart, _list, _seller = (table(model).c for model in (Cart, PriceList, Seller))
LIST_OF_CART = and_(_list.seller_id == _cart.seller_id, _list.currency == _cart.currency)


def least() -> ColumnElement[int | None]:
    """The least that the joined cart is ordered for: the joined seller's own sum, or that of the list joined by LIST_OF_CART."""
    return case((_cart.currency == _seller.currency, _seller.minimum_minor), else_=_list.minimum_minor)


_OF = (
    select(chosen(), Seller.currency)
    .select_from(Seller)
    .join(Customer, Customer.id == bindparam("customer_id"))
    .order_by(Seller.id)
    .limit(1)
)
_LISTS = select(PriceList.currency).join(Seller, Seller.id == PriceList.seller_id).order_by(PriceList.id)


async def of(session: AsyncSession, customer_id: int) -> str:
    """The currency that the customer sees prices in."""
    currency, _ = (await session.execute(_OF, {"customer_id": customer_id})).one()
    return currency


async def held(session: AsyncSession, customer_id: int) -> str:
    """The same, and so it is until this transaction ends: whoever takes the currency back waits, and finds what was put into carts.

    Before their cart is locked, in the order of `price_lists.withdraw`.
    """
    currency, own = (await session.execute(_OF, {"customer_id": customer_id})).one()
    return currency if currency == own or await is_held(session, currency) else own


async def is_held(session: AsyncSession, currency: str) -> bool:
    """Whether there is a price list in it, and will be until this transaction ends."""
    of_it = select(PriceList.id).where(PriceList.currency == currency).with_for_update(read=True)
    return await session.scalar(of_it) is not None


async def offered(session: AsyncSession) -> tuple[str, ...]:
    """All that the shop sells in, its own first."""
    own = (await the_seller(session)).currency
    return own, *(each for each in await session.scalars(_LISTS) if each != own)
