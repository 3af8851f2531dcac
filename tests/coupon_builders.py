"""Coupons for tests to start from, and what became of them."""

from dataclasses import replace

from sqlalchemy import select

from store import checkout, coupon_edits, coupons
from store.checkout import CheckoutView
from store.coupon_edits import Wanted
from store.db import Database
from store.errors import BadInput
from store.models import Coupon, Customer, Shipment
from store.orders import OrderView
from tests.builders import NOW, Ready, a_ready_checkout, a_shop
from tests.order_builders import STAFF, place, ship, the_order

TEN = Wanted("WELCOME10", percent=10)


async def a_coupon(db: Database, wanted: Wanted = TEN) -> Coupon:
    await a_shop(db)
    async with db.begin() as session:
        return await coupon_edits.create(session, wanted, actor=STAFF, now=NOW)


async def with_coupon(db: Database, ready: Ready, coupon: Coupon) -> Ready:
    """The same review with the coupon in it, seen at what it costs then."""
    async with db.begin() as session:
        await checkout.set_coupon(session, ready.customer.id, coupon.id, now=NOW)
        view = await checkout.view(session, ready.customer.id)
        assert view.quote is not None
        await checkout.seen(session, ready.customer.id, view.quote.total_minor, now=NOW)
    return replace(ready, cart_version=view.cart.version, total_minor=view.quote.total_minor)


async def an_order_with(db: Database, coupon: Coupon, customer: Customer | None = None) -> OrderView:
    ready = await with_coupon(db, await a_ready_checkout(db, customer=customer), coupon)
    return await the_order(db, (await place(db, ready)).order_id)


async def used(db: Database, coupon: Coupon) -> int:
    async with db.read() as session:
        return (await coupon_edits.coupon(session, coupon.id)).used


async def typed(db: Database, customer: Customer, code: str) -> int | str:
    """The coupon's id, or why not."""
    async with db.begin() as session:
        found = await coupons.find(session, customer.id, code, now=NOW)
    return str(found.params["reason"]) if isinstance(found, BadInput) else found


async def seen(db: Database, customer: Customer) -> CheckoutView:
    async with db.read() as session:
        return await checkout.view(session, customer.id)


async def a_coupon_for(db: Database, order: OrderView) -> Coupon:
    """An apology for the order's parcel."""
    await ship(db, order)
    async with db.begin() as session:
        shipment_id = (await session.scalars(select(Shipment.id).filter_by(order_id=order.id))).one()
        return await coupon_edits.apologise(session, shipment_id, 10, actor=STAFF, now=NOW)
