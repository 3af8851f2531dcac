"""Alipay's bill of a day: a ZIP with tables, in GBK, of what was paid and what was given back. Read by its columns' names, and nothing of it is trusted.

Source: the documentation of `alipay.data.dataservice.bill.downloadurl.query`; of the table, bills that others have published.
"""

import asyncio
import csv
import io
import re
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import chain
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from store.payments.alipay_facts import Trade, given_back, is_reference, refund_fact
from store.payments.alipay_wire import AlipayLine
from store.payments.gateway import GatewayError, NotGranted, ProviderEvent

_METHOD = "alipay.data.dataservice.bill.downloadurl.query"
_MOST_BYTES, _MOST_UNPACKED, _LONGEST_LINE = 16 * 1024 * 1024, 64 * 1024 * 1024, 64 * 1024
# Documented in capitals, and said by the real gateway as `isp.bill_not_exist`.
_NOTHING = ("BILL_NOT_EXIST", "NO_BILL_DATA", "BILL_DATE_BEFORE_REGISTRATION")
_NOT_GRANTED = ("INSUFFICIENT_ISV_PERMISSIONS", "INSUFFICIENT_USER_PERMISSIONS", "TYPE_NOT_SUPPORTED", "40006")
_EMPTY = "EMPTY_DATA_WITH_BILL_FILE"

NUMBER = "支付宝交易号"
REFERENCE = "商户订单号"
KIND = "业务类型"
FINISHED = "完成时间"
AMOUNT = "订单金额"
REQUEST = "退款批次号/请求号"
_COLUMNS = frozenset({NUMBER, REFERENCE, KIND, FINISHED, AMOUNT, REQUEST})
_PAID, _REFUNDED = "交易", "退款"

# What a trade is as a fact, with the row that tells it.
Tell = Callable[[Trade, bytes], list[ProviderEvent]]
Row = Mapping[str, str]


async def facts(line: AlipayLine, day: date, tell: Tell) -> list[ProviderEvent]:
    """Of one day in Beijing; none when nothing moved, or the bill is not written yet. Raises: GatewayError, NotGranted."""
    asked = {"bill_type": "trade", "bill_date": day.isoformat(), "secure": "true"}
    answer = await line.ask(_METHOD, asked)
    refusal = re.sub(r"^[a-z]+\.", "", answer.refusal or "").replace("-", "_").upper()
    if refusal in _NOTHING or answer.text("bill_file_code") == _EMPTY:
        return []
    if refusal in _NOT_GRANTED:
        raise NotGranted(
            f"Alipay gives this application no bills ({answer.refusal}): at open.alipay.com a payment product has to be signed for "
            "and stand among the application's own (产品绑定); until then, what notifications miss has to be looked up by hand"
        )
    if answer.refusal:
        raise GatewayError(f"Alipay gives no bill: {answer.refusal}")
    archive = await line.download(answer.text("bill_download_url"), most_bytes=_MOST_BYTES)
    # A short archive may hold a long table: whoever waits for something else is not kept waiting.
    return await asyncio.to_thread(parsed, archive, tell)


def parsed(archive: bytes, tell: Tell) -> list[ProviderEvent]:
    """The facts of a bill that may be this shop's, as they stand in it. Raises: GatewayError for a bill that this code cannot read."""
    try:
        return [_told(row, raw, tell) for row, raw in _rows(archive) if row[KIND] in (_PAID, _REFUNDED)]
    except (ValueError, KeyError, BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, csv.Error) as error:
        raise GatewayError(f"Alipay's bill makes no sense: {type(error).__name__}") from None


def _told(row: Row, raw: bytes, tell: Tell) -> ProviderEvent:
    is_refund = row[KIND] == _REFUNDED
    amount = row[AMOUNT].removeprefix("-") if is_refund else row[AMOUNT]
    (paid,) = tell(Trade("TRADE_SUCCESS", row[REFERENCE], row[NUMBER], amount, row[FINISHED], ""), raw)
    if not is_refund:
        return paid
    # Where whoever gave it back has named no number, Alipay takes the order's for it.
    refund = given_back(row[REFERENCE], row[REQUEST] or row[REFERENCE], paid.occurred_at)
    return refund_fact(paid, refund, None if refund.ref else paid.amount_minor)


def _rows(archive: bytes) -> Iterator[tuple[Row, bytes]]:
    """Which files of the archive are tables of trades, their columns say: the names of files are in GBK or in UTF-8, and change."""
    tables = [table for file in _files(archive) if (table := _table(file)) is not None]
    if not tables:
        raise ValueError("no table of trades")
    return chain.from_iterable(tables)


def _files(archive: bytes) -> Iterator[bytes]:
    """What is in the archive, as far as it is no bomb: what it says of its own size is not believed."""
    left = _MOST_UNPACKED
    with ZipFile(io.BytesIO(archive)) as box:
        for entry in box.infolist():
            # The other ways to pack know no limit for what comes out of one read.
            if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                raise ValueError("packed in another way")
            with box.open(entry) as packed:
                file = packed.read(left + 1)
            left -= len(file)
            if left < 0:
                raise ValueError("larger than any bill")
            yield file


def _table(file: bytes) -> Iterator[tuple[Row, bytes]] | None:
    """The rows below the heading; None for a file without one, as that with the sums."""
    lines = iter(io.BytesIO(file))
    for line in lines:
        names = [_name(cell) for cell in _cells(_text(line))]
        if NUMBER in names:
            if not set(names) >= _COLUMNS:
                raise KeyError("a column is missing")
            return _below(names, lines)
    return None


def _below(names: list[str], lines: Iterator[bytes]) -> Iterator[tuple[Row, bytes]]:
    """Up to the sums, which are comments. Other shops' rows may hold whatever they like."""
    at = names.index(REFERENCE)
    for line in lines:
        if line.startswith(b"#"):
            return
        text = _text(line)
        values = _cells(text)
        if not is_reference("".join(values[at : at + 1])):
            continue
        if len(values) < len(names):
            raise ValueError("a row of another table")
        # More of them: commas in the remark, which comes last. Anywhere else they move a moment or an amount out of its place.
        yield dict(zip(names, values, strict=False)), text.encode()


def _text(line: bytes) -> str:
    """A name that somebody has cut in the middle of a character spoils itself and nothing else. GBK that holds 交易 or 退款 is no UTF-8."""
    if len(line) > _LONGEST_LINE:
        raise ValueError("a line without end")
    try:
        return line.decode().rstrip()
    except UnicodeDecodeError:
        return line.decode("gb18030", errors="replace").rstrip()


def _cells(text: str) -> list[str]:
    """Each line for itself: a quotation mark in a name must not swallow the rows below it. Numbers end with a tab, so that spreadsheets leave them alone."""
    return [cell.strip("\ufeff \t") for cell in next(csv.reader([text.replace("\r", " ")]), [])]


def _name(cell: str) -> str:
    """Without its unit, which stands in brackets of either width."""
    return unicodedata.normalize("NFKC", cell).removesuffix("(元)")
