"""The Stripe gateway: a page of Stripe Checkout, and what Stripe says of it afterwards."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import httpx

from store.payments import stripe_signing
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
from store.payments.stripe_events import EVENTS, event_facts
from store.payments.stripe_facts import (
    Json,
    StripeRefused,
    Told,
    dispute_facts,
    has_failed,
    mark_of,
    paid_at,
    refund_facts,
    session_facts,
)
from store.payments.stripe_money import EXPONENTS, MULTIPLES, maximums, minimums, to_wire

if TYPE_CHECKING:  # imported when Stripe is spoken to for the first time
    from stripe.params.checkout import SessionCreateParams

    from store.payments.stripe_sdk import Sleep, StripeSdk

NAME = "stripe"
BASE_URL = "https://api.stripe.com"

_BODY_LIMIT = 256 * 1024
_PAGE_MIN, _PAGE_MAX = timedelta(minutes=30), timedelta(hours=24)
_ON_THE_WAY = timedelta(minutes=1)
_URL_LENGTH = 2048
_NAME_LENGTH = 250
_LOCALES = {"en": "en", "ru": "ru", "zh": "zh"}
_OUTCOMES = {
    "succeeded": RefundOutcome.SUCCEEDED,
    "pending": RefundOutcome.PENDING,
    "requires_action": RefundOutcome.PENDING,
    "failed": RefundOutcome.FAILED,
    "canceled": RefundOutcome.FAILED,
}
_NONSENSE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


class StripeGateway:
    """One account of one merchant, in live or in test mode. *base_url* is how the world calls this shop."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        secret_key: str,
        webhook_secret: str,
        base_url: str,
        clock: Callable[[], datetime],
        name: str = NAME,
        api_url: str = BASE_URL,
        sleep: "Sleep" = asyncio.sleep,
        prefix: str = "STRIPE__MAIN",
    ) -> None:
        """Raises: BadKeys, which names the setting below *prefix*."""
        stripe_signing.check_keys(secret_key=secret_key, webhook_secret=webhook_secret, prefix=prefix)
        self._is_live = stripe_signing.is_live(secret_key)
        self.name, self.account = name, "live" if self._is_live else "test"
        self.capabilities = Capabilities(
            currencies=frozenset(EXPONENTS),
            multiples=MULTIPLES,
            hold=timedelta(minutes=30),
            page_min=_PAGE_MIN,
            page_max=_PAGE_MAX,
            kinds=frozenset({"physical"}),
            minimum_minor=minimums(),
            maximum_minor=maximums(),
        )
        self._client, self._secret_key, self._api_url, self._sleep = client, secret_key, api_url, sleep
        self._webhook_secret, self._door, self._clock = webhook_secret, f"{base_url}/pay/{name}", clock
        self._sdk: StripeSdk | None = None

    async def _stripe(self) -> "StripeSdk":
        """Loading the SDK takes a while: a thread does it, and people are served meanwhile."""
        if self._sdk is None:
            self._sdk = await asyncio.to_thread(self._loaded)
        return self._sdk

    def _loaded(self) -> "StripeSdk":
        from store.payments.stripe_sdk import StripeSdk

        return StripeSdk(self._client, self._secret_key, base_url=self._api_url, sleep=self._sleep)

    async def create(self, request: PaymentRequest) -> PaymentLink:
        """The attempt's reference is the idempotency key; a page that is over has another one follow it, under a key of its own."""
        params, key = self._page(request), f"checkout:{request.merchant_ref}"
        sdk = await self._stripe()
        if request.provider_ref is not None:
            before = await sdk.session(request.provider_ref)
            if before.get("status") == "open":
                return self._link(before)
            if before.get("status") != "expired":
                raise GatewayError("paid, or about to be")
            key = f"{key}:{request.provider_ref}"
        return self._link(await sdk.create_session(params, key=key[:255]))

    def _link(self, session: Json) -> PaymentLink:
        url, session_id = session.get("url"), session.get("id")
        if not isinstance(url, str) or not isinstance(session_id, str) or len(url) > _URL_LENGTH:
            raise GatewayError("a session without a page")
        return PaymentLink(url, session_id)

    def _page(self, request: PaymentRequest) -> "SessionCreateParams":
        try:
            amount = to_wire(request.amount_minor, request.currency)
        except ValueError as error:
            raise GatewayError(str(error)) from None
        mark, back = {"merchant_ref": request.merchant_ref}, f"{self._door}/return?ref={request.merchant_ref}"
        params: SessionCreateParams = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": request.currency.lower(),
                        "unit_amount": amount,
                        "product_data": {"name": request.title[:_NAME_LENGTH] or request.merchant_ref},
                    },
                }
            ],
            "client_reference_id": request.merchant_ref,
            "metadata": mark,
            "payment_intent_data": {"metadata": mark},
            "success_url": back,
            "cancel_url": request.return_url or back,
            # The price that was agreed to, in its own currency.
            "adaptive_pricing": {"enabled": False},
            "locale": _LOCALES.get(request.language, "auto"),
        }
        if request.expires_at is not None and request.expires_at - self._clock() < _PAGE_MAX - _PAGE_MIN - _ON_THE_WAY:
            # Stripe keeps a page for half an hour at least, and the same key must come with the same time whenever it is sent:
            # counted from the order's end, at which the shop closes the page itself.
            params["expires_at"] = int((request.expires_at + _PAGE_MIN + _ON_THE_WAY).timestamp())
        return params

    async def query(self, request: PaymentRequest) -> list[ProviderEvent]:
        """Without a session's number nobody has its address either: the answer to `create` was lost, and nothing can have been paid."""
        if request.provider_ref is None:
            return []
        sdk = await self._stripe()
        session = await sdk.session(request.provider_ref)
        told = self._told(Source.QUERY, session)
        try:
            facts = session_facts(told, session, paid_at(session), has_failed=has_failed(session))
            return [*facts, *await self._returned(sdk, session, request.merchant_ref)]
        except _NONSENSE as error:
            raise GatewayError(f"Stripe's answer makes no sense: {type(error).__name__}") from None

    async def _returned(self, sdk: "StripeSdk", session: Json, merchant_ref: str) -> list[ProviderEvent]:
        """What went back of it, through us, at Stripe or through the buyer's bank. Asked for where the charge says that there is something."""
        intent = session.get("payment_intent")
        charge = intent.get("latest_charge") if isinstance(intent, Mapping) else None
        if intent is None or not isinstance(charge, Mapping):
            return []
        facts: list[ProviderEvent] = []
        if charge["amount_refunded"]:
            for refund in await sdk.refunds_of(intent["id"]):
                facts += refund_facts(self._told(Source.QUERY, refund), refund, merchant_ref)
        if charge["disputed"]:
            for dispute in await sdk.disputes_of(intent["id"]):
                facts += dispute_facts(self._told(Source.QUERY, dispute), dispute, merchant_ref, dispute["created"])
        return facts

    def _told(self, source: Source, words: Json) -> Told:
        return Told(self.name, self.account, source, json.dumps(words, ensure_ascii=False).encode())

    async def close(self, request: PaymentRequest) -> Closed:
        if request.provider_ref is None:
            return Closed.CLOSED
        try:
            sdk = await self._stripe()
            try:
                session = await sdk.expire_session(request.provider_ref)
            except StripeRefused:
                session = await sdk.session(request.provider_ref)  # not open any more: paid perhaps
            return _closed_as(session)
        except (GatewayError, *_NONSENSE):
            return Closed.UNKNOWN

    async def refund(self, request: RefundRequest) -> RefundResult:
        try:
            sdk, intent = await self._stripe(), await self._intent_of(request)
            if intent is None:
                return RefundResult(RefundOutcome.FAILED, error="nothing was paid")
            amount = to_wire(request.amount_minor, request.currency)
            made = await sdk.create_refund(
                {
                    "payment_intent": intent,
                    "amount": amount,
                    "reason": "duplicate" if request.reason == "duplicate" else "requested_by_customer",
                    "metadata": {"merchant_ref": request.merchant_ref, "refund_ref": request.refund_ref},
                },
                key=f"refund:{request.refund_ref}",
            )
            return _result(made)
        except StripeRefused as refused:
            return RefundResult(RefundOutcome.FAILED, error=str(refused))
        except ValueError as error:
            return RefundResult(RefundOutcome.FAILED, error=str(error))
        except GatewayError:
            return RefundResult(RefundOutcome.UNKNOWN)

    async def query_refund(self, request: RefundRequest) -> RefundResult:
        try:
            sdk, intent = await self._stripe(), await self._intent_of(request)
            made = await sdk.refunds_of(intent) if intent else []
        except GatewayError:
            return RefundResult(RefundOutcome.UNKNOWN)
        ours = [each for each in made if (each.get("metadata") or {}).get("refund_ref") == request.refund_ref]
        return _result(ours[0]) if ours else RefundResult(RefundOutcome.FAILED, error="unknown to Stripe")

    async def _intent_of(self, request: RefundRequest) -> str | None:
        """The payment behind the attempt's session; None when nothing was paid. Raises: GatewayError."""
        if request.provider_ref is None:
            return None
        intent = (await (await self._stripe()).session(request.provider_ref)).get("payment_intent")
        return str(intent["id"]) if isinstance(intent, Mapping) and "id" in intent else None

    async def verify(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> list[ProviderEvent]:
        if len(body) > _BODY_LIMIT:
            raise BadSignature("too long")
        signature = headers.get(stripe_signing.HEADER, "")
        stripe_signing.prove(body, signature, self._webhook_secret, now=now)
        told = Told(self.name, self.account, Source.WEBHOOK, body, {stripe_signing.HEADER: signature})
        try:
            return await self._facts(told, json.loads(body))
        except _NONSENSE:
            raise BadSignature("signed, but makes no sense") from None

    async def statement(self, since: datetime, until: datetime) -> list[ProviderEvent]:
        """Stripe remembers its events for 30 days."""
        events = await (await self._stripe()).events(EVENTS, since, until)
        try:
            return [fact for event in events for fact in await self._facts(self._told(Source.STATEMENT, event), event)]
        except _NONSENSE as error:
            raise GatewayError(f"Stripe's answer makes no sense: {type(error).__name__}") from None

    async def _facts(self, told: Told, event: Json) -> list[ProviderEvent]:
        return await event_facts(told, event, is_live=self._is_live, mark_behind=self._mark_behind)

    async def _mark_behind(self, payment_intent: str) -> str | None:
        return mark_of(await (await self._stripe()).payment_intent(payment_intent))

    def reply(self, accepted: bool) -> Reply:
        return Reply(200, b"ok") if accepted else Reply(400, b"refused")


def _closed_as(session: Json) -> Closed:
    if session["payment_status"] != "unpaid":
        return Closed.ALREADY_PAID
    # Complete and unpaid: a bank is at work, for days perhaps, and the goods wait for it.
    return Closed.CLOSED if session["status"] == "expired" or has_failed(session) else Closed.UNKNOWN


def _result(refund: Json) -> RefundResult:
    status, number = refund.get("status"), refund.get("id")
    if not isinstance(status, str) or not isinstance(number, str):
        return RefundResult(RefundOutcome.UNKNOWN)
    outcome = _OUTCOMES.get(status, RefundOutcome.UNKNOWN)
    error = str(refund.get("failure_reason") or status) if outcome is RefundOutcome.FAILED else None
    return RefundResult(outcome, provider_ref=number, error=error)
