"""What people ask in plain words about their orders, and what the shop answers."""

from store.parcels import asking
from tests.conversations.conftest import Shop
from tests.conversations.test_support import asks, newest
from tests.conversations.walks import CASH, answers, order_number, orders, takes

# What is learned anew may become surer of one of them.
DOUBTFUL = ("mug today", "so my mug", "and the mug", "mug by when", "mug where", "will the mug", "mug still")


async def _orders_again(shop: Shop) -> str:
    await takes(shop.ann)
    await answers(shop.ann, payment=CASH, first=False)
    await shop.ann.taps("Place order")
    return order_number(shop.ann)


async def test_every_question_gets_its_own_answer(shop: Shop) -> None:
    """About the only order that is open, in whatever language; then about one that has left."""
    number = await orders(shop.ann, payment=CASH)
    for text, said in (
        ("where is my order?", "It is being prepared"),
        ("not cancelling, just tell me where it is", "It is being prepared"),
        ("我的快递到哪了", "It is being prepared"),
        (f"and {number.lower()}?", "It is being prepared"),
        ("it says delivered but I have nothing", "It is being prepared"),
        ("please cancel my order", f"Cancel order {number}?"),
        ("I gave the wrong address", f"Order {number} has not left yet"),
        ("where is my refund", "No refund is under way"),
        ("what is the courier's phone number?", "there is no courier so far"),
        ("I need the pickup code", "does not wait anywhere"),
        ("how long does delivery take?", "Standard courier: "),
        ("I want to talk to a human", "Write to us"),
    ):
        await shop.ann.sends("/cancel")
        await shop.ann.sends(text)
        assert said in shop.ann.screen, text
    await shop.works()
    for label in ("Accept", "Pack", "Ship", "label"):
        await shop.max.taps(label)
    await shop.works()
    for text, said in (
        ("改地址", "is with the carrier already"),
        ("отмените заказ", "cannot be called off here any more"),
        ("telefon kuryenin", "do not know the courier's number"),
    ):
        await shop.ann.sends("/cancel")
        await shop.ann.sends(text)
        assert said in shop.ann.screen, text


async def test_who_has_several_orders_chooses_and_the_answer_follows(shop: Shop) -> None:
    numbers = {await orders(shop.ann, payment=CASH), await _orders_again(shop)}
    await shop.ann.sends("cancel my order please")
    assert shop.ann.sees("Which order do you mean?")
    assert numbers <= set(shop.ann.buttons)
    await shop.ann.taps(min(numbers))
    assert f"Cancel order {min(numbers)}?" in shop.ann.screen
    await shop.ann.sends(f"where are {' and '.join(numbers)}")
    assert "Which order do you mean?" in shop.ann.screen


async def test_what_may_be_a_question_for_a_parcel_is_asked_back(shop: Shop) -> None:
    """Whoever has ordered nothing looks for goods; whoever has decides with one tap, and the words are not lost."""
    doubtful = next(text for text in DOUBTFUL if asking.reading(text, "en").is_perhaps)
    await shop.ann.sends(doubtful)
    assert "Do you ask where your order is?" not in shop.ann.screen
    await orders(shop.ann, payment=CASH)
    await shop.ann.sends(doubtful)
    assert "Do you ask where your order is?" in shop.ann.screen
    await shop.ann.taps("Parcel status")
    assert "It is being prepared" in shop.ann.screen
    await shop.ann.sends(doubtful)
    await shop.ann.taps("Something else")
    assert "mug" in shop.ann.screen


async def test_a_number_of_somebody_else_says_nothing(shop: Shop) -> None:
    number = await orders(shop.ann, payment=CASH)
    await shop.ivan.starts()
    await shop.ivan.sends(number)
    assert number not in shop.ivan.screen
    assert "My orders" in str(shop.ivan.buttons) or "Мои заказы" in str(shop.ivan.buttons)


async def test_the_staff_teaches_what_asks_for_a_parcel(shop: Shop) -> None:
    odd = "any word of the sleigh from Lapland"
    await asks(shop, shop.ann, odd)
    await shop.max.taps("About a parcel?")
    assert odd in newest(shop.max, "Do these words ask")["text"]
    await shop.max.taps("Yes, a parcel")
    assert shop.max.toast == "Learned, thank you"
    await shop.lilei.starts()
    await shop.lilei.sends(odd)
    assert shop.lilei.sees("您还没有下过单") or shop.lilei.sees("还没有")


async def test_who_has_bought_nothing_and_asks_when_it_comes_reads_how_long_it_takes(shop: Shop) -> None:
    """ "When will it ship" is asked before buying and after."""
    await shop.ann.starts()
    await shop.ann.sends("when will it ship")
    assert shop.ann.sees("You have not ordered anything yet") and shop.ann.sees("Standard courier: ")
    await orders(shop.ann, payment=CASH)
    await shop.ann.sends("when will it ship")
    assert "How long delivery takes" not in shop.ann.screen
