"""What a plain message wants to know about an order: `intent(text, language_code)`. Pure; knows no person and no order.

Rules first, then a small classifier that was learned from the phrases in `phrases/` (docs/asking.md).
"""

from dataclasses import dataclass

from store.parcels.asking import rules
from store.parcels.asking.clauses import clauses
from store.parcels.asking.intents import ABOUT_A_PARCEL, INTENTS, Intent
from store.parcels.asking.learned import Heard, Learned, learned
from store.parcels.asking.short import asks_in_short
from store.parcels.asking.tongues import CHINESE, ENGLISH, TONGUES

# From here on it asks for a parcel; from PERHAPS on it may, and one tap decides. Measured language by language (docs/asking.md): in English one is
# asked about everything under the sun.
SURE = 0.5
_SURE_IN = {ENGLISH: 0.58}
PERHAPS = 0.3
# The other intents are told apart more easily, and being wrong about them costs one screen.
SURE_OF_OTHERS = 0.4
_OTHERS = [each for each in INTENTS if each not in ABOUT_A_PARCEL and each is not Intent.NONE]
# Nobody wrote phrases in the person's language: what sounds like another one's question may be anything.
SURE_IN_AN_UNKNOWN_LANGUAGE = 0.75
# Of several sentences, the clearest question has this say beside the whole.
_OF_THE_CLEAREST = 0.3


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
    heard = knows.hear(said)
    chances, parcel = heard.chances, _asks_for_a_parcel(text, said, heard, knows)
    if parcel >= _sure(heard, language_code):
        return Reading(max(ABOUT_A_PARCEL, key=lambda each: chances[each]))
    likeliest = max(_OTHERS, key=lambda each: chances[each])
    if chances[likeliest] >= SURE_OF_OTHERS:
        return Reading(likeliest)
    return Reading(Intent.NONE, is_perhaps=parcel >= PERHAPS or chances[likeliest] > chances[Intent.NONE])


def _asks_for_a_parcel(text: str, said: str, heard: Heard, knows: Learned) -> float:
    """How likely *text* asks for one; *said* is what is left of it without refusals."""
    # What somebody has said of the message needs no parcel in it.
    trust = rules.trust(said)
    parcel = heard.asks_for_a_parcel * (trust + (1 - trust) * heard.is_told)
    if each_alone := [_alone(rules.without_refusals(part), knows) for part in clauses(text)]:
        parcel += _OF_THE_CLEAREST * (max(each_alone) - parcel)
    return parcel


def _alone(clause: str, knows: Learned) -> float:
    return 1.0 if asks_in_short(clause) else knows.hear(clause).asks_for_a_parcel


def _sure(heard: Heard, language_code: str | None) -> float:
    sure = sum(share * _SURE_IN.get(tongue, SURE) for tongue, share in heard.tongues.items())
    code = (language_code or "").lower().partition("-")[0]
    unknown = code and code not in TONGUES and CHINESE not in heard.tongues
    return max(sure, SURE_IN_AN_UNKNOWN_LANGUAGE) if unknown else sure
