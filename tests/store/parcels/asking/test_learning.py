"""How understanding is learned from phrases."""

import numpy as np

from store.parcels.asking import learning
from store.parcels.asking.features import told
from store.parcels.asking.numbered import Numbered, pair
from store.parcels.asking.phrases import Phrase, languages, of_something_else, wordings
from store.parcels.asking.tongues import TONGUES

LISTS = {"parcel": ("parcel", "package"), "other": ("invoice", "flight")}
FEW_BUCKETS = 1 << 10


def test_what_asks_for_a_parcel_asks_for_nothing_without_one() -> None:
    """Of each question there is one about something else, which is learned as no question for a parcel."""
    line = "where is my {parcel} [now|today]"
    assert set(of_something_else(line, LISTS)) == {
        "where is my invoice now",
        "where is my invoice today",
        "where is my flight now",
        "where is my flight today",
    }
    assert not list(of_something_else("has it shipped", LISTS))
    assert "where is my parcel now" in set(wordings(line, LISTS))


def test_a_message_forgets_words_more_easily_than_what_they_mean() -> None:
    """What every message has, in the last bucket, is never forgotten."""
    row = learning.row("has the quokka been dispatched", FEW_BUCKETS)
    words, meanings = told("has the quokka been dispatched")
    easily = dict(zip([*words, *meanings], row.forgets[:-1].tolist(), strict=True))
    assert all(easily[number] == np.float32(learning.FORGETS_MEANING) for number in meanings)
    assert all(easily[number] == np.float32(learning.FORGETS_WORD) for number in words)
    assert (row.buckets[-1], row.forgets[-1]) == (FEW_BUCKETS, 0)
    assert max(row.buckets[:-1]) < FEW_BUCKETS


def test_each_tongue_is_learned_by_itself() -> None:
    """A phrase more in one leaves the others as they were, to the last bit; Chinese is what is written in Chinese, whoever wrote it."""
    english = [Phrase("where is my parcel", "track_order", "en"), Phrase("how much is it", "none", "en")] * 20
    chinese = [Phrase("快递到哪了", "track_order", "zh"), Phrase("where is my 包裹", "track_order", "en")] * 20
    alone, both = learning.learn_apart(english), learning.learn_apart(english + chinese)
    assert set(alone) == {"en"}
    assert set(both) == {"en", "zh"}
    assert both["en"].tobytes() == alone["en"].tobytes()


def test_the_same_phrases_teach_the_same() -> None:
    """To the last bit: what is learned can be made again from what it was made of."""
    texts = {"where is my parcel": "track_order", "how much is it": "none", "cancel my order": "cancel"}
    said = [Phrase(text, intent, "en") for text, intent in texts.items()] * 20
    assert learning.learn_phrases(said, FEW_BUCKETS).tobytes() == learning.learn_phrases(said, FEW_BUCKETS).tobytes()


def test_every_language_with_phrases_is_a_tongue() -> None:
    """What is written for another one is learned from as soon as it is named."""
    assert {language.code for language in languages()} == set(TONGUES)


def test_words_are_found_by_their_numbers() -> None:
    """All values of a word, and none of another's."""
    words = {"parcel": (3, 1), "order": (2,), "where": (65_535,)}
    found = Numbered.of(pair(word, value) for word, values in words.items() for value in values)
    assert {word: tuple(found.find(word)) for word in words} == {"parcel": (1, 3), "order": (2,), "where": (65_535,)}
    assert not list(found.find("dress"))
