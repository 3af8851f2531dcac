from html import escape

from hypothesis import given
from hypothesis import strategies as st

from bot.demo import markup
from notifications import html

WORDS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12), max_size=60
)


@st.composite
def marked_up(draw: st.DrawFn) -> str:
    """Words, some of them inside nested tags, as screens write them."""
    parts = [f"<{tag}>{escape(' '.join(draw(WORDS)))}</{tag}>" for tag in draw(st.lists(st.sampled_from("biu")))]
    return f"<b>{escape(' '.join(draw(WORDS)))} <code>{escape(' '.join(draw(WORDS)))}</code> {' '.join(parts)}</b>"


def seen(text: str) -> str:
    """What a person sees; raises for broken markup."""
    return str(markup.formatted(text, "HTML")[0])


@given(marked_up(), st.integers(20, 200))
def test_every_part_is_whole_markup_that_fits(text: str, limit: int) -> None:
    """Telegram refuses an unclosed tag and a text that is too long."""
    for part in html.split(text, limit):
        assert html.units(seen(part)) <= limit


@given(marked_up(), st.integers(20, 200))
def test_no_letter_is_lost_or_doubled(text: str, limit: int) -> None:
    """Blanks at the borders may go."""
    letters = "".join(seen(part) for part in html.split(text, limit))
    assert "".join(letters.split()) == "".join(seen(text).split())


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert html.split("<b>Hello</b> &amp; good bye") == ["<b>Hello</b> &amp; good bye"]


def test_a_text_is_cut_between_words_and_its_tags_go_on() -> None:
    assert html.split("<b>one two three</b>", 8) == ["<b>one two</b>", "<b>three</b>"]


def test_a_word_longer_than_a_message_is_cut_where_it_must_be() -> None:
    assert html.split("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_an_emoji_counts_as_telegram_counts_it_and_is_never_halved() -> None:
    assert html.visible_length("🎉&lt;") == 3
    assert html.split("🎉" * 5, 5) == ["🎉🎉", "🎉🎉", "🎉"]


def test_a_link_keeps_its_address_in_every_part() -> None:
    assert html.split('<a href="https://x.example/?a=1&amp;b">one two</a>', 4) == [
        '<a href="https://x.example/?a=1&amp;b">one</a>',
        '<a href="https://x.example/?a=1&amp;b">two</a>',
    ]
