"""Cash on delivery: nothing is paid on a page. The order is confirmed at once, and a person of the shop writes the money down, in and out."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from store import audit
from store.audit import Actor
from store.errors import NotAllowedNow
from store.models import PaymentAttempt
from store.payments import attempts, by_hand
from store.payments.gateway import Capabilities, EventKind, GatewayError, PaymentLink, PaymentRequest
from store.payments.unheard import SettledByHand

NAME = "cash"


class CashOnDelivery(SettledByHand):
    """A gateway without a provider: it knows nothing that the shop does not know."""

    name = NAME
    account = ""
    capabilities = Capabilities(currencies=None, hold=None, is_offline=True, kinds=frozenset({"physical"}))

    async def create(self, request: PaymentRequest) -> PaymentLink:
        raise GatewayError("cash has no page to pay on")


async def receive(session: AsyncSession, order_id: int, *, actor: Actor, now: datetime) -> int:
    """What the order owed was handed over in cash. Returns the amount. Of two people who press at once, one has received it.

    Raises: NotFound, NotAllowedNow (nothing is owed, or the order is not to be paid in cash).
    """
    started = await attempts.start(session, order_id, CashOnDelivery(), now=now)
    attempt = await session.get_one(PaymentAttempt, started.id)
    said = by_hand.fact(attempt, "captured", EventKind.CAPTURED, attempt.amount_minor, now)
    if not await by_hand.believe(session, said, now=now):
        raise NotAllowedNow(status=attempt.status)
    await audit.record(
        session,
        actor,
        "cash_received",
        "order",
        order_id,
        now=now,
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
    )
    return attempt.amount_minor
