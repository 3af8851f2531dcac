"""Search, against an oracle that looks at every product."""

from decimal import Decimal

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import migrate, search
from store.db import Database
from store.models import (
    Category,
    Price,
    Product,
    SearchKey,
    SearchPosting,
    SearchSpelling,
    SearchTerm,
    StockLevel,
    StockMove,
    Variant,
)
from store.models.base import Texts
from tests.builders import NOW, a_category, a_variant
from tests.store.search_oracle import Goods, ordered

GOODS: tuple[tuple[Texts, Texts, int], ...] = (
    ({"en": "Linen dress", "zh": "亚麻连衣裙", "ru": "Льняное платье"}, {"en": "Washed flax, red or blue."}, 4500),
    ({"en": "Linen shirt", "zh": "亚麻衬衫", "ru": "Льняная рубашка"}, {"en": "Red, with a collar."}, 3900),
    ({"en": "Red shirt", "zh": "红色衬衫", "ru": "Красная рубашка"}, {"en": "Cotton."}, 6000),
    ({"en": "Café cup", "zh": "咖啡杯", "ru": "Кофейная чашка"}, {"en": "For espresso; not red."}, 1200),
    ({"en": "Green tea", "zh": "绿茶", "ru": "Зелёный чай"}, {"zh": "杭州龙井茶叶"}, 900),
    ({"en": "Teapot", "zh": "茶壶"}, {}, 3200),
    ({"en": "Red linen shirt dress", "zh": "红色亚麻连衣裙"}, {}, 8000),
)


async def stocked(db: Database) -> list[int]:
    """The ids of GOODS, in a shop."""
    home = await a_category(db)
    ids = []
    for number, (title, description, price_minor) in enumerate(GOODS):
        product = Product(seller_id=home.seller_id, category_id=home.id, slug=f"p-{number}", created_at=NOW)
        product.title, product.description = title, description
        async with db.begin() as session:
            session.add(product)
        await a_variant(db, product=product, price_minor=price_minor)
        ids.append(product.id)
    async with db.begin() as session:
        await search.index(session, ids)
    return ids


async def looked_up(db: Database, text: str, **cursor: int) -> search.Found:
    async with db.read() as session:
        return await search.find(session, search.read(text), "USD", **cursor)


async def found(db: Database, text: str) -> list[str]:
    return [card.title["en"] for card in (await looked_up(db, text)).cards]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("dress", ["Linen dress", "Red linen shirt dress"]),
        ("DRESSES", ["Linen dress", "Red linen shirt dress"]),
        ("cafe", ["Café cup"]),
        ("连衣裙", ["Linen dress", "Red linen shirt dress"]),
        ("衬衫", ["Linen shirt", "Red shirt"]),
        ("茶", ["Green tea", "Teapot"]),
        ("龙井", ["Green tea"]),
        ("рубашки", ["Linen shirt", "Red shirt"]),
        ("зеленый чай", ["Green tea"]),
        ("shrit", ["Linen shirt", "Red shirt", "Red linen shirt dress"]),
        ("плaтье", []),  # with a Latin a
        ("платьье", ["Linen dress"]),
        ("red shirt", ["Red shirt", "Red linen shirt dress", "Linen shirt"]),
        ("red shirt under 50", ["Linen shirt"]),
        ("рубашка до 40", ["Linen shirt"]),
        ("50以下的亚麻", ["Linen dress", "Linen shirt"]),
        ("lin", ["Linen dress", "Linen shirt", "Red linen shirt dress"]),
        ("under 10", ["Green tea"]),
        ("xylophone", []),
    ],
)
async def test_people_find_what_they_mean(db: Database, text: str, titles: list[str]) -> None:
    """In three languages, with slips and endings, within a price; what has the words in its title first."""
    await stocked(db)
    assert await found(db, text) == titles


async def test_what_has_almost_all_words_is_called_close(db: Database) -> None:
    await stocked(db)
    close = await looked_up(db, "espresso teapot")
    assert close.is_close
    assert [card.title["en"] for card in close.cards] == ["Teapot", "Café cup"]
    unknown = await looked_up(db, "xylophone teapot")
    assert unknown.is_close and len(unknown.cards) == 1
    assert not (await looked_up(db, "teapot")).is_close


async def test_paging_goes_through_both_kinds_of_fit_and_back(db: Database) -> None:
    """Three at a time through five that fit: titles first, then descriptions."""
    await stocked(db)
    first = await looked_up(db, "red", limit=2)
    second = await looked_up(db, "red", after=first.after or 0, limit=2)
    third = await looked_up(db, "red", after=second.after or 0, limit=2)
    pages = [[card.title["en"] for card in page.cards] for page in (first, second, third)]
    assert pages == [["Red shirt", "Red linen shirt dress"], ["Linen dress", "Linen shirt"], ["Café cup"]]
    assert (first.before, third.after) == (None, None)
    assert (await looked_up(db, "red", before=third.before or 0, limit=2)).cards == second.cards
    assert (await looked_up(db, "red", starting=second.cards[1].id, limit=2)).cards[0] == second.cards[1]


async def test_a_page_behind_something_that_fits_no_more_is_the_first(db: Database) -> None:
    ids = await stocked(db)
    assert (await looked_up(db, "red", after=ids[5], limit=2)).cards == (await looked_up(db, "red", limit=2)).cards


async def test_a_sku_is_found(db: Database) -> None:
    variant = await a_variant(db, title="Mug")
    async with db.begin() as session:
        await search.index(session, [variant.product_id])
    assert [card.id for card in (await looked_up(db, variant.sku.lower())).cards] == [variant.product_id]


async def test_what_is_not_sold_is_not_found(db: Database) -> None:
    """An archived product, one without a price in the shop's currency, and one whose variants are withdrawn."""
    ids = await stocked(db)
    async with db.begin() as session:
        await session.execute(update(Product).where(Product.id == ids[0]).values(status="archived"))
        await session.execute(update(Variant).where(Variant.product_id == ids[1]).values(status="archived"))
        variant = await session.scalar(
            Variant.__table__.select().where(Variant.product_id == ids[6]).with_only_columns(Variant.id)
        )
        await session.execute(update(Price).where(Price.variant_id == variant).values(currency="EUR"))
    assert await found(db, "linen") == []


async def test_what_stands_in_a_hidden_category_is_not_found(db: Database) -> None:
    await stocked(db)
    async with db.begin() as session:
        await session.execute(update(Category).values(hidden_at=NOW))
    assert await found(db, "linen") == []
    assert await found(db, "under 100") == []


async def test_a_changed_text_is_found_and_the_old_one_is_not(db: Database) -> None:
    ids = await stocked(db)
    async with db.begin() as session:
        await session.execute(
            update(Product).where(Product.id == ids[5]).values(title={"en": "Kettle"}, description={"en": "Red."})
        )
        await search.index(session, [ids[5]])
    assert await found(db, "teapot") == []
    assert await found(db, "kettle") == ["Kettle"]
    assert "Kettle" in await found(db, "red")


async def test_indexing_again_writes_nothing(db: Database) -> None:
    """So that whoever is not sure may call it."""
    ids = await stocked(db)
    before = await _postings(db)
    async with db.begin() as session:
        await search.index(session, ids)
        await search.index(session, [*ids, 999_999])
    assert await _postings(db) == before


async def _postings(db: Database) -> set[tuple[int, int, bool]]:
    async with db.read() as session:
        rows = await session.execute(SearchPosting.__table__.select())
        return {(row.term_id, row.product_id, row.is_title) for row in rows}


WORDS = (
    "red",
    "redd",
    "blue",
    "linen",
    "line",
    "shirt",
    "shirts",
    "dress",
    "红色",
    "红",
    "色连衣",
    "连衣裙",
    "茶",
    "чай",
    "чая",
    "рубашка",
    "café",
)
texts = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
goods = st.lists(st.tuples(texts, texts, st.integers(1, 60), st.booleans()), max_size=12)
queries = st.builds(
    lambda words, typo, limit: f"{words} {typo} {limit}",
    st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join),
    st.sampled_from(["", "", "", "shrit", "dre", "рубашк", "裙", "nowhere", "liten"]),
    st.sampled_from(["", "", "under 30", "до 20", "30以下", "from 10 to 40"]),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(goods=goods, asked=st.lists(queries, min_size=1, max_size=6), few=st.sampled_from([2, 100]))
async def test_it_finds_what_looking_at_everything_finds(
    sqlite_db: Database, goods: list[tuple[str, str, int, bool]], asked: list[str], few: int
) -> None:
    """Whatever the goods and the questions, and from how many on they are many: the same products, in the same order, on every page on and back."""
    shelf = await _shelved(sqlite_db, goods)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "FEW", few)
        patch.setattr(search, "FREQUENT", few)
        for text in asked:
            await _is_as_the_oracle_says(sqlite_db, shelf, text)


async def _shelved(db: Database, goods: list[tuple[str, str, int, bool]]) -> list[Goods]:
    home = await a_category(db)
    shelf = []
    async with db.begin() as session:
        await _clear(session)
        for number, (title, description, price, is_active) in enumerate(goods):
            texts: tuple[Texts, Texts] = ({"en": title, "zh": title[::2]}, {"en": description})
            product = Product(seller_id=home.seller_id, category_id=home.id, slug=f"g-{number}", created_at=NOW)
            product.title, product.description = texts
            product.status = "active" if is_active else "draft"
            product.variants = [
                Variant(sku=f"Z{number}", prices=[Price(currency="USD", min_quantity=1, unit_minor=price * 100)])
            ]
            session.add(product)
            await session.flush()
            shelf.append(Goods(product.id, *texts, (f"Z{number}",), (Decimal(price),), is_active))
        await search.index(session, [each.id for each in shelf])
    return shelf


async def _clear(session: AsyncSession) -> None:
    for model in (SearchPosting, SearchSpelling, SearchTerm, SearchKey, StockMove, StockLevel, Price, Variant, Product):
        await session.execute(delete(model))


async def _is_as_the_oracle_says(db: Database, shelf: list[Goods], text: str) -> None:
    query = search.read(text)
    expected, is_close = ordered(shelf, query)
    if not query:
        return
    async with db.read() as session:
        page = await search.find(session, query, "USD", limit=2)
        shown = [card.id for card in page.cards]
        assert page.is_close == is_close
        while page.after is not None:
            last, page = page, await search.find(session, query, "USD", after=page.after, limit=2)
            shown += [card.id for card in page.cards]
            assert (await search.find(session, query, "USD", before=page.before, limit=2)).cards == last.cards
    assert shown == expected, text


async def test_goods_from_before_there_was_a_search_are_found(db: Database) -> None:
    """The migration makes the index of what is there; what comes afterwards joins it."""
    ids = await stocked(db)
    async with db.engine.connect() as connection:
        await connection.run_sync(_back_and_forth)
        await connection.commit()
    assert await found(db, "红色连衣裙") == ["Red linen shirt dress"]
    assert await found(db, "shrit") == ["Linen shirt", "Red shirt", "Red linen shirt dress"]
    async with db.begin() as session:
        await session.execute(update(Product).where(Product.id == ids[5]).values(title={"en": "Kettle"}))
        await search.index(session, ids)
    assert (await found(db, "kettle"), await found(db, "teapot")) == (["Kettle"], [])


def _back_and_forth(connection: Connection) -> None:
    config = migrate._config(connection)
    mine = next(
        each for each in ScriptDirectory.from_config(config).walk_revisions() if each.path.endswith("_search.py")
    )
    command.downgrade(config, str(mine.down_revision))
    command.upgrade(config, "head")
