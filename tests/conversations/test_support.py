"""A customer asks, somebody of the shop answers: the whole way of a question through the staff chat and back."""

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.demo.people import Person
from bot.demo.state import Json
from store.models import SupportThread
from tests.conversations.conftest import Shop
from tests.conversations.test_staff import a_paid_order


async def asks(shop: Shop, person: Person, *words: str) -> None:
    """In the conversation with the shop, after Help and "Support"."""
    await person.sends("/help")
    await person.taps("💬 Support")
    for each in words:
        await person.sends(each)
    await shop.works()


async def answers(shop: Shop, who: Person, text: str, *, to: Json | None = None) -> None:
    await who.sends(text, reply_to=(to or newest(shop.max, "Question"))["message_id"])
    await shop.works()


def newest(person: Person, text: str) -> Json:
    """The bot's newest message that has *text* in it."""
    for message in reversed(person.from_bot):
        if text in str(message.get("text") or message.get("caption") or ""):
            return message
    raise AssertionError(f"nothing says {text!r}:\n{person.description(last=12)}")


def files(person: Person) -> list[str]:
    """What the bot has sent besides words."""
    return [kind for each in person.from_bot for kind in ("photo", "document", "voice", "sticker") if kind in each]


def card(shop: Shop) -> str:
    return str(newest(shop.max, "💬 Question")["text"])


async def count(shop: Shop, what: Any) -> int:
    async with shop.app.db.read() as session:
        return await session.scalar(select(func.count()).select_from(what)) or 0


async def test_a_question_goes_to_the_staff_and_the_answer_comes_back(shop: Shop) -> None:
    """Ann asks, Max replies to her words, Ann asks on, Max replies to the card: one thread, each side in its own chat."""
    await asks(shop, shop.ann, "Is the mug dishwasher-safe?")
    assert shop.ann.sees("Your question is with us")
    assert "👤 Ann · English" in card(shop)
    assert "waits since" in card(shop)
    question = newest(shop.max, "dishwasher")
    assert "Question" in question["reply_to_message"]["text"], "it hangs below its card"

    await answers(shop, shop.max, "Yes, at 60 °C.", to=question)
    reply = newest(shop.ann, "at 60 °C")
    assert reply["reply_to_message"]["text"] == "Is the mug dishwasher-safe?"
    assert "✅ Max answered" in card(shop)
    assert "Max" not in str(shop.ann.from_bot), "whose name is not told"

    await shop.ann.sends("And the teapot?", reply_to=reply["message_id"])
    await shop.works()
    asked_on = newest(shop.max, "teapot")
    assert asked_on["reply_to_message"]["text"] == "Yes, at 60 °C."
    await answers(shop, shop.max, "That one, too.")
    assert shop.ann.sees("That one, too.")
    assert await count(shop, SupportThread) == 1


async def test_whatever_shows_it_best_is_passed_on(shop: Shop) -> None:
    """A picture with words, a document, a voice message, a sticker: both ways, and nothing is downloaded."""
    await asks(shop, shop.ann)
    await shop.ann.sends_photo(caption="It came like this")
    await shop.ann.sends_document(b"x" * 1000, "receipt.pdf", caption="and the receipt")
    await shop.ann.sends_voice(7)
    await shop.ann.sends_sticker("😢")
    await shop.works()
    assert files(shop.max) == ["photo", "document", "voice", "sticker"]
    assert newest(shop.max, "It came like this")["photo"]
    assert shop.world.counts["getFile"] == 0

    to = newest(shop.max, "Question")["message_id"]
    await shop.max.sends_photo(caption="Here is the new one", reply_to=to)
    await shop.max.sends_voice(reply_to=to)
    await shop.max.sends_sticker(reply_to=to)
    await shop.max.sends_document(b"label", "label.pdf", reply_to=to)
    await shop.works()
    assert files(shop.ann) == ["photo", "voice", "sticker", "document"]
    assert shop.ann.sees("Here is the new one")


async def test_what_was_edited_is_edited_on_the_other_side(shop: Shop) -> None:
    await asks(shop, shop.ann, "Is it blue?")
    await shop.ann.edits(_written(shop.ann, "Is it blue?"), "Is it <b>dark</b> blue?")
    await shop.works()
    assert [each["text"] for each in shop.max.from_bot if "blue" in each.get("text", "")] == ["Is it <b>dark</b> blue?"]

    await answers(shop, shop.max, "Yes", to=newest(shop.max, "dark</b> blue"))
    await shop.max.edits(_written(shop.max, "Yes"), "No, it is black")
    await shop.works()
    assert shop.ann.sees("No, it is black")
    assert "Yes" not in [each.get("text") for each in shop.ann.from_bot]


async def test_the_words_below_a_picture_are_edited_too(shop: Shop) -> None:
    await asks(shop, shop.ann)
    await shop.ann.sends_photo(caption="the lid")
    await shop.ann.edits(shop.ann.chat[-2]["message_id"], "the broken lid")
    await shop.works()
    assert newest(shop.max, "the broken lid")["photo"]


def _written(person: Person, text: str) -> int:
    """Her own message."""
    mine = [each for each in person.chat if each["from"]["id"] == person.id and each.get("text") == text]
    return int(mine[-1]["message_id"])


async def test_the_first_answer_comes_by_itself_once_a_thread(shop: Shop) -> None:
    shop.given = {"support_hours": "Mon-Fri 09:00-18:00", "support_names": True}
    await shop.restart()
    await asks(shop, shop.ann, "one", "two")
    told = [each["text"] for each in shop.ann.from_bot if "Your question is with us" in each.get("text", "")]
    assert len(told) == 1
    assert "Mon–Fri from 09:00 to 18:00" in told[0]
    assert shop.ann.sees("Passed on to the shop")
    await answers(shop, shop.max, "Three.")
    assert newest(shop.ann, "Three.")["text"].startswith("Max"), "this shop tells its people's names"


async def test_a_question_about_an_order_names_it_and_only_to_its_buyer(shop: Shop) -> None:
    number = await a_paid_order(shop)
    await shop.ann.taps("Show order")
    forged = shop.ann.button("Ask about it").look["callback_data"]
    await shop.ann.taps("Ask about it")
    assert shop.ann.sees(f"It is about order {number}")
    await shop.ann.sends("Can you gift-wrap it?")
    await shop.works()
    assert f"🧾 Order {number}" in card(shop)

    await shop.ivan.starts()
    await shop.ivan.taps_data(shop.ivan.from_bot[-1]["message_id"], forged)
    assert number not in str(shop.ivan.chat)


async def test_the_staff_writes_to_the_buyer_from_the_card_and_the_answer_lands_in_the_thread(shop: Shop) -> None:
    number = await a_paid_order(shop)
    await shop.max.taps("💬 Message")
    await shop.works()
    assert "Reply to the message that comes now" in shop.max.toast
    called = newest(shop.max, "💬 Question")
    assert number in called["text"]
    await answers(shop, shop.max, "The blue one is sold out. Is green all right?", to=called)
    told = newest(shop.ann, "Is green all right?")
    assert number in told["text"], "the customer is told which order it is about"

    await shop.ann.sends("Green is fine")
    await shop.works()
    assert newest(shop.max, "Green is fine")
    assert await count(shop, SupportThread) == 1


async def test_an_answer_needs_no_button_while_the_shop_waits_for_it(shop: Shop) -> None:
    """But whatever the shop understands itself stays understood, and a day later a text is a text again."""
    await asks(shop, shop.ann, "Do you have it in red?")
    await shop.ann.taps("Home")
    await answers(shop, shop.max, "Which size?")
    await shop.ann.sends("M, please")
    await shop.works()
    assert newest(shop.max, "M, please")
    await shop.ann.taps("Home")
    await shop.ann.sends("thanks")
    assert not any("thanks" in each.get("text", "") for each in shop.max.from_bot)


async def test_nothing_is_lost_when_the_program_ends_before_it_is_told(shop: Shop) -> None:
    """The question is a row before it is a message."""
    await shop.ann.sends("/support")
    await shop.ann.sends("Is anybody there?")
    assert not shop.max.from_bot
    await shop.restart()
    await shop.works()
    assert newest(shop.max, "Is anybody there?")


async def test_a_message_that_came_twice_is_asked_once(shop: Shop) -> None:
    await shop.ann.sends("/support")
    await shop.ann.sends("Once")
    message = next(each for each in shop.ann.chat if each.get("text") == "Once")
    for _ in range(2):
        await shop.world.emit("message", message)
    await shop.works()
    assert len([each for each in shop.max.from_bot if each.get("text") == "Once"]) == 1


async def test_an_album_is_acknowledged_once(shop: Shop) -> None:
    await asks(shop, shop.ann)
    before = len(shop.ann.from_bot)
    await shop.ann.sends_album(4, "all four sides")
    await shop.works()
    assert len(shop.ann.from_bot) == before + 1
    assert len([each for each in shop.max.from_bot if "photo" in each]) == 4


@pytest.mark.parametrize(
    "words", ["<b>bold</b> & <script>", "{name} {order}", "x" * 4096, "\u202egnp.exe", "😀" * 2000]
)
async def test_hostile_words_stay_words(shop: Shop, words: str) -> None:
    await shop.ann.sends("/support")
    await shop.ann.sends_content({"text": words})
    await shop.works()
    assert [each["text"] for each in shop.max.from_bot if each.get("text") == words]
    await shop.max.sends_content({"text": words}, reply_to=newest(shop.max, "💬 Question")["message_id"])
    await shop.works()
    assert any(words[:200] in each.get("text", "") for each in shop.ann.from_bot)
    await shop.max.sends("/threads")
    assert shop.max.sees("Open questions")


async def test_what_its_writer_deleted_in_time_is_told_in_words(shop: Shop) -> None:
    """It was asked all the same; a picture that is gone is gone."""
    await shop.ann.sends("/support")
    await shop.ann.sends("Please call me")
    await shop.ann.sends_photo(caption="this one")
    for each in [each for each in shop.ann.chat if each["from"]["id"] == shop.ann.id]:
        del shop.ann.here.messages[each["message_id"]]
    await shop.works()
    assert newest(shop.max, "Please call me")["text"].startswith("Ann")
    assert "taken back" in newest(shop.max, "this one")["text"]
