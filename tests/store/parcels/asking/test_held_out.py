"""How well messages are understood that nothing was learned from. docs/asking.md prints the figures language by language."""

from pathlib import Path

from benchmarks.intents import HELD_OUT, KNOWN, NEWLY_WRITTEN, Score, asks, held_out, score
from store.parcels import asking
from store.parcels.asking.phrases import languages
from store.parcels.asking.plain import plain


def _score(path: Path) -> Score:
    messages = list(held_out(path))
    return score((asks(each.label) for each in messages), (asks(asking.intent(each.text)) for each in messages))


def test_most_questions_for_a_parcel_are_recognised_and_little_else() -> None:
    """Nine languages, everyday wordings."""
    found = _score(KNOWN)
    assert found.precision >= 0.95
    assert found.recall >= 0.9


def test_what_was_newly_written_is_recognised_mostly() -> None:
    """By somebody who knew no phrase, and nobody wrote a phrase after it."""
    found = _score(NEWLY_WRITTEN)
    assert found.precision >= 0.9
    assert found.recall >= 0.8


def test_unusual_wordings_are_recognised_more_often_than_not() -> None:
    """And what is not recognised is seldom taken for something else."""
    found = _score(HELD_OUT)
    assert found.precision >= 0.9
    assert found.recall >= 0.75


def test_nothing_that_is_held_out_was_learned() -> None:
    """The figures would mean nothing."""
    learned = {plain(phrase.text).rstrip(" ?") for language in languages() for phrase in language.phrases}
    messages = [each for path in (HELD_OUT, KNOWN, NEWLY_WRITTEN) for each in held_out(path)]
    assert messages
    assert not [each.text for each in messages if plain(each.text).rstrip(" ?") in learned]
