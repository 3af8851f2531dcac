"""Which terms of the shop a typed word may mean."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import SearchPosting, SearchSpelling, SearchTerm
from store.search_query import Word
from store.search_terms import FORGIVEN_MIN, spellings

BEGINNINGS_MAX = 50
SLIPS_MAX = 20
_LAST_LETTER = "\U0010ffff"

Reading: TypeAlias = tuple[int, ...]  # ids of terms

# A term that no product has any more stands in nobody's way.
_IN_USE = exists().where(SearchPosting.term_id == SearchTerm.id)


async def readings_of(session: AsyncSession, words: Sequence[Word]) -> Mapping[str, Reading]:
    """By the words' terms; a word that means nothing here is left out."""
    exact = await session.execute(
        select(SearchTerm.term, SearchTerm.id).where(SearchTerm.term.in_([word.term for word in words]), _IN_USE)
    )
    known: dict[str, Reading] = {term: (term_id,) for term, term_id in exact}
    found: dict[str, Reading] = {}
    for word in words:
        # One letter of a script without spaces is a word or the beginning of one: 茶 means 茶杯 as well.
        if reading := (() if word.is_letter else known.get(word.term, ())) or await _bent(session, word):
            found[word.term] = reading
    return found


async def _bent(session: AsyncSession, word: Word) -> Reading:
    """The terms that begin with the word; where there are none, those that are a slip away from it."""
    if not word.may_be_a_beginning:
        return ()
    begins = (SearchTerm.term >= word.typed, SearchTerm.term < word.typed + _LAST_LETTER)
    if found := await _terms(session, BEGINNINGS_MAX, *begins):
        return found
    if len(word.typed) < FORGIVEN_MIN:
        return ()
    near = select(SearchSpelling.term_id).where(
        SearchSpelling.spelling.in_(spellings(word.typed) | spellings(word.term))
    )
    return await _terms(session, SLIPS_MAX, SearchTerm.id.in_(near))


async def _terms(session: AsyncSession, limit: int, *conditions: ColumnElement[bool]) -> Reading:
    statement: Select[Any] = select(SearchTerm.id).where(*conditions, _IN_USE).order_by(SearchTerm.term).limit(limit)
    return tuple(await session.scalars(statement))
