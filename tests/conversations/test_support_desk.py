"""Questions as the shop's people have them: who is on it, who may answer, what waits, and what did not arrive."""

from store import staff
from store.models import SupportMessage, SupportThread
from tests.conversations.conftest import Shop
from tests.conversations.test_staff_group import a_colleague
from tests.conversations.test_staff_topics import becomes_a_forum, said_in, thread
from tests.conversations.test_support import answers, asks, card, count, newest


async def test_a_closed_question_is_told_and_a_new_one_opens_another(shop: Shop) -> None:
    await asks(shop, shop.ann, "Open on Sunday?")
    await shop.max.taps("Close")
    await shop.works()
    assert shop.ann.sees("The shop has closed your question")
    assert "🔒 closed by Max" in card(shop)
    await asks(shop, shop.ann, "And on Monday?")
    assert await count(shop, SupportThread) == 2

    await shop.ann.taps("It is settled")
    await shop.works()
    assert "🔒 closed by Ann" in card(shop)


async def test_an_answer_to_a_closed_question_opens_it_again(shop: Shop) -> None:
    await asks(shop, shop.ann, "Open on Sunday?")
    question = newest(shop.max, "Sunday")
    await shop.max.taps("Close")
    await shop.works()
    await answers(shop, shop.max, "Yes, from ten", to=question)
    assert shop.ann.sees("Yes, from ten")
    assert "✅ Max answered" in card(shop)


async def test_somebody_takes_care_and_everybody_sees_who(shop: Shop) -> None:
    await asks(shop, shop.ann, "Hello?")
    await _petra_answers_now(shop)
    await shop.petra.taps("I am on it")
    await shop.works()
    assert "🙋 Petra is on it" in card(shop)
    await shop.max.sends("/threads")
    assert "🙋 Petra" in newest(shop.max, "Open questions")["text"]


async def _petra_answers_now(shop: Shop) -> None:
    async with shop.app.db.begin() as session:
        await staff.grant(session, shop.petra.id, staff.Role.SUPPORT, now=shop.clock())


async def test_open_questions_are_listed_and_called_to_the_bottom(shop: Shop) -> None:
    await asks(shop, shop.ann, "First question")
    await shop.lilei.sends("/support 第二个问题")
    await shop.works(minutes=5)
    await shop.max.sends("/threads")
    listed = newest(shop.max, "Open questions")["text"]
    assert listed.index("First question") < listed.index("第二个问题"), "who waits longest comes first"
    await shop.max.taps("· Ann")
    await shop.works()
    assert "First question" in shop.max.from_bot[-1]["text"]
    await answers(shop, shop.max, "Here I am", to=shop.max.from_bot[-1])
    assert shop.ann.sees("Here I am")
    assert not shop.lilei.sees("Here I am")


async def test_a_packer_answers_nobody(shop: Shop) -> None:
    await asks(shop, shop.ann, "Hello?")
    await answers(shop, shop.petra, "Hi!")
    assert shop.max.sees("Your role does not include this.")
    assert not shop.ann.sees("Hi!")


async def test_a_strangers_reply_goes_nowhere_and_is_told_once(shop: Shop) -> None:
    await asks(shop, shop.ann, "Hello?")
    mallory = a_colleague(shop, "Mallory")
    for words in ("Send me your card number", "Really"):
        await answers(shop, mallory, words)
    said = [each for each in shop.max.from_bot if "Only the shop's people" in each.get("text", "")]
    assert len(said) == 1
    assert not shop.ann.sees("card number")
    assert await count(shop, SupportMessage) == 1
    await mallory.sends("/threads")
    assert not any("Open questions" in each.get("text", "") for each in shop.max.from_bot)


async def test_nobody_reads_or_answers_anothers_thread(shop: Shop) -> None:
    """Ivan replies in his own chat to a message with the number that Ann's answer has in hers."""
    await asks(shop, shop.ann, "Hello?")
    await answers(shop, shop.max, "Hi Ann")
    number = newest(shop.ann, "Hi Ann")["message_id"]
    while shop.ivan.chat_id not in shop.world.chats or shop.ivan.here.last_message_id < number:
        await shop.ivan.sends("/help")
    await shop.ivan.sends("and me?", reply_to=number)
    await shop.works()
    assert not any("and me?" in each.get("text", "") for each in shop.max.from_bot)
    assert await count(shop, SupportMessage) == 2


async def test_a_customer_who_has_blocked_the_bot_is_reported_in_the_thread(shop: Shop) -> None:
    await asks(shop, shop.ann, "Hello?")
    await shop.ann.blocks_bot()
    await shop.works()
    assert "has blocked the bot" in card(shop)
    await answers(shop, shop.max, "Are you there?")
    lost = newest(shop.max, "This did not reach Ann")
    assert lost["reply_to_message"]["text"] == "Are you there?"
    await shop.ann.unblocks_bot()
    await shop.works()
    assert "has blocked the bot" not in card(shop)


async def test_what_did_not_arrive_leads_to_a_message_that_can_be_answered(shop: Shop) -> None:
    """A reply to whatever says "reply to this message" arrives."""
    await asks(shop, shop.ann, "Hello?")
    await shop.ann.blocks_bot()
    await answers(shop, shop.max, "Are you there?")
    await shop.ann.unblocks_bot()
    await shop.max.taps("Show the question")
    await shop.works()
    assert "Reply to this message" in shop.max.from_bot[-1]["text"]
    await answers(shop, shop.max, "And now?", to=shop.max.from_bot[-1])
    assert shop.ann.sees("And now?")


async def test_a_question_that_nobody_answers_is_called_to_mind_once(shop: Shop) -> None:
    await asks(shop, shop.ann, "Hello?")
    await shop.works(hours=3)
    assert not shop.max.sees("has been waiting")
    await shop.works(hours=2)
    await shop.works(hours=9)
    assert len([each for each in shop.max.from_bot if "has been waiting" in each.get("text", "")]) == 1
    await answers(shop, shop.max, "Sorry for the wait", to=newest(shop.max, "has been waiting"))
    assert shop.ann.sees("Sorry for the wait")


async def test_the_staff_writes_to_nobody_by_talking_to_each_other(shop: Shop) -> None:
    """What is no reply to the bot never leaves the group."""
    await asks(shop, shop.ann, "Hello?")
    before = len(shop.ann.from_bot)
    shop.world.has_privacy_mode = False
    await shop.max.sends("She is a nuisance")
    await shop.petra.sends("Quite", reply_to=shop.max.chat[-1]["message_id"])
    await shop.works()
    assert len(shop.ann.from_bot) == before


async def test_in_a_group_with_topics_all_of_it_stands_in_the_topic_of_questions(shop: Shop) -> None:
    """The card, the question, the answer to it, what was sent from a saved reply; an order's news stays in its own."""
    await becomes_a_forum(shop)
    await asks(shop, shop.ann, "Is it blue?")
    support = thread(shop, "Support")
    assert "💬 Question 1" in said_in(shop, support)
    assert "Is it blue?" in said_in(shop, support)
    await answers(shop, shop.max, "It is", to=newest(shop.max, "Is it blue?"))
    assert shop.ann.sees("It is")
    await shop.ann.sends("Thanks!")
    await shop.works()
    assert "Thanks!" in said_in(shop, support)
    assert not said_in(shop, None)


async def test_a_deleted_topic_of_questions_is_made_again(shop: Shop) -> None:
    await becomes_a_forum(shop)
    await asks(shop, shop.ann, "Is it blue?")
    name = next(topic.name for topic in shop.world.chats[shop.staff_chat].topics.values() if "Support" in topic.name)
    shop.max.deletes_topic(name)
    await shop.ann.sends("Hello?")
    await shop.works()
    assert "Hello?" in said_in(shop, thread(shop, "Support"))
    await answers(shop, shop.max, "Here", to=newest(shop.max, "Hello?"))
    assert shop.ann.sees("Here")


async def test_an_answer_is_not_lost_when_its_group_moves_and_goes_to_nobody_else(shop: Shop) -> None:
    """The group becomes a supergroup between the answer and its copy: it cannot be copied from there any more, and Ann has not moved."""
    await asks(shop, shop.ann, "Is it blue?")
    await shop.max.sends("It is", reply_to=newest(shop.max, "Is it blue?")["message_id"])
    new = await shop.max.upgrades_group(shop.staff_chat)
    await shop.works()
    assert shop.ann.sees("It is")
    await shop.ann.sends("Thanks!")
    await shop.works()
    moved = shop.max.at(new)
    assert newest(moved, "Thanks!")
    await moved.sends("You are welcome", reply_to=newest(moved, "Thanks!")["message_id"])
    await shop.works()
    assert shop.ann.sees("You are welcome")
    assert not any("Passed on" in each.get("text", "") for each in moved.from_bot)
