"""A file is carried out whole or not at all, once, and a second time changes what differs."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from store import search, stock
from store.audit import OPERATOR
from store.db import Database
from store.importing import imports, jobs
from store.importing import stocktake as stocktaking
from store.importing.trouble import What
from store.importing.work import NotWanted, carry_out
from store.models import AuditEntry, PriceChange, Product, StockLevel, StockMove, Variant
from tests.builders import NOW, a_ready_checkout, a_shop, a_variant
from tests.store.importing.files import a_file
from tests.store.importing.working import goods, imported

HEADER = "handle,title,title:ru,description,category,kind,status,sku,option,price,compare_at,stock,backorder,weight_g\n"
TEES = HEADER + (
    'tee,Tee,Футболка,"Soft, warm",shirts,physical,active,TEE-S,S,12.00,15.00,5,no,200\n'
    "tee,,,,,,,TEE-M,M,12.50,,3,yes,210\n"
    "cap,Cap,,,hats,,draft,CAP,,9,,1,,\n"
)


@pytest.fixture
async def shop(db: Database) -> Database:
    await a_shop(db)
    return db


async def test_a_file_becomes_goods(shop: Database, tmp_path: Path) -> None:
    """On every database: titles, prices, stock, categories in the order of the file."""
    report = await imported(shop, tmp_path, TEES)
    assert report.is_fine and (report.products.new, report.variants.new, report.categories) == (2, 3, 2)
    found = await goods(shop)
    assert found["tee"]["about"] == (
        {"en": "Tee", "ru": "Футболка"},
        {"en": "Soft, warm"},
        "physical",
        "active",
        ("shirts", {"en": "shirts"}, ""),
    )
    assert found["tee"]["variants"]["TEE-S"] == ({"en": "S"}, "active", 200, None, 1200, 1500, 5, False)
    assert found["tee"]["variants"]["TEE-M"] == ({"en": "M"}, "active", 210, None, 1250, None, 3, True)
    assert found["cap"]["about"][3] == "draft"


async def test_the_same_file_again_changes_nothing(shop: Database, tmp_path: Path) -> None:
    await imported(shop, tmp_path, TEES)
    before = await goods(shop)
    async with shop.read() as session:
        versions = list(await session.scalars(select(Product.version)))
    report = await imported(shop, tmp_path, TEES)
    assert not report.has_changes and (report.products.same, report.variants.same) == (2, 3)
    async with shop.read() as session:
        assert list(await session.scalars(select(Product.version))) == versions
    assert await goods(shop) == before


async def test_a_changed_file_updates_and_never_doubles(shop: Database, tmp_path: Path) -> None:
    """What the file does not say stays; each change leaves its trace: price, stock, who did it."""
    await imported(shop, tmp_path, TEES)
    report = await imported(shop, tmp_path, "handle,sku,price,stock\ntee,TEE-S,11,7\ntee,TEE-L,14,1\n")
    assert report.is_fine and (report.products.changed, report.variants.changed, report.variants.new) == (1, 1, 1)
    found = await goods(shop)
    assert list(found) == ["tee", "cap"]
    assert found["tee"]["variants"]["TEE-S"] == ({"en": "S"}, "active", 200, None, 1100, 1500, 7, False)
    assert found["tee"]["about"][0] == {"en": "Tee", "ru": "Футболка"}
    async with shop.read() as session:
        last = (await session.scalars(select(PriceChange).order_by(PriceChange.id.desc()).limit(2))).all()
        assert {(each.before_minor, each.after_minor) for each in last} == {(1200, 1100), (None, 1400)}
        moves = select(StockMove.d_on_hand, StockMove.reason, StockMove.actor).order_by(StockMove.id.desc()).limit(1)
        assert (await session.execute(moves)).one() == (2, "import", "operator")
        actions = set(await session.scalars(select(AuditEntry.action)))
    assert {"imported", "priced", "stock_adjust", "stock_receive"} <= actions


async def test_a_blank_text_is_taken_away_and_a_blank_number_stays(shop: Database, tmp_path: Path) -> None:
    await imported(shop, tmp_path, TEES)
    await imported(shop, tmp_path, "handle,title:ru,description,sku,price,compare_at,stock\ntee,,,TEE-S,,,\n")
    found = await goods(shop)
    assert found["tee"]["about"][:2] == ({"en": "Tee"}, {})
    assert found["tee"]["variants"]["TEE-S"][4:7] == (1200, None, 5)


async def test_one_wrong_line_stops_the_whole_file(shop: Database, tmp_path: Path) -> None:
    report = await imported(shop, tmp_path, TEES + "hat,Hat,,,hats,,,HAT,,cheap,,1,,\n")
    assert [(each.what, each.line) for each in report.troubles] == [(What.NOT_AN_AMOUNT, 5)]
    assert await goods(shop) == {}


async def test_a_fault_at_the_last_statement_undoes_the_first(
    shop: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program breaks when all but the stock is written: nothing of the file is there, and the next time all of it."""

    async def breaks(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(stocktaking.Stocktake, "take", breaks)
        with pytest.raises(ZeroDivisionError):
            await imported(shop, tmp_path, TEES)
    assert await goods(shop) == {}
    assert (await imported(shop, tmp_path, TEES)).variants.new == 3


async def test_an_import_is_carried_out_once(shop: Database, tmp_path: Path) -> None:
    """Two processes that hold the same import: the second finds it done."""
    path = a_file(tmp_path, TEES)
    async with shop.begin() as session:
        import_id = await imports.open_at_once(session, path.name, actor=OPERATOR, now=NOW)
    await carry_out(shop, path, imports.order(import_id, OPERATOR, now=NOW))
    other = a_file(tmp_path, TEES.replace("12.00", "13.00"), "other.csv")
    with pytest.raises(NotWanted):
        await carry_out(shop, other, imports.order(import_id, OPERATOR, now=NOW))
    assert (await goods(shop))["tee"]["variants"]["TEE-S"][4] == 1200


async def test_what_orders_have_set_aside_stays_covered(shop: Database, tmp_path: Path) -> None:
    """A stock below what is promised is refused, with the line; the counter and its moves stay equal."""
    variant = await a_variant(shop, stock=5)
    await a_ready_checkout(shop, variant)
    async with shop.begin() as session:
        await session.execute(update(StockLevel).values(reserved=2))
        handle = await session.scalar(select(Product.slug))
    report = await imported(shop, tmp_path, f"handle,sku,stock\n{handle},{variant.sku},1\n")
    assert [(each.what, each.line) for each in report.troubles] == [(What.PROMISED, 2)]
    assert (await imported(shop, tmp_path, f"handle,sku,stock\n{handle},{variant.sku},2\n")).is_fine
    async with shop.read() as session:
        assert await session.scalar(select(StockLevel.on_hand)) == 2
        assert await session.scalar(select(func.sum(StockMove.d_on_hand))) == 2


async def test_an_order_that_comes_in_between_wins(
    shop: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The goods are set aside after the file was looked at and before it is written: the file is refused, the order stands."""
    await imported(shop, tmp_path, TEES)

    async with shop.read() as session:
        small = await session.scalar(select(Variant.id).where(Variant.sku == "TEE-S")) or 0
    path = a_file(tmp_path, "handle,sku,stock\ntee,TEE-S,2\n")
    surveyed = carry_out.__globals__["_surveyed"]

    async def survey(*given: object, **named: object) -> object:
        async for changes in surveyed(*given, **named):
            yield changes
        async with shop.begin() as session:
            await stock.reserve(session, [(small, 4)], now=NOW)

    monkeypatch.setitem(carry_out.__globals__, "_surveyed", survey)
    async with shop.begin() as session:
        import_id = await imports.open_at_once(session, path.name, actor=OPERATOR, now=NOW)
    report = await carry_out(shop, path, imports.order(import_id, OPERATOR, now=NOW))
    assert [each.what for each in report.troubles] == [What.PROMISED]
    async with shop.read() as session:
        level = (await session.scalars(select(StockLevel).where(StockLevel.variant_id == small))).one()
        assert (level.on_hand, level.reserved) == (5, 4)


async def test_a_name_that_another_product_has_is_refused(shop: Database, tmp_path: Path) -> None:
    await imported(shop, tmp_path, TEES)
    report = await imported(shop, tmp_path, "handle,title,category,sku,price\nhat,Hat,hats,TEE-S,1\n")
    assert [(each.what, each.values["handle"]) for each in report.troubles] == [(What.SKU_ELSEWHERE, "tee")]


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ("new,,hats,,N,1\n", What.MISSING),
        ("new,New,,,N,1\n", What.MISSING),
        ("new,New,hats,,N,\n", What.MISSING),
        ("new,New,hats,digital,N,1\n", What.NO_CONTENT),
        ("tee,,,digital,TEE-S,1\n", What.KIND_CHANGED),
        ("new,New,hats,,N,1\nnew,,,,M,1\n", What.SAME_OPTION),
    ],
)
async def test_what_a_product_cannot_do_without(shop: Database, tmp_path: Path, rows: str, what: What) -> None:
    await imported(shop, tmp_path, TEES)
    report = await imported(shop, tmp_path, "handle,title,category,kind,sku,price\n" + rows)
    assert [each.what for each in report.troubles] == [what]


async def test_what_was_imported_is_found(shop: Database, tmp_path: Path) -> None:
    """At once for a short file; the rest of a long one by the job."""
    rows = "".join(f"hat-{n},Hat number {n},hats,,{n}\n" for n in range(1, 450))
    await imported(shop, tmp_path, "handle,title,category,sku,price\n" + rows)
    while await jobs.index_due(shop, now=NOW):
        pass
    async with shop.read() as session:
        for name in ("number 3", "number 448"):
            found = await search.find(session, search.read(name), "USD")
            assert name.split()[1] in found.cards[0].title["en"]


async def test_moves_add_up_to_the_stock(shop: Database, tmp_path: Path) -> None:
    """After every import: the shelf's journal and its counters tell the same."""
    for content in (TEES, TEES.replace(",5,no", ",9,no"), TEES.replace(",3,yes", ",0,yes")):
        await imported(shop, tmp_path, content)
    async with shop.read() as session:
        moves = select(StockMove.variant_id, func.sum(StockMove.d_on_hand)).group_by(StockMove.variant_id)
        levels = select(StockLevel.variant_id, StockLevel.on_hand).where(StockLevel.on_hand > 0)
        told = {variant_id: int(pieces) for variant_id, pieces in await session.execute(moves) if pieces}
        assert told == {row.variant_id: row.on_hand for row in await session.execute(levels)}
        assert await session.scalar(select(func.count()).select_from(Variant)) == 3
