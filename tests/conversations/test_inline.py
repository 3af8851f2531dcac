"""The shop's goods in any chat: @bot words."""

import re

import pytest
from sqlalchemy import event, func, select, update

from bot.demo.methods_params import Params
from bot.demo.rules import BotApiError
from bot.demo.state import InlineQuestion
from store import search
from store.models import Price, Product, StockLevel
from tests.conversations.conftest import Shop
from tests.conversations.walks import takes


def _titles(question: InlineQuestion) -> list[str]:
    return [each["title"] for each in question.results or []]


async def _product_id(shop: Shop) -> int:
    async with shop.app.db.read() as session:
        return await session.scalar(select(func.min(Product.id))) or 0


async def test_words_after_the_bots_name_find_cards(shop: Shop) -> None:
    """In the language of whoever types, also of somebody who never wrote to the shop."""
    assert _titles(await shop.ann.asks("linen dress")) == ["Linen dress"]
    assert _titles(await shop.ivan.asks("платья")) == ["Льняное платье"]
    chinese = await shop.lilei.asks("连衣裙")
    assert _titles(chinese) == ["亚麻连衣裙"]
    assert "US$45.00" in str(chinese.results)


async def test_a_card_has_the_picture_the_price_and_the_way_to_the_shop(shop: Shop) -> None:
    """Once Telegram has the picture; what is in the chat afterwards leads a friend to the product."""
    product_id = await _product_id(shop)
    await shop.ann.starts(f"p_{product_id}")
    question = await shop.ann.asks("linen dress")
    message = await shop.petra.at(shop.staff_chat).chooses(question, "Linen dress")

    assert message["photo"][-1]["file_id"] == shop.ann.from_bot[-1]["photo"][-1]["file_id"]
    assert message["caption"] == "Linen dress\n$45.00"
    (button,) = message["reply_markup"]["inline_keyboard"][0]
    assert button["url"] == f"https://t.me/dukkan_demo_bot?start=p_{product_id}"


async def test_without_a_picture_that_telegram_has_the_card_is_words(shop: Shop) -> None:
    await shop.ann.sends("/help")
    message = await shop.ann.chooses(await shop.ann.asks("linen dress"), "Linen dress")

    assert message["text"] == "Linen dress\n$45.00"


async def test_a_picture_that_telegram_has_lost_costs_no_card(shop: Shop) -> None:
    """The answer is refused as a whole: the cards come again, without pictures."""
    await shop.ann.starts(f"p_{await _product_id(shop)}")
    shop.world.state.files.pop(shop.ann.from_bot[-1]["photo"][-1]["file_id"])
    question = await shop.ann.asks("linen")

    assert "Linen dress" in _titles(question)
    assert "photo" not in str(question.results)


async def test_the_pictures_of_a_page_are_asked_for_at_once(shop: Shop) -> None:
    """Not one by one at every letter that somebody types."""
    asked: list[str] = []

    def note(*about: object) -> None:
        asked.append(str(about[2]))

    engine = shop.app.db._reader.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await shop.ann.asks("")
    event.remove(engine, "before_cursor_execute", note)

    assert len([each for each in asked if "picture_files" in each]) == 1


async def test_what_is_shared_is_the_product(shop: Shop) -> None:
    """What *Share* types is one product's number."""
    product_id = await _product_id(shop)
    await shop.ann.starts(f"p_{product_id}")
    typed = await shop.ann.taps("Share") or ""

    assert _titles(await shop.ann.asks(typed)) == ["Linen dress"]


async def test_a_card_chosen_in_the_chat_with_the_shop_opens_the_product(shop: Shop) -> None:
    await shop.ann.sends("/search")
    assert await shop.ann.taps("As you type") == ""
    await shop.ann.chooses(await shop.ann.asks("linen dress"), "Linen dress")

    assert "Add to cart · $45.00" in shop.ann.buttons


async def test_a_chosen_card_shows_how_its_reader_stands_to_the_product(shop: Shop) -> None:
    """As the button of the card would have."""
    await shop.ann.starts(f"p_{await _product_id(shop)}")
    await shop.ann.taps("🤍 Like")
    by_link = list(shop.ann.buttons)
    await shop.ann.chooses(await shop.ann.asks("linen dress"), "Linen dress")

    assert shop.ann.buttons == by_link


async def test_a_card_is_no_answer_to_what_the_checkout_asks(shop: Shop) -> None:
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.ann.sends("Ann Lee")
    await shop.ann.chooses(await shop.ann.asks("linen dress"), "Linen dress")
    await shop.ann.sends("/start")
    await shop.ann.taps("Continue checkout")

    assert shop.ann.sees("phone number")


async def test_long_answers_come_page_by_page(shop: Shop) -> None:
    """At most fifty at once, each product once, and the last page says that it is the last."""
    seen: list[str] = []
    question = await shop.ann.asks("")
    while True:
        assert question.results is not None and len(question.results) <= 50
        seen += [each["id"] for each in question.results]
        if not question.next_offset:
            break
        question = await shop.ann.asks("", offset=question.next_offset)
    async with shop.app.db.read() as session:
        everything = await search.find(session, search.read(""), "USD", limit=1000)

    assert seen == [f"p_{card.id}" for card in everything.cards]
    assert len(seen) > 20


async def test_nobody_learns_how_many_are_left(shop: Shop) -> None:
    """Neither in the list nor in what stands in somebody else's chat; and what one reads is kept for nobody else."""
    async with shop.app.db.begin() as session:
        await session.execute(update(StockLevel).values(on_hand=StockLevel.reserved + 3))
    for text in ("", "linen"):
        shown = str((await shop.ann.asks(text)).results)
        assert not re.search(r"\bleft\b|\b3\b", re.sub(r"p_\d+|\$[\d.]+|photo-[\w-]+", "", shown))
    answers = [call for name, call in shop.world.calls if name == "answerInlineQuery"]

    assert answers and all(call["is_personal"] for call in answers)


async def test_a_price_changed_is_the_price_shown(shop: Shop) -> None:
    await shop.ann.asks("linen dress")
    async with shop.app.db.begin() as session:
        await session.execute(update(Price).values(unit_minor=4700))

    assert "$47.00" in str((await shop.ann.asks("linen dress")).results)


@pytest.mark.parametrize("text", ["xylophone", "🙂", "p_999999", "o_secret", "p_0", "x" * 256, "<b>&", "' or 1=1"])
@pytest.mark.parametrize("offset", ["", "0", "-1", "9" * 60, "abc", "999999"])
async def test_whatever_is_typed_is_answered(shop: Shop, text: str, offset: str) -> None:
    """And where there is nothing, with the way into the shop."""
    question = await shop.ann.asks(text, offset=offset)

    assert question.results is not None
    assert offset or question.button == {"text": "🛍 Open the shop", "start_parameter": "shop"}


async def test_withdrawn_goods_are_in_no_card(shop: Shop) -> None:
    product_id = await _product_id(shop)
    async with shop.app.db.begin() as session:
        await session.execute(update(Product).where(Product.id == product_id).values(status="archived"))
    for text in ("linen dress", f"p_{product_id}"):
        assert "Linen dress" not in _titles(await shop.ann.asks(text))


async def test_the_shop_asks_telegram_for_inline_questions(shop: Shop) -> None:
    assert "inline_query" in shop.app.dp.resolve_used_update_types()


CARD = {"type": "article", "id": "1", "title": "Mug", "input_message_content": {"message_text": "Mug"}}


@pytest.mark.parametrize(
    ("results", "refusal"),
    [
        ([CARD, CARD], "RESULT_ID_DUPLICATE"),
        ([CARD | {"id": str(number)} for number in range(51)], "too many inline query results specified"),
        ([CARD | {"id": "é" * 33}], "RESULT_ID_INVALID"),
        ([CARD | {"input_message_content": {"message_text": "<br>", "parse_mode": "HTML"}}], "can't parse entities"),
        ([{"type": "photo", "id": "1", "photo_file_id": "photo-9-none"}], "wrong file identifier"),
    ],
)
async def test_the_telegram_in_memory_refuses_what_telegram_refuses(
    shop: Shop, results: list[dict[str, object]], refusal: str
) -> None:
    from bot.demo.methods_inline import answer_inline_query, open_question

    question = open_question(shop.world, shop.ann.id, "mug", "")
    with pytest.raises(BotApiError, match=refusal):
        answer_inline_query(shop.world, Params({"inline_query_id": question.id, "results": results}))


async def test_a_question_is_answered_once_and_in_time(shop: Shop) -> None:
    from bot.demo.methods_inline import answer_inline_query, open_question

    question = open_question(shop.world, shop.ann.id, "mug", "")
    params = Params({"inline_query_id": question.id, "results": [CARD]})
    answer_inline_query(shop.world, params)
    with pytest.raises(BotApiError, match="query is too old"):
        answer_inline_query(shop.world, params)
