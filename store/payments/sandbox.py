"""The sandbox gateway: the whole life of a payment without money. It believes its bank as little as a real provider's gateway believes the internet."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

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
from store.payments.sandbox_bank import GATEWAY_HEADER, SIGNATURE_HEADER, Post, SandboxBank
from store.payments.sandbox_books import SANDBOX

__all__ = ["NAME", "SandboxBank", "SandboxGateway", "http_post"]

NAME = SANDBOX
_SIGNATURE = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")
_TOLERANCE_S = 300
_BODY_LIMIT = 64 * 1024
_KINDS = {
    "payment.captured": EventKind.CAPTURED,
    "payment.failed": EventKind.FAILED,
    "refund.succeeded": EventKind.REFUNDED,
    "refund.failed": EventKind.REFUND_FAILED,
}
_REFUNDS = (EventKind.REFUNDED, EventKind.REFUND_FAILED)


class SandboxGateway:
    """`secret` is what the bank signs its notifications with. Under another *name* the bank plays that provider; *has_code*: there is a code to scan, too."""

    capabilities = Capabilities(currencies=None, hold=timedelta(minutes=30))

    def __init__(
        self,
        bank: SandboxBank,
        *,
        secret: str,
        clock: Callable[[], datetime],
        name: str = NAME,
        has_code: bool = False,
    ) -> None:
        self.name = name
        self.account = bank.account
        self._has_code = has_code
        self._bank = bank
        self._secret = secret.encode()
        self._clock = clock

    async def create(self, request: PaymentRequest) -> PaymentLink:
        page = self._bank.open(request, self.name)
        url = self._bank.url(page.ref)
        return PaymentLink(url, page.id, url if self._has_code else None)

    async def query(self, request: PaymentRequest) -> list[ProviderEvent]:
        known = self._bank.facts(request.merchant_ref, now=self._clock())
        try:
            return [self._event(fact, Source.QUERY, json.dumps(fact).encode(), {}) for fact in known]
        except (ValueError, KeyError, TypeError) as error:
            raise GatewayError(f"the sandbox bank's answer makes no sense: {type(error).__name__}") from None

    async def close(self, request: PaymentRequest) -> Closed:
        try:
            return self._bank.close(request.merchant_ref)
        except GatewayError:
            return Closed.UNKNOWN

    async def refund(self, request: RefundRequest) -> RefundResult:
        try:
            return self._bank.refund(request, now=self._clock())
        except GatewayError:
            return RefundResult(RefundOutcome.UNKNOWN)

    async def query_refund(self, request: RefundRequest) -> RefundResult:
        try:
            return self._bank.refund_state(request.refund_ref, now=self._clock())
        except GatewayError:
            return RefundResult(RefundOutcome.UNKNOWN)

    async def verify(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> list[ProviderEvent]:
        self._prove(body, headers, now)
        try:
            fact = json.loads(body)
            if fact["account"] != self.account:
                raise BadSignature("another account's notification")
            return [self._event(fact, Source.WEBHOOK, body, {SIGNATURE_HEADER: _header(headers)})]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BadSignature("signed, but makes no sense") from None

    def reply(self, accepted: bool) -> Reply:
        return Reply(200, b"ok") if accepted else Reply(400, b"refused")

    def _prove(self, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
        """Nothing is parsed, looked up or decided before this has passed."""
        if len(body) > _BODY_LIMIT:
            raise BadSignature("too long")
        signature = _SIGNATURE.fullmatch(_header(headers))
        if signature is None:
            raise BadSignature("no signature")
        # The signed moment is the very text that was sent: "t=017…" is another text, not another way to write it.
        moment, mac = signature.groups()
        expected = hmac.new(self._secret, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, mac):
            raise BadSignature("wrong signature")
        if abs(now.timestamp() - int(moment)) > _TOLERANCE_S:
            raise BadSignature("too old or too new")

    def _event(self, fact: dict[str, Any], source: Source, raw: bytes, headers: dict[str, str]) -> ProviderEvent:
        """The same fact has the same key, whether the bank told it or was asked. Raises: ValueError, KeyError, TypeError."""
        kind = _KINDS[fact["type"]]
        is_refund = kind in _REFUNDS
        happened_at = datetime.fromisoformat(_text(fact, "at", 40))
        if happened_at.tzinfo is None:
            raise ValueError("a moment without a time zone")
        key = f"refund:{_text(fact, 'refund_ref', 64)}:{kind}" if is_refund else _text(fact, "id", 64)
        return ProviderEvent(
            gateway=self.name,
            account=self.account,
            event_key=key,
            kind=kind,
            merchant_ref=_text(fact, "ref", 64),
            occurred_at=happened_at.astimezone(UTC),
            source=source,
            amount_minor=None if kind is EventKind.FAILED else _amount(fact),
            currency=_text(fact, "currency", 3),
            provider_ref=_text(fact, "refund" if is_refund else "payment", 128),
            refund_ref=_text(fact, "refund_ref", 64) if is_refund else None,
            raw=raw,
            headers=headers,
        )


def http_post(client: httpx.AsyncClient, url: str) -> Post:
    """How the bank of a running program reaches the shop: over HTTP, like any provider. In *url*, {gateway} is whom it plays."""

    async def post(body: bytes, headers: dict[str, str]) -> int:
        to = url.format(gateway=headers.get(GATEWAY_HEADER, NAME))
        try:
            return (await client.post(to, content=body, headers=headers)).status_code
        except httpx.HTTPError:
            return 0

    return post


def _header(headers: Mapping[str, str]) -> str:
    return next((value for name, value in headers.items() if name.lower() == SIGNATURE_HEADER.lower()), "")


def _text(fact: dict[str, Any], key: str, maximum: int) -> str:
    value = fact[key]
    if not isinstance(value, str) or not 0 < len(value) <= maximum:
        raise ValueError(f"not a text of at most {maximum}: {key}")
    return value


def _amount(fact: dict[str, Any]) -> int:
    value = fact["amount_minor"]
    if type(value) is not int or not 0 < value < 10**15:  # True is an int for Python, and 1e3 a number for JSON
        raise ValueError("not an amount")
    return value
