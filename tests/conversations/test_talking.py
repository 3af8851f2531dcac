"""Commands, languages, links, and everything that is no button."""

import pytest
from sqlalchemy import func, select

from store.models import Category, Product
from tests.conversations.conftest import Shop
from tests.conversations.walks import CASH, orders, takes


@pytest.mark.parametrize("command", ["/help", "/orders", "/cart", "/language", "/track", "/cancel", "/catalog"])
async def test_every_command_is_answered(shop: Shop, command: str) -> None:
    await shop.ann.sends(command)

    assert len(shop.ann.from_bot) == 1


@pytest.mark.parametrize("text", ["hello", "/nonsense", "🙂", "x" * 4000, "<b>", "123", "купить", "/start@other_bot"])
async def test_no_text_meets_silence(shop: Shop, text: str) -> None:
    await shop.ann.sends(text)

    assert shop.ann.from_bot


@pytest.mark.parametrize("who, text", [("ann", "Hello!"), ("lilei", "你好 在吗"), ("ivan", "Добрый день")])
async def test_who_greets_is_shown_the_door(shop: Shop, who: str, text: str) -> None:
    """And no goods that sound alike."""
    person = getattr(shop, who)
    await person.starts()
    door = person.screen
    await person.sends(text)
    assert person.screen == door


async def test_a_greeting_answers_a_question_that_is_open(shop: Shop) -> None:
    await shop.ann.sends("/search")
    await shop.ann.sends("hello")
    assert shop.ann.sees("hello")


async def test_a_sticker_gets_a_way_on(shop: Shop) -> None:
    await shop.ann.sends_sticker()
    assert shop.ann.sees("I am only a shop")
    await shop.ann.taps("Browse")

    assert shop.ann.sees("What are you looking for?")


async def test_a_language_is_chosen_once(shop: Shop) -> None:
    await shop.ann.starts()
    await shop.ann.taps("Language")
    assert shop.ann.buttons == ["✅ English", "中文", "Русский", "Home"]
    await shop.ann.taps("Русский")
    assert shop.ann.sees("Лавка «Гавань»")
    await shop.ann.sends("/language")

    assert "✅ Русский" in shop.ann.buttons


async def test_everybody_is_greeted_in_their_language(shop: Shop) -> None:
    await shop.lilei.starts()
    await shop.ivan.starts()

    assert shop.lilei.sees("海港好物")
    assert shop.ivan.sees("Лавка «Гавань»")


async def test_links_lead_to_a_product_and_a_category(shop: Shop) -> None:
    await shop.ann.starts(f"p_{await first(shop, Product)}")
    assert "Add to cart · $45.00" in shop.ann.buttons
    await shop.ann.starts(f"c_{await first(shop, Category)}")
    assert shop.ann.sees("Clothing")


async def first(shop: Shop, model: type[Product] | type[Category]) -> int:
    async with shop.app.db.read() as session:
        return await session.scalar(select(func.min(model.id))) or 0


@pytest.mark.parametrize(
    "payload", ["p_999999", "c_0", "o_nobody", "p_", "p_-1", "p_99999999999999999999", "zzz", "o_%"]
)
async def test_a_link_that_leads_nowhere_leads_to_the_shop(shop: Shop, payload: str) -> None:
    await shop.ann.starts(payload)

    assert shop.ann.sees("Harbor Goods")


async def test_a_link_does_not_end_a_checkout(shop: Shop) -> None:
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.ann.sends("Ann Lee")
    await shop.ann.starts(f"p_{await first(shop, Product)}")
    await shop.ann.sends("/start")

    assert "Continue checkout" in shop.ann.buttons


async def test_an_empty_list_of_orders_leads_on(shop: Shop) -> None:
    await shop.ann.sends("/orders")

    assert shop.ann.sees("No orders yet")
    assert "🛍 Browse" in shop.ann.buttons


async def test_many_orders_are_turned_page_by_page(shop: Shop) -> None:
    from tests.conversations.walks import answers

    await orders(shop.ann, payment=CASH)
    for _ in range(7):
        await takes(shop.ann)
        await answers(shop.ann, payment=CASH, first=False)
        await shop.ann.taps("Place order")
    await shop.ann.sends("/orders")
    assert "◀ Newer" not in shop.ann.buttons
    await shop.ann.taps("Older")
    assert "Older ▶" not in shop.ann.buttons
    await shop.ann.taps("Newer")

    assert "Older ▶" in shop.ann.buttons


async def test_customers_things_are_not_shown_in_a_group(shop: Shop) -> None:
    """Whoever types a customer's command into the staff chat, or presses a forged button there, sees nothing of a customer."""
    before = len(shop.max.from_bot)
    for text in ("/start", "/cart", "/orders", "/track", "hello"):
        await shop.max.sends(text)
    posted = shop.world.post(shop.max.here, shop.world.bot, {"text": "an old message"})
    await shop.max.taps_data(posted["message_id"], "k:0")
    await shop.max.taps_data(posted["message_id"], "ls:0")

    assert len(shop.max.from_bot) == before + 1


async def test_a_button_of_another_time_leads_on(shop: Shop) -> None:
    await shop.ann.starts()
    message_id = shop.ann.from_bot[-1]["message_id"]
    for forged in ("gone:1", "v:0:1:0", "p:99999999999999999999:0", "x", "yx:1:" + "a" * 40):
        await shop.ann.taps_data(message_id, forged)
        assert shop.ann.toast == "This button is out of date"
