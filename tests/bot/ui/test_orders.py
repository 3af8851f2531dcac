"""Orders as their buyer sees them."""

import pytest

from bot.ui.callbacks import CancelOrder, PayOrder, ShowOrder, ShowOrders, ShowParcels
from bot.ui.orders import (
    PAYMENT,
    cancel_screen,
    cancelled_screen,
    completed_screen,
    expired_screen,
    order_screen,
    orders_screen,
    receipt_screen,
    refund_screen,
    revived_screen,
    status_text,
)
from store.order_status import OrderStatus, RefundStatus
from store.orders import OrderCard, OrdersPage
from tests.bot.ui.views import NOW, T, a_refund, a_shipment, a_story, an_order, an_order_line, button, labels

CONFIRMED = {"status": OrderStatus.CONFIRMED, "expires_at": None, "confirmed_at": NOW}


def _card(id: int) -> OrderCard:  # noqa: A002 - the field's own name
    return OrderCard(id, f"7K2Q-M9XD{id}", OrderStatus.CONFIRMED, "paid", "shipped", 3500, "USD", 2, NOW)


def test_a_list_leads_on_only_where_there_is_more() -> None:
    middle = orders_screen(OrdersPage((_card(4),), before=4, after=4), T, zone="UTC")
    alone = orders_screen(OrdersPage((_card(4),), before=None, after=None), T, zone="UTC")

    assert button(middle, "Newer").press == ShowOrders(cursor=4)
    assert button(middle, "Older").press == ShowOrders(cursor=-4)
    assert labels(alone) == ["7K2Q-M9XD4", "Home"]
    assert "🚚 On its way" in alone.text


def test_no_orders_lead_to_the_shelves() -> None:
    assert labels(orders_screen(OrdersPage((), None, None), T, zone="UTC")) == ["🛍 Browse", "Home"]


@pytest.mark.parametrize("status", list(OrderStatus))
@pytest.mark.parametrize(
    "fulfilment", ["unfulfilled", "packed", "partially_shipped", "shipped", "delivered", "returned"]
)
def test_every_status_has_words(status: OrderStatus, fulfilment: str) -> None:
    assert "_" not in status_text(status, fulfilment, T)


@pytest.mark.parametrize("payment", list(PAYMENT))
def test_every_state_of_the_money_has_words(payment: str) -> None:
    text = order_screen(a_story(an_order(payment_status=payment)), T, zone="UTC").text

    assert f"Card (test): {PAYMENT[payment]}" in text


def test_an_order_shows_all_that_it_is() -> None:
    text = order_screen(a_story(an_order(note="Ring <twice>")), T, zone="UTC").text

    for shown in ("2 × Mug: $30.00", "Delivery: $5.00", "Total: $35.00", "Rua Augusta 1", "Ring &lt;twice&gt;"):
        assert shown in text


def test_what_can_be_done_depends_on_where_it_stands() -> None:
    waiting = labels(order_screen(a_story(), T, zone="UTC"))
    shipped = an_order(**CONFIRMED, fulfilment_status="shipped", payment_status="paid")
    on_its_way = order_screen(a_story(shipped, shipments=(a_shipment(),)), T, zone="UTC")

    assert {"Pay now", "Change method", "Cancel order"} <= set(waiting)
    assert not {"Pay now", "Change method", "Cancel order"} & set(labels(on_its_way))
    assert button(on_its_way, "Where is it").press == ShowParcels(order_id=12)


@pytest.mark.parametrize("status", list(RefundStatus))
def test_every_refund_says_how_far_it_is(status: RefundStatus) -> None:
    text = order_screen(a_story(refunds=(a_refund(status=status),)), T, zone="UTC").text

    assert "Refund of $35.00: " in text


def test_digital_goods_stand_in_the_receipt_to_be_copied() -> None:
    line = an_order_line(kind="digital", digital_content="KEY-<1>", shipped_quantity=2)
    order = an_order(line, **CONFIRMED, delivery_kind="digital", payment_status="paid")

    assert "<code>KEY-&lt;1&gt;</code>" in receipt_screen(order, T, zone="UTC").text


def test_digital_goods_of_an_order_that_is_over_are_not_shown() -> None:
    line = an_order_line(kind="digital", digital_content="KEY", shipped_quantity=2)
    order = an_order(line, status=OrderStatus.CANCELLED, delivery_kind="digital")

    assert "KEY" not in order_screen(a_story(order), T, zone="UTC").text


def test_a_receipt_takes_the_place_of_the_pay_message() -> None:
    paid = receipt_screen(an_order(**CONFIRMED, payment_status="paid"), T, zone="UTC")
    on_delivery = receipt_screen(an_order(**CONFIRMED, payment_method="cash"), T, zone="UTC")

    assert not paid.fresh
    assert "is paid" in paid.text
    assert "is confirmed" in on_delivery.text


def test_calling_off_names_what_comes_back_and_the_safe_button_comes_first() -> None:
    unpaid, paid = cancel_screen(a_story(), T), cancel_screen(a_story(refundable_minor=3500), T)

    assert "nothing will be charged" in unpaid.text
    assert "You get back $35.00" in paid.text
    assert labels(paid)[:2] == ["Keep the order", "Cancel it"]
    assert button(paid, "Cancel it").press == CancelOrder(order_id=12, has_paid=True)


@pytest.mark.parametrize(("payment", "is_owed"), [("unpaid", False), ("refunded", False), ("paid", True)])
def test_a_cancellation_says_whether_money_comes_back(payment: str, is_owed: bool) -> None:
    assert ("on its way back" in cancelled_screen(an_order(payment_status=payment), T).text) is is_owed


@pytest.mark.parametrize("reason", ["cancelled", "late", "duplicate", "over", "short", "staff"])
@pytest.mark.parametrize("status", list(RefundStatus))
def test_every_refund_is_told(reason: str, status: RefundStatus) -> None:
    text = refund_screen(an_order(), a_refund(reason=reason, status=status), T).text

    assert "$35.00" in text
    assert "7K2Q-M9XD3" in text


def test_news_are_messages_of_their_own_and_lead_to_the_order() -> None:
    for screen in (expired_screen(an_order(), T), revived_screen(an_order(), T), completed_screen(an_order(), T)):
        assert screen.fresh
        assert button(screen, "Show order").press == ShowOrder(order_id=12)


def test_a_long_order_stays_one_message() -> None:
    lines = [an_order_line(title={"en": "A very long name of a thing " * 3}) for _ in range(30)]
    text = order_screen(a_story(an_order(*lines)), T, zone="UTC").text

    assert "… and 10 more" in text
    assert len(text) < 4096


def test_paying_is_one_press_from_the_order() -> None:
    assert button(order_screen(a_story(), T, zone="UTC"), "Pay now").press == PayOrder(order_id=12)
