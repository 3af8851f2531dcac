"""`dukkan prices`, `dukkan stars` and what commands say of prices that nobody could pay, as a merchant types them."""

import csv
from pathlib import Path

import pytest

from tests.bot.test_cli_goods import dukkan

CASH_ONLY = "Note: Of your ways to pay only cash on delivery takes {}.\n"
NOBODY = "Note: None of your ways to pay takes {}: set up one that does.\n"


@pytest.fixture(autouse=True)
def a_shop_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    dukkan("seed")


@pytest.fixture
def paid_in_dollars(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bank account that takes nothing else."""
    for name, value in {"HOLDER": "Harbor Goods", "ACCOUNT": "12345678", "CURRENCIES": "USD"}.items():
        monkeypatch.setenv(f"TRANSFER__MAIN__{name}", value)


def exported(column: str) -> dict[str, str]:
    """What stands in a column of the shop's goods, by SKU."""
    assert dukkan("export", "all.csv") == 0
    with Path("all.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["sku"]: row[column] for row in csv.DictReader(file)}


def test_a_rate_becomes_prices_once(capsys: pytest.CaptureFixture[str]) -> None:
    """The second time nothing is missing; what was written by hand stays, until all is written anew."""
    assert dukkan("prices", "eur", "0.5") == 0
    out = capsys.readouterr().out
    assert " prices and " in out and "deliveries in EUR are written." in out and "Note" not in out
    assert dukkan("prices", "EUR", "0.5") == 0
    assert capsys.readouterr().out == "0 prices and 0 deliveries in EUR are written.\n"
    before, own = exported("price:eur"), exported("price")
    assert {sku: float(price) for sku, price in before.items()} == pytest.approx(
        {sku: float(price) / 2 for sku, price in own.items()}, abs=0.006
    )
    assert dukkan("prices", "EUR", "0,25", "--anew") == 0
    assert exported("price:eur") != before


@pytest.mark.parametrize(
    ("currency", "rate", "written"),
    [("KWD", "0.3071", "13.820"), ("JPY", "149.55", "6730"), ("HUF", "361.37", "16262.00"), ("TWD", "31.93", "1437.00"), ("ISK", "138.2", "6219")],
)  # fmt: skip
def test_prices_have_the_decimals_of_their_currency(currency: str, rate: str, written: str) -> None:
    """Of a dress for $45.00; the file that they leave in changes nothing when it comes back."""
    assert dukkan("prices", currency, rate) == 0
    assert exported(f"price:{currency.lower()}")["DRESS-M"] == written
    assert dukkan("import", "all.csv") == 0
    assert exported(f"price:{currency.lower()}")["DRESS-M"] == written


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("EUR", "much"), "much cannot be used: rate, out_of_range"),
        (("EUR", "0"), "0 cannot be used: rate, out_of_range"),
        (("EUR", "0.000001"), "0.000001 cannot be used: rate, out_of_range"),
        (("USD", "1"), "USD cannot be used: currency, own"),
        (("XTR", "1"), "XTR cannot be used: currency, unknown"),
        (("EUX", "1"), "EUX cannot be used: currency, unknown"),
    ],
)
def test_what_cannot_be_is_one_line_and_nothing_is_written(
    words: tuple[str, ...], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert dukkan("prices", *words) == 2
    assert capsys.readouterr().err == f"dukkan: {why}\n"
    assert dukkan("export", "all.csv") == 0
    assert "price:eur" not in Path("all.csv").read_text(encoding="utf-8-sig")


def test_without_a_shop_there_is_nothing_to_fill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "empty"))
    assert dukkan("prices", "EUR", "1") == 2
    assert "run `dukkan seed` first" in capsys.readouterr().err


@pytest.mark.usefixtures("paid_in_dollars")
def test_prices_that_nobody_could_pay_are_written_with_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    """They are kept for the day on which somebody can."""
    capsys.readouterr()
    assert dukkan("prices", "EUR", "0.5") == 0
    assert capsys.readouterr().out.endswith(CASH_ONLY.format("EUR"))
    assert dukkan("stars", "0.013") == 0
    assert capsys.readouterr().out.endswith(NOBODY.format("XTR"))


@pytest.mark.usefixtures("paid_in_dollars")
def test_a_file_with_such_prices_is_imported_with_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run says the same, with the line of the header."""
    Path("goods.csv").write_text("handle,title,category,price,price:eur\nmug,Mug,mugs,12,9\n")
    for words in (("--dry-run",), ()):
        capsys.readouterr()
        assert dukkan("import", "goods.csv", *words) == 0
        out = capsys.readouterr().out
        assert "Note: Line 1: Of your ways to pay only cash on delivery takes EUR.\n" in out
        assert "Products: 1 new" in out


@pytest.mark.usefixtures("paid_in_dollars")
def test_a_shop_that_is_seeded_says_which_of_its_prices_nobody_could_pay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sample has digital goods with a price in Stars."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new"))
    capsys.readouterr()
    assert dukkan("seed") == 0
    assert capsys.readouterr().out == "The shop is seeded: `dukkan run` opens it.\n" + NOBODY.format("XTR")


def test_a_way_to_pay_that_is_set_up_wrong_is_named_and_prices_are_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRANSFER__MAIN__HOLDER", "Harbor Goods")
    monkeypatch.setenv("TRANSFER__MAIN__IBAN", "DE00 0000")
    capsys.readouterr()
    assert dukkan("prices", "EUR", "0.5") == 0
    told = capsys.readouterr()
    assert "are written." in told.out and told.err.startswith("Note: TRANSFER__MAIN")
