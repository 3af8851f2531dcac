"""How well messages are understood that nothing was learned from. docs/asking.md prints the figures language by language."""

from pathlib import Path

import pytest

from benchmarks.intents import ANSWERS, HELD_OUT, KNOWN, NEWLY_WRITTEN, Message, Score, asks, held_out, score
from store.parcels import asking
from store.parcels.asking import rules
from store.parcels.asking.intents import ABOUT_A_PARCEL, Intent
from store.parcels.asking.learned import Learned, learned
from store.parcels.asking.phrases import languages
from store.parcels.asking.plain import plain

CORRECTED = 40


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


def test_what_is_written_back_asks_for_nothing() -> None:
    """ "My parcel has arrived, thank you": a timeline would be no answer, nor would one more question. What asks in nearly the same words is heard."""
    messages = list(held_out(ANSWERS))
    missed = [each.text for each in messages if asks(each.label) and not _is_taken(each)]
    remarks = [each for each in messages if not asks(each.label)]
    taken = [each.text for each in remarks if _is_taken(each)]
    asked_back = [each.text for each in remarks if asking.reading(each.text, each.language).is_perhaps]
    assert len(taken) <= len(remarks) // 50, taken
    assert len(asked_back) <= len(remarks) // 20, asked_back
    assert not missed


def test_nothing_that_is_held_out_was_learned() -> None:
    """The figures would mean nothing."""
    learned = {plain(phrase.text).rstrip(" ?") for language in languages() for phrase in language.phrases}
    messages = [each for path in (HELD_OUT, KNOWN, NEWLY_WRITTEN) for each in held_out(path)]
    assert messages
    assert not [each.text for each in messages if plain(each.text).rstrip(" ?") in learned]


@pytest.mark.parametrize("is_question", [True, False])
def test_many_corrections_of_one_kind_leave_the_rest_as_it_was(is_question: bool) -> None:
    """A shop corrects what was understood least, and that is mostly questions, or mostly remarks: nothing else is taken for one."""
    kind = [each for each in held_out(NEWLY_WRITTEN) if asks(each.label) is is_question]
    corrected = sorted(kind, key=_chance, reverse=not is_question)[:CORRECTED]
    meant = Intent.TRACK_ORDER if is_question else Intent.NONE
    taught = learned().taught((rules.without_refusals(each.text), meant) for each in corrected)
    others = [*held_out(), *held_out(KNOWN)]
    turned = [each.text for each in others if _is_taken(each) is not _is_taken(each, taught)]
    assert len(turned) <= len(others) // 100, turned


def _chance(message: Message) -> float:
    """How much it sounds like a question for a parcel."""
    return learned().hear(rules.without_refusals(message.text)).asks_for_a_parcel


def _is_taken(message: Message, knowing: Learned | None = None) -> bool:
    return asking.reading(message.text, message.language, knowing=knowing).intent in ABOUT_A_PARCEL
