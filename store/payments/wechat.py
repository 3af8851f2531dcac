"""WeChat Pay (API v3, direct merchant): a code to scan, or a page for the phone's browser; refunds; the day's bill.

Source: the merchant documentation of WeChat Pay. There is no sandbox: docs/payments.md says what is proven without one.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import httpx

from store.payments import wechat_bill, wechat_facts
from store.payments import wechat_signing as signing
from store.payments.gateway import (
    BadSignature,
    Capabilities,
    Closed,
    GatewayError,
    PaymentLink,
    PaymentRequest,
    ProviderEvent,
    RefundOutcome,
    RefundRequest,
    RefundResult,
    Reply,
    Source,
)
from store.payments.wechat_facts import CURRENCY, ForeignAccount, Origin
from store.payments.wechat_keys import WechatKeys
from store.payments.wechat_line import BASE, Said, WechatLine

NAME = "wechat"
_BODY_LIMIT = 64 * 1024
_BEIJING = timezone(timedelta(hours=8))
_TRANSACTIONS = "/v3/pay/transactions"
_REFUNDS = "/v3/refund/domestic/refunds"
_TITLE_BYTES = 127
_LEAST_TIME = timedelta(minutes=2)  # no order may be closed by itself sooner

_UNKNOWN_ORDER = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
_CLOSED = frozenset({"ORDER_CLOSED", "ORDERCLOSED"})
_PAID = frozenset({"ORDERPAID", "ORDER_PAID"})
# Nothing was begun, and asking again would bring the same. All else, and every 5xx, may have happened.
_REFUND_REFUSED = frozenset(
    {"INVALID_REQUEST", "NO_AUTH", "NOT_ENOUGH", "PARAM_ERROR", "TRADE_ERROR", "USER_ACCOUNT_ABNORMAL", *_UNKNOWN_ORDER}
)
_OF_RESOURCE = {"TRANSACTION.": wechat_facts.of_transaction, "REFUND.": wechat_facts.of_refund}


class Mode(StrEnum):
    NATIVE = "native"  # a code that the buyer scans with WeChat
    H5 = "h5"  # a page that the phone's browser opens, and that opens WeChat


class WechatGateway:
    """*base_url* is the shop's own address: notifications come there, and a browser's way to pay leads through it."""

    capabilities = Capabilities(
        currencies=frozenset({CURRENCY}),
        hold=timedelta(minutes=30),
        page_min=_LEAST_TIME,
        page_max=timedelta(hours=2),
        refund_window=timedelta(days=365),
        kinds=frozenset({"physical"}),
        minimum_minor={CURRENCY: 1},
    )

    def __init__(
        self,
        keys: WechatKeys,
        client: httpx.AsyncClient,
        *,
        base_url: str,
        clock: Callable[[], datetime],
        mode: Mode = Mode.NATIVE,
        name: str = NAME,
        api: str = BASE,
    ) -> None:
        self.name = name
        self.account = keys.mchid
        self._keys = keys
        self._mode = mode
        if mode is Mode.H5:
            # The button leads over the shop, where a page that has died is opened anew.
            self.capabilities = replace(self.capabilities, page_max=None)
        self._clock = clock
        self._own = f"{base_url}/pay/{name}"
        self._line = WechatLine(keys, client, clock=clock, base=api)

    async def create(self, request: PaymentRequest) -> PaymentLink:
        """In a browser the page opens through the shop's own (`open`), which sees from where the buyer comes."""
        order = self._order(request)
        if self._mode is Mode.H5:
            return PaymentLink(f"{self._own}/open/{request.merchant_ref}")
        said = await self._made("native", order)
        code = said.get("code_url")
        if not isinstance(code, str) or not code.startswith("weixin://"):
            raise GatewayError("WeChat Pay has given no code to scan")
        return PaymentLink(None, qr=code)

    async def open(self, request: PaymentRequest, *, payer_ip: str) -> str:
        scene = {"payer_client_ip": payer_ip, "h5_info": {"type": "Wap"}}
        said = await self._made("h5", self._order(request) | {"scene_info": scene})
        url = said.get("h5_url")
        if not isinstance(url, str) or not url.startswith("https://"):
            raise GatewayError("WeChat Pay has given no page")
        return url

    async def query(self, request: PaymentRequest) -> list[ProviderEvent]:
        path = f"{_TRANSACTIONS}/out-trade-no/{quote(request.merchant_ref)}?mchid={self._keys.mchid}"
        said = await self._line.ask("GET", path)
        if said.code in _UNKNOWN_ORDER:
            return []
        content = _done(said, "tell about the order")
        origin = self._origin(Source.QUERY, said.body)
        try:
            if content["out_trade_no"] != request.merchant_ref:
                raise ValueError("an answer about another order")
            return wechat_facts.of_transaction(content, self._keys, origin, now=self._clock())
        except (ValueError, KeyError, TypeError, ForeignAccount) as error:
            raise GatewayError(f"WeChat Pay's answer makes no sense: {type(error).__name__}") from None

    async def close(self, request: PaymentRequest) -> Closed:
        path = f"{_TRANSACTIONS}/out-trade-no/{quote(request.merchant_ref)}/close"
        try:
            said = await self._line.ask("POST", path, {"mchid": self._keys.mchid})
        except GatewayError:
            return Closed.UNKNOWN
        if said.is_done or said.code in _CLOSED | _UNKNOWN_ORDER:
            return Closed.CLOSED
        return Closed.ALREADY_PAID if said.code in _PAID else Closed.UNKNOWN

    async def refund(self, request: RefundRequest) -> RefundResult:
        try:
            total_minor = await self._total(request)
            if total_minor is None:
                return RefundResult(RefundOutcome.FAILED, error="not_paid")
            said = await self._line.ask("POST", _REFUNDS, self._refund(request, total_minor))
            if said.code in _REFUND_REFUSED and said.status < 500:
                return RefundResult(RefundOutcome.FAILED, error=said.code)
            return _refund_result(said, request)
        except GatewayError:
            return RefundResult(RefundOutcome.UNKNOWN)

    async def query_refund(self, request: RefundRequest) -> RefundResult:
        try:
            said = await self._line.ask("GET", f"{_REFUNDS}/{quote(request.refund_ref)}")
            if said.code in _UNKNOWN_ORDER:
                return RefundResult(RefundOutcome.FAILED, error="unknown")
            return _refund_result(said, request)
        except GatewayError:
            return RefundResult(RefundOutcome.UNKNOWN)

    async def verify(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> list[ProviderEvent]:
        await self._prove(body, headers, now=now)
        try:
            told = json.loads(body)
            of_resource = next((of for mark, of in _OF_RESOURCE.items() if told["event_type"].startswith(mark)), None)
            if of_resource is None:
                return []
            said = json.loads(signing.unsealed(self._keys.sealing_key, told["resource"]))
            return of_resource(said, self._keys, self._origin(Source.WEBHOOK, body, headers), now=now)
        except ForeignAccount:
            raise BadSignature("another account's notification") from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise BadSignature("signed, but makes no sense") from None

    def reply(self, accepted: bool) -> Reply:
        """The status counts: a refusal with 200 would be taken for a receipt, and never sent again."""
        if accepted:
            return Reply(204)
        return Reply(401, b'{"code":"FAIL","message":"refused"}', "application/json")

    async def statement(self, since: datetime, until: datetime) -> list[ProviderEvent]:
        """Day by day, as WeChat Pay closes them at ten in the morning, Beijing time, of the next. Raises: GatewayError."""
        facts: list[ProviderEvent] = []
        day = since.astimezone(_BEIJING).date()
        while day < until.astimezone(_BEIJING).date():
            facts.extend(await wechat_bill.facts(self._line, day, self._origin(Source.STATEMENT, b"")))
            day += timedelta(days=1)
        return [fact for fact in facts if since <= fact.occurred_at < until]

    async def _prove(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> None:
        """Nothing is parsed, looked up or decided before this has passed. Raises: BadSignature, GatewayError."""
        if len(body) > _BODY_LIMIT:
            raise BadSignature("too long")
        given = signing.signed(headers, now=now)
        await self._line.keep_fresh(given, now=now)
        key = self._line.key(given.serial, now=now)
        if key is None and self._line.waits_for(given):
            raise GatewayError("WeChat Pay's certificates have not been loaded yet")
        if key is None:
            raise BadSignature("signed with an unknown key")
        signing.prove(key, given, body)

    def _order(self, request: PaymentRequest) -> dict[str, Any]:
        """Raises: GatewayError for what WeChat Pay cannot take."""
        if request.currency != CURRENCY or request.amount_minor <= 0:
            raise GatewayError(f"WeChat Pay takes no {request.amount_minor} {request.currency}")
        order: dict[str, Any] = {
            "appid": self._keys.appid,
            "mchid": self._keys.mchid,
            "description": _shortened(request.title or request.merchant_ref),
            "out_trade_no": request.merchant_ref,
            "notify_url": f"{self._own}/webhook",
            "amount": {"total": request.amount_minor, "currency": CURRENCY},
        }
        return order if request.expires_at is None else order | {"time_expire": self._time_expire(request.expires_at)}

    def _time_expire(self, expires_at: datetime) -> str:
        """In the last minutes of a hold WeChat Pay keeps the page open for longer; the shop closes it itself."""
        return max(expires_at, self._clock() + _LEAST_TIME).astimezone(_BEIJING).isoformat(timespec="seconds")

    async def _made(self, kind: str, order: Mapping[str, Any]) -> dict[str, Any]:
        return _done(await self._line.ask("POST", f"{_TRANSACTIONS}/{kind}", order), "open a page")

    async def _total(self, request: RefundRequest) -> int | None:
        """What the order has brought in, which every refund has to repeat; None when nothing. Raises: GatewayError."""
        asked = PaymentRequest(request.merchant_ref, request.amount_minor, request.currency, "", None)
        return next((fact.amount_minor for fact in await self.query(asked) if fact.amount_minor), None)

    def _refund(self, request: RefundRequest, total_minor: int) -> dict[str, Any]:
        """Without our reason, which WeChat Pay would show to the buyer: it is a word of our own."""
        return {
            "out_trade_no": request.merchant_ref,
            "out_refund_no": request.refund_ref,
            "notify_url": f"{self._own}/webhook",
            "amount": {"refund": request.amount_minor, "total": total_minor, "currency": request.currency},
        }

    def _origin(self, source: Source, raw: bytes, headers: Mapping[str, str] | None = None) -> Origin:
        kept = {name: value for name, value in (headers or {}).items() if name.startswith("wechatpay-")}
        return Origin(self.name, self.account, source, raw, kept)


def _done(said: Said, what: str) -> dict[str, Any]:
    if not said.is_done:
        raise GatewayError(f"WeChat Pay does not {what}: {said.status} {said.code}")
    return said.content()


def _refund_result(said: Said, request: RefundRequest) -> RefundResult:
    content = _done(said, "tell about the refund")
    try:
        return wechat_facts.refund_result(content, refund_ref=request.refund_ref, amount_minor=request.amount_minor)
    except (ValueError, KeyError, TypeError) as error:
        raise GatewayError(f"WeChat Pay's answer makes no sense: {type(error).__name__}") from None


def _shortened(title: str) -> str:
    """WeChat Pay counts bytes; no character is cut in two."""
    return title.encode()[:_TITLE_BYTES].decode(errors="ignore")
