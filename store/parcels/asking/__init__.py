"""What a plain message wants to know about an order: `intent(text, language_code)`. Pure; knows no person and no order.

Rules first, then a small classifier that was learned from the phrases in `phrases/` (docs/asking.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from store.parcels.asking import rules
from store.parcels.asking.clauses import clauses
from store.parcels.asking.intents import ABOUT_A_PARCEL, INTENTS, Intent
from store.parcels.asking.learned import Learned, learned
from store.parcels.asking.plain import has_chinese, tokens
from store.parcels.asking.short import asks_in_short

# From here on it asks for a parcel; from the next on it may, and one tap decides. Measured language by language (docs/asking.md): in English and
# Chinese most of what is said in passing has a parcel's words in it.
SURE = 0.52
_SURER = {"en": 0.68, "zh": 0.62}
PERHAPS = 0.3
# The other intents are told apart more easily, and being wrong about them costs one screen.
SURE_OF_OTHERS = 0.45
# Nobody wrote phrases in the person's language: what sounds like another one's question may be anything.
SURE_IN_AN_UNKNOWN_LANGUAGE = 0.75
_LANGUAGES = frozenset({"en", "zh", "ru", "es", "pt", "de", "fr", "tr", "ar"})
# Among several sentences, the clearest question counts as much as the whole.
_OF_THE_CLEAREST = 0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """*is_perhaps*: nothing is sure, but it may ask for a parcel."""

    intent: Intent
    is_perhaps: bool = False


def intent(text: str, language_code: str | None = None) -> str | None:
    """The name of what is wanted of an order; None for everything else, and for what is not sure.

    *language_code* is Telegram's, and only a hint: people write in other languages than their app's.
    """
    found = reading(text, language_code).intent
    return None if found is Intent.NONE else found.value


def reading(text: str, language_code: str | None = None, *, knowing: Learned | None = None) -> Reading:
    """What the message wants, or that it may be about a parcel. *knowing* is what was learned, with what the shop has corrected."""
    said = rules.without_refusals(text)
    if not said:
        return Reading(Intent.NONE)
    if rules.is_said_alone(said) or asks_in_short(said):
        return Reading(Intent.TRACK_ORDER)
    knows = knowing or learned()
    chances = knows.chances(said)
    parcel = _asks_for_a_parcel(chances) * rules.trust(said)
    if each_alone := [_alone(rules.without_refusals(part), knows) for part in clauses(text)]:
        parcel += _OF_THE_CLEAREST * (max(each_alone) - parcel)
    if parcel >= _sure(language_code, said):
        return Reading(max(ABOUT_A_PARCEL, key=lambda each: chances[each]))
    likeliest = max((each for each in INTENTS if each not in ABOUT_A_PARCEL), key=lambda each: chances[each])
    if likeliest is not Intent.NONE and chances[likeliest] >= SURE_OF_OTHERS:
        return Reading(likeliest)
    return Reading(Intent.NONE, is_perhaps=parcel >= PERHAPS or likeliest is not Intent.NONE)


def _alone(clause: str, knows: Learned) -> float:
    return 1.0 if asks_in_short(clause) else _asks_for_a_parcel(knows.chances(clause))


def _asks_for_a_parcel(chances: Mapping[Intent, float]) -> float:
    return sum(chances[each] for each in ABOUT_A_PARCEL)


def _sure(language_code: str | None, said: str) -> float:
    code = "zh" if has_chinese(tokens(said)) else (language_code or "").lower().partition("-")[0]
    return _SURER.get(code, SURE) if not code or code in _LANGUAGES else SURE_IN_AN_UNKNOWN_LANGUAGE
