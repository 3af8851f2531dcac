"""Stars pay for digital goods only: whoever prices what is delivered in them is told, by whichever way they do."""

from pathlib import Path

import pytest

from store import goods, goods_drafts, goods_edits, prices, shop
from store.audit import SYSTEM, Actor
from store.db import Database
from store.errors import BadInput
from store.importing import exporting
from store.importing.trouble import Trouble, What
from store.importing.work import examine
from store.models import Price, Variant
from store.payments.telegram_facts import XTR
from tests.builders import NOW, a_shop, a_variant
from tests.store.importing.files import a_file, a_workbook
from tests.store.importing.working import carried_out, imported

BOSS = Actor.staff(1, "Max")
HEADER = "handle,title,category,kind,price,price:xtr,digital_content\n"


async def stars_of(db: Database, variant_id: int) -> int | None:
    async with db.read() as session:
        found = await goods.goods(session, await goods.product_of(session, variant_id))
    return goods.variant_of(found, variant_id).stars_minor


def told(line: int, column: str = "price:xtr", handle: str = "mug") -> Trouble:
    return Trouble(line, What.STARS_FOR_PARCELS, column, {"handle": handle})


async def a_mug_with_stars(db: Database) -> Variant:
    """As it may stand in a database from before they were refused."""
    mug = await a_variant(db, title="Mug")
    async with db.begin() as session:
        session.add(Price(variant_id=mug.id, currency=XTR, min_quantity=1, unit_minor=450))
    return mug


async def test_a_file_is_refused_with_the_line(db: Database, tmp_path: Path) -> None:
    """A product that does not say its kind is delivered; a digital one may have them."""
    await a_shop(db)
    rows = "e-book,Book,books,digital,9,400,Key\nmug,Mug,mugs,,12,500,\ncup,Cup,mugs,physical,12,,\n"
    report = await imported(db, tmp_path, HEADER + rows)
    assert report.troubles == [told(3)]
    assert not (await imported(db, tmp_path, HEADER + rows.replace(",500,", ",,"))).troubles


async def test_a_workbook_is_refused_with_the_row(db: Database, tmp_path: Path) -> None:
    """What stands in the shop already says what it is."""
    await a_shop(db)
    await imported(db, tmp_path, HEADER + "mug,Mug,mugs,physical,12,,\n")
    path = a_file(tmp_path, a_workbook([("handle", "sku", "compare_at:xtr"), ("mug", "mug", 700)]), "goods.xlsx")
    assert (await examine(db, path)).troubles == [told(2, "compare_at:xtr")]


async def test_in_a_shop_that_sells_for_stars_the_price_itself_is_refused(db: Database, tmp_path: Path) -> None:
    await a_shop(db, currency=XTR)
    rows = "handle,title,category,kind,price,digital_content\nbook,Book,books,digital,400,Key\nmug,Mug,mugs,,500,\n"
    assert (await imported(db, tmp_path, rows)).troubles == [told(3, "price")]


async def test_a_price_that_is_set_by_hand_is_refused(db: Database) -> None:
    """An old button, or whatever else comes to the one place where prices change."""
    mug, book = await a_variant(db), await a_variant(db, kind="digital")
    async with db.begin() as session:
        await goods_edits.set_stars(session, book.id, 0, 400, actor=BOSS, now=NOW)
    assert await stars_of(db, book.id) == 400
    with pytest.raises(BadInput) as refused:
        async with db.begin() as session:
            await goods_edits.set_stars(session, mug.id, 0, 400, actor=BOSS, now=NOW)
    assert refused.value.params == {"field": "stars", "reason": "digital_only"}
    with pytest.raises(BadInput):
        async with db.begin() as session:
            await prices.set_price_of(session, [book.id, mug.id], XTR, 9, actor=SYSTEM, now=NOW)
    assert (await stars_of(db, book.id), await stars_of(db, mug.id)) == (400, None)


async def test_a_draft_that_is_delivered_after_all_loses_its_price_in_stars(db: Database) -> None:
    await a_shop(db)
    async with db.begin() as session:
        draft_id = await goods_drafts.begin(session, "Book\n$9", language="en", picture="a.jpg", actor=BOSS, now=NOW)
        draft = await goods.goods(session, draft_id)
        await goods_edits.set_kind(session, draft_id, draft.version, "digital", actor=BOSS, now=NOW)
        await goods_edits.set_stars(session, draft.variants[0].id, draft.version + 1, 400, actor=BOSS, now=NOW)
    assert await stars_of(db, draft.variants[0].id) == 400
    async with db.begin() as session:
        version = (await goods.goods(session, draft_id)).version
        await goods_edits.set_kind(session, draft_id, version, "physical", actor=BOSS, now=NOW)
    assert await stars_of(db, draft.variants[0].id) is None


async def test_a_shop_that_sells_for_stars_publishes_nothing_that_is_delivered(db: Database) -> None:
    """Its drafts have a price before anybody says what they are."""
    await a_shop(db)
    async with db.begin() as session:
        await shop.set_currency(session, XTR, actor=BOSS, now=NOW)
        draft_id = await goods_drafts.begin(session, "Book\n90 XTR", language="en", picture="", actor=BOSS, now=NOW)
        draft = await goods.goods(session, draft_id)
    assert draft.variants[0].price_minor == 90
    with pytest.raises(BadInput) as refused:
        async with db.begin() as session:
            await goods_edits.set_status(session, draft_id, draft.version, "active", actor=BOSS, now=NOW)
    assert refused.value.params["reason"] == "digital_only"


async def test_such_a_price_from_before_leaves_in_no_file(db: Database, tmp_path: Path) -> None:
    """What is exported comes back as the same goods."""
    mug = await a_mug_with_stars(db)
    await exporting.write(db, tmp_path / "goods.csv")
    report = await carried_out(db, tmp_path / "goods.csv")
    assert not report.troubles and not report.has_changes
    assert await stars_of(db, mug.id) == 450
