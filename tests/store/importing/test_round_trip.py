"""What leaves as a file comes back as the same goods: in the same shop nothing changes, in an empty one the same shop stands."""

import asyncio
import csv
import shutil
import tempfile
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from store import migrate, pictures, stock
from store.audit import SYSTEM
from store.db import Database
from store.importing import cells, exporting
from store.importing.goods import TITLE_MAX
from store.importing.work import examine
from store.models import Category, Price, Product, Seller, StockLevel, Variant
from store.pictures import PictureRow
from store.typed import is_readable
from tests.builders import NOW, a_shop
from tests.store.importing.working import carried_out, goods

LANGUAGES = ("en", "zh", "ru")
# Texts that a spreadsheet would love to calculate, quotes, delimiters, other scripts, emoji.
NASTY = [
    "=1+1",
    "'=1",
    "''+x",
    "@SUM(A1)",
    "-5",
    "+5",
    "＝1",
    'a "quoted" one',
    "a;b,c|d\te",
    "马克杯",
    "Кружка",
    "☕️",
    "'",
    "_x0041_",
    "1,299",
]
readable = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")).filter(is_readable)


def _line(maximum: int, minimum: int = 1) -> st.SearchStrategy[str]:
    """As the shop keeps a line: no white space around it or doubled in it."""
    written = st.text(readable, min_size=minimum, max_size=maximum) | st.sampled_from(NASTY)
    return written.map(lambda text: _kept(text)[:maximum].strip()).filter(lambda text: len(text) >= minimum)


def _kept(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _many(maximum: int) -> st.SearchStrategy[str]:
    return st.lists(_line(30, 0), max_size=4).map(lambda lines: "\n".join(lines).strip()[:maximum])


def _texts(one: st.SearchStrategy[str], *, needs: bool = False) -> st.SearchStrategy[dict[str, str]]:
    required = {"en": one} if needs else {}
    optional = {each: one for each in LANGUAGES if each not in required}
    return st.fixed_dictionaries(required, optional=optional).map(_without_blanks)


def _without_blanks(texts: dict[str, str]) -> dict[str, str]:
    return {language: text for language, text in texts.items() if text}


VARIANT: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "title": _texts(_line(20)),
        "status": st.sampled_from(["active", "archived"]),
        "weight_g": st.integers(0, 10**6),
        "price_minor": st.integers(0, 10**12),
        "compare_at_minor": st.none() | st.integers(0, 10**12),
        "currencies": st.lists(st.sampled_from(["USD", "EUR", "KWD", "XTR"]), min_size=1, unique=True),
        "on_hand": st.integers(0, 10**6),
        "allow_backorder": st.booleans(),
        "content": _many(200).filter(bool),
    }
)
PRODUCT: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "title": _texts(_line(TITLE_MAX), needs=True),
        "description": _texts(_many(500).filter(bool)),
        "kind": st.sampled_from(["physical", "digital"]),
        "status": st.sampled_from(["active", "draft", "hidden", "archived"]),
        "pictures": st.lists(st.sampled_from(["a.jpg", "kept/b c.jpg", "https://x.example/1,2.jpg?q=1"]), unique=True),
        "category": st.integers(0, 2),
        "variants": st.lists(
            VARIANT, min_size=1, max_size=3, unique_by=lambda each: tuple(sorted(each["title"].items()))
        ),
    }
)


@cache
def _new() -> Path:
    """An empty shop, made once: every example takes a copy."""
    file = Path(tempfile.mkdtemp()) / "new.sqlite3"

    async def make() -> None:
        db = Database(f"sqlite+aiosqlite:///{file}")
        await migrate.upgrade_database(db)
        await a_shop(db)
        await db.close()

    with ThreadPoolExecutor(1) as apart:  # another loop runs in this thread
        apart.submit(asyncio.run, make()).result()
    return file


async def _sellers(db: Database) -> list[Seller]:
    async with db.read() as session:
        return list(await session.scalars(select(Seller)))


async def _stocked(folder: Path, name: str, products: list[dict[str, Any]]) -> Database:
    shutil.copyfile(_new(), folder / f"{name}.sqlite3")
    db = Database(f"sqlite+aiosqlite:///{folder / name}.sqlite3")
    seller = (await _sellers(db))[0]
    async with db.begin() as session:
        homes = [
            Category(
                seller_id=seller.id, slug=f"home {n}&", title={"en": f"=Home {n}", "zh": "家"}, emoji="🏠", position=n
            )
            for n in range(3)
        ]
        session.add_all(homes if products else [])
        await session.flush()
        for n, each in enumerate(products):
            await _add(session, seller, homes[each["category"]].id, n, each)
    return db


def _payable(currencies: list[str], kind: str) -> list[str]:
    """Stars pay for nothing that is delivered."""
    return currencies if kind == "digital" else [each.replace("XTR", "JPY") for each in currencies]


async def _add(session: Any, seller: Seller, category_id: int, n: int, each: dict[str, Any]) -> None:
    own = {name: each[name] for name in ("title", "description", "kind", "status")}
    product = Product(seller_id=seller.id, category_id=category_id, slug=f"-p{n}", position=n, created_at=NOW, **own)
    product.variants = [
        Variant(
            sku=f"=S{n}-{m}",
            title=one["title"],
            status=one["status"],
            weight_g=one["weight_g"],
            position=m,
            digital_content=one["content"] if each["kind"] == "digital" else None,
            prices=[
                Price(
                    currency=currency, unit_minor=one["price_minor"] // 2**m, compare_at_minor=one["compare_at_minor"]
                )
                for m, currency in enumerate(_payable(one["currencies"], each["kind"]))
            ],
        )
        for m, one in enumerate(each["variants"])
    ]
    session.add(product)
    await session.flush()
    for variant, one in zip(product.variants, each["variants"], strict=True):
        await stock.receive(
            session, variant.id, one["on_hand"], reason="t", actor=SYSTEM, source_id=variant.id, now=NOW
        )
        level = await session.get(StockLevel, (variant.id, 1))
        level.allow_backorder = one["allow_backorder"]
    await pictures.set_gallery(session, product.id, [PictureRow(name) for name in each["pictures"]], now=NOW)


async def _round_trip(products: list[dict[str, Any]], ending: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        db, empty = await _stocked(folder, "full", products), await _stocked(folder, "empty", [])
        await exporting.write(db, folder / f"goods.{ending}")
        again = await examine(db, folder / f"goods.{ending}")
        assert not again.troubles and not again.has_changes
        moved = await carried_out(empty, folder / f"goods.{ending}")
        assert not moved.troubles
        assert await goods(empty) == await goods(db)
        await exporting.write(db, folder / "one.csv")
        await exporting.write(empty, folder / "other.csv")
        assert (folder / "one.csv").read_bytes() == (folder / "other.csv").read_bytes()
        await db.close()
        await empty.close()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(products=st.lists(PRODUCT, min_size=1, max_size=4))
def test_export_and_import_is_the_identity(ending: str, products: list[dict[str, Any]]) -> None:
    """Whatever is in the texts, also what a spreadsheet would calculate."""
    asyncio.run(_round_trip(products, ending))


@settings(max_examples=500, deadline=None)
@given(text=st.text(max_size=20))
def test_no_cell_begins_a_formula(text: str) -> None:
    """Source: OWASP, CSV injection. And the text itself comes back."""
    assert not cells.escaped(text).startswith(cells.TRIGGERS)
    assert text in cells._FORMULA_ERRORS or cells.plain(cells.escaped(text)) == text


async def test_no_cell_of_an_exported_file_begins_a_formula(sqlite_db: Database, tmp_path: Path) -> None:
    """Not in a title, not in a SKU, not in a handle, in no column; amounts stay numbers."""
    await a_shop(sqlite_db)
    async with sqlite_db.begin() as session:
        seller = (await session.scalars(select(Seller))).one()
        home = Category(seller_id=seller.id, slug="+home", title={"en": "@home"})
        session.add(home)
        await session.flush()
        one = {"title": {"en": "=cmd|' /C calc'!A0"}, "status": "active", "weight_g": 1, "price_minor": 150}
        one |= {
            "compare_at_minor": None,
            "on_hand": 1,
            "allow_backorder": False,
            "content": "-1",
            "currencies": ["USD"],
        }
        about = {
            "title": {"en": "=1+1"},
            "description": {"en": "-x"},
            "kind": "digital",
            "status": "active",
            "pictures": [],
        }
        await _add(session, seller, home.id, 1, about | {"variants": [one]})
    await exporting.write(sqlite_db, tmp_path / "goods.csv")
    with (tmp_path / "goods.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert not [cell for row in rows for cell in row if cell.startswith(cells.TRIGGERS)]
    assert "1.50" in rows[1]
