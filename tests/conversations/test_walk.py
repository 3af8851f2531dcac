"""Every screen from every screen, in every language and in one that is 40 % longer: what holds on each of them.

The walk presses what the screens themselves show (`crawl.py`): a conversation that is added is walked over without a word here.
"""

import re
from collections.abc import Iterator
from zoneinfo import available_timezones

import pytest
from babel import Locale

from bot.demo.rules import CAPTION_MAX, TEXT_MAX
from bot.ui.buttons import LABEL_MAX, ROW_MAX, columns
from bot.ui.i18n import LANGUAGES
from tests import pseudo
from tests.conversations.conftest import SEED
from tests.conversations.crawl import ANY, GOOD
from tests.conversations.walked import Walked, walked, words
from tests.conversations.watching import Look

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("walk")]

HOME = "h"
# What a screen reader says of these is what they do.
SIGNS = {"➖", "➕", "◀", "▶", "−", "+"}
PLAIN_ENTITIES = {
    *("bold", "italic", "code", "pre", "strikethrough", "blockquote", "expandable_blockquote", "date_time"),
    # Telegram's own findings in a plain text.
    *("bot_command", "url", "email", "phone_number", "mention", "hashtag", "cashtag"),
}
# What the shop did not say itself: the words of the seed, of the people, of languages and of months.
GIVEN = {
    *re.findall(r"[A-Za-z]{3,}", (SEED / "catalogue.json").read_text(encoding="utf-8")),
    *(
        "Ann",
        "Lee",
        "Max",
        "Petra",
        "English",
        "Sandbox",
        "Post",
        "Rua",
        "Augusta",
        "Lisboa",
        "Portugal",
        "Mar",
        "Ring",
        "twice",
    ),
    *(word for zone in available_timezones() for word in re.findall(r"[A-Za-z]{3,}", zone)),
    *re.findall(r"[A-Za-z]{3,}", " ".join(Locale("en").territories.values())),
    # What the walk types itself.
    *re.findall(
        r"[A-Za-z]{3,}",
        " ".join(
            (*ANY, *(text for texts in GOOD.values() for text in texts), "Courier", "Blue mug", "SKU", "By message")
        ),
    ),
    *("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
# Two presses from the front door everybody knows the way; deeper there is another way than to begin again.
SHALLOW = 2


@pytest.fixture(scope="module", params=[*LANGUAGES, pseudo.CODE])
def walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    with pytest.MonkeyPatch.context() as patch:
        if request.param == pseudo.CODE:
            pseudo.speaks(patch)
        yield walked(request.param, tmp_path_factory.mktemp("walk"))
    pseudo.forgets()


def _private(walk: Walked) -> list[Look]:
    """Screens in a customer's own chat."""
    return [look for step in walk.customer.steps for look in step.screens]


def test_the_walk_goes_everywhere(walk: Walked) -> None:
    pressed = {kind.partition(":")[0] for crawl in walk.crawls for kind in crawl.pressed}
    assert {"h", "cs", "c", "p", "v", "a", "k", "o", "oo", "l", "t", "x", "g", "i", "sa", "sp", "sf"} <= pressed


def test_every_press_is_answered_and_none_with_an_apology(walk: Walked) -> None:
    assert not walk.unanswered
    assert not walk.apologies


def test_home_is_one_press_away(walk: Walked) -> None:
    """From everywhere but the front door."""
    door = walk.customer.steps[0].screens[0]
    assert not [str(look) for look in _private(walk) if HOME not in look.presses and look.text != door.text]


def test_deep_inside_there_is_a_way_besides_home(walk: Walked) -> None:
    """Back, or the thing that the screen is about; and never only what destroys."""
    for look in (look for step in walk.customer.steps if step.is_press for look in step.screens):
        if walk.customer.depth[str(look)] > SHALLOW:
            ways = [each for each in look.buttons if each.get("callback_data") != HOME]
            assert [each for each in ways if each.get("style") != "danger"], str(look)


def test_no_label_is_wider_than_its_button(walk: Walked) -> None:
    """40 % longer words may take 40 % more room: then the shipped ones fit."""
    stretch = 1 + pseudo.LONGER if walk.language == pseudo.CODE else 1
    wide = [
        button["text"]
        for look in walk.looks
        for row in look.rows
        for button in row
        if columns(button["text"]) > (ROW_MAX if len(row) == 1 else LABEL_MAX) * stretch
    ]
    assert not wide


def test_every_screen_is_one_that_telegram_takes(walk: Walked) -> None:
    for look in walk.looks:
        assert 0 < len(look.text) <= (CAPTION_MAX if "photo" in look.message else TEXT_MAX)
        assert len(look.buttons) <= 100 and all(len(row) <= 8 for row in look.rows)
        assert all(len(data.encode()) <= 64 for data in look.presses)


def test_telegram_refuses_nothing_but_a_screen_that_stands_already(walk: Walked) -> None:
    assert not [refused for refused in walk.watch.refused if "not modified" not in refused]


def test_no_label_is_a_picture_alone(walk: Walked) -> None:
    """Whoever has the screen read out hears a word; a stepper's signs are words by themselves."""
    labels = {button["text"] for look in walk.looks for button in look.buttons}
    assert not [label for label in labels if label not in SIGNS and not any(map(str.isalnum, label))]


def test_every_coloured_button_says_it_in_words(walk: Walked) -> None:
    """What is green or red in one place has letters, or a number, that say the same without colour."""
    coloured = {button["text"] for look in walk.looks for button in look.buttons if button.get("style")}
    assert not [label for label in coloured if not any(map(str.isalnum, label))]


def test_every_screen_reads_as_plain_text(walk: Walked) -> None:
    """Only what can be left out without a word getting lost: no link hides its address, no picture stands for a letter."""
    kinds = {entity["type"] for look in walk.looks for entity in look.entities}
    assert kinds <= PLAIN_ENTITIES


def test_no_text_goes_past_the_catalogue(walk: Walked) -> None:
    """In the pseudo-language every word of the shop's has other letters; what has none of them was never translated."""
    if walk.language != pseudo.CODE:
        return
    plain = {text for look in walk.looks for text in words(look) if _is_plain(text)}
    assert not plain


def _is_plain(text: str) -> bool:
    """Without a letter of the pseudo-language, and with a word that no merchant, customer, carrier, calendar or country has given."""
    words = re.findall(r"[A-Za-z]{3,}", re.sub(r"/\w+|[2-9A-Y]{4}-[2-9A-Y]{5}|[0-9A-Z]{9}-[0-9a-f]{12}", "", text))
    return text.translate(pseudo.PLAIN) == text and not set(words) <= GIVEN
