"""Behind the shop's own short addresses: which attempt is paid there, as long as it may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Customer, Order, PaymentAttempt, Seller
from store.payments import attempts
from store.payments.attempts import AttemptView
from store.payments.gateway import PaymentGateway


@dataclass(frozen=True, slots=True)
class OpenPage:
    """`language` is the buyer's, as in the chat: a provider compares what it was told there with what it is told here."""

    attempt: AttemptView
    order_number: str
    shop: Mapping[str, str]
    language: str


async def open_page(
    session: AsyncSession, gateway: PaymentGateway, merchant_ref: str, *, now: datetime
) -> OpenPage | None:
    """None when the reference is nobody's, or nothing is to be paid under it any more."""
    found = await session.execute(
        select(PaymentAttempt, Order.id, Order.number, Seller.name, Customer.language)
        .join(Order, Order.group_id == PaymentAttempt.group_id)
        .join(Customer, Customer.id == Order.customer_id)
        .join(Seller, Seller.id == Order.seller_id)
        .where(
            PaymentAttempt.gateway == gateway.name,
            PaymentAttempt.account == gateway.account,
            PaymentAttempt.merchant_ref == merchant_ref,
            PaymentAttempt.active_slot == 1,
        )
    )
    row = found.first()
    if row is None:
        return None
    attempt, order_id, number, shop, language = row
    if attempt.expires_at is not None and attempt.expires_at <= now:
        return None
    return OpenPage(attempts.view(attempt, order_id), number, shop, language)
