"""A search by looking at every product: what `store.search` is held against. It shares the reading of words and prices, and nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from store.search_query import Query, Word
from store.search_terms import spellings, terms


@dataclass
class Goods:
    """A product as an oracle sees it; prices are in the major unit."""

    id: int
    title: Mapping[str, str]
    description: Mapping[str, str] = field(default_factory=dict)
    names: Sequence[str] = ()
    prices: Sequence[Decimal] = (Decimal(15),)
    is_active: bool = True

    def __post_init__(self) -> None:
        self.strong = {term for text in (*self.title.values(), *self.names) for term in terms(text)}
        self.all = self.strong | {term for text in self.description.values() for term in terms(text)}


def ordered(goods: Sequence[Goods], query: Query) -> tuple[list[int], bool]:
    """The ids of all that fit, best first, and whether they are only close."""
    known = [each for each in goods if each.is_active]
    offered = [each for each in known if _fits(each.prices, query)]
    if not query.words:
        return [each.id for each in offered], False
    vocabulary = sorted(set().union(*(each.all for each in known))) if known else []
    meant = [found for word in query.words if (found := _meanings(word, vocabulary))]
    if not meant:
        return [], False
    whole = _whole(offered, meant)
    if whole or len(meant) == 1:
        return whole, bool(whole) and len(meant) < len(query.words)
    rests = [meant[:place] + meant[place + 1 :] for place in range(len(meant))]
    close = [each.id for rest in rests for each in offered if all(one & each.all for one in rest)]
    return close, bool(close)


def _whole(goods: Iterable[Goods], meant: Sequence[set[str]]) -> list[int]:
    fitting = [each for each in goods if all(one & each.all for one in meant)]
    best = [each.id for each in fitting if all(one & each.strong for one in meant)]
    return best + [each.id for each in fitting if each.id not in best]


def _fits(prices: Iterable[Decimal], query: Query) -> bool:
    least, most = query.at_least or Decimal(0), query.at_most
    return any(price >= least and (most is None or price <= most) for price in prices)


def _meanings(word: Word, vocabulary: Sequence[str]) -> set[str]:
    if not word.is_letter and word.term in vocabulary:
        return {word.term}
    begins = [term for term in vocabulary if term.startswith(word.typed)] if word.may_be_a_beginning else []
    if begins or not word.may_be_a_beginning or len(word.typed) < 4:
        return set(begins[:50])
    own = spellings(word.typed) | spellings(word.term)
    return set([term for term in vocabulary if spellings(term) & own][:20])
