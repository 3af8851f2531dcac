import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.search_query import read
from store.search_terms import TERM_MAX, folded, spellings, stem, terms, words


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Café", "cafe"),
        ("Ｃａｆｅ", "cafe"),
        ("Ёлка", "елка"),
        ("чай", "чай"),
        ("ÅNGSTRÖM", "angstrom"),
        ("Straße", "strasse"),
        ("がぎ", "がぎ"),
    ],
)
def test_case_width_and_accents_do_not_matter(text: str, plain: str) -> None:
    """й is a letter of its own, and so is が: they keep their marks."""
    assert folded(text) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("dresses", "dress"),
        ("mugs", "mug"),
        ("candies", "candy"),
        ("boxes", "box"),
        ("рубашки", "рубашка"),
        ("свечей", "свеча"),
        ("льняное", "льняная"),
    ],
)
def test_one_and_many_are_the_same_word(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_scripts_without_spaces_go_by_pairs() -> None:
    assert list(terms("连衣裙 T恤")) == ["连衣", "衣裙", "裙", "t", "恤", "恤"]


def test_what_every_sentence_has_is_no_term() -> None:
    assert list(terms("The mug for you")) == ["mug"]


@pytest.mark.parametrize("typed", ["shrit", "shiirt", "shit", "shirk", "hsirt"])
def test_one_slip_of_the_finger_is_forgiven(typed: str) -> None:
    """A letter missing, too many, wrong, or two that changed places."""
    assert spellings(typed) & spellings("shirt")


def test_two_slips_are_another_word() -> None:
    assert not spellings("skort") & spellings("shirt")


@given(st.text(max_size=60))
def test_any_text_has_terms_that_fit(text: str) -> None:
    """Whatever somebody writes: no term is empty, has a space in it, or is longer than its column."""
    for term in terms(text):
        assert term and not term.isspace() and len(term) <= TERM_MAX and term.split() == [term]


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert words(folded(text)) == words(text)


@pytest.mark.parametrize(
    ("text", "wanted", "least", "most"),
    [
        ("red shirt under 50", "red shirt", None, "50"),
        ("Under $49.99: a mug", "mug", None, "49.99"),
        ("mugs from 10 to 20", "mug", "10", "20"),
        ("mug 10-20 usd", "mug", "10", "20"),
        ("over 1,000", "", "1000", None),
        ("no less than 5 mugs", "mug", "5", None),
        ("свечи до 20", "свеч", None, "20"),
        ("свечи не дешевле 20 руб.", "свеч", "20", None),
        ("от 10 до 20,50 рублей чай", "чай", "10", "20.50"),
        ("50以下", "", None, "50"),
        ("50元以内的杯子", "杯子", None, "50"),
        ("不超过50的杯子", "杯子", None, "50"),
        ("杯子50以上", "杯子", "50", None),
        ("50到100元的杯子", "杯子", "50", "100"),
        ("我想买杯子", "杯子", None, None),
        ("MUG-BLU-12", "mug blu 12", None, None),
        ("undercover 50", "undercover 50", None, None),
        ("", "", None, None),
        ("🙂 ...", "", None, None),
    ],
)
def test_prices_are_read_in_words(text: str, wanted: str, least: str | None, most: str | None) -> None:
    query = read(text)
    assert " ".join(word.term for word in query.words) == wanted
    assert (query.at_least and str(query.at_least), query.at_most and str(query.at_most)) == (least, most)


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert len(read(text).words) <= 8
