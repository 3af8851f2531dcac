"""Money: on time, late, twice, short, never; and somebody who changes their mind."""

import pytest
from sqlalchemy import update

from store import living
from store.models import StockLevel
from store.payments.sandbox_books import Fault
from tests.conversations.conftest import Shop
from tests.conversations.walks import CASH, answers, order_number, orders, takes


async def test_a_declined_card_can_be_tried_again(shop: Shop) -> None:
    await orders(shop.ann)
    await shop.pays(shop.ann, "fail")
    assert shop.ann.sees("did not go through")
    await shop.ann.taps("Pay now")
    await shop.pays(shop.ann)

    assert shop.ann.sees("is paid")


async def test_i_have_paid_asks_the_bank(shop: Shop) -> None:
    """The bank's notification is lost; the customer's word is enough to go and ask."""
    await orders(shop.ann)
    await shop.ann.taps("I have paid")
    assert shop.ann.toast == "The payment has not arrived yet. It can take a minute."
    url = await shop.ann.taps("Pay $")
    shop.bank.fault = Fault.SILENT
    await shop.bank.pay(str(url).rpartition("/")[2], now=shop.clock())
    await shop.ann.taps("I have paid")

    assert shop.ann.toast == "Your payment has arrived"
    assert shop.ann.sees("is paid")


async def test_a_bank_that_does_not_answer_loses_no_order(shop: Shop) -> None:
    await takes(shop.ann)
    await answers(shop.ann)
    shop.bank.fault = Fault.DOWN
    await shop.ann.taps("Place order")
    assert shop.ann.sees("The payment page does not open just now")
    shop.bank.fault = Fault.NONE
    await shop.ann.taps("Try again")

    assert shop.ann.sees("To pay")


async def test_whoever_changes_to_cash_need_not_pay_now(shop: Shop) -> None:
    """The page that was open is closed at the bank: nobody pays twice by accident."""
    await orders(shop.ann)
    ref = str(await shop.ann.taps("Pay $")).rpartition("/")[2]
    await shop.ann.taps("Change method")
    await shop.ann.taps(CASH)
    await shop.works()

    assert shop.ann.sees("is confirmed")
    assert shop.bank.page(ref).is_closed


async def test_a_method_is_not_changed_while_the_bank_is_silent(shop: Shop) -> None:
    await orders(shop.ann)
    await shop.ann.taps("Change method")
    shop.bank.fault = Fault.DOWN
    await shop.ann.taps(CASH)

    assert "does not answer" in shop.ann.toast
    assert shop.ann.sees("To pay")


async def test_an_unpaid_order_expires_and_lives_again_when_the_money_comes(shop: Shop) -> None:
    number = await orders(shop.ann)
    ref = str(await shop.ann.taps("Pay $")).rpartition("/")[2]
    await shop.works(minutes=31)
    assert shop.ann.sees(f"Order {number} has expired")
    await shop.bank.pay_late(ref, now=shop.clock())
    await shop.works()

    assert shop.ann.sees(f"Your payment for order {number} has arrived")


async def test_who_pays_twice_hears_that_it_comes_back(shop: Shop) -> None:
    await orders(shop.ann)
    await shop.pays(shop.ann, "pay_twice")
    await shop.works(minutes=1)

    assert shop.ann.sees("is on its way back") or shop.ann.sees("is back with you")


async def test_who_pays_too_little_hears_what_is_missing(shop: Shop) -> None:
    number = await orders(shop.ann)
    await shop.pays(shop.ann, "pay_short")

    assert shop.ann.sees(f"Order {number} is not fully paid")


async def test_calling_off_a_paid_order_names_the_refund(shop: Shop) -> None:
    number = await orders(shop.ann)
    await shop.pays(shop.ann)
    await shop.ann.taps("Show order")
    await shop.ann.taps("Cancel order")
    assert shop.ann.sees("You get back $")
    await shop.ann.taps("Cancel it")
    assert shop.ann.toast == "The order is cancelled"
    await shop.works(minutes=1)

    assert shop.ann.sees(f"Order {number} is cancelled")
    assert shop.ann.sees("is back with you")
    await shop.ann.sends("/orders")
    await shop.ann.taps(number)
    assert shop.ann.sees("Refund of $")
    assert shop.ann.sees(": done")


async def test_an_order_called_off_unpaid_costs_nothing(shop: Shop) -> None:
    await orders(shop.ann)
    await shop.ann.taps("Cancel order")
    assert shop.ann.sees("nothing will be charged")
    await shop.ann.taps("Keep the order")
    await shop.ann.taps("Cancel order")
    await shop.ann.taps("Cancel it")

    assert shop.ann.sees("✖️ Cancelled")


async def test_who_paid_while_reading_the_question_is_asked_again(shop: Shop) -> None:
    await orders(shop.ann)
    ref = str(await shop.ann.taps("Pay $")).rpartition("/")[2]
    await shop.ann.taps("Cancel order")
    sure = shop.ann.button("Cancel it")
    await shop.bank.pay(ref, now=shop.clock())
    await shop.ann.taps_data(sure.message_id, sure.look["callback_data"])

    assert shop.ann.sees("You get back $")


async def test_four_unpaid_orders_are_too_many(shop: Shop) -> None:
    await orders(shop.ann)
    for _ in range(2):
        await takes(shop.ann)
        await answers(shop.ann, first=False)
        await shop.ann.taps("Place order")
    await takes(shop.ann)
    await answers(shop.ann, first=False)
    await shop.ann.taps("Place order")

    assert "waiting to be paid" in shop.ann.toast
    assert shop.ann.sees("Place order")


async def test_the_link_from_the_pay_page_leads_to_the_order(shop: Shop) -> None:
    number = await orders(shop.ann)
    ref = str(await shop.ann.taps("Pay $")).rpartition("/")[2]
    back = shop.bank.page(ref).return_url
    assert back is not None
    await shop.ann.starts(back.partition("?start=")[2])
    assert shop.ann.sees(f"Order {number}")

    await shop.ivan.starts(back.partition("?start=")[2])
    assert not shop.ivan.sees(number)


async def test_the_number_can_be_copied(shop: Shop) -> None:
    number = await orders(shop.ann)

    assert await shop.ann.taps("Copy number") == number
    assert order_number(shop.ann) == number


async def test_who_pays_after_the_goods_are_sold_hears_that_the_money_comes_back(shop: Shop) -> None:
    """The order had expired, somebody else bought the last piece, and then the money came."""
    await orders(shop.ann)
    ref = str(await shop.ann.taps("Pay $")).rpartition("/")[2]
    await shop.works(minutes=31)
    async with shop.app.db.begin() as session:
        await session.execute(update(StockLevel).values(on_hand=StockLevel.reserved))
    await shop.bank.pay_late(ref, now=shop.clock())
    await shop.works(minutes=1)

    assert shop.ann.sees("came too late") or shop.ann.sees("is back with you")


async def test_the_payment_message_names_all_that_is_needed_and_becomes_the_receipt(shop: Shop) -> None:
    """Amount, number, until when; check, another method, giving up; and in the end the same message says that it is paid."""
    number = await orders(shop.ann)
    message = shop.ann.from_bot[-1]
    for shown in (number, "To pay: $", "until 2 Mar, 10:30"):
        assert shown in message["text"]
    for label in ("Pay $", "I have paid", "Change method", "Cancel order", "Copy number"):
        assert shop.ann.button(label).message_id == message["message_id"]
    await shop.pays(shop.ann)

    assert f"Order {number} is paid" in shop.ann.here.messages[message["message_id"]]["text"]


async def asks_to_scan(shop: Shop) -> int:
    """An order is placed, and a picture shows the code. The number of messages in the chat."""
    shop.given = {"plays": {"alipay": True, "wechat": True}}
    await shop.restart()
    await takes(shop.ann)
    await answers(shop.ann, payment="Alipay")
    await shop.ann.taps("Place order")
    assert "photo" in shop.ann.from_bot[-1]
    return len(shop.ann.from_bot)


@pytest.mark.parametrize(
    "detour",
    [(), ("I have paid",), ("Change method", "Alipay"), ("Change method", "WeChat"), ("Change method", "Card (test)")],
)
async def test_the_code_to_scan_becomes_the_receipt(shop: Shop, detour: tuple[str, ...]) -> None:
    """A picture cannot become a text, nor stay behind with its code: nobody is asked for money that has come."""
    messages = await asks_to_scan(shop)
    for label in detour:
        await shop.ann.taps(label)

    await shop.pays(shop.ann)

    assert shop.ann.sees("is paid")
    assert not shop.ann.sees("To pay")
    assert len(shop.ann.from_bot) == messages


async def test_a_code_that_nobody_scanned_in_time_goes_away(shop: Shop) -> None:
    messages = await asks_to_scan(shop)

    await shop.works(minutes=31)

    assert shop.ann.sees("has expired")
    assert not shop.ann.sees("To pay")
    assert len(shop.ann.from_bot) == messages


async def test_the_code_goes_also_when_nobody_noted_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program ended after the code was shown, before it was noted that the message is a picture now."""

    async def dies(*_where: object, **_what: object) -> None:
        pass

    monkeypatch.setattr(living, "moves", dies)
    messages = await asks_to_scan(shop)

    await shop.pays(shop.ann)

    assert not shop.ann.sees("To pay")
    assert len(shop.ann.from_bot) == messages


async def test_the_last_page_of_two_that_were_opened_becomes_the_receipt(shop: Shop) -> None:
    """A second press of the code's button comes when the first has taken the code away: it is answered with a message of its own."""
    await asks_to_scan(shop)
    change = shop.ann.button("Change method")
    await shop.ann.taps("Change method")
    await shop.ann.taps_data(change.message_id, change.look["callback_data"])
    await shop.ann.taps("Card (test)")

    await shop.pays(shop.ann)

    assert shop.ann.sees("is paid")
    assert not shop.ann.sees("To pay")
