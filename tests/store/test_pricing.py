from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.carts import CartLineView, CartView
from store.pricing import Quote, quote

lines = st.lists(st.tuples(st.integers(1, 99), st.integers(0, 10**9)), min_size=1, max_size=30)
minor = st.integers(0, 10**10)


def a_cart_of(*quantities_and_prices: tuple[int, int]) -> CartView:
    """A cart with these (quantity, unit price) lines; nothing of it is in a database."""
    template = CartLineView(
        variant_id=0,
        product_id=0,
        title={},
        variant_title={},
        picture=None,
        quantity=1,
        unit_minor=0,
        total_minor=0,
        free=99,
        is_for_sale=True,
        kind="physical",
        weight_g=0,
    )
    return CartView(
        1,
        1,
        "USD",
        tuple(
            replace(
                template, variant_id=number, quantity=quantity, unit_minor=unit_minor, total_minor=quantity * unit_minor
            )
            for number, (quantity, unit_minor) in enumerate(quantities_and_prices)
        ),
    )


def test_a_quote_adds_up_what_the_customer_reads() -> None:
    """Literal: two mugs, a bowl, the courier, a fee."""
    result = quote(a_cart_of((2, 1500), (1, 999)), shipping_minor=390, fee_minor=100)
    assert (result.subtotal_minor, result.shipping_minor, result.fee_minor, result.total_minor) == (
        3999,
        390,
        100,
        4489,
    )
    assert [line.total_minor for line in result.lines] == [3000, 999]
    assert (result.discount_minor, result.tax_minor, result.currency) == (0, 0, "USD")


def test_a_discount_is_split_to_the_cent() -> None:
    """Literal: 10.00 off three equal lines; the odd cent goes to the first."""
    result = quote(a_cart_of((1, 1000), (1, 1000), (1, 1000)), shipping_minor=0, discount_minor=1000)
    assert [line.discount_minor for line in result.lines] == [334, 333, 333]
    assert result.total_minor == 2000


@given(lines, minor, minor, minor)
def test_the_parts_of_a_quote_sum_to_the_whole(
    bought: list[tuple[int, int]], shipping_minor: int, fee_minor: int, discount_minor: int
) -> None:
    """The same sum that the database checks on the order."""
    result = quote(
        a_cart_of(*bought), shipping_minor=shipping_minor, fee_minor=fee_minor, discount_minor=discount_minor
    )
    goods = sum(line.total_minor for line in result.lines)
    assert goods == result.subtotal_minor - result.discount_minor
    assert result.total_minor == goods + shipping_minor + fee_minor
    assert sum(line.discount_minor for line in result.lines) == result.discount_minor


@given(lines, minor)
def test_no_part_of_a_quote_is_negative(bought: list[tuple[int, int]], discount_minor: int) -> None:
    """A discount larger than the goods makes them free, never paid for by the shop."""
    result = quote(a_cart_of(*bought), shipping_minor=0, discount_minor=discount_minor)
    assert all(0 <= line.discount_minor <= line.quantity * line.unit_minor for line in result.lines)
    assert all(line.total_minor >= 0 for line in result.lines)
    assert result.total_minor >= 0


@given(lines, minor, st.randoms())
def test_the_total_does_not_depend_on_the_order_of_lines(
    bought: list[tuple[int, int]], discount_minor: int, random: object
) -> None:
    """A cart that was filled the other way round costs the same."""
    shuffled = list(bought)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis's Random, typed as object

    def total(lines: list[tuple[int, int]]) -> Quote:
        return quote(a_cart_of(*lines), shipping_minor=390, discount_minor=discount_minor)

    here, there = total(bought), total(shuffled)
    assert (here.total_minor, here.discount_minor) == (there.total_minor, there.discount_minor)


@pytest.mark.parametrize("discount_minor", [0, 500])
def test_an_empty_cart_costs_its_delivery(discount_minor: int) -> None:
    """Nobody orders it, but asking is no crash."""
    empty = quote(CartView(None, 0, "USD", ()), shipping_minor=0, discount_minor=discount_minor)
    assert (empty.lines, empty.total_minor) == ((), 0)
