"""Asking for money."""

from datetime import timedelta

import pytest

from bot.ui.callbacks import AskCancel, AskPayment, CheckPayment, PayOrder, SwitchPayment
from bot.ui.pay_methods import method_label
from bot.ui.payment import (
    pay_screen,
    payment_failed_screen,
    payment_methods_screen,
    payment_short_screen,
    payment_unavailable_screen,
)
from bot.ui.spans import time_left
from store.payments.gateway import PaymentLink
from tests.bot.ui.views import NOW, T, an_order, button, labels

PAGE = PaymentLink("https://bank.example/p/1")


def test_the_pay_message_says_what_how_much_and_until_when() -> None:
    screen = pay_screen(an_order(), PAGE, T, zone="UTC", now=NOW)

    assert "<code>7K2Q-M9XD3</code>" in screen.text
    assert "$35.00" in screen.text
    assert "30 minutes, until 2 Mar, 10:30" in screen.text
    assert button(screen, "Pay $35.00").url == "https://bank.example/p/1"


def test_the_pay_message_offers_every_way_out() -> None:
    screen = pay_screen(an_order(), PAGE, T, zone="UTC", now=NOW)

    assert button(screen, "I have paid").press == CheckPayment(order_id=12)
    assert button(screen, "Change method").press == AskPayment(order_id=12)
    assert button(screen, "Cancel order").press == AskCancel(order_id=12)
    assert button(screen, "Copy number").copy == "7K2Q-M9XD3"


def test_a_code_to_scan_is_a_picture() -> None:
    """The text says with what; without an address there is no button that opens one."""
    link = PaymentLink(None, qr="weixin://wxpay/bizpayurl?pr=abc")
    screen = pay_screen(an_order(payment_method="wechat"), link, T, zone="UTC", now=NOW)

    assert isinstance(screen.picture, bytes)
    assert "Scan the code with WeChat Pay." in screen.text
    assert not any(each.url for row in screen.rows for each in row)


def test_an_order_without_a_time_limit_promises_none() -> None:
    text = pay_screen(an_order(expires_at=None), PAGE, T, zone="UTC", now=NOW).text

    assert "until" not in text


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(days=3, hours=5), "3 days"),
    ],
)
def test_time_is_told_in_what_matters(left: timedelta, words: str) -> None:
    assert time_left(left, T) == words


def test_a_silent_provider_costs_neither_money_nor_the_order() -> None:
    screen = payment_unavailable_screen(an_order(), T)

    assert "Nothing was charged" in screen.text
    assert button(screen, "Try again").press == PayOrder(order_id=12)


def test_the_way_to_pay_that_is_chosen_is_ticked() -> None:
    screen = payment_methods_screen(an_order(), ["sandbox", "cash"], T)

    assert "✅ Card (test)" in labels(screen)
    assert button(screen, "Cash on delivery").press == SwitchPayment(order_id=12, gateway="cash")


def test_no_other_way_to_pay_is_said() -> None:
    assert "no other way" in payment_methods_screen(an_order(), [], T).text


def test_cash_is_paid_where_the_goods_are_handed_over() -> None:
    assert method_label("cash", T) == "Cash on delivery"
    assert method_label("cash", T, delivery_kind="pickup") == "Pay at pick-up"
    assert method_label("paypal_eu", T) == "PayPal"
    assert method_label("some_bank", T) == "Some bank"


def test_a_declined_payment_is_a_message_of_its_own_with_a_second_try() -> None:
    screen = payment_failed_screen(an_order(), T)

    assert screen.fresh
    assert button(screen, "Pay now").press == PayOrder(order_id=12)


def test_too_little_money_is_counted() -> None:
    text = payment_short_screen(an_order(), T, captured_minor=2000, missing_minor=1500).text

    assert "$20.00 arrived, $15.00 is missing" in text
