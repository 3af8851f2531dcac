"""Which ways to pay are offered, and changing one's mind about an order that is placed."""

from dataclasses import replace

import pytest

from store import checkout, orders
from store.db import Database
from store.errors import NotAllowedNow, NotFound, PaymentUnavailable
from store.order_status import OrderStatus
from store.payments import choice, reconcile
from store.payments.cash import CashOnDelivery
from store.payments.gateway import Capabilities, PaymentGateway
from store.payments.registry import registry
from tests.builders import a_customer, a_ready_checkout, a_variant
from tests.store.payments import till
from tests.store.payments.till import Till


@pytest.fixture
def at_the_till(db: Database) -> Till:
    return Till(db)


def _limited(**limits: object) -> PaymentGateway:
    gateway = CashOnDelivery()
    gateway.capabilities = replace(Capabilities(currencies=None, hold=None), **limits)  # type: ignore[arg-type]  # the given values are of several types
    return gateway


async def _choose(at_the_till: Till, order_id: int, gateway: PaymentGateway, customer_id: int | None = None) -> None:
    async with at_the_till.db.begin() as session:
        customer_id = customer_id or (await orders.order(session, order_id)).customer_id
        await choice.choose(session, customer_id, order_id, gateway, now=at_the_till.now)


@pytest.mark.parametrize(
    ("limits", "is_offered"),
    [
        ({}, True),
        ({"currencies": frozenset({"USD"})}, True),
        ({"currencies": frozenset({"EUR"})}, False),
        ({"kinds": frozenset({"digital"})}, False),
        ({"minimum_minor": {"USD": 2000}}, True),
        ({"minimum_minor": {"USD": 2001}}, False),
        ({"maximum_minor": {"USD": 1999}}, False),
        ({"maximum_minor": {"EUR": 1}}, True),
    ],
)
async def test_only_a_gateway_that_fits_is_offered(db: Database, limits: dict[str, object], is_offered: bool) -> None:
    """For a cart of 1500 with 500 of delivery, and for the order that it becomes."""
    ready = await a_ready_checkout(db)
    gateways = registry(_limited(**limits))
    async with db.read() as session:
        assert choice.for_checkout(gateways, await checkout.view(session, ready.customer.id)) == ["cash"] * is_offered
    order_id = await till.an_order(db)
    async with db.read() as session:
        assert choice.for_order(gateways, await orders.order(session, order_id)) == ["cash"] * is_offered


async def test_digital_goods_are_not_paid_for_at_a_door(db: Database) -> None:
    ready = await a_ready_checkout(db, await a_variant(db, kind="digital"))
    async with db.read() as session:
        assert choice.for_checkout(registry(CashOnDelivery()), await checkout.view(session, ready.customer.id)) == []


async def test_whoever_changes_to_cash_has_a_confirmed_order(at_the_till: Till) -> None:
    order_id = await till.an_order(at_the_till.db)
    await _choose(at_the_till, order_id, CashOnDelivery())
    order = await till.order(at_the_till.db, order_id)

    assert (order.status, order.payment_method, order.expires_at) == (OrderStatus.CONFIRMED, "cash", None)


async def test_another_page_leaves_the_order_waiting(at_the_till: Till) -> None:
    order_id = await till.an_order(at_the_till.db)
    await _choose(at_the_till, order_id, at_the_till.gateway)
    order = await till.order(at_the_till.db, order_id)

    assert (order.status, order.payment_method) == (OrderStatus.PENDING_PAYMENT, "sandbox")


async def test_nothing_is_changed_while_a_page_is_open(at_the_till: Till) -> None:
    """Somebody could still pay there."""
    attempt = await at_the_till.attempt()
    with pytest.raises(NotAllowedNow):
        await _choose(at_the_till, attempt.order_id, CashOnDelivery())
    assert await reconcile.close_live(at_the_till.db, at_the_till.gateways, attempt.order_id, now=at_the_till.now)
    await _choose(at_the_till, attempt.order_id, CashOnDelivery())


async def test_after_the_time_limit_it_is_too_late(at_the_till: Till) -> None:
    order_id = await till.an_order(at_the_till.db)
    at_the_till.passes(hours=1)
    with pytest.raises(NotAllowedNow):
        await _choose(at_the_till, order_id, CashOnDelivery())


async def test_a_gateway_that_does_not_fit_is_refused(at_the_till: Till) -> None:
    order_id = await till.an_order(at_the_till.db)
    with pytest.raises(PaymentUnavailable):
        await _choose(at_the_till, order_id, _limited(currencies=frozenset({"EUR"})))


async def test_somebody_elses_order_is_not_there(at_the_till: Till) -> None:
    order_id, ivan = await till.an_order(at_the_till.db), await a_customer(at_the_till.db, name="Ivan")
    with pytest.raises(NotFound):
        await _choose(at_the_till, order_id, CashOnDelivery(), ivan.id)
