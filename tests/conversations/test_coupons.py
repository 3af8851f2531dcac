"""Coupons in the chat: the merchant makes one in a line, customers type it, tap it or follow its link, and somebody who waits is given one."""

import pytest
from sqlalchemy import select

from bot.ui.coupon_callbacks import UseCoupon
from store.models import Coupon, Customer, Shipment
from store.parcels.sandbox import SandboxCarrier
from tests.conversations.conftest import Shop
from tests.conversations.test_staff import a_paid_order, cards, presses
from tests.conversations.test_twice import count
from tests.conversations.walks import answers, orders, takes


async def makes(shop: Shop, line: str) -> None:
    await shop.max.sends(f"/coupon {line}")
    await shop.works()


async def reviews(shop: Shop, *, more: int = 0, first: bool = True) -> None:
    await takes(shop.ann, more=more)
    await answers(shop.ann, first=first)


async def types_code(shop: Shop, code: str) -> None:
    await shop.ann.taps("I have a code")
    await shop.ann.sends(code)


async def test_a_shop_without_coupons_asks_for_no_code(shop: Shop) -> None:
    """A field for codes makes people leave to look for one."""
    await reviews(shop)
    assert not [each for each in shop.ann.buttons if "code" in each or "oupon" in each]


async def test_a_typed_code_takes_its_part_off(shop: Shop) -> None:
    await makes(shop, "WELCOME10 10%")
    assert shop.max.sees("WELCOME10: −10%") and shop.max.sees("start=k_WELCOME10")
    await reviews(shop)
    assert shop.ann.sees("Total: $21.90")
    await types_code(shop, "welcome10")
    assert shop.ann.sees("WELCOME10: −$1.80") and shop.ann.sees("Total: $20.10")
    assert "Place order · $20.10" in shop.ann.buttons

    await shop.ann.taps("Place order")
    await shop.pays(shop.ann)
    assert shop.ann.sees("1 × Stoneware mug") and shop.ann.sees("Discount: −$1.80")
    assert "Discount: −$1.80" in cards(shop)[0] and "Total $20.10" in cards(shop)[0]
    await shop.max.sends("/coupons")
    assert shop.max.sees("WELCOME10: −10%, 1 order has it")


async def test_it_is_there_once_for_each_customer(shop: Shop) -> None:
    await makes(shop, "WELCOME10 10%")
    await reviews(shop)
    await types_code(shop, "WELCOME10")
    await shop.ann.taps("Place order")
    await shop.pays(shop.ann)
    await reviews(shop, first=False)
    assert not [each for each in shop.ann.buttons if "code" in each], "there is nothing to type any more"


async def test_a_wrong_code_is_asked_for_again_and_nothing_is_lost(shop: Shop) -> None:
    await makes(shop, "WELCOME10 10%")
    await reviews(shop)
    await types_code(shop, "WELCOME11")
    assert shop.ann.sees("I do not know this code")
    await shop.ann.sends("什么")
    assert shop.ann.sees("A code has Latin letters, digits and dashes")
    await shop.ann.sends("WELCOME10")
    assert shop.ann.sees("Total: $20.10")


async def test_it_can_be_left_out_again(shop: Shop) -> None:
    await makes(shop, "WELCOME10 10%")
    await reviews(shop)
    await types_code(shop, "WELCOME10")
    await shop.ann.taps("🏷 Coupon")
    await shop.ann.taps("Without a coupon")
    assert shop.ann.sees("Total: $21.90") and "🏷 I have a code" in shop.ann.buttons


async def test_a_link_leads_to_one_tap(shop: Shop) -> None:
    await makes(shop, "FIVE 5")
    await shop.ann.sends("/start k_FIVE")
    assert shop.ann.sees("$5.00 off your order")
    await reviews(shop)
    await shop.ann.taps("Your coupon: −$5.00")
    assert shop.ann.sees("FIVE: −$5.00") and shop.ann.sees("Total: $16.90")


@pytest.mark.parametrize("payload", ["k_NOTHING", "k_five", "k_-", "k_" + "A" * 62])
async def test_the_link_of_no_coupon_says_so(shop: Shop, payload: str) -> None:
    await makes(shop, "FIFTY 50%")
    await shop.ann.sends(f"/start {payload}")
    assert shop.ann.sees("This coupon cannot be used any more.\n\nHarbor Goods") and "🛍 Browse" in shop.ann.buttons


async def test_what_is_too_little_is_said_and_counts_once_there_is_more(shop: Shop) -> None:
    await makes(shop, "LARGE 20% from 30")
    await reviews(shop)
    await types_code(shop, "LARGE")
    assert shop.ann.sees("LARGE: from $30.00 of goods on") and shop.ann.sees("Total: $21.90")
    await shop.ann.taps("← Cart")
    await shop.ann.taps("➕")
    await shop.ann.taps("Checkout")
    assert shop.ann.sees("LARGE: −$7.20")


async def test_a_coupon_that_ends_before_the_press_is_taken_out_and_said(shop: Shop) -> None:
    """Nobody pays a price that was not on the button."""
    await makes(shop, "WELCOME10 10%")
    await reviews(shop)
    await types_code(shop, "WELCOME10")
    await shop.max.taps("Switch off")
    await shop.ann.taps("Place order")
    assert shop.ann.toast == "This coupon is over."
    assert shop.ann.sees("The total was $20.10 and is $21.90 now")
    await shop.ann.taps("Place order")
    assert shop.ann.sees("is placed")


async def test_a_forged_press_uses_nothing_that_is_not_known(shop: Shop) -> None:
    """Neither somebody else's nor one for everybody whose code was not typed: the numbers of rows are easily guessed."""
    await shop.ivan.starts()
    await a_late_parcel(shop)
    await presses(shop, shop.max, "Say sorry", "−15%")
    await makes(shop, "SECRET 90%")
    async with shop.app.db.begin() as session:
        apology = (await session.scalars(select(Coupon).where(Coupon.customer_id.is_not(None)))).one()
        public = (await session.scalars(select(Coupon).where(Coupon.customer_id.is_(None)))).one()
        apology.customer_id = (await session.scalars(select(Customer.id).where(Customer.name == "Иван"))).one()
    await reviews(shop, first=False)
    for forged in (apology.id, public.id):
        await shop.ann.taps_data(shop.ann.from_bot[-1]["message_id"], UseCoupon(coupon_id=forged).pack())
        assert shop.ann.toast == "I do not know this code. Please check it and send it again."
        assert shop.ann.sees("Total: $21.90") and not shop.ann.sees("SECRET")


async def test_who_knows_one_may_type_another(shop: Shop) -> None:
    """The one that is known takes nothing off so little, and is not offered."""
    await makes(shop, "FIVE 5 from 100")
    await makes(shop, "HALF 50%")
    await shop.ann.sends("/start k_FIVE")
    await reviews(shop)
    assert "🏷 I have a code" in shop.ann.buttons and not [each for each in shop.ann.buttons if "Your coupon" in each]
    await shop.ann.taps("← Cart")
    for _ in range(5):
        await shop.ann.taps("➕")
    await shop.ann.taps("Checkout")
    assert {"🎁 Your coupon: −$5.00", "🏷 I have a code"} <= set(shop.ann.buttons)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("WELCOME10", "Please send it like /coupon WELCOME10 10%"),
        ("WELCOME10 10% tomorrow", "Please send it like"),
        ("WELCOME10 500%", "a percentage from 1 to 100"),
        ("W! 10%", "A code has Latin letters"),
        ("WELCOME10 ten", "Please send a price"),
        ("WELCOME10 10% until 31.2.", "Please send a day"),
    ],
)
async def test_what_cannot_be_read_is_said_with_an_example(shop: Shop, line: str, words: str) -> None:
    await makes(shop, line)
    assert shop.max.sees(words)
    assert await count(shop, Coupon) == 0


async def test_everything_in_one_line(shop: Shop) -> None:
    await makes(shop, "XMAS 15 % from 30 x100 until 24.12")
    assert shop.max.sees("XMAS: −15%") and shop.max.sees("From $30.00 of goods on.")
    assert shop.max.sees("0 of 100 orders have it.") and shop.max.sees("Until 24 Dec 2026.")


async def test_only_who_may_change_prices_makes_coupons(shop: Shop) -> None:
    await shop.petra.sends("/coupon MINE 100%")
    assert shop.petra.sees("Your role does not include this.")
    assert await count(shop, Coupon) == 0


async def a_late_parcel(shop: Shop) -> None:
    """Ann's parcel has left, stands still, and takes longer than anybody was promised."""
    await a_paid_order(shop)
    await presses(shop, shop.max, "Ship", "Label: Sandbox")
    async with shop.app.db.read() as session:
        number = (await session.scalars(select(Shipment.tracking_number))).one()
    carrier = shop.app.carriers["sandbox"]
    assert isinstance(carrier, SandboxCarrier) and number is not None
    await shop.works(hours=12)
    carrier.stall(number, now=shop.clock())
    for _ in range(20):
        await shop.works(days=1)


async def test_what_is_over_says_so(shop: Shop) -> None:
    await makes(shop, "MARCH 10% until 3.3")
    await shop.max.sends("/coupons")
    assert shop.max.sees("MARCH: −10%, 0 orders have it") and not shop.max.sees("(over)")
    await shop.works(days=3)
    await shop.max.sends("/coupons")
    assert shop.max.sees("MARCH: −10%, 0 orders have it (over)")
    await presses(shop, shop.max, "MARCH")
    assert shop.max.sees("Its last day is over.")


async def test_whoever_waits_is_given_one(shop: Shop) -> None:
    await a_late_parcel(shop)
    assert shop.max.sees("The parcel takes longer than expected.")
    await presses(shop, shop.max, "Say sorry", "−15%")
    assert "Max said sorry with a coupon" in cards(shop)[0]
    assert shop.ann.sees("Sorry for the wait with order") and shop.ann.sees("15% off your next order.")
    await reviews(shop, first=False)
    await shop.ann.taps("Your coupon: −15%")
    assert shop.ann.sees("−$2.70")
    await shop.ann.taps("Place order")
    assert shop.ann.sees("is placed")


async def test_orders_without_coupons_look_as_before(shop: Shop) -> None:
    await orders(shop.ann)
    assert not shop.ann.sees("Discount")
