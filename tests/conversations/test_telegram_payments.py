"""Paying inside Telegram: a card through its own form, and a transfer that somebody of the shop looks for."""

import pytest

from bot.demo.state import Json
from tests.conversations.conftest import Shop
from tests.conversations.test_staff import cards, presses
from tests.conversations.walks import orders, takes

TOKEN = "284685063:TEST:a-provider-token"
CARD = {"main": {"provider_token": TOKEN, "tips": "5,10", "tip_max": 20}}
BANK = {"main": {"holder": "Dukkan Ltd", "iban": "DE89 3704 0044 0532 0130 00", "currencies": "USD,EUR"}}


@pytest.fixture
async def till(shop: Shop) -> Shop:
    """Takes cards in Telegram, Stars and transfers."""
    shop.given = {"telegram": CARD, "transfer": BANK, "telegram_stars": True}
    await shop.restart()
    return shop


async def test_a_card_pays_in_telegram_and_the_message_becomes_the_receipt(till: Shop) -> None:
    """With a tip, which stands in the receipt; a second payment of the same invoice is refused."""
    number = await orders(till.ann, payment="Card in Telegram")
    form = till.ann.form("Pay $")
    assert form.invoice.asked["title"].endswith(number)
    paid = await till.ann.pays("Pay $", tip=form.invoice.asked["suggested_tip_amounts"][0])
    await till.works()
    assert paid.is_ok and till.ann.sees(f"Order {number} is paid") and till.ann.sees("Tip: $")
    again = await form.pays()
    assert again.is_ok is False and again.error.startswith("This order waits for no payment any more.")


async def test_a_payment_that_telegram_tells_again_says_nothing_more(till: Shop) -> None:
    """The update comes twice, whole: one payment, one receipt, and no screen that nobody asked for."""
    heard: list[Json] = []

    async def hears(update: Json) -> None:
        heard.append(update)
        await till.app.feed(update)

    number = await orders(till.ann, payment="Card in Telegram")
    till.world.deliver = hears
    await till.ann.pays("Pay $")
    await till.works()
    before = list(till.ann.from_bot)
    await till.app.feed(heard[-1])
    await till.works()
    assert "successful_payment" in heard[-1]["message"] and till.ann.from_bot == before
    assert till.ann.sees(f"Order {number} is paid")


async def test_nobody_else_pays_a_forwarded_invoice(till: Shop) -> None:
    """He is told in his language; Ann still can."""
    number = await orders(till.ann, payment="Card in Telegram")
    link = str(await till.ann.taps("Pay $"))
    refused = await till.ivan.pays(link)
    assert refused.is_ok is False and not refused.charge_id and "Деньги не списаны" in refused.error
    assert (await till.ann.pays(link)).charge_id
    await till.works()
    assert till.ann.sees(f"Order {number} is paid")


async def test_an_order_that_was_called_off_or_has_expired_is_not_paid(till: Shop) -> None:
    await orders(till.ann, payment="Card in Telegram")
    link = str(await till.ann.taps("Pay $"))
    await till.works(minutes=29, seconds=30)
    assert not (await till.ann.pays(link)).charge_id
    await till.works(minutes=2)
    assert not (await till.ann.pays(link)).charge_id


async def test_a_transfer_is_written_down_by_whoever_sees_it(till: Shop) -> None:
    """Ann reads what to type into her bank's form; Max writes a part down, then the rest, each after a question; twice is once."""
    number = await orders(till.ann, payment="Bank transfer")
    screen = till.ann.screen
    assert "DE89 3704 0044 0532 0130 00" in screen and "Dukkan Ltd" in screen and "Reference: RF" in screen
    reference = str(await till.ann.taps("Copy reference"))
    assert reference.endswith(number.replace("-", ""))
    await till.works()
    card = till.max.from_bot[-1]["message_id"]
    await till.petra.taps("Money arrived")
    assert "role" in till.petra.toast
    await till.max.sends("paid 5", reply_to=card)
    await presses(till, till.max, "Yes, $5.00 is here")
    assert till.ann.sees("is not fully paid")
    await till.max.taps("Money arrived")
    sure = till.max.button("Yes, $")
    await presses(till, till.max, "Yes, $")
    await till.max.taps_data(sure.message_id, sure.look["callback_data"])
    await till.works()
    assert till.ann.sees(f"Order {number} is paid")
    assert "saw the money on the account" in cards(till)[0]


async def test_a_digital_product_is_bought_for_stars_at_its_own_price(till: Shop) -> None:
    """Max has set it, in his own chat; the cart is in dollars until Stars are chosen."""
    max_ = till.max.at(till.max.id)
    await max_.starts("")
    await max_.sends("/products")
    for label in ("coffee", "SKU, weight", "Price in Stars"):
        await max_.taps(label)
    await max_.sends("⭐ 450")
    await takes(till.ann, "Digital", "coffee")
    assert till.ann.sees("$12.00")
    await till.ann.taps("Checkout")
    await till.ann.taps("Telegram Stars · ⭐450")
    assert till.ann.sees("Total: ⭐450") and "$" not in till.ann.screen
    await till.ann.taps("Place order")
    assert (await till.ann.pays("Pay ⭐450")).charge_id
    await till.works()
    assert till.ann.sees("is paid") and till.ann.sees("⭐450")


async def test_what_is_carried_and_what_is_sent_are_two_orders(till: Shop) -> None:
    """Without the test bank, which takes everything; and a cart that was in Stars is in dollars again."""
    till.given |= {"sandbox_payments": False}
    await till.restart()
    await takes(till.ann, "Digital", "coffee")
    await till.ann.taps("Checkout")
    assert [label for label in till.ann.buttons if "Stars" in label or "Cash" in label] == ["Telegram Stars · ⭐600"]
    await till.ann.taps("Telegram Stars")
    await takes(till.ann)
    assert "$" in till.ann.screen
    await till.ann.taps("Checkout")
    assert till.ann.sees("Two orders, please")
