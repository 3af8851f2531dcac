"""Keeps what products are found by in step with the catalogue."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Product, SearchKey, SearchPosting, SearchSpelling, SearchTerm, Variant
from store.models.base import Texts, table
from store.search_terms import spellings, terms
from store.upsert import insert_all_ignoring

AT_ONCE = 200
# A description as long as a book would fill the index and find nothing better.
TERMS_MAX = 2000

Weights = dict[str, bool]  # term → whether it stands in a title or a SKU


async def index(session: AsyncSession, product_ids: Collection[int]) -> None:
    """The products are found by what they are called and described as now; those that are not active are not found.

    Everything that writes a title, a description, a SKU, a variant's title or the status of a product or a variant calls this in its transaction,
    after the write. Prices and stock need no call: a search reads them where they stand. Calling it for nothing changes nothing.
    Locks the keys of the products, in the order of their ids.
    """
    for some in _in_lots(sorted(set(product_ids))):
        await _index(session, some)


async def _index(session: AsyncSession, product_ids: Sequence[int]) -> None:
    await session.flush()
    before = await _locked(session, product_ids)
    after = await _wanted(session, product_ids)
    gone = {key: set(before[key]) - set(after[key]) for key in before}
    new = {key: {term for term in after[key] if after[key][term] is not before[key].get(term)} for key in before}
    ids = await _term_ids(session, set().union(*gone.values(), *new.values()))
    moved = {key: gone[key] | (new[key] & set(before[key])) for key in before}
    await _take_away(session, [(ids[term], key) for key in moved for term in sorted(moved[key])])
    posted = [
        {"term_id": ids[term], "product_id": key, "is_title": after[key][term]} for key in new for term in new[key]
    ]
    for some in _in_lots(posted, 1000):
        await session.execute(insert(table(SearchPosting)), list(some))
    for key in (key for key in before if before[key] != after[key]):
        await session.execute(update(SearchKey).where(SearchKey.product_id == key).values(terms=written(after[key])))


async def _locked(session: AsyncSession, product_ids: Sequence[int]) -> dict[int, Weights]:
    """What each product is found by until now."""
    existing = list(await session.scalars(select(Product.id).where(Product.id.in_(product_ids)).order_by(Product.id)))
    await insert_all_ignoring(session, SearchKey, [{"product_id": each, "terms": ""} for each in existing])
    rows = await session.execute(
        select(SearchKey.product_id, SearchKey.terms)
        .where(SearchKey.product_id.in_(existing))
        .order_by(SearchKey.product_id)
        .with_for_update()
    )
    return {row.product_id: _read(row.terms) for row in rows}


async def _wanted(session: AsyncSession, product_ids: Sequence[int]) -> dict[int, Weights]:
    sold = await session.execute(
        select(Variant.product_id, Variant.sku, Variant.title)
        .where(Variant.product_id.in_(product_ids), Variant.status == "active")
        .order_by(Variant.id)
    )
    variants: dict[int, list[tuple[str, Texts]]] = {}
    for product_id, sku, title in sold:
        variants.setdefault(product_id, []).append((sku, title))
    rows = await session.execute(
        select(Product.id, Product.status, Product.title, Product.description).where(Product.id.in_(product_ids))
    )
    return {
        row.id: weights(row.title, row.description, variants.get(row.id, ())) if row.status == "active" else {}
        for row in rows
    }


def weights(title: Texts, description: Texts, variants: Collection[tuple[str, Texts]]) -> Weights:
    """The terms of a product, of all its languages."""
    strong = [*_texts(title), *(text for sku, name in variants for text in (sku, *_texts(name)))]
    found = {term: True for text in strong for term in terms(text)}
    for text in _texts(description):
        for term in terms(text):
            found.setdefault(term, False)
    return dict(list(found.items())[:TERMS_MAX])


def _texts(texts: Mapping[str, str]) -> Iterator[str]:
    return (text for text in texts.values() if text)


def written(found: Weights) -> str:
    strong = " ".join(sorted(term for term, is_title in found.items() if is_title))
    return f"{strong}\n{' '.join(sorted(term for term, is_title in found.items() if not is_title))}" if found else ""


def _read(key: str) -> Weights:
    strong, _, weak = key.partition("\n")
    return dict.fromkeys(strong.split(), True) | dict.fromkeys(weak.split(), False)


async def _term_ids(session: AsyncSession, wanted: set[str]) -> dict[str, int]:
    """Terms that nobody had yet get a row; in one order everywhere, so that two who bring the same new ones do not wait for each other."""
    known = await _known(session, wanted)
    new = sorted(wanted - known.keys())
    if not new:
        return known
    await insert_all_ignoring(session, SearchTerm, [{"term": term} for term in new])
    made = await _known(session, set(new))
    rows = [{"spelling": each, "term_id": made[term]} for term in new for each in sorted(spellings(term))]
    await insert_all_ignoring(session, SearchSpelling, rows)
    return known | made


async def _known(session: AsyncSession, wanted: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in _in_lots(sorted(wanted), 500):
        rows = await session.execute(select(SearchTerm.term, SearchTerm.id).where(SearchTerm.term.in_(some)))
        found |= {row.term: row.id for row in rows}
    return found


async def _take_away(session: AsyncSession, keys: Sequence[tuple[int, int]]) -> None:
    for some in _in_lots(keys, 200):
        key = tuple_(SearchPosting.term_id, SearchPosting.product_id)
        await session.execute(delete(SearchPosting).where(key.in_(some)))


def _in_lots(rows: Sequence[Any], size: int = AT_ONCE) -> Iterator[Sequence[Any]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
