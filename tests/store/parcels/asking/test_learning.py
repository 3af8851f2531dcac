"""How understanding is learned from phrases."""

import numpy as np

from store.parcels.asking import learning
from store.parcels.asking.features import BUCKETS, told
from store.parcels.asking.phrases import of_something_else, wordings

LISTS = {"parcel": ("parcel", "package"), "other": ("invoice", "flight")}


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
    """What every message has is never forgotten."""
    row = learning.row("has the quokka been dispatched")
    words, meanings = told("has the quokka been dispatched")
    easily = dict(zip(row.buckets.tolist(), row.forgets.tolist(), strict=True))
    assert easily[BUCKETS] == 0
    assert learning.row("快递到了吗").forgets[-1] == 0
    assert all(easily[bucket] == np.float32(learning.FORGETS_MEANING) for bucket in meanings)
    assert all(easily[bucket] == np.float32(learning.FORGETS_WORD) for bucket in words if bucket not in meanings)


def test_chinese_and_the_rest_are_learned_apart() -> None:
    """A phrase more on one side leaves the other as it was, to the last bit."""
    said = [("where is my parcel", "track_order"), ("how much is it", "none")] * 20
    more = [("快递到哪了", "track_order"), ("多少钱", "none")] * 20
    alone, both = learning.learn_evenly(said), learning.learn_apart(said + more)
    english = alone.any(axis=1)
    assert both[english].tobytes() == alone[english].tobytes()
    assert both[~english].any()


def test_the_same_phrases_teach_the_same() -> None:
    """To the last bit: what is learned can be made again from what it was made of."""
    said = [("where is my parcel", "track_order"), ("how much is it", "none"), ("cancel my order", "cancel")] * 20
    assert learning.learn_evenly(said).tobytes() == learning.learn_evenly(said).tobytes()
