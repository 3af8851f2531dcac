"""WeChat Pay's bill of a day: a table of what was paid and what was given back, in yuan. Read by its columns' names: their order has changed before."""

import asyncio
import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from store.payments import wechat_facts
from store.payments.gateway import EventKind, GatewayError, ProviderEvent
from store.payments.wechat_facts import Origin
from store.payments.wechat_line import WechatLine

_PATH = "/v3/bill/tradebill"
# A shorter one is read faster than a thread is begun; of a longer one, everybody would wait for the end.
_LONG = 100_000
_NOTHING = frozenset({"NO_STATEMENT_EXIST", "STATEMENT_CREATING"})
_BEIJING = timezone(timedelta(hours=8))

AT = "交易时间"
APPID = "公众账号ID"
MCHID = "商户号"
NUMBER = "微信订单号"
REFERENCE = "商户订单号"
STATE = "交易状态"
CURRENCY = "货币种类"
TOTAL = "订单金额"
REFUND_NUMBER = "微信退款单号"
REFUND_REFERENCE = "商户退款单号"
REFUND_AMOUNT = "申请退款金额"
REFUND_STATE = "退款状态"

Row = Mapping[str, str]


async def facts(line: WechatLine, day: date, origin: Origin) -> list[ProviderEvent]:
    """Of one day in Beijing; none when nothing moved, or the bill is not written yet. Raises: GatewayError."""
    said = await line.ask("GET", f"{_PATH}?{urlencode({'bill_date': day.isoformat(), 'bill_type': 'ALL'})}")
    if said.code in _NOTHING:
        return []
    if not said.is_done:
        raise GatewayError(f"WeChat Pay gives no bill: {said.status} {said.code}")
    content = said.content()
    url, digest = content.get("download_url"), content.get("hash_value")
    if content.get("hash_type") != "SHA1" or not isinstance(url, str) or not isinstance(digest, str):
        raise GatewayError("WeChat Pay's bill makes no sense")
    table = await line.download(url)
    # The file itself is not signed; the answer that names its digest is.
    if hashlib.sha1(table, usedforsecurity=False).hexdigest() != digest.lower():
        raise GatewayError("WeChat Pay's bill is not the one that was announced")
    if len(table) < _LONG:
        return parsed(table, line, origin)
    return await asyncio.to_thread(parsed, table, line, origin)


def parsed(table: bytes, line: WechatLine, origin: Origin) -> list[ProviderEvent]:
    """The facts of a bill, oldest first. Raises: GatewayError for a table that this code cannot read."""
    try:
        found = [fact for row in _rows(table.decode("utf-8-sig")) if (fact := _fact(row, line, origin)) is not None]
    except (ValueError, KeyError, InvalidOperation, csv.Error) as error:
        raise GatewayError(f"WeChat Pay's bill makes no sense: {type(error).__name__}") from None
    return sorted(found, key=lambda fact: fact.occurred_at)


def _rows(table: str) -> Iterator[Row]:
    """The lines up to the totals, which have a heading of their own. Each value stands behind a grave accent: no spreadsheet makes a number of it."""
    lines = iter(csv.reader(table.splitlines()))
    names = next(lines, [])
    for values in lines:
        if not values or not values[0].startswith("`"):
            return
        yield dict(zip(names, (value.removeprefix("`").strip() for value in values), strict=True))


def _fact(row: Row, line: WechatLine, origin: Origin) -> ProviderEvent | None:
    if (row[MCHID], row[APPID]) != (line.keys.mchid, line.keys.appid):
        return None
    if row[STATE] == "SUCCESS":
        return _captured(row, origin)
    # A refund stands here as it was on that day. What was not through then is asked for one by one.
    return _refunded(row, origin) if row[STATE] == "REFUND" and row[REFUND_STATE] == "SUCCESS" else None


def _captured(row: Row, origin: Origin) -> ProviderEvent:
    said = {
        "transaction_id": row[NUMBER],
        "success_time": _moment(row).isoformat(),
        "amount": {"total": _fen(row[TOTAL]), "currency": row[CURRENCY]},
    }
    return wechat_facts.captured(said, wechat_facts.text(row, REFERENCE, 32), _with_row(row, origin))


def _refunded(row: Row, origin: Origin) -> ProviderEvent:
    return wechat_facts.refund_fact(
        EventKind.REFUNDED,
        reference=wechat_facts.text(row, REFERENCE, 32),
        refund_ref=wechat_facts.text(row, REFUND_REFERENCE, 64),
        number=wechat_facts.text(row, REFUND_NUMBER, 64),
        amount_minor=wechat_facts.amount(_fen(row[REFUND_AMOUNT])),
        happened_at=_moment(row),
        origin=_with_row(row, origin),
    )


def _moment(row: Row) -> datetime:
    return datetime.strptime(row[AT], "%Y-%m-%d %H:%M:%S").replace(tzinfo=_BEIJING).astimezone(UTC)


def _fen(yuan: str) -> int:
    fen = Decimal(yuan) * 100
    if fen != fen.to_integral_value():
        raise ValueError("less than a fen")
    return int(fen)


def _with_row(row: Row, origin: Origin) -> Origin:
    return replace(origin, raw=",".join(row.values()).encode())
