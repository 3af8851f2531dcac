"""People: what they do reaches the bot, what they see is what stands in the chat."""

import pytest

from bot.demo.people import Person
from bot.demo.state import Json
from bot.demo.world import World


@pytest.fixture
def max_(world: World) -> Person:
    return Person(world, world.add_user("Max").id)


async def shows(world: World, chat_id: int, text: str, *buttons: Json) -> Json:
    markup = {"inline_keyboard": [[button] for button in buttons]}
    shown: Json = await world.call("sendMessage", {"chat_id": chat_id, "text": text, "reply_markup": markup})
    return shown


async def heard(world: World) -> list[str]:
    updates = await world.call("getUpdates", {"offset": -100})
    return [update["message"].get("text", "") for update in updates if "message" in update]


async def test_a_person_sees_texts_buttons_and_toasts(world: World, ann: Person) -> None:
    """And not what an edit took away."""
    await shows(world, ann.id, "1 × Mug", {"text": "Pay", "callback_data": "pay"})
    assert ann.sees("1 × Mug")
    assert ann.sees("Pay")
    assert not ann.sees("2 × Mug")
    assert (ann.screen, ann.buttons) == ("1 × Mug", ["Pay"])


async def test_the_newest_button_is_pressed(world: World, ann: Person) -> None:
    """An older one with the same label stays untouched; an exact label wins over a longer one."""
    await shows(world, ann.id, "old", {"text": "Pay", "callback_data": "old"})
    await shows(
        world, ann.id, "new", {"text": "Pay later", "callback_data": "later"}, {"text": "Pay", "callback_data": "b"}
    )
    await ann.taps("Pay")
    await ann.taps("pay later")
    assert [query.data for query in world.unanswered] == ["b", "later"]


async def test_a_missing_button_fails_with_all_that_is_there(world: World, ann: Person) -> None:
    """So that a failed test explains itself."""
    await shows(
        world, ann.id, "1 × Mug", {"text": "Pay now", "callback_data": "a"}, {"text": "Pay later", "callback_data": "b"}
    )
    with pytest.raises(AssertionError, match=r"Ann finds no button 'Ship'.*\n(.*\n)*.*1 × Mug\n.*\[Pay now\]"):
        await ann.taps("Ship")
    with pytest.raises(AssertionError, match="2 buttons contain 'Pay'"):
        await ann.taps("Pay")


@pytest.mark.parametrize(
    ("button", "given"),
    [
        ({"url": "https://x.org/pay"}, "https://x.org/pay"),
        ({"web_app": {"url": "https://x.org/"}}, "https://x.org/"),
        ({"copy_text": {"text": "A-7K2Q"}}, "A-7K2Q"),
        ({"switch_inline_query_current_chat": "mug"}, "mug"),
    ],
)
async def test_a_link_is_opened_and_a_code_copied(world: World, ann: Person, button: Json, given: str) -> None:
    """The bot hears nothing of it."""
    await shows(world, ann.id, "x", {"text": "Press"} | button)
    assert await ann.taps("Press") == given
    assert len(world.updates) == 0


async def test_a_disabled_button_does_nothing(world: World, ann: Person) -> None:
    """A test that presses it is wrong."""
    await shows(world, ann.id, "x", {"text": "Sold out", "disabled": {}})
    with pytest.raises(AssertionError, match="nothing happens"):
        await ann.taps("Sold out")


async def test_a_reply_button_sends_its_label_or_the_contact(world: World, ann: Person) -> None:
    """A one-time keyboard hides after use."""
    rows = [["Cart", {"text": "Share phone", "request_contact": True}]]
    keyboard = {"keyboard": rows, "one_time_keyboard": True}
    await world.call("sendMessage", {"chat_id": ann.id, "text": "x", "reply_markup": keyboard})
    await ann.taps("Share")
    assert ann.chat[-1]["contact"] == {"phone_number": ann.phone, "first_name": "Ann", "user_id": ann.id}
    assert ann.keyboard == []


async def test_a_contact_may_be_somebody_elses(world: World, ann: Person, max_: Person) -> None:
    """The bot must compare the ids."""
    await ann.shares_contact("+491234", of_user_id=max_.id)
    assert ann.chat[-1]["contact"]["user_id"] == max_.id


async def test_a_deep_link_starts_with_its_payload(ann: Person) -> None:
    """As the app writes it, with the command marked."""
    await ann.starts("p_12")
    assert (ann.chat[-1]["text"], ann.chat[-1]["entities"][0]["type"]) == ("/start p_12", "bot_command")


async def test_a_long_text_travels_in_parts(ann: Person) -> None:
    """As apps do it."""
    await ann.sends("x" * 5000)
    assert [len(message["text"]) for message in ann.chat[1:]] == [4096, 904]


async def test_an_edited_message_is_told(world: World, ann: Person) -> None:
    """As edited_message, with the new text."""
    await ann.sends("helo")
    await ann.edits(ann.chat[-1]["message_id"], "hello")
    update = (await world.call("getUpdates", {}))[-1]
    assert update["edited_message"]["text"] == "hello"


async def test_blocking_is_told_and_silences(world: World, ann: Person) -> None:
    """my_chat_member first; then she cannot write either."""
    await ann.blocks_bot()
    change = (await world.call("getUpdates", {}))[-1]["my_chat_member"]
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("member", "kicked")
    with pytest.raises(AssertionError, match="has blocked the bot"):
        await ann.sends("hello")


async def test_a_person_acts_in_a_group(world: World, ann: Person, max_: Person) -> None:
    """With `chat=`, or from `at`; whoever is not in it cannot."""
    staff = world.add_group("Staff", [max_.id])
    await shows(world, staff.id, "Order A-1", {"text": "Accept", "callback_data": "accept"})
    await max_.taps("Accept", chat=staff.id)
    assert max_.sees("Order A-1", chat=staff.id)
    assert max_.at(staff.id).screen == "Order A-1"
    assert (world.unanswered[0].chat_id, world.unanswered[0].user_id) == (staff.id, max_.id)
    with pytest.raises(AssertionError, match="not in Staff"):
        await ann.sends("hello", chat=staff.id)


async def test_privacy_mode_hides_the_groups_chatter(world: World, max_: Person) -> None:
    """Commands, mentions and replies to the bot pass; an administrator hears all."""
    staff = world.add_group("Staff", [max_.id])
    shown = await shows(world, staff.id, "Order A-1")
    for text in ("chatter", "/orders", "/orders@dukkan_demo_bot", "/orders@other_bot", "@dukkan_demo_bot?"):
        await max_.sends(text, chat=staff.id)
    await max_.sends("reply", chat=staff.id, reply_to=shown["message_id"])
    assert await heard(world) == ["/orders", "/orders@dukkan_demo_bot", "@dukkan_demo_bot?", "reply"]
    await max_.adds_bot(staff.id, "administrator")
    await max_.sends("all", chat=staff.id)
    assert (await heard(world))[-1] == "all"


async def test_a_bot_that_was_removed_hears_nothing(world: World, max_: Person) -> None:
    """Only that it was removed."""
    staff = world.add_group("Staff", [max_.id])
    await max_.removes_bot(staff.id)
    await max_.sends("/orders", chat=staff.id)
    updates = await world.call("getUpdates", {})
    assert [update["my_chat_member"]["new_chat_member"]["status"] for update in updates] == ["kicked"]


async def test_a_document_and_a_photo_arrive_with_their_bytes(world: World, ann: Person) -> None:
    """The bot can fetch what people send."""
    await ann.sends_document(b"%PDF", "receipt.pdf", "application/pdf")
    document = ann.chat[-1]["document"]
    assert world.state.files[document["file_id"]].content == b"%PDF"
