"""The questions of the checkout and its review."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ui.callbacks import AskQuestion, ChooseDelivery, NewAddress, PlaceOrder, Question, ShowCart, UseAddress
from bot.ui.checkout import (
    delivery_screen,
    name_screen,
    note_screen,
    payment_screen,
    phone_screen,
    price_text,
    saved_addresses_screen,
)
from bot.ui.review import review_screen
from bot.ui.states import Awaiting
from store.checkout import Step
from store.parcels.carrier import Window
from store.parcels.eta import Estimate, Source
from tests.bot.ui.views import ADDRESS, COURIER, NOW, PICKUP, PROMISED, T, a_cart, a_checkout, a_line, button, labels

NEW = a_checkout(contact_name=None, contact_phone=None, address=None, delivery=None, payment_method=None, quote=None, step=Step.CONTACT)  # fmt: skip
PICKUP_STEPS = (Step.CONTACT, Step.DELIVERY, Step.PAYMENT, Step.REVIEW)


def test_the_first_question_leads_back_to_the_cart() -> None:
    screen = name_screen(NEW, T, telegram_name="Ann <3")

    assert "Checkout 1/5" in screen.text
    assert labels(screen)[0] == "Ann <3"
    assert button(screen, "Back").press == ShowCart()
    assert screen.awaits == Awaiting.CONTACT_NAME


def test_an_answer_that_is_there_can_be_kept() -> None:
    view = a_checkout()

    assert labels(name_screen(view, T, telegram_name="Ann Lee"))[0] == "Ann Lee"
    assert labels(phone_screen(view, T))[0] == "+351912345678"


def test_the_phone_can_be_shared_or_typed() -> None:
    screen = phone_screen(NEW, T)

    assert screen.asks_contact == "📱 Share my phone number"
    assert screen.awaits == Awaiting.CONTACT_PHONE


def test_delivery_names_price_days_and_place() -> None:
    view = a_checkout(step=Step.DELIVERY, delivery=None, options=(COURIER, PICKUP))
    screen = delivery_screen(view, T, promised=PROMISED, zone="UTC", now=NOW)

    assert "<b>Courier</b>: $5.00, 2–4 days" in screen.text
    assert "<b>Pick-up</b>: free, Pier 3, 10-18" in screen.text
    assert button(screen, "Courier").press == ChooseDelivery(method_id=1)


def test_before_the_address_is_known_a_price_is_a_least_one() -> None:
    view = a_checkout(options=(replace(COURIER, is_from=True),))

    assert "from $5.00" in delivery_screen(view, T, promised=PROMISED, zone="UTC", now=NOW).text


def test_without_days_and_history_nobody_pretends_to_know_when_it_comes() -> None:
    """Neither has the merchant set any, nor did enough parcels go there."""
    asked = delivery_screen(a_checkout(), T, promised={}, zone="UTC", now=NOW)
    review = review_screen(a_checkout(), T, zone="UTC", promised={})
    assert "no estimate yet" in asked.text and "cannot be said yet" in review.text


def test_days_are_counted_by_the_customers_calendar() -> None:
    """Three hours after ten in the morning it is today in Greenwich, and tomorrow in Auckland."""
    soon = {1: Estimate(Window(NOW, NOW + timedelta(hours=3)), NOW, Source.HISTORY)}
    assert "$5.00, today" in delivery_screen(a_checkout(), T, promised=soon, zone="UTC", now=NOW).text
    assert "0–1 days" in delivery_screen(a_checkout(), T, promised=soon, zone="Pacific/Auckland", now=NOW).text


def test_a_delivery_that_does_not_reach_the_address_is_asked_again() -> None:
    view = a_checkout(step=Step.DELIVERY, delivery=None, is_delivery_dropped=True)

    assert "does not reach your address" in delivery_screen(view, T, promised=PROMISED, zone="UTC", now=NOW).text


def test_where_nothing_goes_the_way_out_is_named() -> None:
    screen = delivery_screen(
        a_checkout(options=(), delivery=None, step=Step.DELIVERY), T, promised=PROMISED, zone="UTC", now=NOW
    )

    assert button(screen, "Change the address").press == NewAddress()
    assert "← Cart" in labels(screen)


def test_a_saved_address_goes_by_the_name_that_it_was_given() -> None:
    screen = saved_addresses_screen(a_checkout(address=None), [replace(ADDRESS, label="work")], T)

    assert labels(screen)[0] == "1. At work"
    assert "<b>At work</b>: Rua Augusta 1" in screen.text


def test_saved_addresses_are_buttons() -> None:
    other = replace(ADDRESS, id=10, street="Rua do Ouro 2")
    screen = saved_addresses_screen(a_checkout(), [ADDRESS, other], T)

    assert labels(screen)[0] == "✅ Rua Augusta 1"
    assert button(screen, "2. Rua do Ouro 2").press == UseAddress(address_id=10)


def test_no_way_to_pay_is_said() -> None:
    assert "cannot be paid for right now" in payment_screen(a_checkout(step=Step.PAYMENT), [], T).text


def test_a_note_can_be_removed_only_if_there_is_one() -> None:
    assert "Remove the note" in labels(note_screen(a_checkout(note="Ring"), T))
    assert "Remove the note" not in labels(note_screen(a_checkout(), T))


def test_from_an_edit_back_leads_to_the_review() -> None:
    assert button(
        delivery_screen(a_checkout(), T, promised=PROMISED, zone="UTC", now=NOW), "Back"
    ).press == AskQuestion(question=Question.REVIEW)


def test_the_review_shows_everything_and_names_the_sum_on_its_button() -> None:
    screen = review_screen(a_checkout(note="Ring"), T, zone="UTC", promised=PROMISED)

    for shown in ("2 × Mug: $30.00", "Delivery: $5.00", "Total: $35.00", "Ann Lee", "Rua Augusta 1", "📝 Ring"):
        assert shown in screen.text
    assert "Should arrive Wed, 4 Mar – Fri, 6 Mar" in screen.text
    assert button(screen, "Place order · $35.00").press == PlaceOrder(cart_id=5, version=4, seen_minor=3500)


def test_the_review_offers_to_edit_just_what_was_asked() -> None:
    courier = review_screen(a_checkout(), T, zone="UTC", promised=PROMISED)
    pickup = review_screen(a_checkout(delivery=PICKUP, steps=PICKUP_STEPS), T, zone="UTC", promised=PROMISED)

    assert "Edit address" in labels(courier)
    assert "Edit address" not in labels(pickup)
    assert "Should arrive" not in pickup.text


def test_another_total_than_before_is_pointed_out() -> None:
    screen = review_screen(a_checkout(), T, zone="UTC", promised=PROMISED, seen_minor=3000)

    assert "The total was $30.00 and is $35.00 now" in screen.text


def test_a_review_of_thirty_lines_stays_one_message() -> None:
    lines = [a_line(n, title={"en": "A very long name of a thing " * 4}) for n in range(1, 31)]
    text = review_screen(a_checkout(cart=a_cart(*lines), note="x" * 500), T, zone="UTC", promised=PROMISED).text

    assert "… and 5 more" in text
    assert len(text) < 4096


def test_a_review_of_something_incomplete_is_a_slip_of_ours() -> None:
    with pytest.raises(ValueError):
        review_screen(a_checkout(quote=None), T, zone="UTC", promised=PROMISED)


@pytest.mark.parametrize(
    ("price_minor", "is_from", "told"),
    [(500, False, "$5.00"), (500, True, "from $5.00"), (0, False, "free"), (0, True, "free in some places")],
)
def test_a_delivery_never_costs_zero_dollars(price_minor: int, is_from: bool, told: str) -> None:
    """A big cart may travel free to some countries only; nobody reads "from $0.00" as that."""
    assert price_text(replace(COURIER, price_minor=price_minor, is_from=is_from), T) == told
