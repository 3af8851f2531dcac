"""The cart."""

from bot.ui.callbacks import EmptyCart, SetLine, ShowCart, ShowVariant
from bot.ui.cart import cart_screen, empty_cart_screen
from tests.bot.ui.views import T, a_cart, a_line, button, labels


def test_an_empty_cart_says_so_and_leads_to_the_shelves() -> None:
    screen = cart_screen(a_cart(), T)

    assert "Your cart is empty" in screen.text
    assert labels(screen) == ["🛍 Browse", "Home"]


def test_each_line_has_a_stepper() -> None:
    screen = cart_screen(a_cart(a_line()), T)

    assert button(screen, "➖").press == SetLine(variant_id=11, quantity=1)
    assert button(screen, "2 × Mug").press == ShowVariant(variant_id=11, quantity=2)
    assert button(screen, "➕").press == SetLine(variant_id=11, quantity=3)


def test_the_sum_stands_in_the_text_and_on_the_checkout() -> None:
    screen = cart_screen(a_cart(a_line(), a_line(12, quantity=1)), T)

    assert "Total: <b>$45.00</b>" in screen.text
    assert button(screen, "Checkout").label == "Checkout · $45.00"


def test_what_stands_in_the_way_is_named_with_its_remedy() -> None:
    lines = (a_line(1, free=1), a_line(2, free=0), a_line(3, is_for_sale=False, title={"en": "Vase"}))
    screen = cart_screen(a_cart(*lines), T)

    assert "only 1 left" in screen.text
    assert "sold out" in screen.text
    assert "no longer sold" in screen.text
    assert button(screen, "Take 1 × Mug").press == SetLine(variant_id=1, quantity=1)
    assert button(screen, "Remove Vase").press == SetLine(variant_id=3, quantity=0)


def test_nobody_is_sent_to_a_checkout_that_cannot_end() -> None:
    assert not [label for label in labels(cart_screen(a_cart(a_line(free=1)), T)) if "Checkout" in label]


def test_a_long_cart_is_turned_page_by_page() -> None:
    cart = a_cart(*(a_line(n) for n in range(1, 31)))
    first, last = cart_screen(cart, T), cart_screen(cart, T, page=3)

    assert "Lines 1–8 of 30" in first.text
    assert button(first, "Next").press == ShowCart(page=1)
    assert "Lines 25–30 of 30" in last.text
    assert "Next ▶" not in labels(last)


def test_a_page_that_is_gone_shows_the_last_one() -> None:
    assert "2 × Mug" in labels(cart_screen(a_cart(a_line()), T, page=7))


def test_emptying_is_asked_about_with_the_safe_button_first() -> None:
    screen = empty_cart_screen(a_cart(a_line()), T)

    assert "2 items" in screen.text
    assert labels(screen)[:2] == ["Keep everything", "Empty it"]
    assert button(screen, "Empty it").press == EmptyCart(cart_id=5, version=4)
