"""PayPal: Orders v2, Payments v2, webhooks and the Transaction Search API, for one application.

A buyer's approval moves no money: the shop captures it, in `query`, once and only while the attempt is wanted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
from cryptography import x509

from store.payments import paypal_facts as facts
from store.payments.gateway import (
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
from store.payments.paypal_facts import Object, Teller
from store.payments.paypal_keys import PaypalKeys
from store.payments.paypal_line import PaypalLine, Said
from store.payments.paypal_money import DECIMALS, MULTIPLES, from_wire, to_wire
from store.payments.paypal_notices import reference_of, told_by
from store.payments.paypal_proof import CERTIFICATE_MAX, Prover, trusted_roots
from store.payments.paypal_statement import listed

NAME = "paypal"

_ORDERS, _CAPTURES, _REFUNDS = "/v2/checkout/orders", "/v2/payments/captures", "/v2/payments/refunds"
_LOCALES = {"en": "en-US", "ru": "ru-RU", "zh": "zh-CN"}
_TITLE_MAX = 127
# The buyer has approved and then the money cannot be had: another try is another attempt.
_DECLINED = frozenset(
    "INSTRUMENT_DECLINED PAYER_CANNOT_PAY PAYER_ACCOUNT_RESTRICTED PAYER_ACCOUNT_LOCKED_OR_CLOSED TRANSACTION_REFUSED "
    "COMPLIANCE_VIOLATION MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED TRANSACTION_LIMIT_EXCEEDED DECLINED_DUE_TO_RELATED_TXN "
    "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING PAYEE_BLOCKED_TRANSACTION TRANSACTION_BLOCKED_BY_PAYEE".split()
)
# Somebody was faster, or the buyer is not there yet: what the order says now is true.
_LOOK_AGAIN = frozenset({"ORDER_ALREADY_CAPTURED", "ORDER_NOT_APPROVED", "PAYER_ACTION_REQUIRED"})
_WAITS_FOR_BUYER = ("CREATED", "SAVED", "PAYER_ACTION_REQUIRED")


class PaypalGateway:
    """*clock* says when an access token is over; *roots* are the authorities that certificates must lead to."""

    capabilities = Capabilities(
        currencies=frozenset(DECIMALS),
        multiples=MULTIPLES,
        hold=timedelta(minutes=30),
        page_max=timedelta(hours=3),
        refund_window=timedelta(days=180),
        kinds=frozenset({"physical"}),
    )

    def __init__(
        self,
        keys: PaypalKeys,
        client: httpx.AsyncClient,
        *,
        clock: Callable[[], datetime],
        name: str = NAME,
        roots: Callable[[], Sequence[x509.Certificate]] = trusted_roots,
    ) -> None:
        self.name = name
        self.account = keys.account
        self._brand = keys.brand
        self._clock = clock
        self._line = PaypalLine(keys, client, clock=clock)
        self._prover = Prover(
            webhook_id=keys.webhook_id,
            signer=keys.signer,
            roots=roots,
            download=lambda url: self._line.download(url, CERTIFICATE_MAX),
            ask=self._has_sent,
        )

    async def create(self, request: PaymentRequest) -> PaymentLink:
        key = f"order:{request.merchant_ref}"
        if request.provider_ref is not None:
            # Its page is old. PayPal would answer with it again under the same key, dead or not.
            known = await self._order(request.provider_ref)
            if known is not None and known["status"] in _WAITS_FOR_BUYER:
                return _link(known)
            if known is not None and known["status"] != "VOIDED":
                raise GatewayError("the buyer has approved it already")
            key = f"{key}:{request.provider_ref}"
        said = await self._line.post(_ORDERS, self._asked(request), request_id=key)
        order = _whole(_done(said))
        _check(order, request)
        return _link(order)

    async def query(self, request: PaymentRequest) -> list[ProviderEvent]:
        """Takes what the buyer has approved, if it is wanted: asking twice, or at the same time, takes it once."""
        order = await self._order(request.provider_ref)
        if order is None:
            return []
        _check(order, request)
        try:
            if order["status"] == "APPROVED" and request.is_wanted:
                return await self._capture(order, request)
            return list(self._teller(Source.QUERY).order(order))
        except (ValueError, KeyError, TypeError):
            raise _makes_no_sense() from None

    async def close(self, request: PaymentRequest) -> Closed:
        """PayPal has no such call: an order that is never captured takes no money. One whose capture is on its way may still be paid."""
        try:
            order = await self._order(request.provider_ref)
        except GatewayError:
            return Closed.UNKNOWN
        captures = facts.captures_of(order) if order is not None else []
        if any(facts.is_captured(capture) for capture in captures):
            return Closed.ALREADY_PAID
        return Closed.UNKNOWN if any(capture.get("status") == "PENDING" for capture in captures) else Closed.CLOSED

    async def refund(self, request: RefundRequest) -> RefundResult:
        try:
            capture_id = request.capture_ref or await self._captured_by(request.provider_ref)
            if capture_id is None:
                return RefundResult(RefundOutcome.FAILED, error="NOTHING_CAPTURED")
            asked = {
                "amount": to_wire(request.amount_minor, request.currency),
                "custom_id": request.merchant_ref,
                "invoice_id": request.refund_ref,
            }
            said = await self._line.post(
                f"{_CAPTURES}/{capture_id}/refund", asked, request_id=f"refund:{request.refund_ref}"
            )
        except GatewayError as error:
            return RefundResult(RefundOutcome.UNKNOWN, error=str(error))
        if said.issue == "DUPLICATE_INVOICE_ID":  # made long ago, when its key was still known
            return RefundResult(RefundOutcome.UNKNOWN, error=said.issue)
        return _result(said) if said.is_done else RefundResult(RefundOutcome.FAILED, error=said.issue)

    async def query_refund(self, request: RefundRequest) -> RefundResult:
        try:
            if request.refund_id is not None:
                return _result(await self._line.get(f"{_REFUNDS}/{request.refund_id}"))
            order = await self._order(request.provider_ref)
            made = facts.refunds_of(order) if order is not None else []
        except GatewayError as error:
            return RefundResult(RefundOutcome.UNKNOWN, error=str(error))
        ours = [refund for refund in made if refund.get("invoice_id") == request.refund_ref]
        return _result(Said(200, ours[0])) if ours else RefundResult(RefundOutcome.FAILED, error="UNKNOWN_REFUND")

    async def verify(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> list[ProviderEvent]:
        sent = await self._prover.prove(body, headers, now=now)
        teller = replace(self._teller(Source.WEBHOOK), raw=body, headers=sent.headers())
        return await told_by(teller, body, self._reference_of_capture)

    def reply(self, accepted: bool) -> Reply:
        return Reply(200) if accepted else Reply(400)

    async def statement(self, since: datetime, until: datetime) -> list[ProviderEvent]:
        """PayPal lists a movement up to three hours after it. Needs the application's Transaction Search permission."""
        return await listed(self._line, self._teller(Source.STATEMENT), since, until)

    async def _order(self, order_id: str | None) -> Object | None:
        """None: the buyer never got a page, or PayPal has forgotten it. Raises: GatewayError."""
        if order_id is None:
            return None
        said = await self._line.get(f"{_ORDERS}/{order_id}")
        return None if said.status == 404 else _whole(_done(said))

    async def _capture(self, order: Object, request: PaymentRequest) -> list[ProviderEvent]:
        said = await self._line.post(
            f"{_ORDERS}/{order['id']}/capture", b"{}", request_id=f"capture:{request.merchant_ref}"
        )
        teller = self._teller(Source.QUERY)
        if said.issue in _DECLINED:
            return [teller.approved(order), teller.declined(order, self._clock())]
        if said.issue in _LOOK_AGAIN:
            return list(teller.order(await self._order(order["id"]) or order))
        captured = _whole(_done(said))
        _check(captured, request)
        return list(teller.order(captured))

    async def _captured_by(self, order_id: str | None) -> str | None:
        order = await self._order(order_id)
        captures = facts.captures_of(order) if order is not None else []
        return next((str(capture["id"]) for capture in captures if facts.is_captured(capture)), None)

    async def _reference_of_capture(self, capture_id: str) -> str | None:
        """Whose money it was, where the notification does not say. Raises: GatewayError."""
        if not facts.is_number(capture_id):
            return None
        said = await self._line.get(f"{_CAPTURES}/{capture_id}")
        return reference_of(said.content) if said.is_done else None

    async def _has_sent(self, question: bytes) -> bool:
        said = await self._line.post("/v1/notifications/verify-webhook-signature", question)
        return _done(said).get("verification_status") == "SUCCESS"

    def _asked(self, request: PaymentRequest) -> dict[str, Any]:
        page: dict[str, Any] = {
            "shipping_preference": "NO_SHIPPING",
            "user_action": "PAY_NOW",
            "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",
        }
        if self._brand is not None:
            page["brand_name"] = self._brand
        if (locale := _LOCALES.get(request.language)) is not None:
            page["locale"] = locale
        if request.return_url is not None:
            page |= {"return_url": request.return_url, "cancel_url": request.return_url}
        unit = {
            "custom_id": request.merchant_ref,
            "invoice_id": request.merchant_ref,
            "description": request.title[:_TITLE_MAX] or request.merchant_ref,
            "amount": to_wire(request.amount_minor, request.currency),
        }
        return {
            "intent": "CAPTURE",
            "purchase_units": [unit],
            "payment_source": {"paypal": {"experience_context": page}},
        }

    def _teller(self, source: Source) -> Teller:
        return Teller(self.name, self.account, source)


def _done(said: Said) -> Object:
    """Raises: GatewayError."""
    if not said.is_done:
        raise GatewayError(f"PayPal refuses: {said.status} {said.issue}")
    return said.content


def _whole(order: Object) -> Object:
    """Raises: GatewayError for what is no order."""
    if not facts.is_order(order):
        raise _makes_no_sense()
    return order


def _makes_no_sense() -> GatewayError:
    return GatewayError("PayPal's answer makes no sense")


def _link(order: Object) -> PaymentLink:
    """Raises: GatewayError."""
    url = facts.pay_page_of(order)
    if url is None:
        raise GatewayError("PayPal gives no page to pay on")
    return PaymentLink(url, order["id"])


def _check(order: Object, request: PaymentRequest) -> None:
    """The order is the attempt's, amount and all: another under the same key or number is never paid, nor taken. Raises: GatewayError."""
    try:
        unit = facts.unit_of(order)
        said = (unit["custom_id"], *from_wire(unit["amount"]))
    except (ValueError, KeyError, TypeError):
        raise _makes_no_sense() from None
    if said != (request.merchant_ref, request.amount_minor, request.currency):
        raise GatewayError("PayPal has another order under this number")


def _result(said: Said) -> RefundResult:
    if not said.is_done:
        return RefundResult(RefundOutcome.UNKNOWN, error=said.issue)
    try:
        outcome = facts.outcome_of(said.content)
    except KeyError:
        return RefundResult(RefundOutcome.UNKNOWN, error="UNKNOWN_STATUS")
    return RefundResult(
        outcome, said.content.get("id"), said.content["status"] if outcome is RefundOutcome.FAILED else None
    )
