"""Who carries the parcel with this number: decided where it is certain, asked where it is not, and never guessed in silence."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.parcels.brands import BRANDS, named_in
from store.parcels.carrier import Carrier
from store.parcels.numbers import Proof, proofs
from store.parcels.registry import OTHER, Carriers

MOST_CHOICES = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the shop's carriers and, inside an aggregator, its code for the brand. *title* is the brand's name for people."""

    carrier: str
    title: str
    slug: str | None = None

    @property
    def key(self) -> str:
        """For a button; read by `chosen`."""
        return f"{self.carrier}/{self.slug}" if self.slug else self.carrier


@dataclass(frozen=True, slots=True)
class Verdict:
    """*sure* needs no question. Else a person chooses among *choices*, the likeliest first, or says that it is somebody else."""

    sure: Choice | None
    choices: tuple[Choice, ...] = ()


def who_carries(carriers: Carriers, number: str, *, text: str = "", history: Sequence[str] = ()) -> Verdict:
    """In this order: a carrier that the text names, letters or a check digit that fit one brand, what the shop mostly sends with (*history*).

    Digits alone prove nothing: one of three random numbers fits somebody's format.
    """
    named = [brand for brand in named_in(text) if _who_serves(carriers, brand)]
    if len(named) == 1:
        return Verdict(_choice(carriers, named[0]))
    served = {brand: proof for brand, proof in proofs(number).items() if _who_serves(carriers, brand)}
    anybody = [name for name, each in carriers.items() if name != OTHER and not each.brands and each.recognises(number)]
    if not served:
        return _among([Choice(name, carriers[name].title) for name in anybody], is_proven=True)
    best = max(served.values())
    if best >= Proof.LETTERS:
        return _among([_choice(carriers, brand) for brand, proof in served.items() if proof == best], is_proven=True)
    order = sorted(served, key=lambda brand: (-served[brand], _rank(history, _choice(carriers, brand).carrier)))
    choices = [_choice(carriers, brand) for brand in order] + [Choice(name, carriers[name].title) for name in anybody]
    return _among(choices, is_proven=best > Proof.DIGITS)


def chosen(carriers: Carriers, key: str) -> Choice | None:
    """What a button says; None for a carrier that is not there any more."""
    name, _, slug = key.partition("/")
    return Choice(name, title_of(carriers, name, slug or None), slug or None) if name in carriers else None


def title_of(carriers: Carriers, name: str, slug: str | None) -> str:
    """Who carries the parcel, for people: the brand inside an aggregator where it is known, else the carrier."""
    carrier = carriers[name]
    brand = next((brand for brand, code in carrier.brands.items() if slug is not None and code == slug), None)
    return BRANDS[brand].title if brand is not None else carrier.title


def _who_serves(carriers: Carriers, brand: str) -> Carrier | None:
    """Of several that know the brand, the first: a carrier itself stands before an aggregator."""
    return next((carrier for carrier in carriers.values() if brand in carrier.brands), None)


def _choice(carriers: Carriers, brand: str) -> Choice:
    carrier = _who_serves(carriers, brand)
    assert carrier is not None, "only brands that somebody serves are chosen"
    return Choice(carrier.name, BRANDS[brand].title, carrier.brands[brand])


def _rank(history: Sequence[str], carrier: str) -> int:
    return history.index(carrier) if carrier in history else len(history)


def _among(choices: Sequence[Choice], *, is_proven: bool) -> Verdict:
    if len(choices) == 1 and is_proven:
        return Verdict(choices[0])
    return Verdict(None, tuple(choices[:MOST_CHOICES]))
