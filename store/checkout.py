"""What the customer has answered on the way to an order. A row per cart; the next question is what is still missing, whenever they come back.

Every answer counts up the cart's version: an order is placed only from the very review screen that shows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import cart_view, carts, consent, coupons, delivery, pricing, typed
from store.cart_view import CartView
from store.checkout_view import AddressView as AddressView
from store.checkout_view import CheckoutView as CheckoutView
from store.checkout_view import Step as Step
from store.checkout_view import address_view as address_view
from store.coupons import Applied
from store.delivery import DeliveryOption
from store.errors import CartEmpty, NoDelivery, NotFound
from store.models import Address, Cart, Checkout, Coupon, Customer
from store.models.base import table
from store.pricing import Quote
from store.upsert import insert_ignoring

_COLUMNS: dict[Step, tuple[str, ...]] = {
    Step.CONTACT: ("contact_name", "contact_phone"),
    Step.DELIVERY: ("delivery_method_id",),
    Step.ADDRESS: ("address_id",),
    Step.PAYMENT: ("payment_method",),
    Step.REVIEW: (),
}


@dataclass(frozen=True, slots=True)
class _Answers:
    """A row of checkouts, or what stands in for it before there is one."""

    contact_name: str | None = None
    contact_phone: str | None = None
    address_id: int | None = None
    delivery_method_id: int | None = None
    payment_method: str | None = None
    note: str | None = None
    coupon_id: int | None = None
    expected_total_minor: int | None = None
    seen: dict[str, Any] | None = None


async def view(session: AsyncSession, customer_id: int) -> CheckoutView:
    """Where the checkout stands, at today's prices. Reads only. Raises: CartEmpty."""
    cart = await _cart(session, customer_id)
    answers, address = await _answers(session, customer_id, cart)
    options = await _options(session, cart, address)
    chosen = _chosen(cart, options, answers.delivery_method_id)
    steps = _steps(cart, chosen)
    row = await session.get(Coupon, answers.coupon_id) if answers.coupon_id is not None else None
    coupon = coupons.applied(row, cart.subtotal_minor, cart.currency) if row is not None else None
    quote = _quote(cart, chosen, coupon)
    is_dropped = answers.delivery_method_id is not None and chosen is None
    return CheckoutView(
        cart=cart,
        contact_name=answers.contact_name,
        contact_phone=answers.contact_phone,
        address=address,
        delivery=chosen,
        payment_method=answers.payment_method,
        note=answers.note or "",
        expected_total_minor=answers.expected_total_minor,
        quote=quote,
        step=_next(steps, answers, address, chosen),
        steps=steps,
        options=tuple(options),
        is_delivery_dropped=is_dropped,
        changes=consent.changes(answers.seen, cart, chosen, answers.address_id),
        dropped_delivery=consent.dropped_delivery(answers.seen, answers.address_id) if is_dropped else None,
        is_seen=answers.seen == consent.snapshot(cart, chosen, answers.address_id)
        and quote is not None
        and answers.expected_total_minor == quote.total_minor,
        elsewhere=await _elsewhere(session, customer_id, cart, row),
        coupon=coupon,
    )


async def _elsewhere(session: AsyncSession, customer_id: int, cart: CartView, row: Coupon | None) -> Mapping[str, int]:
    totals = await cart_view.elsewhere(session, customer_id, cart)
    if row is None:
        return totals
    return {each: minor - coupons.applied(row, minor, each).discount_minor for each, minor in totals.items()}


def _quote(cart: CartView, chosen: DeliveryOption | None, coupon: Applied | None) -> Quote | None:
    """None while the delivery's price is uncertain."""
    if chosen is None or chosen.is_from:
        return None
    discount_minor = coupon.discount_minor if coupon is not None else 0
    return pricing.quote(cart, shipping_minor=chosen.price_minor, discount_minor=discount_minor)


async def is_begun(session: AsyncSession, customer_id: int) -> bool:
    """Whether a question was answered for the present cart: there is something to go on with."""
    cart = await carts.cart(session, customer_id)
    return not cart.is_empty and await session.get(Checkout, cart.id) is not None


async def _cart(session: AsyncSession, customer_id: int) -> CartView:
    cart = await carts.cart(session, customer_id)
    if cart.is_empty:
        raise CartEmpty
    return cart


_checkout, _own = table(Checkout).c, table(Address).c
_IS_OWN = and_(_own.id == _checkout.address_id, _own.customer_id == bindparam("customer_id"))
_ANSWERS = (
    select(*(_checkout[each.name] for each in fields(_Answers)))
    .add_columns(*(_own[each.name] for each in fields(AddressView)))
    .select_from(table(Checkout))
    .outerjoin(table(Address), _IS_OWN)
    .where(_checkout.cart_id == bindparam("cart_id"))
)


async def _answers(session: AsyncSession, customer_id: int, cart: CartView) -> tuple[_Answers, AddressView | None]:
    """What is answered, and the address that was chosen if it is the customer's."""
    row = (await session.execute(_ANSWERS, {"customer_id": customer_id, "cart_id": cart.id})).one_or_none()
    if row is None:
        return _Answers(**await _remembered(session, customer_id)), None
    count = len(fields(_Answers))
    return _Answers(*row[:count]), AddressView(*row[count:]) if row[count] is not None else None


async def _remembered(session: AsyncSession, customer_id: int) -> dict[str, Any]:
    """Name and phone of the last order: who has bought before is not asked again."""
    rows = await session.execute(
        select(Checkout.contact_name, Checkout.contact_phone)
        .join(Cart, Cart.id == Checkout.cart_id)
        .where(Cart.customer_id == customer_id, Cart.status == "placed", Checkout.contact_phone.is_not(None))
        .order_by(Cart.id.desc())
        .limit(1)
    )
    row = rows.one_or_none()
    return dict(row._mapping) if row else {}


async def _options(session: AsyncSession, cart: CartView, address: AddressView | None) -> list[DeliveryOption]:
    country, postcode = (address.country, address.postcode) if address else (None, "")
    return await delivery.options(session, cart, country=country, postcode=postcode)


def _chosen(cart: CartView, options: Sequence[DeliveryOption], method_id: int | None) -> DeliveryOption | None:
    if cart.is_digital:
        return options[0] if options else None
    return next((option for option in options if option.method_id == method_id), None)


def _steps(cart: CartView, chosen: DeliveryOption | None) -> tuple[Step, ...]:
    """What this cart needs, in the order of asking. Delivery comes before the address: who picks up needs none."""
    if cart.is_digital:
        return (Step.PAYMENT, Step.REVIEW) if chosen else (Step.DELIVERY, Step.PAYMENT, Step.REVIEW)
    if chosen and chosen.kind != delivery.COURIER:
        return Step.CONTACT, Step.DELIVERY, Step.PAYMENT, Step.REVIEW
    return tuple(Step)


def _next(
    steps: Sequence[Step],
    answers: _Answers,
    address: AddressView | None,
    chosen: DeliveryOption | None,
) -> Step:
    is_answered = {
        Step.CONTACT: bool(answers.contact_name and answers.contact_phone),
        Step.DELIVERY: chosen is not None,
        Step.ADDRESS: address is not None,
        Step.PAYMENT: answers.payment_method is not None,
        Step.REVIEW: False,
    }
    return next(step for step in steps if not is_answered[step])


async def set_contact(
    session: AsyncSession, customer_id: int, *, name: str | None = None, phone: str | None = None, now: datetime
) -> None:
    """Who receives the parcel, and whom the courier calls; None leaves a part as it is. Raises: BadInput(field="name" or "phone"), CartEmpty."""
    answers: dict[str, Any] = {}
    if name is not None:
        answers["contact_name"] = typed.line(name, "name", maximum=128)
    if phone is not None:
        answers["contact_phone"] = await _phone(session, customer_id, phone)
    await answer(session, customer_id, answers, now=now)


async def _phone(session: AsyncSession, customer_id: int, text: str) -> str:
    address = (await view(session, customer_id)).address
    customer = await session.get_one(Customer, customer_id)
    return typed.phone(text, language=customer.language, country=address.country if address else None)


async def set_address(session: AsyncSession, customer_id: int, address_id: int, *, now: datetime) -> None:
    """The parcel goes to this address of the customer's. Raises: NotFound, CartEmpty."""
    own = select(Address.id).where(Address.id == address_id, Address.customer_id == customer_id)
    if await session.scalar(own) is None:
        raise NotFound(kind="address")
    await answer(session, customer_id, {"address_id": address_id}, now=now)


async def set_delivery(session: AsyncSession, customer_id: int, method_id: int, *, now: datetime) -> None:
    """The parcel travels this way. Raises: NoDelivery when the method does not take this cart there, CartEmpty."""
    if all(option.method_id != method_id for option in (await view(session, customer_id)).options):
        raise NoDelivery(method_id=method_id)
    await answer(session, customer_id, {"delivery_method_id": method_id}, now=now)


async def set_payment(session: AsyncSession, customer_id: int, gateway_name: str, *, now: datetime) -> None:
    """It will be paid this way; whether the gateway takes this order is checked when it is placed. Raises: CartEmpty."""
    name = typed.line(gateway_name, "payment_method", maximum=32)
    await answer(session, customer_id, {"payment_method": name}, now=now)


async def set_note(session: AsyncSession, customer_id: int, note: str, *, now: datetime) -> None:
    """What the customer wants the shop to know; an empty text takes it back. Raises: BadInput(field="note"), CartEmpty."""
    text = typed.line(note, "note", maximum=500, minimum=0)
    await answer(session, customer_id, {"note": text or None}, now=now)


async def set_coupon(session: AsyncSession, customer_id: int, coupon_id: int | None, *, now: datetime) -> None:
    """The order shall have this coupon (`store.coupons.find`), or none. Raises: CartEmpty."""
    await answer(session, customer_id, {"coupon_id": coupon_id}, now=now)


async def clear_step(session: AsyncSession, customer_id: int, step: Step, *, now: datetime) -> None:
    """The step is asked again; the other answers stay. Raises: CartEmpty."""
    await answer(session, customer_id, dict.fromkeys(_COLUMNS[step]), now=now)


async def seen(session: AsyncSession, customer_id: int, total_minor: int, *, now: datetime) -> None:
    """The customer was shown this total and what makes it up: placing refuses to charge anything else. Raises: CartEmpty."""
    shown = await view(session, customer_id)
    what = consent.snapshot(shown.cart, shown.delivery, shown.address.id if shown.address else None)
    answers = {"expected_total_minor": total_minor, "seen": what}
    await _write(session, customer_id, shown.cart, answers, now=now)


async def answer(session: AsyncSession, customer_id: int, answers: Mapping[str, Any], *, now: datetime) -> None:
    """These columns say so; a review that was shown before is out of date. Raises: CartEmpty."""
    if not await carts.touch(session, customer_id, now=now):
        raise CartEmpty
    await _write(session, customer_id, await _cart(session, customer_id), answers, now=now)


async def _write(
    session: AsyncSession, customer_id: int, cart: CartView, answers: Mapping[str, Any], *, now: datetime
) -> None:
    if await session.get(Checkout, cart.id) is None:
        remembered = await _remembered(session, customer_id)
        await insert_ignoring(session, Checkout, cart_id=cart.id, updated_at=now, **remembered)
    await session.execute(update(Checkout).where(Checkout.cart_id == cart.id).values(updated_at=now, **answers))
