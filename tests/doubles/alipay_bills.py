"""The bill of a day, as Alipay writes it: a ZIP of two tables, names and contents in GBK."""

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zipfile import ZIP_DEFLATED, ZipFile

from tests.doubles.alipay_books import BEIJING, SELLER_ID, Refused, Trade, stamp

METHOD = "alipay.data.dataservice.bill.downloadurl.query"
AT, PATH = "https://dwbillcenter.alipay.com", "/downloadBillFile.resource"
HEADING = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,"
    "支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)
_SUMS = "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）"
_ACCOUNT = f"{SELLER_ID}0156"
_READY = timedelta(hours=9)
_FRESH_S = 30


def day_of(content: Mapping[str, Any], *, now: datetime) -> str:
    """The day that is asked for. Today's is never written; yesterday's not before nine."""
    if content["bill_type"] != "trade" or content["secure"] != "true":
        raise Refused("isv.invalid_arguments")
    day = datetime.strptime(content["bill_date"], "%Y-%m-%d").replace(tzinfo=BEIJING)
    if day.date() >= now.astimezone(BEIJING).date():
        raise Refused("isv.invalid_arguments")
    if now < day + timedelta(days=1) + _READY:
        raise Refused("isp.bill_not_exist")
    return day.date().isoformat()


def query(day: str, *, now: datetime) -> str:
    return urlencode({"bizType": "trade", "userId": _ACCOUNT, "bizDates": day, "timestamp": int(now.timestamp())})


def is_fresh(asked: Mapping[str, str], *, now: datetime) -> bool:
    return 0 <= now.timestamp() - int(asked["timestamp"]) <= _FRESH_S


def bill(trades: Iterable[Trade], day: str) -> bytes | None:
    """The file; None for a day on which nothing moved."""
    rows = [row for trade in trades for row in _rows(trade, day)]
    return zipped({"DETAILXX": table(rows), "SUMMARYXXXXXXX": _sums(len(rows))}) if rows else None


def zipped(files: Mapping[str, str]) -> bytes:
    """Files whose names stand there in GBK, and do not say so."""
    archive = io.BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as box:
        for name, text in files.items():
            box.writestr(f"{_ACCOUNT}_{name}.csv", text.encode("gbk"))
    named = archive.getvalue().replace(b"DETAILXX", "业务明细".encode("gbk"))
    return named.replace(b"SUMMARYXXXXXXX", "业务明细(汇总)".encode("gbk"))


def table(rows: Iterable[str], heading: str = HEADING) -> str:
    above = ["#支付宝业务明细查询", f"#账号：[{_ACCOUNT}]", _ruled("业务明细列表"), heading]
    return "\r\n".join([*above, *rows, _ruled("业务明细列表结束"), "#导出时间：[2026年03月03日 05:46:49]", ""])


def row(trade: Trade, at: datetime, amount: Decimal, number: str = "", kind: str = "交易") -> str:
    yuan, zero = f"{amount:.2f}", "0.00"
    created = stamp(trade.paid_at or at)
    values = [
        *(f"{trade.trade_no}\t", f"{trade.out_trade_no}\t", f"{kind}\t", trade.subject, created, stamp(at)),
        *("\t", "\t", "\t", "\t", "*明(602***@qq.com)\t", yuan, yuan, *[zero] * 5, "", f"{zero}\t", zero),
        *(f"{number}\t", zero, zero, ""),
    ]
    return ",".join(values)


def _rows(trade: Trade, day: str) -> Iterator[str]:
    if trade.paid_at is not None and stamp(trade.paid_at).startswith(day):
        yield row(trade, trade.paid_at, trade.total)
    for number, amount in trade.refunds.items():
        at = trade.refunded_at[number]
        if stamp(at).startswith(day):
            yield row(trade, at, -amount, trade.listed_as.get(number, number), "退款")


def _sums(rows: int) -> str:
    values = ",".join(["\t", "\t", str(rows), "0", *["0.00"] * 8])
    return "\r\n".join(["#支付宝业务汇总查询", _ruled("业务汇总列表"), _SUMS, values, _ruled("业务汇总列表结束"), ""])


def _ruled(title: str) -> str:
    return f"#{'-' * 41}{title}{'-' * 40}"
