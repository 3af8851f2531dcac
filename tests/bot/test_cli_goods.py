"""`dukkan import` and `dukkan export`, as a merchant types them."""

from pathlib import Path

import pytest

from bot.cli import app


@pytest.fixture(autouse=True)
def a_shop_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    dukkan("seed")


def dukkan(*words: str) -> int:
    """The exit code."""
    try:
        found = app([*words], result_action="return_value")
    except SystemExit as end:
        return int(end.code or 0)
    return int(found or 0)


def test_an_example_goes_in_and_everything_comes_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first minutes with a spreadsheet: example, dry run, import, export, and the export changes nothing."""
    assert dukkan("export", "--template", "goods.csv") == 0
    assert dukkan("import", "goods.csv", "--dry-run") == 0
    assert "Products: 1 new" in capsys.readouterr().out
    assert dukkan("import", "goods.csv") == 0
    assert "Done." in capsys.readouterr().out
    assert dukkan("export", "all.xlsx") == 0
    assert dukkan("import", "all.xlsx") == 0
    assert "Products: 0 new, 0 changed" in capsys.readouterr().out


def test_mistakes_are_told_with_their_lines_and_nothing_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    Path("goods.csv").write_text("handle,title,category,price\nmug,Mug,mugs,cheap\n")
    assert dukkan("import", "goods.csv") == 1
    out = capsys.readouterr().out
    assert "Line 2: price is “cheap”" in out
    assert "Nothing was changed" in out


@pytest.mark.parametrize(
    "words",
    [
        ("import", "nowhere.csv"),
        ("import", "goods.csv", "--format", "excel"),
        ("import", "goods.csv", "--pictures", "all"),
    ],
)
def test_what_a_person_can_mend_is_one_line(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    Path("goods.csv").write_text("handle,title\nmug,Mug\n")
    assert dukkan(*words) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_a_star_is_worth_becomes_prices(capsys: pytest.CaptureFixture[str]) -> None:
    """Rounded up, once; nonsense is one line."""
    assert dukkan("stars", "0.013") == 0
    assert "4 prices in Stars are written." in capsys.readouterr().out
    assert dukkan("stars", "0.013") == 0
    assert "0 prices" in capsys.readouterr().out
    for nonsense in ("0", "much", "0.0000001"):
        assert dukkan("stars", nonsense) == 2
    assert "is no worth of a Star" in capsys.readouterr().err
