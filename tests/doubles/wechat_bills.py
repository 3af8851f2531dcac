"""The bill of a day, as WeChat Pay writes it."""

from collections.abc import Iterator
from datetime import datetime

from tests.doubles.wechat_books import BEIJING, Books, Ordered, Refunded
from tests.doubles.wechat_keys import APPID, MCHID

_NAMES = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
_TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


def bill(books: Books, day: str) -> bytes:
    """The payments and refunds of *day* (Beijing), then the totals under a heading of their own."""
    rows = [row for order in books.orders.values() for row in _rows(order, day)]
    totals = f"`{len(rows)},`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00"
    return ("\ufeff" + "\r\n".join([_NAMES, *rows, _TOTALS, totals]) + "\r\n").encode()


def _rows(order: Ordered, day: str) -> Iterator[str]:
    if order.paid_at is not None and _is_of(order.paid_at, day):
        yield _row(order, order.paid_at, "SUCCESS")
    for refund in order.refunds.values():
        if _is_of(refund.made_at, day):
            yield _row(order, refund.made_at, "REFUND", refund)


def _row(order: Ordered, at: datetime, state: str, refund: Refunded | None = None) -> str:
    yuan = f"{order.total / 100:.2f}"
    back = f"{refund.amount / 100:.2f}" if refund else "0.00"
    values = [
        at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
        *(APPID, MCHID, "0", "", order.number or "", order.reference, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "NATIVE"),
        *(state, "OTHERS", "CNY", "0.00" if refund else yuan, "0.00"),
        *(refund.number if refund else "0", refund.refund_ref if refund else "0", back, "0.00"),
        *("ORIGINAL" if refund else "", refund.status if refund else "", order.asked["description"], ""),
        *("0.00000", "0.60%", "0.00" if refund else yuan, back, ""),
    ]
    return ",".join(f"`{value}" for value in values)


def _is_of(moment: datetime, day: str) -> bool:
    return moment.astimezone(BEIJING).date().isoformat() == day
