"""Which ways to pay a cart or an order may be offered, and choosing another one for an order that is placed already."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, carts, checkout, order_life, outbox
from store.audit import Actor
from store.checkout import CheckoutView
from store.db import affected
from store.errors import NotAllowedNow, PaymentUnavailable
from store.events import OrderChanged
from store.models import Order, PaymentAttempt
from store.order_status import OrderStatus
from store.orders import OrderView, order_of
from store.payments.gateway import PaymentGateway
from store.payments.registry import Gateways


def for_checkout(gateways: Gateways, view: CheckoutView) -> list[str]:
    """The names of the gateways that can take this checkout's money, in the shop's order."""
    return [name for name, gateway in gateways.items() if currency_for(gateway, view) is not None]


def currency_for(gateway: PaymentGateway, view: CheckoutView) -> str | None:
    """In which currency it takes this checkout's money: the cart's own, if it can. None when it does not."""
    kinds = {line.kind for line in view.cart.lines}
    takes = gateway.capabilities.take
    return next((currency for currency, minor in view.totals.items() if takes(minor, currency, kinds)), None)


def is_settled(gateways: Gateways, view: CheckoutView) -> bool:
    """Whether the method that was chosen can take what the cart costs now, in the currency that it is in."""
    gateway = gateways.get(view.payment_method or "")
    return gateway is not None and currency_for(gateway, view) == view.cart.currency


def is_mixture(gateways: Gateways, view: CheckoutView) -> bool:
    """Whether each of its kinds could be paid for, and all of them together cannot: they have to be ordered apart."""
    kinds = {line.kind for line in view.cart.lines}
    taken = [gateway.capabilities.kinds for gateway in gateways.values()]
    return kinds <= frozenset().union(*taken) and not any(kinds <= each for each in taken)


async def pick(
    session: AsyncSession, customer_id: int, view: CheckoutView, gateway: PaymentGateway, *, now: datetime
) -> None:
    """The cart will be paid through *gateway*, and is priced in what that takes. Raises: PaymentUnavailable, CartEmpty."""
    currency = currency_for(gateway, view)
    if currency is None:
        raise PaymentUnavailable(gateway=gateway.name)
    await checkout.set_payment(session, customer_id, gateway.name, now=now)
    if currency != view.cart.currency and view.cart.id is not None:
        await carts.reprice(session, view.cart.id, currency)


def for_order(gateways: Gateways, order: OrderView) -> list[str]:
    """The same for an order that is placed and not paid."""
    return _that_take(gateways, order.total_minor, order.currency, {line.kind for line in order.lines})


def _that_take(gateways: Gateways, amount_minor: int, currency: str, kinds: set[str]) -> list[str]:
    return [name for name, gateway in gateways.items() if gateway.capabilities.take(amount_minor, currency, kinds)]


async def choose(
    session: AsyncSession, customer_id: int, order_id: int, gateway: PaymentGateway, *, now: datetime
) -> None:
    """The customer's unpaid order will be paid through *gateway*; on delivery: it is confirmed at once.

    No attempt may be live: `reconcile.close_live` comes first. Raises: NotFound, NotAllowedNow, PaymentUnavailable.
    """
    order = await order_of(session, customer_id, order_id)
    if not for_order({gateway.name: gateway}, order):
        raise PaymentUnavailable(gateway=gateway.name)
    live = select(PaymentAttempt.id).where(PaymentAttempt.group_id == Order.group_id, PaymentAttempt.active_slot == 1)
    chosen = (
        update(Order)
        .where(
            Order.id == order_id,
            Order.status == OrderStatus.PENDING_PAYMENT,
            or_(Order.expires_at.is_(None), Order.expires_at > now),
            ~live.exists(),
        )
        .values(payment_method=gateway.name, version=Order.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not await affected(session, chosen):
        raise NotAllowedNow(status=order.status)
    actor = Actor.customer(customer_id)
    await audit.record(session, actor, "payment_method_chosen", "order", order_id, now=now, gateway=gateway.name)
    if gateway.capabilities.is_offline:
        await order_life.confirm(session, order_id, now=now)
    else:
        await outbox.write(session, OrderChanged(order_id=order_id), now=now)
