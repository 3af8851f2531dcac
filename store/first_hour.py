"""How far a new shop has come: what it needs before anybody can buy."""

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import DeliveryMethod, DeliveryZone, Product


@dataclass(frozen=True, slots=True)
class Progress:
    has_draft: bool
    has_product: bool
    has_delivery: bool

    @property
    def can_sell(self) -> bool:
        return self.has_product and self.has_delivery


async def progress(session: AsyncSession) -> Progress:
    """In one statement."""
    goes = exists().where(DeliveryMethod.is_active, DeliveryZone.method_id == DeliveryMethod.id)
    drafted = exists().where(Product.status == "draft")
    sold = exists().where(Product.status == "active")
    return Progress(*(await session.execute(select(drafted, sold, goes))).one())
