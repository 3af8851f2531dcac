"""A shop sells in a second currency: the owner fills its list, a customer chooses it, and pays in it what they have read."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update

from bot.demo.people import Person
from store.models import Order, Price, Product, Variant
from store.payments.sandbox import SandboxGateway
from tests.conversations.conftest import Shop
from tests.conversations.walks import answers, takes, types


@pytest.fixture
async def max_alone(shop: Shop) -> Person:
    """Max in his own chat with the bot."""
    person = Person(shop.world, shop.max.id)
    await person.starts()
    return person


async def sells_in_euros(owner: Person, *, rate: str = "0.5") -> None:
    await owner.sends("/shop")
    await owner.taps("Further currencies")
    await types(owner, "➕ Currency", "eur")
    await owner.taps("Sell in EUR")
    assert owner.sees("no courier has a price in it")
    await types(owner, "Fill from a rate", rate)
    assert owner.sees("Prices written: ") and owner.sees("not sold in it: 0")


async def chooses(person: Person, label: str) -> None:
    await person.sends("/settings")
    await person.taps("💱 Currency")
    await person.taps(label)


async def test_a_customer_reads_and_pays_in_the_currency_that_they_chose(shop: Shop, max_alone: Person) -> None:
    """From the shelf to the money: the total is that of the list, and the order has no other currency."""
    await sells_in_euros(max_alone)
    await chooses(shop.ann, "EUR")
    assert shop.ann.toast == "Prices are in EUR now" and shop.ann.sees("Prices: in EUR")
    await takes(shop.ann)
    assert shop.ann.sees("€") and not shop.ann.sees("$")
    await answers(shop.ann)
    assert shop.ann.sees("€") and not shop.ann.sees("$")
    await shop.ann.taps("Place order")
    url = await shop.ann.taps("Pay €")
    assert url is not None
    await shop.bank.pay(url.rpartition("/")[2], now=shop.clock())
    await shop.works()
    async with shop.app.db.read() as session:
        order = (await session.scalars(select(Order))).one()
    assert (order.currency, order.payment_status) == ("EUR", "paid")


async def test_another_choice_is_read_before_it_is_ordered(shop: Shop, max_alone: Person) -> None:
    """A button that was drawn for the old total orders nothing."""
    await sells_in_euros(max_alone)
    await takes(shop.ann)
    await answers(shop.ann)
    review = shop.ann.from_bot[-1]
    place = next(
        row[0] for row in review["reply_markup"]["inline_keyboard"] if row[0]["text"].startswith("Place order")
    )
    await chooses(shop.ann, "EUR")
    assert shop.ann.toast.startswith("Prices are in EUR now. Your cart: €")
    await shop.ann.taps_data(review["message_id"], place["callback_data"])
    async with shop.app.db.read() as session:
        assert (await session.scalars(select(Order))).all() == []
    drawn_anew = next(each for each in shop.ann.from_bot if each["message_id"] == review["message_id"])
    assert "€" in drawn_anew["text"] and "$" not in drawn_anew["text"]


async def test_what_has_no_price_in_it_says_so_and_leads_to_one(shop: Shop, max_alone: Person) -> None:
    """In the cart it is marked; on its page the other currency is a press away."""
    await sells_in_euros(max_alone)
    await takes(shop.ann)
    async with shop.app.db.begin() as session:
        await session.execute(delete(Price).where(Price.currency == "EUR"))
    await chooses(shop.ann, "EUR")
    assert shop.ann.toast == "Not everything in your cart has a price in EUR: it is marked there"
    await shop.ann.sends("/cart")
    assert shop.ann.sees("no price in EUR")
    async with shop.app.db.read() as session:
        product_id = await session.scalar(select(Product.id).join(Variant).where(Variant.sku == "DRESS-M"))
    await shop.ann.sends(f"/start p_{product_id}")
    assert shop.ann.sees("This has no price in EUR")
    await shop.ann.taps("💱 Currency")
    await shop.ann.taps("USD")
    assert shop.ann.sees("$45.00")


async def test_a_price_is_typed_with_its_currency(shop: Shop, max_alone: Person) -> None:
    """A bare number is one of the shop's own."""
    await sells_in_euros(max_alone)
    await max_alone.sends("/products")
    await max_alone.taps("Find")
    await max_alone.sends("mug")
    await max_alone.taps("mug")
    await types(max_alone, "Price", "39 EUR")
    assert max_alone.sees(" · €39.00")
    await types(max_alone, "Price", "44")
    assert max_alone.sees("$44.00 · €39.00")


async def test_nobody_is_offered_what_nobody_could_pay_in(shop: Shop, max_alone: Person) -> None:
    """It is said when it is set up, not at the customer's last step; the same for the shop's own."""
    await max_alone.sends("/shop")
    await max_alone.taps("Further currencies")
    await types(max_alone, "➕ Currency", "USD")
    assert max_alone.sees("the shop's own currency already")
    await max_alone.sends("XTR")
    assert max_alone.sees("I do not know this currency")


async def test_what_only_cash_takes_is_said_and_what_nobody_takes_is_refused(
    shop: Shop, max_alone: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cash takes any money that there is, and Stars are none."""
    in_dollars = replace(SandboxGateway.capabilities, currencies=frozenset({"USD"}))
    monkeypatch.setattr(SandboxGateway, "capabilities", in_dollars)
    await sells_in_euros(max_alone)
    assert max_alone.sees("Of your ways to pay only cash on delivery takes EUR.")
    await max_alone.taps("Back")
    assert max_alone.sees("EUR: only cash on delivery takes it")
    async with shop.app.db.begin() as session:
        await session.execute(update(Product).values(status="archived"))
    await max_alone.sends("/shop")
    await types(max_alone, "Currency", "XTR")
    await max_alone.taps("XTR")
    assert max_alone.toast == "None of your ways to pay takes XTR: set up one that does."


async def test_a_withdrawn_currency_leaves_nobody_in_it(shop: Shop, max_alone: Person) -> None:
    """Carts go back to the shop's own; the choice is gone from the settings."""
    await sells_in_euros(max_alone)
    await chooses(shop.ann, "EUR")
    await takes(shop.ann)
    await max_alone.sends("/shop")
    await max_alone.taps("Further currencies")
    await max_alone.taps("EUR")
    await max_alone.taps("Stop selling in EUR")
    await max_alone.taps("Stop selling in EUR")
    await shop.ann.sends("/cart")
    text = str(shop.ann.from_bot[-1]["text"])
    assert "$" in text and "€" not in text
    await shop.ann.sends("/settings")
    assert "💱 Currency" not in shop.ann.buttons
