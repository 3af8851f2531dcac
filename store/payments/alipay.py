"""The Alipay gateway (Open Platform, RSA2): a code to scan, and a page on the phone or the desktop."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

import httpx

from store.payments import alipay_bill
from store.payments.alipay_facts import Trade, refund_fact, refund_told, trade_facts, trade_told
from store.payments.alipay_keys import AlipayKeys
from store.payments.alipay_signing import notice_of
from store.payments.alipay_wire import (
    BEIJING,
    CURRENCY,
    LIVE_URL,
    AlipayLine,
    Answer,
    Refused,
    beijing,
    fen,
    moment_of,
    yuan,
)
from store.payments.gateway import (
    BadSignature,
    Capabilities,
    Closed,
    EventKind,
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

NAME = "alipay"
Mode = Literal["qr", "page", "wap"]

_PAGES = {"wap": ("alipay.trade.wap.pay", "QUICK_WAP_WAY"), "page": ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY")}
_CODE_LASTS = timedelta(hours=2)
_CODE_LENGTH = 1024
_BODY_LIMIT = 64 * 1024
_SUBJECT_LENGTH = 256
_BETWEEN_REFUNDS = timedelta(seconds=3)  # of one trade, as Alipay asks
# A notification is repeated for 25 hours. One that comes later than any repetition can is somebody's recording.
_OLDEST, _NEWEST = timedelta(days=4), timedelta(hours=1)
_FURTHEST_BACK = timedelta(days=90)  # bills are kept for years, and asked for one by one


class AlipayGateway:
    """One application of one merchant. *base_url* is how the world calls this shop: pages and notifications come there."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        keys: AlipayKeys,
        *,
        app_id: str,
        seller_id: str,
        base_url: str,
        clock: Callable[[], datetime],
        mode: Mode = "qr",
        name: str = NAME,
        endpoint: str = LIVE_URL,
    ) -> None:
        self.name, self.account = name, app_id
        self.capabilities = Capabilities(
            currencies=frozenset({CURRENCY}),
            hold=timedelta(minutes=30),
            page_max=_CODE_LASTS if mode == "qr" else None,
            refund_window=timedelta(days=365),
            kinds=frozenset({"physical"}),
            minimum_minor={CURRENCY: 1},
            maximum_minor={CURRENCY: 10**10},
        )
        self._line = AlipayLine(client, keys, app_id=app_id, clock=clock, endpoint=endpoint)
        self._keys, self._seller_id, self._mode, self._clock = keys, seller_id, mode, clock
        self._door = f"{base_url}/pay/{name}"
        self._refunded_at: dict[str, datetime] = {}

    async def create(self, request: PaymentRequest) -> PaymentLink:
        """The button leads over a short address of the shop: the provider's own is too long for one, and is signed anew each time."""
        order = self._order(request)
        page = f"{self._door}/open/{request.merchant_ref}"
        if self._mode != "qr":
            return PaymentLink(page)
        answer = await self._line.ask("alipay.trade.precreate", order, notify_url=f"{self._door}/webhook")
        code = answer.text("qr_code")
        if answer.refusal or not 0 < len(code) <= _CODE_LENGTH:
            raise GatewayError(f"alipay.trade.precreate: {answer.refusal or 'no code'}")
        return PaymentLink(page, qr=code)

    def address(self, request: PaymentRequest) -> str:
        """Where the short address leads: the page on which the attempt is paid, signed at this moment. Raises: GatewayError."""
        method, product = _PAGES["page" if self._mode == "page" else "wap"]
        return self._line.address(
            method,
            self._order(request) | {"product_code": product},
            notify_url=f"{self._door}/webhook",
            return_url=f"{self._door}/return?ref={request.merchant_ref}",
        )

    def _order(self, request: PaymentRequest) -> dict[str, object]:
        if not self.capabilities.take(request.amount_minor, request.currency, ()) or request.amount_minor <= 0:
            raise GatewayError(f"Alipay cannot take {request.amount_minor} {request.currency}")
        # Alipay forbids the first three; the others would be marks of the table that a bill is.
        subject = re.sub(r"[/=&,\"]", " ", request.title)[:_SUBJECT_LENGTH]
        order: dict[str, object] = {
            "out_trade_no": request.merchant_ref,
            "total_amount": yuan(request.amount_minor),
            "subject": subject or request.merchant_ref,
        }
        # The trade begins when the code is scanned, and cannot be closed before: its end is named from the start.
        return order | ({"time_expire": beijing(request.expires_at)} if request.expires_at else {})

    async def query(self, request: PaymentRequest) -> list[ProviderEvent]:
        answer = await self._trade(request.merchant_ref)
        if answer.refusal == "ACQ.TRADE_NOT_EXIST":
            return []  # nobody has scanned the code yet
        if answer.refusal:
            raise GatewayError(f"alipay.trade.query: {answer.refusal}")
        trade = self._answered(answer)
        if trade.merchant_ref != request.merchant_ref:
            raise GatewayError("alipay.trade.query: an answer about another trade")  # signed, and a recording
        try:
            return self._trade_facts(Source.QUERY, trade, answer.raw)
        except ValueError as error:
            raise GatewayError(f"alipay.trade.query makes no sense: {error}") from None

    def _answered(self, answer: Answer) -> Trade:
        """An answer does not say when a trade was closed: as of now."""
        now, status = beijing(self._clock()), answer.text("trade_status")
        return Trade(
            status=status,
            merchant_ref=answer.text("out_trade_no"),
            number=answer.text("trade_no"),
            amount=answer.text("total_amount"),
            paid_at=answer.text("send_pay_date") or ("" if status == "TRADE_CLOSED" else now),
            closed_at=now,
        )

    def _trade_facts(self, source: Source, trade: Trade, raw: bytes) -> list[ProviderEvent]:
        return trade_facts(trade, gateway=self.name, account=self.account, source=source, raw=raw)

    async def close(self, request: PaymentRequest) -> Closed:
        try:
            answer = await self._line.ask("alipay.trade.close", {"out_trade_no": request.merchant_ref})
            # Not scanned yet: there is nothing to close, and the code dies at the time that it was made with. Whoever scans it before
            # pays an attempt that is over here, which the sweep and the ledger are made for.
            if answer.refusal in (None, "ACQ.TRADE_NOT_EXIST", "ACQ.TRADE_HAS_CLOSE"):
                return Closed.CLOSED
            known = await self._trade(request.merchant_ref)
        except GatewayError:
            return Closed.UNKNOWN
        trade = self._answered(known)
        if trade.merchant_ref != request.merchant_ref:
            return Closed.UNKNOWN
        if trade.is_paid:
            return Closed.ALREADY_PAID
        return Closed.CLOSED if trade.is_closed else Closed.UNKNOWN

    async def _trade(self, merchant_ref: str) -> Answer:
        return await self._line.ask("alipay.trade.query", {"out_trade_no": merchant_ref})

    async def refund(self, request: RefundRequest) -> RefundResult:
        """The number of the refund is its key: sent again it moves nothing, and the question tells what the first time has done."""
        if request.currency != CURRENCY:
            return RefundResult(RefundOutcome.FAILED, error="currency")
        if self._is_too_soon(request.merchant_ref):
            return RefundResult(RefundOutcome.UNKNOWN)
        content = {
            "out_trade_no": request.merchant_ref,
            "refund_amount": yuan(request.amount_minor),
            "out_request_no": request.refund_ref,
            "refund_reason": request.reason,
        }
        try:
            answer = await self._line.ask("alipay.trade.refund", content)
        except GatewayError:
            return RefundResult(RefundOutcome.UNKNOWN)
        if answer.refusal:
            return RefundResult(RefundOutcome.FAILED, error=answer.refusal)
        if answer.text("fund_change") == "Y":
            return RefundResult(RefundOutcome.SUCCEEDED)
        # Accepted, which is not refunded.
        known = await self.query_refund(request)
        return known if known.outcome is RefundOutcome.SUCCEEDED else RefundResult(RefundOutcome.UNKNOWN)

    def _is_too_soon(self, merchant_ref: str) -> bool:
        now = self._clock()
        recently = {ref: at for ref, at in self._refunded_at.items() if now - at < _BETWEEN_REFUNDS}
        self._refunded_at = {merchant_ref: now} | recently
        return merchant_ref in recently

    async def query_refund(self, request: RefundRequest) -> RefundResult:
        try:
            amount_minor = await self._refunded_minor(request.merchant_ref, request.refund_ref)
        except GatewayError:
            return RefundResult(RefundOutcome.UNKNOWN)
        if amount_minor is None:
            return RefundResult(RefundOutcome.FAILED, error="unknown to Alipay")
        is_whole = amount_minor == request.amount_minor
        return RefundResult(RefundOutcome.SUCCEEDED if is_whole else RefundOutcome.UNKNOWN)

    async def _refunded_minor(self, merchant_ref: str, refund_no: str) -> int | None:
        """What one refund has moved; None when Alipay has moved nothing under its number. Raises: GatewayError."""
        answer = await self._line.ask(
            "alipay.trade.fastpay.refund.query",
            {"out_trade_no": merchant_ref, "out_request_no": refund_no, "query_options": ["gmt_refund_pay"]},
        )
        if answer.refusal in ("ACQ.TRADE_NOT_EXIST", "ACQ.TRADE_REFUND_NOT_EXIST"):
            return None
        if answer.refusal:
            raise Refused(f"alipay.trade.fastpay.refund.query: {answer.refusal}")
        if answer.text("refund_status") != "REFUND_SUCCESS":
            return None
        if (answer.text("out_trade_no") or merchant_ref, answer.text("out_request_no")) != (merchant_ref, refund_no):
            raise GatewayError("alipay.trade.fastpay.refund.query: an answer about another refund")
        try:
            return fen(answer.text("refund_amount"))
        except ValueError as error:
            raise GatewayError(f"alipay.trade.fastpay.refund.query makes no sense: {error}") from None

    async def verify(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> list[ProviderEvent]:
        if len(body) > _BODY_LIMIT:
            raise BadSignature("too long")
        notice = notice_of(body, self._keys.alipay)
        if (notice.get("app_id"), notice.get("seller_id")) != (self.account, self._seller_id):
            raise BadSignature("another application's or another merchant's notification")
        if notice.get("notify_type") != "trade_status_sync":
            return []
        try:
            if not -_NEWEST < now - moment_of(notice["notify_time"]) < _OLDEST:
                raise BadSignature("too old or too new")
            return await self._facts(notice, body)
        except (KeyError, ValueError):
            raise BadSignature("signed, but makes no sense") from None

    async def _facts(self, notice: Mapping[str, str], body: bytes) -> list[ProviderEvent]:
        """A refund's notification tells the payment too, which may not have been heard of yet. Raises: KeyError, ValueError, GatewayError."""
        told, refund = self._trade_facts(Source.WEBHOOK, trade_told(notice), body), refund_told(notice)
        if refund is None or not told:
            return told
        amount_minor = None
        if refund.ref is None:
            # Made in Alipay's back office. The notification has but the sum of all refunds; this one's amount has to be asked for.
            amount_minor = await self._refunded_minor(notice["out_trade_no"], refund.number)
        return [*told, refund_fact(told[0], refund, amount_minor)]

    async def statement(self, since: datetime, until: datetime) -> list[ProviderEvent]:
        """Day by day, as Alipay closes them in the morning, Beijing time, of the next. Raises: GatewayError, NotGranted."""
        found: list[ProviderEvent] = []
        day, today = (each.astimezone(BEIJING).date() for each in (max(since, until - _FURTHEST_BACK), until))
        while day < today:
            listed = await alipay_bill.facts(self._line, day, partial(self._trade_facts, Source.STATEMENT))
            found.extend(fact for fact in listed if since <= fact.occurred_at < until)
            day += timedelta(days=1)
        return [await self._asked_about(fact) for fact in sorted(found, key=lambda fact: fact.occurred_at)]

    async def _asked_about(self, fact: ProviderEvent) -> ProviderEvent:
        """A refund that others made has the amount for which Alipay knows its number, or none, and then a person looks.

        The notification's number was asked about, too. If the bill's were another one for the same refund, it would count twice.
        """
        if fact.kind is not EventKind.REFUNDED or fact.refund_ref or not fact.provider_ref:
            return fact
        try:
            amount_minor = await self._refunded_minor(fact.merchant_ref, fact.provider_ref)
        except Refused:
            amount_minor = None
        return replace(fact, amount_minor=amount_minor)

    def reply(self, accepted: bool) -> Reply:
        return Reply(200, b"success") if accepted else Reply(400, b"fail")
