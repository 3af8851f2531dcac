"""What is done behind the scenes; the shop has to notice by itself."""

import pytest

from tests.bot.demo.page.conftest import ANN, MAX, Visitor
from tests.conversations import walks


async def buys(visitor: Visitor, payment: str = walks.CARD) -> str:
    """Ann has placed an order; the reference of its payment at the bank, if there is one."""
    await walks.orders(visitor.person(ANN), payment=payment, name="Ann Taylor")
    attempts = (await visitor.order())["attempts"]
    return str(attempts[0]["ref"]) if attempts else ""


async def ships(visitor: Visitor) -> int:
    """The order is paid and on its way; the parcel's id."""
    await visitor.does("payment", ref=await buys(visitor), verb="pay")
    staff = visitor.person(MAX)
    for label in ("Accept", "Pack", "Ship", "Sandbox Post"):
        await staff.taps(label)
    return int((await visitor.order())["shipments"][0]["id"])


async def days(visitor: Visitor, count: int) -> None:
    for _ in range(count):
        await visitor.does("travel", hours=24)


async def test_a_payment_at_the_bank_confirms_the_order(visitor: Visitor) -> None:
    await visitor.does("payment", ref=await buys(visitor), verb="pay")
    assert (await visitor.order())["payment"] == "paid"
    assert visitor.person(ANN).sees("is paid")


async def test_what_was_paid_twice_comes_back(visitor: Visitor) -> None:
    await visitor.does("payment", ref=await buys(visitor), verb="twice")
    await visitor.does("travel", hours=1)
    order = await visitor.order()
    assert order["payment"] == "paid" and order["attempts"][0]["refunded"] == order["total"]


async def test_half_a_payment_confirms_nothing(visitor: Visitor) -> None:
    await visitor.does("payment", ref=await buys(visitor), verb="short")
    order = await visitor.order()
    assert (order["status"], order["payment"]) == ("pending_payment", "partially_paid")


async def test_late_money_comes_after_the_order_has_run_out(visitor: Visitor) -> None:
    await visitor.does("payment", ref=await buys(visitor), verb="late")
    told = [event["type"] for event in (await visitor.asks("/demo/backstage"))["events"]]
    assert "order.expired" in told and told.index("order.expired") > 0
    assert (await visitor.order())["status"] == "confirmed"


async def test_a_closed_page_says_so(visitor: Visitor) -> None:
    ref = await buys(visitor)
    await visitor.does("payment", ref=ref, verb="decline")
    answer = (await visitor.does("payment", ref=ref, verb="pay")).json()
    assert answer["is_refused"] and "closed" in answer["told"]
    assert (await visitor.does("payment", ref="nothing", verb="pay")).json()["is_refused"]


async def test_only_the_clock_brings_a_parcel(visitor: Visitor) -> None:
    await ships(visitor)
    await visitor.demo.app.run_jobs_due()
    assert (await visitor.order())["fulfilment"] == "shipped"
    await days(visitor, 3)
    assert (await visitor.order())["fulfilment"] == "delivered"
    assert visitor.person(ANN).sees("has been delivered")


async def test_a_parcel_moves_on_when_it_is_told_to(visitor: Visitor) -> None:
    shipment = await ships(visitor)
    await visitor.does("parcel", shipment=shipment, verb="move")
    assert (await visitor.order())["shipments"][0]["status"] != "packed"


@pytest.mark.parametrize("verb, event", [("stall", "shipment.delayed"), ("lose", "lost"), ("fail", "exception")])
async def test_a_mishap_is_noticed(visitor: Visitor, verb: str, event: str) -> None:
    await visitor.does("parcel", shipment=await ships(visitor), verb=verb)
    await days(visitor, 9)
    assert event in str((await visitor.asks("/demo/backstage"))["events"])


async def test_there_is_no_lever_for_a_parcel_that_is_not_there(visitor: Visitor) -> None:
    assert (await visitor.does("parcel", shipment=99, verb="lose")).json()["is_refused"]


async def test_messages_wait_while_telegram_is_down(visitor: Visitor) -> None:
    ref = await buys(visitor)
    await visitor.does("break", what="telegram", on=True)
    await visitor.does("payment", ref=ref, verb="pay")
    behind = await visitor.asks("/demo/backstage")
    assert behind["broken"] == ["telegram"] and behind["waiting"]
    await visitor.does("break", what="telegram", on=False)
    await visitor.does("travel", hours=1)
    assert (await visitor.asks("/demo/backstage"))["waiting"] == 0
    assert visitor.person(ANN).sees("is paid")


async def test_a_lost_webhook_is_asked_for(visitor: Visitor) -> None:
    ref = await buys(visitor)
    await visitor.does("break", what="webhooks", on=True)
    await visitor.demo.levers.bank.pay(ref, now=visitor.demo.app.clock())
    assert (await visitor.order())["payment"] == "unpaid"
    await visitor.does("travel", hours=1)
    assert (await visitor.order())["payment"] == "paid"


@pytest.mark.parametrize("what", ["carrier", "bank"])
async def test_a_switch_turns_on_and_off(visitor: Visitor, what: str) -> None:
    for is_on in (True, False):
        await visitor.does("break", what=what, on=is_on)
        assert ((await visitor.asks("/demo/backstage"))["broken"] == [what]) is is_on


async def test_what_429_held_up_arrives_later(visitor: Visitor) -> None:
    ref = await buys(visitor)
    await visitor.does("break", what="flood")
    await visitor.does("payment", ref=ref, verb="pay")
    assert (await visitor.asks("/demo/backstage"))["waiting"]
    await visitor.does("travel", hours=1)
    assert (await visitor.asks("/demo/backstage"))["waiting"] == 0
