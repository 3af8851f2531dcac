"""Who sells: the one shop of this installation."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.errors import NotFound
from store.models import Seller

_THE_SELLER = select(Seller).order_by(Seller.id).limit(1)


async def the_seller(session: AsyncSession) -> Seller:
    """The shop. Raises: NotFound before the first seed."""
    seller = await session.scalar(_THE_SELLER)
    if seller is None:
        raise NotFound(kind="seller")
    return seller
