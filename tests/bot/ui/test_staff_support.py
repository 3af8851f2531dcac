"""Questions as the staff sees them: every label fits, every text is whole, and nobody's words are markup."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.ui import staff_profile, staff_support
from bot.ui.buttons import LABEL_MAX, columns
from bot.ui.i18n import LANGUAGES, Translator, translator
from bot.ui.screen import Screen
from store.models import SavedReply, SupportMessage
from store.profiles import Profile
from store.saved_replies import Filled
from store.support_threads import ThreadsPage, ThreadView
from tests.bot.ui.views import NOW, a_cart, a_line

HOSTILE = "<b>Eve</b> & {name} </code>"
WAITING = ThreadView(
    id=12,
    customer_id=3,
    customer_name=HOSTILE,
    telegram_id=7,
    language="ru",
    is_blocked=True,
    order_id=4,
    order_number="7K2Q-M9XD3",
    is_open=True,
    closed_by=None,
    claimed_by=8,
    claimed_name=HOSTILE,
    opened_at=NOW,
    waiting_since=NOW,
    last_at=NOW,
    last_side="customer",
    last_message_id=5,
    last_question=HOSTILE * 50,
    last_kind="text",
    answered_by=None,
)
ANSWERED = replace(WAITING, waiting_since=None, answered_by=HOSTILE, last_question="", last_kind="voice")
CLOSED = replace(WAITING, is_open=False, closed_by=HOSTILE, order_number=None, order_id=None)
MESSAGE = SupportMessage(
    id=5, thread_id=12, side="customer", author_name=HOSTILE, kind="photo", text=HOSTILE, chat_id=7, message_id=9
)
REPLIES = [SavedReply(id=n, title=f"{HOSTILE}{n}", text=HOSTILE) for n in range(1, 31)]
PROFILE = Profile(3, HOSTILE, "eve", NOW, 0, 0, (), a_cart(*(a_line(n) for n in range(1, 31))))

SCREENS: dict[str, Callable[[Translator], Screen]] = {
    "waiting": lambda t: staff_support.thread_card_screen(WAITING, t, "UTC"),
    "answered": lambda t: staff_support.thread_card_screen(ANSWERED, t, "UTC"),
    "closed": lambda t: staff_support.thread_card_screen(CLOSED, t, "UTC"),
    "called": lambda t: staff_support.called_screen(WAITING, t, "UTC"),
    "waits": lambda t: staff_support.waits_screen(WAITING, NOW, t, "UTC", quotes=None),
    "lost": lambda t: staff_support.lost_screen(WAITING, t, quotes=None),
    "question": lambda t: staff_support.question_screen(MESSAGE, HOSTILE, t, quotes=1),
    "threads": lambda t: staff_support.threads_screen(ThreadsPage((WAITING, ANSWERED) * 4, 1, 3), t, "UTC"),
    "no threads": lambda t: staff_support.threads_screen(ThreadsPage((), 0, 1), t, "UTC"),
    "which reply": lambda t: staff_support.choose_reply_screen(WAITING, REPLIES, t, "UTC", page=1),
    "no replies": lambda t: staff_support.choose_reply_screen(WAITING, [], t, "UTC"),
    "read": lambda t: staff_support.read_reply_screen(WAITING, Filled(1, "A", HOSTILE, ()), t),
    "with gaps": lambda t: staff_support.read_reply_screen(
        WAITING, Filled(1, "A", "{order}", ("name", "order", "tracking")), t
    ),
    "sent": lambda t: staff_support.saved_reply_screen(MESSAGE, quotes=None),
    "replies": lambda t: staff_support.replies_screen(REPLIES, t),
    "nothing saved": lambda t: staff_support.replies_screen([], t),
    "drop?": lambda t: staff_support.ask_drop_screen(REPLIES[0], t),
    "only staff": staff_support.only_staff_screen,
    "customer": lambda t: staff_profile.profile_screen(PROFILE, 12, t, "UTC"),
}


@pytest.fixture(params=LANGUAGES)
def t(request: pytest.FixtureRequest) -> Translator:
    return translator(request.param)


@pytest.fixture(params=list(SCREENS))
def screen(request: pytest.FixtureRequest, t: Translator) -> Screen:
    return SCREENS[request.param](t)


def test_every_label_fits_a_phone(screen: Screen) -> None:
    labels = [button.label for row in screen.rows for button in row]
    assert not [label for label in labels if columns(label) > LABEL_MAX]


def test_every_keyboard_is_one_that_telegram_takes(screen: Screen) -> None:
    assert all(0 < len(row) <= 8 for row in screen.rows)
    assert sum(map(len, screen.rows)) <= 100


def test_every_text_fits_and_nobodys_words_are_markup(screen: Screen) -> None:
    """The tags that open are ours, each is closed, and Eve's stand there to be read."""
    tags = re.findall(r"</?(\w+)[^>]*>", screen.text)
    assert set(tags) <= {"b", "i", "code", "blockquote"}
    assert all(tags.count(tag) % 2 == 0 for tag in tags)
    assert "<b>Eve" not in screen.text
    assert 0 < len(re.sub(r"<[^>]+>", "", screen.text)) <= 4096
