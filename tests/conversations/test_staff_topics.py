"""The staff chat as a group with topics, and how a group becomes the staff chat."""

import pytest

from bot.demo.people import Person
from bot.profile import furnish_staff_chat
from tests.conversations.conftest import Shop
from tests.conversations.test_staff import a_paid_order, cards, presses
from tests.conversations.walks import order_number


async def becomes_a_forum(shop: Shop, *, bot_status: str = "administrator") -> None:
    group = shop.world.chats[shop.staff_chat]
    group.is_forum = True
    group.members[shop.world.bot_id] = bot_status
    await furnishes(shop)


async def furnishes(shop: Shop) -> None:
    """As at the start of the program."""
    await furnish_staff_chat(shop.app.bot, shop.app.db, shop.app.settings, now=shop.clock())


def thread(shop: Shop, name: str) -> int:
    topics = shop.world.chats[shop.staff_chat].topics
    return next(number for number, topic in topics.items() if name in topic.name)


def said_in(shop: Shop, thread_id: int | None) -> str:
    messages = shop.world.chats[shop.staff_chat].messages.values()
    return "\n".join(str(each.get("text")) for each in messages if each.get("message_thread_id") == thread_id)


async def test_each_kind_of_news_has_its_topic(shop: Shop) -> None:
    await becomes_a_forum(shop)
    number = await a_paid_order(shop)
    assert number in said_in(shop, thread(shop, "Orders"))
    assert number not in said_in(shop, None)
    await presses(shop, shop.petra, "Accept")
    assert "Petra accepted" in said_in(shop, thread(shop, "Orders"))


async def test_an_answer_stands_in_the_topic_of_its_question(shop: Shop) -> None:
    await becomes_a_forum(shop)
    await a_paid_order(shop)
    await shop.max.sends("on it!", reply_to=shop.max.from_bot[-1]["message_id"])
    assert "Reply to a card" in said_in(shop, thread(shop, "Orders"))


async def test_a_deleted_topic_is_made_again_and_nothing_is_lost(shop: Shop) -> None:
    """With its topic the card went too: the next change begins a new one, in a new topic."""
    await becomes_a_forum(shop)
    first = await a_paid_order(shop)
    old = thread(shop, "Orders")
    shop.max.deletes_topic("🧾 Orders")
    second = await a_paid_order(shop, first=False)  # type: ignore[arg-type]  # the given values are of several types
    assert thread(shop, "Orders") != old
    assert second in said_in(shop, thread(shop, "Orders"))
    await shop.ann.sends(f"/track {first}")
    assert order_number(shop.ann) == first


async def test_a_closed_topic_keeps_no_news_from_the_staff(shop: Shop) -> None:
    await becomes_a_forum(shop)
    group = shop.world.chats[shop.staff_chat]
    group.topics[thread(shop, "Orders")].is_closed = True
    group.members[shop.world.bot_id] = "member"
    number = await a_paid_order(shop)
    assert number in said_in(shop, None)


async def test_a_bot_that_may_make_no_topics_speaks_in_the_chat(shop: Shop) -> None:
    await becomes_a_forum(shop, bot_status="member")
    number = await a_paid_order(shop)
    assert number in said_in(shop, None)


async def test_topics_are_made_once_and_name_nobody(shop: Shop) -> None:
    await becomes_a_forum(shop)
    await a_paid_order(shop)
    await furnishes(shop)
    names = [topic.name for topic in shop.world.chats[shop.staff_chat].topics.values()]
    assert sorted(names) == sorted(["🧾 Orders", "💳 Payments", "📉 Stock", "💬 Support", "🧯 System"])


async def test_a_plain_group_is_left_as_it_is(shop: Shop) -> None:
    await furnishes(shop)
    await a_paid_order(shop)
    assert "createForumTopic" not in shop.world.counts
    assert len(cards(shop)) == 1


# ---- which group it is


def a_group(shop: Shop, *, is_forum: bool = False) -> Person:
    """Max is at home in it; the bot is not in it yet."""
    status = "administrator" if is_forum else "member"
    group = shop.world.add_group("Back office", [shop.max.id, shop.petra.id], is_forum=is_forum, bot_status=status)
    return shop.max.at(group.id)


@pytest.fixture
async def homeless(shop: Shop) -> Shop:
    """A shop whose settings name no staff chat."""
    shop.given = {"staff_chat_id": None, "owner_id": shop.max.id}
    await shop.restart()
    return shop


@pytest.mark.parametrize("is_forum", [False, True])
async def test_the_owner_confirms_the_group_that_gets_the_orders(homeless: Shop, is_forum: bool) -> None:
    """The link that adds the bot sends /start into the group; after one press the next order's card comes there."""
    owner = a_group(homeless, is_forum=is_forum)
    await owner.sends("/start@dukkan_demo_bot staff")
    await owner.taps("Yes, this group")
    assert owner.sees("This is the staff chat now")
    homeless.staff_chat = owner.chat_id
    number = await a_paid_order(homeless)
    assert owner.sees(number)
    assert len(homeless.world.chats[owner.chat_id].topics) == (5 if is_forum else 0)


async def test_nobody_but_the_owner_confirms_a_group(homeless: Shop) -> None:
    owner = a_group(homeless)
    petra = homeless.petra.at(owner.chat_id)
    await petra.sends("/start@dukkan_demo_bot staff")
    assert not petra.from_bot
    await owner.sends("/start@dukkan_demo_bot staff")
    button = owner.button("Yes, this group")
    await petra.taps_data(button.message_id, button.look["callback_data"])
    assert "role" in (petra.toast or "")
    homeless.max = homeless.max.at(homeless.max.id)
    number = await a_paid_order(homeless)
    assert not owner.sees(number)


async def test_the_settings_have_the_last_word(shop: Shop) -> None:
    """They name another group: this one learns its number, and the orders stay where they are."""
    owner = a_group(shop)
    await owner.sends("/start@dukkan_demo_bot staff")
    assert owner.sees(f"STAFF_CHAT_ID={owner.chat_id}")
    assert "Yes, this group" not in " ".join(owner.buttons)
