from typing import Any

import pytest
from sqlalchemy import select, update

from store import carts, checkout
from store.checkout import CheckoutView, Step
from store.db import Database
from store.errors import BadInput, CartEmpty, NoDelivery, NotFound
from store.models import Cart, Customer, DeliveryMethod, DeliveryZone
from tests.builders import NOW, Ready, a_cart, a_customer, a_ready_checkout, a_shop, a_variant, an_address


async def seen_by(db: Database, customer: Customer) -> CheckoutView:
    async with db.read() as session:
        return await checkout.view(session, customer.id)


async def method(db: Database, code: str) -> int:
    async with db.read() as session:
        return (await session.scalars(select(DeliveryMethod.id).where(DeliveryMethod.code == code))).one()


async def answers(db: Database, ann: Customer, verb: str, *values: Any, **named: Any) -> CheckoutView:
    """The checkout after one answer."""
    async with db.begin() as session:
        await getattr(checkout, verb)(session, ann.id, *values, **named, now=NOW)
    return await seen_by(db, ann)


async def a_started_checkout(db: Database, **variant: Any) -> Customer:
    ann = await a_customer(db)
    await a_cart(db, ann, await a_variant(db, **variant))
    return ann


async def test_a_parcel_needs_five_answers(db: Database) -> None:
    """Each answer leads to the next question; the price is certain once the address is known."""
    ann = await a_started_checkout(db)
    assert (await seen_by(db, ann)).step is Step.CONTACT
    assert (await answers(db, ann, "set_contact", name="Ann Lee")).step is Step.CONTACT
    assert (await answers(db, ann, "set_contact", phone="+351 912 345 678")).step is Step.DELIVERY
    chosen = await answers(db, ann, "set_delivery", await method(db, "courier"))
    assert (chosen.step, chosen.quote, chosen.contact_phone) == (Step.ADDRESS, None, "+351912345678")
    address = await an_address(db, ann)
    placed = await answers(db, ann, "set_address", address.id)
    assert placed.step is Step.PAYMENT
    assert placed.quote is not None
    assert placed.quote.total_minor == 1500 + 500
    ready = await answers(db, ann, "set_payment", "sandbox")
    assert (ready.step, ready.payment_method) == (Step.REVIEW, "sandbox")
    assert ready.steps == (Step.CONTACT, Step.DELIVERY, Step.ADDRESS, Step.PAYMENT, Step.REVIEW)
    assert ready.address is not None
    assert (ready.address.country, ready.address.city) == ("PT", "Lisbon")


async def test_who_picks_up_is_not_asked_for_an_address(db: Database) -> None:
    """The price is certain at once."""
    ann = await a_started_checkout(db)
    await answers(db, ann, "set_contact", name="Ann", phone="+351912345678")
    view = await answers(db, ann, "set_delivery", await method(db, "pickup"))
    assert (view.step, view.steps) == (Step.PAYMENT, (Step.CONTACT, Step.DELIVERY, Step.PAYMENT, Step.REVIEW))
    assert view.quote is not None
    assert view.quote.total_minor == 1500


async def test_a_download_needs_only_a_payment(db: Database) -> None:
    """No name, no address; the delivery is chosen by itself."""
    view = await seen_by(db, await a_started_checkout(db, kind="digital"))
    assert (view.step, view.steps) == (Step.PAYMENT, (Step.PAYMENT, Step.REVIEW))
    assert view.delivery is not None
    assert (view.delivery.kind, view.quote and view.quote.total_minor) == ("digital", 1500)


async def test_a_shop_without_digital_delivery_says_so(db: Database) -> None:
    """Its merchant forgot the method; the customer is not asked to pay."""
    ann = await a_started_checkout(db, kind="digital")
    async with db.begin() as session:
        await session.execute(update(DeliveryMethod).where(DeliveryMethod.kind == "digital").values(is_active=False))
    view = await seen_by(db, ann)
    assert (view.step, view.no_delivery, view.quote) == (Step.DELIVERY, True, None)


async def test_a_mixed_cart_is_a_parcel(db: Database) -> None:
    """The download rides along."""
    ann = await a_started_checkout(db, kind="digital")
    await a_cart(db, ann, await a_variant(db))
    assert (await seen_by(db, ann)).step is Step.CONTACT


async def test_a_way_that_does_not_reach_the_address_is_asked_again(db: Database) -> None:
    """The courier was chosen before the address was known; picking up remains."""
    ann = await a_started_checkout(db)
    async with db.begin() as session:
        await session.execute(update(DeliveryZone).where(DeliveryZone.max_days == 4).values(country="PT"))
    await answers(db, ann, "set_contact", name="Ann", phone="+351912345678")
    await answers(db, ann, "set_delivery", await method(db, "courier"))
    japan = await an_address(db, ann, country="JP")
    view = await answers(db, ann, "set_address", japan.id)
    assert (view.step, view.is_delivery_dropped, view.delivery, view.no_delivery) == (Step.DELIVERY, True, None, False)
    assert [option.code for option in view.options] == ["pickup"]
    with pytest.raises(NoDelivery):
        await answers(db, ann, "set_delivery", await method(db, "courier"))
    async with db.read() as session:
        assert [option.code for option in (await checkout.view(session, ann.id)).options] == ["pickup"]


async def test_an_edit_asks_one_question_again_and_keeps_the_others(db: Database) -> None:
    """From the last question to the first, so that the cleared one is always the next."""
    ready = await a_ready_checkout(db)
    for step in (Step.PAYMENT, Step.ADDRESS, Step.DELIVERY, Step.CONTACT):
        assert (await answers(db, ready.customer, "clear_step", step)).step is step
    view = await answers(db, ready.customer, "set_contact", name="Ann", phone="+351912345678")
    assert (view.step, view.address) == (Step.DELIVERY, None)


async def test_an_edit_of_nothing_changes_no_answer(db: Database) -> None:
    """The review has none of its own."""
    ready = await a_ready_checkout(db)
    assert (await answers(db, ready.customer, "clear_step", Step.REVIEW)).step is Step.REVIEW


async def test_each_answer_makes_older_review_screens_stale(db: Database) -> None:
    """What is placed is what was read: the button carries the version."""
    ready = await a_ready_checkout(db)
    noted = await answers(db, ready.customer, "set_note", "Ring twice,\nplease")
    assert noted.cart.version > ready.cart_version
    assert noted.note == "Ring twice, please"
    assert (await answers(db, ready.customer, "set_note", " ")).note == ""


async def test_the_total_that_was_shown_is_kept(db: Database) -> None:
    """Showing is not changing: the version stays."""
    ready = await a_ready_checkout(db)
    view = await seen_by(db, ready.customer)
    assert (view.expected_total_minor, view.cart.version) == (2000, ready.cart_version)
    again = await answers(db, ready.customer, "seen", 2100)
    assert (again.expected_total_minor, again.cart.version) == (2100, ready.cart_version)


async def ordered(db: Database, ready: Ready) -> None:
    """What placing does to the cart."""
    async with db.begin() as session:
        await session.execute(update(Cart).where(Cart.id == ready.cart_id).values(status="placed", open_slot=None))


async def test_who_has_bought_before_is_not_asked_for_their_name_again(db: Database) -> None:
    """Until they want to change it; a stranger's is not shown to anybody."""
    first = await a_ready_checkout(db)
    ann = first.customer
    await ordered(db, first)
    await a_cart(db, ann, await a_variant(db))
    view = await seen_by(db, ann)
    assert (view.step, view.contact_name, view.contact_phone) == (Step.DELIVERY, "Ann Lee", "+351912345678")
    assert (await answers(db, ann, "set_delivery", await method(db, "pickup"))).contact_name == "Ann Lee"
    assert (await answers(db, ann, "clear_step", Step.CONTACT)).step is Step.CONTACT
    assert (await seen_by(db, await a_started_checkout(db))).contact_name is None


async def test_an_address_of_somebody_else_is_not_found(db: Database) -> None:
    """Its id may be guessed; what it says may not be read."""
    ann = await a_started_checkout(db)
    theirs = await an_address(db, await a_customer(db))
    for address_id in (theirs.id, 999):
        with pytest.raises(NotFound):
            await answers(db, ann, "set_address", address_id)


@pytest.mark.parametrize(
    ("verb", "value", "field"),
    [
        ("set_contact", {"name": "\x00"}, "name"),
        ("set_contact", {"name": "x" * 129}, "name"),
        ("set_contact", {"phone": "12"}, "phone"),
        ("set_note", {"note": "x" * 501}, "note"),
        ("set_payment", {"gateway_name": "x" * 33}, "payment_method"),
    ],
)
async def test_an_answer_that_cannot_be_used_says_which(
    sqlite_db: Database, verb: str, value: dict[str, str], field: str
) -> None:
    """And nothing of the checkout changes."""
    ready = await a_ready_checkout(sqlite_db)
    with pytest.raises(BadInput) as error:
        await answers(sqlite_db, ready.customer, verb, **value)
    assert error.value.params["field"] == field
    assert (await seen_by(sqlite_db, ready.customer)).cart.version == ready.cart_version


async def test_a_phone_without_its_country_code_is_read_at_home(db: Database) -> None:
    """The country of the parcel is where the courier calls."""
    ready = await a_ready_checkout(db)
    view = await answers(db, ready.customer, "set_contact", phone="961 234 567")
    assert view.contact_phone == "+351961234567"


async def test_there_is_no_checkout_without_a_cart(db: Database) -> None:
    """An old button, after the order was placed or the cart was cleared."""
    await a_shop(db)
    ann = await a_customer(db)
    guesses: list[tuple[str, Any]] = [("set_payment", "cash"), ("set_note", "Hello"), ("seen", 1), ("set_delivery", 1)]
    for verb, value in guesses:
        with pytest.raises(CartEmpty):
            await answers(db, ann, verb, value)
    cart = await a_cart(db, ann, await a_variant(db))
    async with db.begin() as session:
        await carts.clear(session, ann.id, now=NOW)
    assert cart.id is not None
    with pytest.raises(CartEmpty):
        await seen_by(db, ann)
    with pytest.raises(CartEmpty):
        await answers(db, ann, "set_note", "Hello")
