"""Telegram's HTML, with its complaints and its UTF-16 offsets."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.markup import formatted
from bot.demo.rules import BotApiError, Unsupported

COMPLAINTS = [
    ("a<br>b", 'Unsupported start tag "br" at byte offset 1'),
    ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
    ("2 < 3", 'Unsupported start tag "" at byte offset 2'),
    ("кот <h1>", 'Unsupported start tag "h1" at byte offset 7'),
    ("😀<div>", 'Unsupported start tag "div" at byte offset 4'),
    ("x <b", "Unclosed start tag at byte offset 2"),
    ("<a href", 'Unclosed start tag "a" at byte offset 0'),
    ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
    ('<a href="x>', "Unclosed start tag at byte offset 0"),
    ("<a href=x/>y</a>", "Unexpected end of name token at byte offset 8"),
    ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
    ('<a href="x"y"">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
    ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("x</b>", "Unexpected end tag at byte offset 1"),
    ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    ("<tg-emoji emoji-id='x'>y</tg-emoji>", "Invalid custom emoji identifier specified"),
    (
        "&#xD800;",
        "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
    ),
]

ENTITIES = [
    ("<b>x</b>", "x", [("bold", 0, 1)]),
    ("<B>x</b>", "x", [("bold", 0, 1)]),
    ("<em>x</em><s>y</s><u>z</u>", "xyz", [("italic", 0, 1), ("strikethrough", 1, 1), ("underline", 2, 1)]),
    ("😀<b>x</b>", "😀x", [("bold", 2, 1)]),
    ("<b>😀</b>", "😀", [("bold", 0, 2)]),
    ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
    ("<b></b>x", "x", []),
    ("<tg-spoiler>x</tg-spoiler>", "x", [("spoiler", 0, 1)]),
    ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
    ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
    ("<blockquote>x</blockquote>", "x", [("blockquote", 0, 1)]),
    ("&lt;b&gt; &amp; &quot;&copy; &#128512;&#x41;", '<b> & "&copy; 😀A', []),
    ("  <b> x </b>\n", "x", [("bold", 0, 1)]),
    ('<a href="javascript:alert(1)">x</a>', "x", []),
    ("/cart and <code>/x</code>", "/cart and /x", [("bot_command", 0, 5), ("code", 10, 2)]),
    ("see https://x.org/a, ok", "see https://x.org/a, ok", [("url", 4, 15)]),
    ("😀 a@b.org @ann_lee", "😀 a@b.org @ann_lee", [("email", 3, 7), ("mention", 11, 8)]),
]


@pytest.mark.parametrize(("source", "complaint"), COMPLAINTS)
def test_broken_html_is_refused_in_telegrams_words(source: str, complaint: str) -> None:
    """The detail and its byte offset are the ones that the real server tells."""
    with pytest.raises(BotApiError) as error:
        formatted(source, "HTML")
    assert error.value.description == f"Bad Request: can't parse entities: {complaint}"


@pytest.mark.parametrize(("source", "text", "entities"), ENTITIES)
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    """Offsets and lengths count UTF-16 units of the trimmed text."""
    shown, found = formatted(source, "html")
    assert (shown, [(each["type"], each["offset"], each["length"]) for each in found]) == (text, entities)


def test_a_link_keeps_its_address() -> None:
    """As Telegram stores it: with a scheme and a path."""
    assert formatted('<a href="x.org?a=1&amp;b=2">x</a>', "HTML")[1][0]["url"] == "http://x.org/?a=1&b=2"


def test_code_in_pre_gives_the_block_its_language() -> None:
    """The two tags are one entity."""
    shown = formatted('<pre><code class="language-python">x</code></pre>', "HTML")
    assert shown == ("x", [{"type": "pre", "offset": 0, "length": 1, "language": "python"}])


def test_a_time_is_an_entity_that_each_reader_sees_in_an_own_zone() -> None:
    """The format travels along."""
    found = formatted('<tg-time unix="1647531900" format="wDT">then</tg-time>', "HTML")[1]
    assert (found[0]["unix_time"], found[0]["date_time_format"]) == (1647531900, "wDT")


def test_given_entities_move_with_the_trimmed_text() -> None:
    """Without parse_mode a bot may count the entities itself."""
    text, found = formatted("  ab ", "", [{"type": "bold", "offset": 2, "length": 3}])
    assert (text, found) == ("ab", [{"type": "bold", "offset": 0, "length": 2}])


def test_other_parse_modes_are_refused() -> None:
    """An unknown one by Telegram, Markdown by name: it is real, and not supported here."""
    with pytest.raises(BotApiError, match="Bad Request: unsupported parse_mode"):
        formatted("x", "bbcode")
    with pytest.raises(Unsupported, match="MarkdownV2"):
        formatted("x", "MarkdownV2")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_text_arrives_as_it_was(text: str) -> None:
    """Whatever people type, escaping alone makes it safe to send."""
    assert formatted(html.escape(text, quote=False), "HTML")[0] == text.strip()


@given(st.text(st.sampled_from("<>/b a=\"'&;#x1")))
def test_any_input_is_parsed_or_refused(source: str) -> None:
    """The parser has no third way out."""
    try:
        formatted(source, "HTML")
    except BotApiError as refused:
        assert refused.description.startswith("Bad Request: can't parse entities: ")  # noqa: PT017 - every refusal is looked at, not one
