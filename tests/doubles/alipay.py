"""Alipay, played on this machine: a gateway that signs as Alipay does, and keeps books."""

import base64
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.builders import NOW
from tests.doubles import alipay_bills as bills
from tests.doubles.alipay_books import BEIJING, SELLER_ID, Refused, Trade, stamp
from tests.doubles.wire import a_moment

APP_ID = "2021000000000001"
Form = dict[str, str]
Post = Callable[[bytes], Awaitable[tuple[int, bytes]]]


@cache
def a_key(owner: str) -> rsa.RSAPrivateKey:
    """One key a name and run: making one takes a while."""
    del owner
    return rsa.generate_private_key(65537, 2048)


def private_pem(owner: str) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return a_key(owner).private_bytes(encoding, form, serialization.NoEncryption()).decode()


def public_pem(owner: str) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return a_key(owner).public_key().public_bytes(encoding, form).decode()


@dataclass
class Alipay:
    """`faults` names what goes wrong next: ("refund", "lost") does it and answers with 500, "down" does nothing, "busy" says SYSTEM_ERROR, "refused" no.

    `post` takes a notification; those that were not answered with `success` stay in `outbox` and are sent again by `notifies`.
    """

    post: Post
    clock: Callable[[], datetime] = lambda: NOW
    charset: str = "utf-8"
    trades: dict[str, Trade] = field(default_factory=dict)
    outbox: list[Form] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    requests: list[Form] = field(default_factory=list)
    fund_change: bool = True
    gives_bills: bool = True
    repacked: Callable[[bytes], bytes] = bytes  # what becomes of a bill's file before it is handed out
    files_at: str = bills.AT

    # --- the buyer, and the merchant's back office

    async def scan(self, no: str) -> Trade:
        trade = self.trades[no]
        self._tick(trade)
        if not trade.status:
            trade.trade_no, trade.status = f"2026{len(self.trades):08d}{no[-6:]}", "WAIT_BUYER_PAY"
        return trade

    async def pay(self, no: str) -> None:
        trade = await self.scan(no)
        if trade.status != "WAIT_BUYER_PAY":
            raise Refused("ACQ.TRADE_STATUS_ERROR")
        trade.status, trade.paid_at = "TRADE_SUCCESS", self.clock()
        await self.tells(trade)

    async def gives_back(self, no: str, amount: str, number: str = "") -> None:
        """By hand, in the merchant's back office."""
        await self._refund(self.trades[no], Decimal(amount), number or f"bo{len(self.trades[no].refunds)}")

    def _tick(self, trade: Trade) -> None:
        if trade.status in ("", "WAIT_BUYER_PAY") and trade.expires_at and self.clock() >= trade.expires_at:
            trade.closed_at = trade.expires_at
            trade.status = "TRADE_CLOSED" if trade.status else ""

    # --- notifications

    async def tells(self, trade: Trade, **changes: str) -> None:
        self.outbox.append(self.notice(trade, **changes))
        await self.notifies()

    async def notifies(self) -> None:
        """Everything that was not confirmed is sent, again and signed anew."""
        for fields in list(self.outbox):
            body = self.signed(fields | {"notify_time": stamp(self.clock())})
            self.sent.append(body)
            if await self.post(body) == (200, b"success"):
                self.outbox.remove(fields)

    def notice(self, trade: Trade, **changes: str) -> Form:
        fields = {
            "notify_time": stamp(self.clock()),
            "notify_type": "trade_status_sync",
            "notify_id": f"{trade.trade_no}-{trade.status}-{len(self.sent)}",
            "app_id": APP_ID,
            "auth_app_id": APP_ID,
            "charset": self.charset,
            "version": "1.0",
            "sign_type": "RSA2",
            "trade_no": trade.trade_no,
            "out_trade_no": trade.out_trade_no,
            "buyer_logon_id": "bei***@sandbox.example",
            "seller_id": SELLER_ID,
            "trade_status": trade.status,
            "total_amount": f"{trade.total:.2f}",
            "receipt_amount": f"{trade.total - Decimal('0.01'):.2f}",
            "subject": trade.subject,
            "body": "",
            "gmt_create": stamp(self.clock()),
            "fund_bill_list": '[{"amount":"0.10","fundChannel":"ALIPAYACCOUNT"}]',
        }
        if trade.paid_at:
            fields["gmt_payment"] = stamp(trade.paid_at)
        if trade.closed_at:
            fields["gmt_close"] = stamp(trade.closed_at)
        return fields | changes

    def signed(self, fields: Mapping[str, str], owner: str = "alipay") -> bytes:
        """A form as Alipay sends it."""
        text = "&".join(f"{key}={fields[key]}" for key in sorted(fields) if key not in ("sign", "sign_type"))
        return urlencode({**fields, "sign": self._sign(text, owner)}, encoding=self.charset).encode()

    def _sign(self, text: str, owner: str = "alipay") -> str:
        raw = a_key(owner).sign(text.encode(self.charset), padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(raw).decode()

    # --- the gateway

    @property
    def app(self) -> Starlette:
        gateway = Route("/gateway.do", self._gateway, methods=["GET", "POST"])
        return Starlette(routes=[gateway, Route(bills.PATH, self._file)])

    async def _gateway(self, request: Request) -> Response:
        await a_moment()
        form = dict(parse_qsl(request.url.query, keep_blank_values=True, strict_parsing=True))
        form |= dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        self.requests.append(form)
        verb = form.get("method", "").removeprefix("alipay.trade.")
        self.asked[verb] += 1
        fault = self._fault(verb)
        if fault == "down":
            return Response(status_code=502)
        if fault == "busy":
            return self._answer(form["method"], {"code": "20000", "sub_code": "ACQ.SYSTEM_ERROR", "msg": "busy"})
        if fault == "refused":
            return self._answer(form["method"], {"code": "40004", "sub_code": "ACQ.INVALID_PARAMETER", "msg": "no"})
        if fault == "timeout":
            raise httpx.ReadTimeout("no answer in time")
        try:
            said = {"code": "10000", "msg": "Success"} | await self._done(verb, form)
        except Refused as refused:
            said = {"code": refused.code, "msg": "Business Failed", "sub_code": str(refused), "sub_msg": "不行"}
        if fault == "lost":
            return Response(status_code=504)
        return self._answer(form["method"], said)

    def _fault(self, verb: str) -> str:
        for each in self.faults:
            if each[0] == verb:
                self.faults.remove(each)
                return each[1]
        return ""

    def _answer(self, method: str, said: Mapping[str, Any]) -> Response:
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
        node = f'"{method.replace(".", "_")}_response"'
        body = f'{{{node}:{text},"sign":"{self._sign(text)}"}}'
        return Response(body.encode(), media_type="text/html; charset=utf-8")

    async def _done(self, verb: str, form: Form) -> dict[str, Any]:
        self._proves(form)
        content = json.loads(form["biz_content"])
        if verb == bills.METHOD:
            return self._bill(content)
        no = content["out_trade_no"]
        if verb in ("precreate", "wap.pay", "page.pay"):
            return await self._ordered(no, verb, content, form)
        trade = self.trades.get(no)
        if trade is not None:
            self._tick(trade)
        if trade is None or not trade.status:
            raise Refused("ACQ.TRADE_NOT_EXIST")
        if verb == "query":
            return self._told(trade)
        if verb == "close":
            return self._closed(trade)
        if verb == "refund":
            return await self._refunded(trade, content)
        if verb == "fastpay.refund.query":
            return self._refund_told(trade, content["out_request_no"])
        raise Refused("isv.invalid-method")

    def _proves(self, form: Form) -> None:
        text = "&".join(f"{key}={form[key]}" for key in sorted(form) if key != "sign")
        at = datetime.strptime(form["timestamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
        if abs(self.clock() - at) > timedelta(minutes=15):
            raise Refused("isv.invalid-timestamp")
        raw = base64.b64decode(form["sign"])
        # Raises here, in the test's own process, where a request is not what was signed.
        a_key("app").public_key().verify(raw, text.encode(), padding.PKCS1v15(), hashes.SHA256())
        if form["app_id"] != APP_ID or "" in form.values():
            raise Refused("isv.invalid-app-id")

    async def _ordered(self, no: str, verb: str, content: Mapping[str, Any], form: Form) -> dict[str, Any]:
        until = content.get("time_expire")
        expires_at = datetime.strptime(until, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING) if until else None
        order = Trade(no, Decimal(content["total_amount"]), content["subject"], verb, form["notify_url"], expires_at)
        known = self.trades.setdefault(no, order)
        if known.total != order.total:
            raise Refused("ACQ.CONTEXT_INCONSISTENT")
        if known.paid_at:
            raise Refused("ACQ.TRADE_HAS_SUCCESS")
        if verb != "precreate":
            await self.scan(no)
        return {"out_trade_no": no, "qr_code": f"https://qr.alipay.com/{no[-12:]}"}

    def _told(self, trade: Trade) -> dict[str, Any]:
        told = {
            "trade_no": trade.trade_no,
            "out_trade_no": trade.out_trade_no,
            "trade_status": trade.status,
            "total_amount": f"{trade.total:.2f}",
            "buyer_logon_id": "bei***@sandbox.example",
        }
        return told | ({"send_pay_date": stamp(trade.paid_at)} if trade.paid_at else {})

    def _closed(self, trade: Trade) -> dict[str, Any]:
        if trade.status != "WAIT_BUYER_PAY":
            raise Refused("ACQ.TRADE_STATUS_ERROR")
        trade.status, trade.closed_at = "TRADE_CLOSED", self.clock()
        return {"trade_no": trade.trade_no, "out_trade_no": trade.out_trade_no}

    async def _refunded(self, trade: Trade, content: Mapping[str, Any]) -> dict[str, Any]:
        number, amount = content["out_request_no"], Decimal(content["refund_amount"])
        if not trade.paid_at:
            raise Refused("ACQ.TRADE_STATUS_ERROR")
        if trade.refunds.get(number, amount) != amount:
            raise Refused("ACQ.DISCORDANT_REPEAT_REQUEST")
        is_new = number not in trade.refunds
        if is_new and trade.given_back + amount > trade.total:
            raise Refused("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
        if is_new:
            await self._refund(trade, amount, number)
        moved = is_new and self.fund_change
        return {"fund_change": "Y" if moved else "N", "refund_fee": f"{trade.given_back:.2f}"}

    async def _refund(self, trade: Trade, amount: Decimal, number: str) -> None:
        trade.refunds[number], trade.refunded_at[number] = amount, self.clock()
        if trade.given_back == trade.total:
            trade.status, trade.closed_at = "TRADE_CLOSED", self.clock()
        told = {"gmt_refund": f"{stamp(self.clock())}.123", "refund_fee": f"{trade.given_back:.2f}"}
        await self.tells(trade, out_biz_no=number, **told)

    def _refund_told(self, trade: Trade, number: str) -> dict[str, Any]:
        if number not in trade.refunds:
            return {}
        told = {"out_request_no": number, "refund_amount": f"{trade.refunds[number]:.2f}"}
        return told | {"refund_status": "REFUND_SUCCESS", "total_amount": f"{trade.total:.2f}"}

    # --- the bill of a day

    def _bill(self, content: Mapping[str, Any]) -> dict[str, Any]:
        if not self.gives_bills:
            raise Refused("isv.insufficient-isv-permissions", "40006")
        day = bills.day_of(content, now=self.clock())
        if bills.bill(self.trades.values(), day) is None:
            raise Refused("isp.bill_not_exist")
        return {"bill_download_url": f"{self.files_at}{bills.PATH}?{bills.query(day, now=self.clock())}"}

    async def _file(self, request: Request) -> Response:
        await a_moment()
        self.asked["file"] += 1
        fault = self._fault("file")
        if fault == "elsewhere":
            return Response(status_code=302, headers={"location": "https://elsewhere.test/"})
        if fault == "down" or not bills.is_fresh(request.query_params, now=self.clock()):
            return Response("下载超时, 请重新下载".encode("gbk"), 502 if fault else 200)
        file = bills.bill(self.trades.values(), request.query_params["bizDates"])
        return Response(self.repacked(file or b""), media_type="application/octet-stream")
