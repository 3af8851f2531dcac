"""What was begun and not finished."""

from store import drafts
from store.db import Database
from store.drafts import Draft
from tests.builders import NOW, a_customer


async def test_a_draft_is_kept_until_it_is_dropped(db: Database) -> None:
    ann = await a_customer(db)
    async with db.begin() as session:
        await drafts.keep(session, ann.id, Draft.ADDRESS, {"country": "PT"}, now=NOW)
    async with db.begin() as session:
        assert await drafts.kept(session, ann.id, Draft.ADDRESS) == {"country": "PT"}
        await drafts.drop(session, ann.id, Draft.ADDRESS)
    async with db.read() as session:
        assert await drafts.kept(session, ann.id, Draft.ADDRESS) == {}


async def test_the_newer_draft_takes_the_place_of_the_older(db: Database) -> None:
    ann = await a_customer(db)
    async with db.begin() as session:
        await drafts.keep(session, ann.id, Draft.ADDRESS, {"country": "PT", "city": "Lisboa"}, now=NOW)
        await drafts.keep(session, ann.id, Draft.ADDRESS, {"country": "ES"}, now=NOW)
    async with db.read() as session:
        assert await drafts.kept(session, ann.id, Draft.ADDRESS) == {"country": "ES"}


async def test_drafts_do_not_mix(db: Database) -> None:
    """One kind is not another, and one customer is not another."""
    ann, ivan = await a_customer(db), await a_customer(db, name="Ivan")
    async with db.begin() as session:
        await drafts.keep(session, ann.id, Draft.QUANTITY, {"variant_id": 1}, now=NOW)
    async with db.read() as session:
        assert await drafts.kept(session, ann.id, Draft.ADDRESS) == {}
        assert await drafts.kept(session, ivan.id, Draft.QUANTITY) == {}
