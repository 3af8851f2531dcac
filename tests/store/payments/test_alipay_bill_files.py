"""What a bill's file may be: tables that have changed their look, other shops' rows, and what somebody has made to do harm."""

import io
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

import pytest

from store.payments import alipay_bill
from store.payments.alipay_facts import trade_facts
from store.payments.gateway import EventKind, GatewayError, ProviderEvent, Source
from tests.builders import NOW
from tests.doubles import alipay_bills as bills
from tests.doubles.alipay_books import Trade

REF = "ORDER1-0123456789ab"
DAY = "2026-03-02"
tell = partial(trade_facts, gateway="alipay", account="1", source=Source.STATEMENT)


def read(archive: bytes) -> list[ProviderEvent]:
    return alipay_bill.parsed(archive, lambda trade, raw: tell(trade, raw=raw))


def a_trade(ref: str = REF, **changes: object) -> Trade:
    trade = Trade(ref, Decimal(20), "店 1", "", "", None, "2026030222001", paid_at=NOW)
    trade.refunds, trade.refunded_at = {f"{ref}-r01": Decimal(9), "by-hand": Decimal(3)}, {f"{ref}-r01": NOW, "by-hand": NOW}  # fmt: skip
    return replace(trade, **changes)  # type: ignore[arg-type]  # each a field of a trade


def rows(*trades: Trade) -> list[str]:
    return [row for trade in trades for row in bills._rows(trade, DAY)]


def packed(*files: bytes, how: int = ZIP_DEFLATED) -> bytes:
    archive = io.BytesIO()
    with ZipFile(archive, "w", how) as box:
        for number, file in enumerate(files):
            box.writestr(f"{number}.csv", file)
    return archive.getvalue()


def the_table(given: Iterable[str], heading: str = bills.HEADING) -> bytes:
    return bills.table(given, heading).encode("gbk")


def essence(facts: list[ProviderEvent]) -> list[tuple[str, int | None]]:
    return [(fact.event_key, fact.amount_minor) for fact in facts]


GOOD = packed(the_table(rows(a_trade())))
FACTS = essence(read(GOOD))


def test_a_payment_and_two_refunds() -> None:
    """What the tests below compare with."""
    assert [
        ("2026030222001:paid", 2000),
        (f"refund:{REF}-r01:refunded", None),
        ("refund:2026030222001:by-hand", 300),
    ] == FACTS
    assert {fact.kind for fact in read(GOOD)} == {EventKind.CAPTURED, EventKind.REFUNDED}


def test_columns_are_found_by_their_names() -> None:
    """Turned round, with others among them, with brackets of the other width; packed otherwise, in UTF-8, over several files."""
    names, cells = bills.HEADING.split(","), [row.split(",") for row in rows(a_trade())]
    turned = [",".join([*each[::-1], "new", ""]) for each in cells]
    heading = ",".join([*names[::-1], "新的一列", ""])
    assert essence(read(packed(the_table(turned, heading)))) == FACTS
    narrow = bills.HEADING.replace("（元）", "(元)")
    assert essence(read(packed(the_table(rows(a_trade()), narrow), how=ZIP_STORED))) == FACTS
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert essence(read(packed(bills.table(rows(a_trade())).encode(encoding)))) == FACTS
    one_each = [the_table([row]) for row in rows(a_trade())]
    assert essence(read(packed(b"", b"#\r\n", *one_each, b"\xff\xfe\x00"))) == FACTS
    assert read(packed(the_table([]))) == []


def test_only_the_names_and_the_comments_around_them_may_be_missing() -> None:
    """A file that begins with its heading, and ends with its last row."""
    bare = "\n".join([bills.HEADING, *rows(a_trade())]).encode("gbk")
    assert essence(read(packed(bare))) == FACTS


@pytest.mark.parametrize(
    "foreign",
    [
        '2026,WEB-1,交易,"a mug,2026-03-02 10:00:00',
        "2026,100000001,交易,a, mug, and more,x,y,z",
        "2026,100000001,退款,too short",
        "2026",
        "",
        ",,,,",
        "\x00,\x00",
        "2026,WEB\r1,交易,a\rb",
        f"{'9' * 5000},{'x' * 50000}",
        "2026,ORDER1-0123456789AB,交易,capitals are not ours,-1,x",
    ],
)
def test_other_shops_rows_may_hold_whatever_they_like(foreign: str) -> None:
    """Commas and quotation marks in names, lines that are too short, numbers that are none: the rows around them are read."""
    around = rows(a_trade())
    table = the_table([foreign, around[0], foreign, *around[1:], foreign])
    assert essence(read(packed(table))) == FACTS


def test_a_character_that_was_cut_in_two_spoils_its_name_alone() -> None:
    """Names are shortened by bytes; the row stays what it is."""
    table = the_table(rows(a_trade())).replace(
        "店 1,".encode("gbk"), "店 1".encode("gbk") + "店".encode("gbk")[:1] + b","
    )
    assert essence(read(packed(table))) == FACTS


def test_a_remark_may_hold_commas() -> None:
    """Whoever gives money back on Alipay's pages may say why."""
    table = the_table([f"{row}broken, sorry, again" for row in rows(a_trade())])
    assert essence(read(packed(table))) == FACTS


def test_other_kinds_of_business_are_none_of_ours() -> None:
    """Only what was paid and what was given back has a meaning here."""
    other = [row.replace("交易\t", "充值\t") for row in rows(a_trade())[:1]]
    assert read(packed(the_table(other))) == []


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("订单金额（元）", "金额"),
        ("退款批次号/请求号", "x"),
        ("完成时间", "时间"),
        ("20.00", "20.001"),
        ("20.00", "2e1"),
        ("20.00", "-20.00"),
        ("20.00", ""),
        ("-9.00", "--9.00"),
        ("18:00:00", "18 o'clock"),
        ("18:00:00", ""),
        ("2026030222001\t,ORDER1", "\t,ORDER1"),
        ("店 1", "店, 1"),
        ("店 1,", ""),
        ("\t,\t,*明", "\t,*明"),
        ("店 1", "店" * 40_000),
    ],
)
def test_a_table_that_cannot_be_read_is_no_bill(then: str, now: str) -> None:
    """A column is missing, an amount or a moment is none, one of our rows is too short or too long: nobody guesses."""
    table = bills.table(rows(a_trade()))
    assert then in table
    with pytest.raises(GatewayError, match="makes no sense"):
        read(packed(table.replace(then, now).encode("gb18030")))


@pytest.mark.parametrize(
    "archive",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"PK\x05\x06" + bytes(18), id="an empty archive"),
        pytest.param("下载超时, 请重新下载".encode("gbk"), id="a sentence"),
        pytest.param(GOOD[:-30], id="without its end"),
        pytest.param(GOOD[:100], id="a beginning"),
        pytest.param(b"PK" * 1000, id="signatures"),
        pytest.param(packed(), id="no file"),
        pytest.param(packed(b"nothing"), id="no table"),
        pytest.param(packed(the_table(rows(a_trade())), how=ZIP_LZMA), id="LZMA"),
        pytest.param(packed(the_table(rows(a_trade())), how=ZIP_BZIP2), id="BZIP2"),
        pytest.param(packed(bills.table(rows(a_trade())).encode("utf-16")), id="UTF-16"),
        pytest.param(packed(bills.table(rows(a_trade())).encode("big5", errors="replace")), id="Big5"),
        pytest.param(
            GOOD.replace(b"\x14\x00\x00\x00\x08\x00", b"\x14\x00\x01\x00\x08\x00"), id="says that it is encrypted"
        ),
    ],
)
def test_what_is_no_archive_of_tables_is_no_bill(archive: bytes) -> None:
    """A page of words, half a file, one that is packed or encrypted in another way, a text in another writing."""
    with pytest.raises(GatewayError, match="makes no sense"):
        read(archive)


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    """In one file or in many, with a size in its heading that is a lie; one line without end, and nothing but ends of lines."""
    table, mebibyte = the_table(rows(a_trade())), (b"#" * 1023 + b"\n") * 1024
    assert essence(read(packed(table, mebibyte * 9, table[:0]))) == FACTS
    much = mebibyte * 65
    lying = packed(table, much).replace(len(much).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert len(lying) < len(mebibyte)
    many, endless = packed(table, *[mebibyte * 9] * 8), packed(table, b"#" * len(mebibyte))
    for archive in (packed(table, much), many, lying, endless, packed(b"\n" * len(mebibyte))):
        with pytest.raises(GatewayError, match="makes no sense"):
            read(archive)


def test_what_stands_below_the_end_does_not_count() -> None:
    """Sums, in the same columns."""
    other = rows(a_trade(trade_no="20260302229"))
    assert essence(read(packed(the_table(rows(a_trade())) + "\n".join(other).encode("gbk")))) == FACTS


def test_a_missing_column_is_noticed_on_a_day_without_a_row() -> None:
    """Not on the one on which it is needed."""
    for name in ("支付宝交易号", "商户订单号", "业务类型", "完成时间", "订单金额", "退款批次号/请求号"):
        with pytest.raises(GatewayError, match="makes no sense"):
            read(packed(the_table([], bills.HEADING.replace(name, "x"))))


def test_changed_files_say_the_same_or_nothing(record_property: Callable[[str, object], None]) -> None:
    """Bytes that are changed, lost or put in: an archive's own sums find what changes a table."""
    chance, refused = random.Random(7), 0
    for _ in range(3000):
        changed = bytearray(GOOD)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(changed))
            changed[at : at + chance.randint(0, 2)] = chance.randbytes(chance.randint(0, 2))
        try:
            assert essence(read(bytes(changed))) == FACTS
        except GatewayError:
            refused += 1
    record_property("told", f"Alipay's bill: {refused} of 3000 changed files refused, none says anything else")
    assert refused > 2000


def test_changed_tables_are_read_or_refused(record_property: Callable[[str, object], None]) -> None:
    """As bytes that nothing protects: whatever they say, no other error comes out."""
    chance, table, refused = random.Random(8), the_table(rows(a_trade())), 0
    for _ in range(3000):
        changed = bytearray(table)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(changed))
            changed[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        try:
            read(packed(bytes(changed), how=ZIP_STORED))
        except GatewayError:
            refused += 1
    record_property("told", f"Alipay's bill: {refused} of 3000 changed tables refused")
