"""The columns in the file, in the example and in the page for people are the same."""

import csv
import io
import re
from pathlib import Path

from store.importing import exporting
from store.importing.columns import BY_LANGUAGE, COLUMNS
from store.importing.goods import ShopFacts
from store.importing.trouble import What
from tests.store.importing.files import a_file, everything

PAGE = Path(__file__).parents[3] / "docs" / "importing.md"


def test_the_page_for_people_names_every_column() -> None:
    rows = [line.split("|")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = {name for cell in rows for name in re.findall(r"`([a-z_]+)(?::[a-z]+)?`", cell)}
    assert named == set(COLUMNS)


def test_the_example_has_every_column_and_no_mistake(tmp_path: Path) -> None:
    header = next(csv.reader(io.StringIO(exporting.template())))
    assert {name.partition(":")[0] for name in header} == set(COLUMNS)
    assert {name.partition(":")[0] for name in header if ":" in name} == BY_LANGUAGE
    goods, troubles = everything(a_file(tmp_path, exporting.template()))
    assert not troubles and [each.handle for each in goods] == ["blue-mug"]


def test_a_text_without_a_language_is_in_the_shops(tmp_path: Path) -> None:
    """A Russian shop's `title` is Russian."""
    path = a_file(tmp_path, "handle,title,title:en,category,price\nmug,Кружка,Mug,mugs,1\n")
    [mug], _ = everything(path, shop=ShopFacts("RUB", "ru"))
    assert mug.about["title"] == {"ru": "Кружка", "en": "Mug"}


def test_a_price_without_a_currency_is_in_the_shops(tmp_path: Path) -> None:
    """And one with the shop's own currency is the same; a blank cell of a further list says nothing."""
    rows = "handle,title,category,price:usd,price:eur,price:xtr\nmug,Mug,mugs,12.50,11,\n"
    [mug], troubles = everything(a_file(tmp_path, rows), shop=ShopFacts("USD", "en"))
    assert not troubles
    assert mug.pieces[0].about == {"price_minor": 1250, "listed": {"EUR": {"price_minor": 1100}, "XTR": {}}}


def test_a_price_in_no_currency_is_an_unknown_column(tmp_path: Path) -> None:
    _, [trouble] = everything(a_file(tmp_path, "handle,title,category,price:eux\nmug,Mug,mugs,1\n"))
    assert trouble.what is What.UNKNOWN_COLUMN
