"""Whatever somebody sends: one helpful answer, or silence on purpose."""

import pytest
from aiogram.enums import ContentType
from aiogram.fsm.storage.base import StorageKey
from sqlalchemy import text

from bot.demo.state import Json
from bot.ui.states import Awaiting
from bot.ui.unexpected import _ANSWERS
from handlers.fallback import SERVICE
from tests.conversations.conftest import Shop
from tests.conversations.walks import takes

CARD = "4242 4242 4242 4242"
SENDER = {"type": "hidden_user", "sender_user_name": "Zoe", "date": 1}
ODD: dict[str, Json] = {
    "poll": {
        "poll": {
            "id": "1",
            "question": "Tea?",
            "options": [{"text": "Yes", "voter_count": 0, "persistent_id": "1"}],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
    },
    "dice": {"dice": {"emoji": "🎲", "value": 6}},
    "location": {"location": {"latitude": 38.7, "longitude": -9.1}},
    "contact": {"contact": {"phone_number": "+1555", "first_name": "Zoe"}},
    "forwarded": {"text": "Look at this", "forward_origin": SENDER},
}
SILENT: dict[str, Json] = {
    "auto delete": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
    "write access": {"write_access_allowed": {"from_request": True}},
    "background": {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "🐳"}}},
    "pinned": {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}},
}


async def _awaits(shop: Shop, awaiting: Awaiting) -> None:
    await shop.app.dp.storage.set_state(_key(shop), awaiting)


def _key(shop: Shop) -> StorageKey:
    return StorageKey(bot_id=shop.app.bot.id, chat_id=shop.ann.id, user_id=shop.ann.id)


@pytest.mark.parametrize("awaiting", list(Awaiting))
async def test_cancel_leaves_every_question_and_says_what_stays(shop: Shop, awaiting: Awaiting) -> None:
    """From every state, with a cart and half an order in hand."""
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.ann.sends("Ann Lee")
    await _awaits(shop, awaiting)
    await shop.ann.sends("/cancel")
    assert "I am not waiting for an answer any more" in shop.ann.screen
    assert "Your cart is as you left it" in shop.ann.screen and "answered for your order" in shop.ann.screen
    assert await shop.app.dp.storage.get_state(_key(shop)) is None
    await shop.ann.taps("Continue checkout")
    assert shop.ann.sees("phone")


async def test_cancel_says_what_was_dropped(shop: Shop) -> None:
    """A number that was asked for, and then not typed."""
    await shop.ann.starts()
    for label in ("Browse", "Clothing", "Linen dress", "1"):
        await shop.ann.taps(label)
    await shop.ann.sends("/cancel")
    assert "What you had begun to type is dropped" in shop.ann.screen
    await shop.ann.sends("/cancel")
    assert "There was nothing to leave" in shop.ann.screen


@pytest.mark.parametrize("kind", list(ODD))
async def test_an_odd_thing_gets_one_answer_with_a_way_on(shop: Shop, kind: str) -> None:
    """What it is decides what is said."""
    await shop.ann.sends_content(ODD[kind])
    assert len(shop.ann.from_bot) == 1 and shop.ann.buttons


async def test_recordings_and_stickers_get_an_answer_of_their_own(shop: Shop) -> None:
    """And not the same."""
    await shop.ann.sends_voice()
    assert "cannot listen" in shop.ann.screen
    await shop.ann.sends_photo()
    assert "cannot look at pictures" in shop.ann.screen


async def test_an_album_gets_one_answer(shop: Shop) -> None:
    """It comes as several messages."""
    for _ in range(3):
        await shop.ann.sends_content({"photo": [], "media_group_id": "77"} | ODD["dice"])
    assert len(shop.ann.from_bot) == 1


@pytest.mark.parametrize("kind", list(SILENT))
async def test_what_telegram_writes_itself_gets_no_answer(shop: Shop, kind: str) -> None:
    """Nobody waits for one."""
    await shop.ann.sends_content(SILENT[kind])
    assert not shop.ann.from_bot


async def test_an_edited_message_gets_no_second_answer(shop: Shop) -> None:
    """It was answered as it was."""
    await shop.ann.sends("/cart")
    await shop.ann.edits(shop.ann.chat[0]["message_id"], "/orders")
    assert len(shop.ann.from_bot) == 1


async def test_an_answer_that_comes_hours_later_says_sorry(shop: Shop) -> None:
    """The shop was away, and somebody had written."""
    heard = shop.world.deliver
    waiting = []

    async def away(update: Json) -> None:
        waiting.append(update)

    shop.world.deliver = away
    await shop.ann.sends_voice()
    shop.clock.at = shop.clock.at.replace(hour=14)
    shop.world.deliver = heard
    assert heard is not None
    for update in waiting:
        await heard(update)
    assert "this answer comes late" in shop.ann.screen


def test_every_kind_of_content_is_answered_or_passed_over_on_purpose() -> None:
    """One that Telegram adds must be looked at: it stands in neither list."""
    general = {"text", "unknown", "any", "rich_message"}
    kinds = {kind.value for kind in ContentType}
    assert not SERVICE & set(_ANSWERS)
    assert kinds - SERVICE - set(_ANSWERS) == general
    assert kinds >= SERVICE | set(_ANSWERS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/ordrs", "/orders"),
        ("/setings", "/settings"),
        ("/hlep", "/help"),
        ("/ORDER now", "/orders"),
        ("/crat", "/cart"),
    ],
)
async def test_a_mistyped_command_is_guessed(shop: Shop, typed: str, meant: str) -> None:
    """Telegram makes a link of it."""
    await shop.ann.sends(typed)
    assert f"Did you mean {meant}?" in shop.ann.screen


async def test_a_command_like_no_other_leads_on(shop: Shop) -> None:
    await shop.ann.sends("/xyzzyplugh")
    assert "I do not know this command" in shop.ann.screen and "Did you mean" not in shop.ann.screen


@pytest.mark.parametrize("awaiting", [None, *Awaiting])
async def test_a_cards_number_is_refused_and_deleted_whatever_was_asked(shop: Shop, awaiting: Awaiting | None) -> None:
    """It is never an answer; the question stays open."""
    await takes(shop.ann)
    if awaiting is not None:
        await _awaits(shop, awaiting)
    await shop.ann.sends(f"here: {CARD}")
    assert "never send card numbers" in shop.ann.screen and "I have deleted your message" in shop.ann.screen
    assert CARD not in str(shop.ann.chat)
    assert await shop.app.dp.storage.get_state(_key(shop)) == awaiting
    async with shop.app.db.read() as session:
        for table in ("conversation_states", "bot_updates", "checkouts", "addresses", "customers"):
            rows = (await session.execute(text(f"SELECT * FROM {table}"))).all()
            assert "4242" not in str(rows), table


async def test_a_card_that_is_written_into_an_old_message_is_seen_too(shop: Shop) -> None:
    """A question to the shop is changed after it was sent: its copies keep the first words."""
    await shop.ann.sends("/support")
    await shop.ann.sends("May I pay by card?")
    asked = shop.ann.chat[-2]["message_id"]
    await shop.works()
    await shop.ann.edits(asked, f"Then take {CARD}")
    await shop.works()
    assert "never send card numbers" in shop.ann.screen
    assert CARD not in str(shop.ann.chat) and CARD not in str(shop.max.chat)
    assert "May I pay by card?" in str(shop.max.chat)
    async with shop.app.db.read() as session:
        assert "4242" not in str((await session.execute(text("SELECT * FROM support_messages"))).all())


async def test_a_card_under_a_picture_is_seen_too(shop: Shop) -> None:
    """A caption is a text."""
    await shop.ann.sends_photo(caption=CARD)
    assert "never send card numbers" in shop.ann.screen
    assert CARD not in str(shop.ann.chat)
