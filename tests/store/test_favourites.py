import pytest

from store import catalog, catalog_edits, favourites
from store.audit import SYSTEM
from store.db import Database
from store.errors import NotFound
from store.favourites import FavouritesPage, Regard
from store.models import Customer, Variant
from tests.builders import NOW, a_customer, a_variant


async def _regard(db: Database, customer: Customer, variant: Variant) -> Regard:
    async with db.read() as session:
        return await favourites.regard(session, customer.id, await catalog.product(session, variant.product_id, "USD"))


async def _page(db: Database, customer: Customer, number: int = 0) -> FavouritesPage:
    async with db.read() as session:
        return await favourites.page(session, customer.id, "USD", number=number)


async def _likes(db: Database, customer: Customer, variant: Variant, *, wanted: bool = True) -> None:
    async with db.begin() as session:
        await favourites.set_favourite(session, customer.id, variant.product_id, wanted=wanted, now=NOW)


async def test_a_like_is_ones_own_and_can_be_taken_back(db: Database) -> None:
    """Liking twice is no more than once."""
    ann, ben, mug = await a_customer(db), await a_customer(db, name="Ben"), await a_variant(db)
    for _ in range(2):
        await _likes(db, ann, mug)
    assert (await _regard(db, ann, mug)).is_favourite and not (await _regard(db, ben, mug)).is_favourite
    await _likes(db, ann, mug, wanted=False)
    assert not (await _regard(db, ann, mug)).is_favourite


async def test_favourites_are_turned_page_by_page(db: Database) -> None:
    """Withdrawn ones are left out."""
    ann = await a_customer(db)
    mugs = [await a_variant(db) for _ in range(favourites.PAGE + 2)]
    for mug in mugs:
        await _likes(db, ann, mug)
    async with db.begin() as session:
        await catalog_edits.archive_product(session, mugs[0].product_id, actor=SYSTEM, now=NOW)
    first, second = await _page(db, ann), await _page(db, ann, 1)
    shown = [card.id for card in (*first.cards, *second.cards)]
    assert sorted(shown) == sorted(mug.product_id for mug in mugs[1:])
    assert (len(first.cards), first.is_last, second.is_last) == (favourites.PAGE, False, True)


async def test_what_somebody_waits_for_is_known_by_variant(db: Database) -> None:
    """And can be taken back."""
    ann, mug = await a_customer(db), await a_variant(db, stock=0)
    for wanted, watched in ((True, {mug.id}), (False, set())):
        async with db.begin() as session:
            await favourites.set_watch(session, ann.id, mug.id, wanted=wanted, now=NOW)
        assert (await _regard(db, ann, mug)).watched == watched


async def test_nobody_likes_what_does_not_exist(db: Database) -> None:
    ann = await a_customer(db)
    async with db.begin() as session:
        with pytest.raises(NotFound):
            await favourites.set_favourite(session, ann.id, 999, wanted=True, now=NOW)
        with pytest.raises(NotFound):
            await favourites.set_watch(session, ann.id, 999, wanted=True, now=NOW)
