"""What a coupon takes off, who may use it, and that an order has it or has it not."""

import pytest
from sqlalchemy import select

from store import checkout, coupon_edits, coupons, orders
from store.coupon_edits import Wanted
from store.coupons import Applied, Trouble, applied, code_of
from store.db import Database
from store.errors import BadInput, CouponGone
from store.models import Coupon, CouponUse, Customer
from tests.builders import NOW, a_customer, a_ready_checkout, a_variant
from tests.coupon_builders import a_coupon, a_coupon_for, an_order_with, seen, typed, used, with_coupon
from tests.order_builders import (
    LATER,
    ON_DELIVERY,
    STAFF,
    a_paid_order,
    buyer,
    cancel,
    events,
    expire,
    place,
    revive,
    the_order,
)

# --- what it is worth


@pytest.mark.parametrize(
    ("text", "code"), [("welcome10", "WELCOME10"), (" Welcome 10 ", "WELCOME10"), ("ＳＯＲＲＹ-ab2", "SORRY-AB2")]
)
def test_a_code_is_read_however_it_is_typed(text: str, code: str) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize("text", ["", "ab", "A" * 33, "-ABC", "ABC-", "A--B", "скидка", "AB'C", "A_B", "🎁🎁🎁"])
def test_what_no_code_can_be_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        code_of(text)


def _row(**values: object) -> Coupon:
    return Coupon(id=1, code="A10", **({"currency": "USD", "minimum_minor": 0} | values))


@pytest.mark.parametrize(
    ("row", "subtotal_minor", "currency", "discount_minor"),
    [
        (_row(percent=10), 1999, "USD", 200),
        (_row(percent=33), 100, "JPY", 33),
        (_row(percent=15), 1010, "KWD", 150),  # 151.5 fils: what is left must be a multiple of ten
        (_row(percent=100), 1015, "KWD", 1015),
        (_row(percent=10), 5000, "EUR", 500),  # a percentage is one in every currency
        (_row(percent=1), 1, "USD", 0),
        (_row(amount_minor=500), 1999, "USD", 500),
        (_row(amount_minor=500), 300, "USD", 300),
        (_row(percent=10, minimum_minor=3000), 3000, "USD", 300),
    ],
)
def test_what_comes_off(row: Coupon, subtotal_minor: int, currency: str, discount_minor: int) -> None:
    found = applied(row, subtotal_minor, currency)
    assert (found.discount_minor, found.trouble) == (discount_minor, None)


@pytest.mark.parametrize(
    ("row", "subtotal_minor", "currency", "trouble"),
    [
        (_row(percent=10, minimum_minor=3000), 2999, "USD", Trouble.MINIMUM),
        (_row(amount_minor=500), 1999, "EUR", Trouble.CURRENCY),
        (_row(percent=10, minimum_minor=1), 1999, "EUR", Trouble.CURRENCY),
    ],
)
def test_why_nothing_comes_off(row: Coupon, subtotal_minor: int, currency: str, trouble: Trouble) -> None:
    assert applied(row, subtotal_minor, currency) == Applied(1, "A10", 0, trouble, row.minimum_minor, "USD")


# --- an order has it


async def test_an_order_costs_less_by_what_its_coupon_says(db: Database) -> None:
    """And its lines together cost what the goods cost: a refund of pieces gives back what was paid for them."""
    cup, pot = await a_variant(db, price_minor=999, stock=2), await a_variant(db, price_minor=1500)
    ready = await with_coupon(db, await a_ready_checkout(db, cup, pot), await a_coupon(db))
    order = await the_order(db, (await place(db, ready)).order_id)
    assert (order.subtotal_minor, order.discount_minor, order.shipping_minor) == (2499, 250, 500)
    assert order.total_minor == ready.total_minor == 2499 - 250 + 500
    assert [line.discount_minor for line in order.lines] == [100, 150]
    assert [line.total_minor for line in order.lines] == [899, 1350]


async def test_a_gift_of_everything_needs_no_payment(db: Database) -> None:
    mug = await a_variant(db)
    ready = await a_ready_checkout(db, mug, delivery="pickup")
    gift = await a_coupon(db, Wanted("GIFT", percent=100))
    order = await the_order(db, (await place(db, await with_coupon(db, ready, gift))).order_id)
    assert (order.total_minor, order.status, order.payment_status) == (0, "confirmed", "paid")


async def test_each_customer_has_it_once(db: Database) -> None:
    ten, ann, mug = await a_coupon(db), await a_customer(db), await a_variant(db, stock=9)
    await an_order_with(db, ten, ann)
    assert await typed(db, ann, "WELCOME10") == "used"
    again = await with_coupon(db, await a_ready_checkout(db, mug, customer=ann), ten)
    with pytest.raises(CouponGone) as refused:
        await place(db, again)
    assert refused.value.params["reason"] is Trouble.USED
    assert await used(db, ten) == 1
    await an_order_with(db, ten)
    assert await used(db, ten) == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"is_active": False}, "over"), ({"ends_at": NOW}, "over"), ({"max_uses": 3, "used": 3}, "used_up")],
)
async def test_what_ends_between_the_review_and_the_press_is_not_charged_for_nor_given(
    db: Database, change: dict[str, object], reason: str
) -> None:
    """Nothing is placed, and nobody pays another price than the one on the button."""
    ten = await a_coupon(db)
    ready = await with_coupon(db, await a_ready_checkout(db), ten)
    async with db.begin() as session:
        row = await session.get_one(Coupon, ten.id)
        for name, value in change.items():
            setattr(row, name, value)
    with pytest.raises(CouponGone) as refused:
        await place(db, ready)
    assert refused.value.params["reason"] == reason
    assert await events(db) == []
    assert await typed(db, ready.customer, "WELCOME10") == reason


async def test_too_little_in_the_cart_costs_the_full_price_and_keeps_the_coupon(db: Database) -> None:
    large = await a_coupon(db, Wanted("LARGE", percent=50, minimum_minor=100_00))
    ready = await with_coupon(db, await a_ready_checkout(db), large)
    order = await the_order(db, (await place(db, ready)).order_id)
    assert (order.discount_minor, await used(db, large)) == (0, 0)


# --- and gives it back


async def test_an_order_that_is_called_off_gives_it_back(db: Database) -> None:
    ten, ann = await a_coupon(db), await a_customer(db)
    order = await an_order_with(db, ten, ann)
    await cancel(db, order, buyer(order))
    assert await used(db, ten) == 0
    assert await typed(db, ann, "WELCOME10") == ten.id


async def test_an_order_that_expires_gives_it_back_and_takes_it_again_when_it_is_paid_late(db: Database) -> None:
    """The price was a promise: the late payment is for that order, whatever became of the coupon meanwhile."""
    once, ann = await a_coupon(db, Wanted("ONCE", percent=10, max_uses=1)), await a_customer(db)
    order = await an_order_with(db, once, ann)
    assert await expire(db, order)
    assert await used(db, once) == 0
    assert await revive(db, order)
    assert await used(db, once) == 1
    assert await typed(db, ann, "ONCE") == "used"


async def test_a_late_payment_finds_the_coupon_spent_on_another_order(db: Database) -> None:
    """Both orders were promised it, and both have it."""
    ten, ann = await a_coupon(db), await a_customer(db)
    order = await an_order_with(db, ten, ann)
    assert await expire(db, order)
    await an_order_with(db, ten, ann)
    assert await revive(db, order)
    assert await used(db, ten) == 2
    async with db.read() as session:
        slots = (await session.scalars(select(CouponUse.slot).order_by(CouponUse.id))).all()
    assert slots == [None, 1]


async def test_an_order_that_was_paid_late_has_it_when_the_other_is_called_off(db: Database) -> None:
    """And so the customer has it no third time."""
    ten, ann, mug = await a_coupon(db), await a_customer(db), await a_variant(db, stock=9)
    first = await an_order_with(db, ten, ann)
    assert await expire(db, first)
    second = await an_order_with(db, ten, ann)
    assert await revive(db, first)
    await cancel(db, second, buyer(second))
    assert (await used(db, ten), await typed(db, ann, "WELCOME10")) == (1, "used")
    with pytest.raises(CouponGone):
        await place(db, await with_coupon(db, await a_ready_checkout(db, mug, customer=ann), ten))


async def test_an_overdue_order_gives_it_to_whoever_wants_the_goods(db: Database) -> None:
    """In the transaction that places the other order, without any sweep; that one has a coupon too, or the very same."""
    mug, once = await a_variant(db, stock=1), await a_coupon(db, Wanted("ONCE", percent=10, max_uses=1))
    first, second = [await with_coupon(db, await a_ready_checkout(db, mug), once) for _ in range(2)]
    await place(db, first)
    order = await the_order(db, (await place(db, second, now=LATER)).order_id)
    assert (order.discount_minor, await used(db, once)) == (150, 1)


async def test_a_sold_out_order_that_cannot_be_revived_takes_no_coupon(db: Database) -> None:
    ten, mug = await a_coupon(db), await a_variant(db, stock=1)
    order = await the_order(db, (await place(db, await with_coupon(db, await a_ready_checkout(db, mug), ten))).order_id)
    assert await expire(db, order)
    await place(db, await a_ready_checkout(db, mug), now=LATER)
    assert not await revive(db, order)
    assert await used(db, ten) == 0


# --- who may


async def test_somebody_elses_coupon_is_no_coupon(db: Database) -> None:
    order, ben = await a_paid_order(db), await a_customer(db, name="Ben")
    row = await a_coupon_for(db, order)
    assert await typed(db, ben, row.code) == "unknown"
    async with db.begin() as session:
        assert await coupons.find(session, order.customer_id, row.code, now=NOW) == row.id
    mine = await with_coupon(db, await a_ready_checkout(db, customer=ben), row)
    with pytest.raises(CouponGone) as refused:
        await place(db, mine)
    assert refused.value.params["reason"] is Trouble.UNKNOWN


async def test_nobody_tries_codes_all_day(db: Database) -> None:
    """Ten wrong ones an hour; then not even the right one is looked at."""
    ten, ann = await a_coupon(db), await a_customer(db)
    for number in range(coupons.WRONG_MOST):
        assert await typed(db, ann, f"GUESS{number}") == "unknown"
    assert await typed(db, ann, "WELCOME10") == "too_many_tries"
    assert await typed(db, await a_customer(db, name="Ben"), "WELCOME10") == ten.id
    async with db.begin() as session:
        assert await coupons.find(session, ann.id, "WELCOME10", now=NOW + coupons.WRONG_WITHIN) == ten.id


async def offer(db: Database, customer: Customer) -> tuple[str | None, bool]:
    """The code of what one tap would use, and whether there is one to type."""
    async with db.read() as session:
        view = await checkout.view(session, customer.id)
        found = await coupons.offered(session, customer.id, view.cart, now=NOW)
    return found.known.code if found.known is not None else None, found.has_codes


async def test_a_link_is_remembered_and_offered(db: Database) -> None:
    ten, ann = await a_coupon(db), (await a_ready_checkout(db)).customer
    await a_coupon(db, Wanted("BETTER", percent=20))
    assert await offer(db, ann) == (None, True), "there is something to type"
    async with db.begin() as session:
        assert not await coupons.knows(session, ann.id, ten.id)
        await coupons.hold(session, ann.id, ten.id, now=NOW)
        assert await coupons.knows(session, ann.id, ten.id)
    assert await offer(db, ann) == ("WELCOME10", True)
    await typed(db, ann, "WRONG1")
    assert await offer(db, ann) == ("WELCOME10", True), "a wrong code takes nothing away"


async def test_of_several_that_are_known_the_one_for_this_cart_is_offered(db: Database) -> None:
    """An amount beside a percentage, and one that takes nothing off so little."""
    ann = (await a_ready_checkout(db)).customer
    large = Wanted("LARGE", amount_minor=900, minimum_minor=100_00)
    for wanted in (Wanted("LOW", percent=5), Wanted("HIGH", percent=20), large):
        row = await a_coupon(db, wanted)
        async with db.begin() as session:
            (await session.get_one(Coupon, row.id)).customer_id = ann.id
    assert await offer(db, ann) == ("HIGH", False)
    async with db.begin() as session:
        (await session.scalars(select(Coupon).filter_by(code="LARGE"))).one().minimum_minor = 0
    assert await offer(db, ann) == ("LARGE", False)


async def test_a_shop_without_coupons_offers_none(db: Database) -> None:
    ann = (await a_ready_checkout(db)).customer
    assert await offer(db, ann) == (None, False)
    off = await a_coupon(db)
    async with db.begin() as session:
        await coupon_edits.switch(session, off.id, is_active=False, actor=STAFF, now=NOW)
    assert await offer(db, ann) == (None, False)


async def test_an_order_on_delivery_has_its_coupon_too(db: Database) -> None:
    ten = await a_coupon(db)
    ready = await with_coupon(db, await a_ready_checkout(db), ten)
    placed = await place(db, ready, capabilities=ON_DELIVERY)
    async with db.read() as session:
        assert (await orders.order(session, placed.order_id)).discount_minor == 150
    assert await used(db, ten) == 1


async def test_the_checkout_says_what_comes_off(db: Database) -> None:
    ready = await with_coupon(db, await a_ready_checkout(db), await a_coupon(db))
    view = await seen(db, ready.customer)
    assert view.coupon is not None and view.quote is not None
    assert (view.coupon.code, view.coupon.discount_minor, view.quote.discount_minor) == ("WELCOME10", 150, 150)
    assert view.is_seen
