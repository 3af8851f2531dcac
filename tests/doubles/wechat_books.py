"""What the WeChat Pay of the tests knows of orders and refunds."""

import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.doubles.wechat_keys import APPID, MCHID

Json = dict[str, Any]
BEIJING = timezone(timedelta(hours=8))


class Refused(Exception):
    """A definite no: the status, and WeChat Pay's word for it."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass
class Refunded:
    number: str
    refund_ref: str
    amount: int
    made_at: datetime
    status: str = "PROCESSING"
    ended_at: datetime | None = None


@dataclass
class Ordered:
    asked: Json
    kind: str
    state: str = "NOTPAY"
    number: str | None = None
    paid_at: datetime | None = None
    refunds: dict[str, Refunded] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return str(self.asked["out_trade_no"])

    @property
    def total(self) -> int:
        return int(self.asked["amount"]["total"])

    @property
    def on_its_way_back(self) -> int:
        return sum(refund.amount for refund in self.refunds.values() if refund.status != "CLOSED")


@dataclass
class Books:
    orders: dict[str, Ordered] = field(default_factory=dict)
    # No two of WeChat Pay's numbers are equal, whichever test they are for.
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(secrets.randbits(60)))

    def order(self, reference: str) -> Ordered:
        if reference not in self.orders:
            raise Refused(404, "ORDER_NOT_EXIST")
        return self.orders[reference]

    def open(self, asked: Json, kind: str) -> Ordered:
        """The same order again is the same page; another one under its number is refused."""
        known = self.orders.setdefault(asked["out_trade_no"], Ordered(asked, kind))
        if known.asked != asked or known.kind != kind:
            raise Refused(403, "OUT_TRADE_NO_USED")
        if known.state != "NOTPAY":
            raise Refused(400, "ORDERPAID" if known.state in ("SUCCESS", "REFUND") else "ORDER_CLOSED")
        return known

    def pay(self, reference: str, *, now: datetime) -> Ordered:
        """Also when it was closed a moment ago: what a buyer has confirmed is on its way."""
        order = self.order(reference)
        order.state, order.paid_at = "SUCCESS", now
        order.number = f"42000000{next(self._numbers):020d}"
        return order

    def close(self, reference: str) -> None:
        order = self.order(reference)
        if order.state in ("SUCCESS", "REFUND"):
            raise Refused(400, "ORDERPAID")
        order.state = "CLOSED"

    def refund(self, asked: Json, *, now: datetime) -> Refunded:
        """A number gives back once; asked again, it tells what became of it."""
        order, amount = self.order(asked["out_trade_no"]), asked["amount"]
        known = order.refunds.get(asked["out_refund_no"])
        if known is not None:
            return known
        if order.state not in ("SUCCESS", "REFUND"):
            raise Refused(400, "INVALID_REQUEST")
        if amount["total"] != order.total:
            raise Refused(400, "PARAM_ERROR")
        if order.on_its_way_back + amount["refund"] > order.total:
            raise Refused(403, "NOT_ENOUGH")
        made = Refunded(f"5030000{next(self._numbers):020d}", asked["out_refund_no"], amount["refund"], now)
        order.refunds[made.refund_ref] = made
        order.state = "REFUND"
        return made

    def refunded(self, refund_ref: str) -> tuple[Ordered, Refunded]:
        for order in self.orders.values():
            if refund_ref in order.refunds:
                return order, order.refunds[refund_ref]
        raise Refused(404, "RESOURCE_NOT_EXISTS")


def transaction(order: Ordered) -> Json:
    said: Json = {
        "appid": APPID,
        "mchid": MCHID,
        "out_trade_no": order.reference,
        "trade_state": order.state,
        "trade_state_desc": "支付成功" if order.paid_at else "订单未支付",
        "amount": {"total": order.total, "currency": "CNY"},
        "promotion_detail": [],
    }
    if order.paid_at is None:
        return said
    amount = said["amount"] | {"payer_total": order.total, "payer_currency": "CNY"}
    paid = {"transaction_id": order.number, "trade_type": "NATIVE", "bank_type": "OTHERS", "amount": amount}
    return said | paid | {"success_time": stamp(order.paid_at), "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}


def refund(order: Ordered, made: Refunded) -> Json:
    """The answer of a request; a notification has another word for its state."""
    amounts = {"total": order.total, "refund": made.amount, "payer_total": order.total, "payer_refund": made.amount}
    said: Json = {
        "refund_id": made.number,
        "out_refund_no": made.refund_ref,
        "transaction_id": order.number,
        "out_trade_no": order.reference,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": stamp(made.made_at),
        "status": made.status,
        "amount": amounts | {"currency": "CNY"},
    }
    return said if made.ended_at is None else said | {"success_time": stamp(made.ended_at)}


def refund_notice(order: Ordered, made: Refunded) -> Json:
    said = refund(order, made)
    del said["channel"], said["create_time"], said["amount"]["currency"]
    return said | {"mchid": MCHID, "refund_status": said.pop("status")}


def stamp(moment: datetime) -> str:
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")
