"""A customer is forgotten: what is about them is gone, what the law wants of their orders stays without a name."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import outbox
from store.errors import NotAllowedNow
from store.events import OrderChanged
from store.models import (
    Address,
    AuditEntry,
    Base,
    BotUpdate,
    Cart,
    CartLine,
    ChatMessage,
    Checkout,
    ConversationState,
    Customer,
    Delivery,
    Favourite,
    FollowedParcel,
    Order,
    PaymentAttempt,
    ProviderEventRow,
    Refund,
    Scan,
    Shipment,
    StaffRole,
    StockWatch,
)
from store.models.search import Search
from store.models.support import SupportMessage, SupportThread
from store.order_status import OrderStatus
from store.parcels import pushes
from store.personal import rows_of
from store.updates import UpdateStatus

_OPEN = (OrderStatus.PENDING_PAYMENT, OrderStatus.CONFIRMED)
_REFUND_ENDED = ("succeeded", "failed")
_ERASED: tuple[type[Base], ...] = (
    Favourite,
    FollowedParcel,
    StockWatch,
    Search,
    ConversationState,
    ChatMessage,
    Delivery,
    SupportMessage,
    SupportThread,
    CartLine,
    Checkout,
    Address,
)
# What the journal says of a parcel with its tracking number.
_NUMBERED = ("shipped", "number_corrected")
# What the tax office asks for: where the goods went, not to whom.
_KEPT_OF_ADDRESS = ("country", "region")


async def in_the_way(session: AsyncSession, customer_id: int) -> tuple[str, ...]:
    """Numbers of the customer's orders that are not over yet, or whose money is still on its way back."""
    refunded = select(Refund.order_id).where(Refund.status.not_in(_REFUND_ENDED))
    is_open = Order.status.in_(_OPEN) | Order.id.in_(refunded)
    found = await session.scalars(select(Order.number).where(Order.customer_id == customer_id, is_open))
    return tuple(found)


async def forget(session: AsyncSession, customer_id: int, *, now: datetime) -> None:
    """Nothing here says who the customer was any more. Their finished orders stay, pseudonymous; the staff's cards are drawn again.

    Raises: NotAllowedNow(status="open" or "staff") while an order is not over, or for somebody who works here.
    """
    customer = await session.get_one(Customer, customer_id, with_for_update=True)
    if await in_the_way(session, customer_id):
        raise NotAllowedNow(status="open")
    if await session.scalar(select(StaffRole.id).where(StaffRole.telegram_id == customer.telegram_id).limit(1)):
        raise NotAllowedNow(status="staff")
    where = rows_of(customer)
    orders = list(await session.scalars(select(Order.id).where(where[Order])))
    await _forget_updates(session, customer.telegram_id)
    await session.execute(_change(SupportMessage, where, answers_id=None))
    await _blank_orders(session, where)
    await _forget_followed(session, where)
    for model in _ERASED:
        await session.execute(delete(model).where(where[model]).execution_options(synchronize_session=False))
    await _forget_person(session, customer, has_orders=bool(orders), now=now)
    await outbox.write(session, *(OrderChanged(order_id=order_id) for order_id in orders), now=now)


async def _forget_updates(session: AsyncSession, telegram_id: int) -> None:
    """What Telegram sent of theirs, and is kept because it took long or failed, is not handled any more. There are few of them."""
    kept = select(BotUpdate.bot_id, BotUpdate.update_id, BotUpdate.payload).where(BotUpdate.payload.is_not(None))
    for bot_id, update_id, payload in (await session.execute(kept)).all():
        if _speaks_of(payload, telegram_id):
            gone = update(BotUpdate).where(BotUpdate.bot_id == bot_id, BotUpdate.update_id == update_id)
            await session.execute(gone.values(payload=None, status=UpdateStatus.DONE))


def _speaks_of(payload: Any, telegram_id: int) -> bool:
    if isinstance(payload, dict):
        return payload.get("id") == telegram_id or any(_speaks_of(each, telegram_id) for each in payload.values())
    return isinstance(payload, list) and any(_speaks_of(each, telegram_id) for each in payload)


def _change(model: type[Base], where: Any, **values: Any) -> Any:
    return update(model).where(where[model]).values(**values).execution_options(synchronize_session=False)


async def _blank_orders(session: AsyncSession, where: Any) -> None:
    for order_id, address in (await session.execute(select(Order.id, Order.address).where(where[Order]))).all():
        kept = {part: address[part] for part in _KEPT_OF_ADDRESS if address.get(part)} if address else None
        blank = {"contact_name": "", "contact_phone": "", "note": "", "staff_note": ""}
        one = update(Order).where(Order.id == order_id).values(address=kept, **blank)
        await session.execute(one.execution_options(synchronize_session=False))
    numbered = select(Shipment.tracking_number).where(where[Shipment], Shipment.tracking_number.is_not(None))
    await pushes.forget(session, [number for number in await session.scalars(numbered) if number])
    await session.execute(_change(Shipment, where, tracking_number=None, phone_sealed=None))
    await session.execute(_change(Scan, where, text="", place=""))
    await session.execute(_change(PaymentAttempt, where, pay_url=None, pay_qr=None))
    await session.execute(_change(AuditEntry, where, actor_name=""))
    await session.execute(_blank_numbers(where))
    # The ledger has what was paid; a provider may have written the payer's name into what it sent.
    attempts = select(PaymentAttempt.id).where(where[PaymentAttempt])
    evidence = update(ProviderEventRow).where(ProviderEventRow.attempt_id.in_(attempts)).values(raw=b"", headers={})
    await session.execute(evidence.execution_options(synchronize_session=False))


async def _forget_followed(session: AsyncSession, where: Any) -> None:
    """What was pushed of parcels from elsewhere goes too, unless it is news of an order's."""
    is_an_orders = select(Shipment.id).where(Shipment.tracking_number == FollowedParcel.tracking_number).exists()
    theirs = select(FollowedParcel.tracking_number).where(where[FollowedParcel], ~is_an_orders)
    await pushes.forget(session, list(await session.scalars(theirs)))


def _blank_numbers(where: Any) -> Any:
    """A carrier knows whose parcel a number is: what the staff typed has it too."""
    orders = select(Order.id).where(where[Order])
    typed = update(AuditEntry).where(
        AuditEntry.subject_type == "order", AuditEntry.subject_id.in_(orders), AuditEntry.action.in_(_NUMBERED)
    )
    return typed.values(details={}).execution_options(synchronize_session=False)


async def _forget_person(session: AsyncSession, customer: Customer, *, has_orders: bool, now: datetime) -> None:
    is_of_order = Cart.id.in_(select(Order.cart_id).where(Order.customer_id == customer.id, Order.cart_id.is_not(None)))
    unplaced = delete(Cart).where(Cart.customer_id == customer.id, ~is_of_order)
    await session.execute(unplaced.execution_options(synchronize_session=False))
    if not has_orders:
        await session.delete(customer)
        await session.flush()
        return
    # A number that no account of Telegram has: whoever comes back is somebody new.
    customer.telegram_id = -customer.id
    # A refund, a late scan: whatever still happens to their orders is told to nobody.
    customer.blocked_at = now
    customer.name, customer.username, customer.language = "", None, "en"
    customer.timezone = customer.country = customer.quiet_from = customer.quiet_until = None
    customer.wants_parcels = customer.wants_reminders = customer.wants_offers = False
    await session.flush()
