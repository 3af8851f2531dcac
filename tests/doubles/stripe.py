"""Stripe, played on this machine: Checkout, refunds, disputes and events; it keeps books, and idempotency keys, and signs as Stripe does."""

import copy
import hashlib
import hmac
import itertools
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.builders import NOW
from tests.doubles.wire import a_moment, unfolded

SECRET_KEY, WEBHOOK_SECRET = "sk_test_0123456789", "whsec_0123456789"
Json = dict[str, Any]
Post = Callable[[bytes, dict[str, str]], Awaitable[int]]
_LIFE_S = (30 * 60, 24 * 60 * 60)


class Refused(Exception):
    """(HTTP status, type, code)."""


@dataclass
class Stripe:
    """`faults` names what goes wrong next: ("POST /v1/refunds", "lost") does it and answers with 500, "down" does nothing, "timeout" never answers, "says …" says just that.

    An event that `post` did not answer with 200 stays in `outbox` and is sent again by `notifies`.
    """

    post: Post
    clock: Callable[[], datetime] = lambda: NOW
    refund_status: str = "succeeded"
    sessions: dict[str, Json] = field(default_factory=dict)
    intents: dict[str, Json] = field(default_factory=dict)
    refunds: dict[str, Json] = field(default_factory=dict)
    disputes: dict[str, Json] = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)
    outbox: list[Json] = field(default_factory=list)
    sent: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    keys: dict[str, tuple[str, tuple[int, Json]]] = field(default_factory=dict)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers):06d}"

    @property
    def _now(self) -> int:
        return int(self.clock().timestamp())

    def session_of(self, merchant_ref: str) -> Json:
        """The newest of an attempt."""
        return [each for each in self.sessions.values() if each["client_reference_id"] == merchant_ref][-1]

    # --- the buyer, the bank, and the merchant's dashboard

    async def pay(self, merchant_ref: str) -> None:
        session = self._began(merchant_ref)
        self._succeed(session)
        await self.tells("checkout.session.completed", session)

    async def pay_by_transfer(self, merchant_ref: str) -> None:
        """Complete, and the money is days away."""
        await self.tells("checkout.session.completed", self._began(merchant_ref))

    async def settle(self, merchant_ref: str, *, succeeds: bool) -> None:
        session = self.session_of(merchant_ref)
        if succeeds:
            self._succeed(session)
            await self.tells("checkout.session.async_payment_succeeded", session)
        else:
            self.intents[session["payment_intent"]]["status"] = "requires_payment_method"
            await self.tells("checkout.session.async_payment_failed", session)

    async def gives_back(self, merchant_ref: str, amount: int) -> Json:
        """By hand, in the dashboard."""
        return await self._refund({"payment_intent": self.session_of(merchant_ref)["payment_intent"], "amount": amount})

    async def refund_comes_back(self, refund_id: str) -> None:
        refund = self.refunds[refund_id]
        refund |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
        self._charge(refund["payment_intent"])["amount_refunded"] -= refund["amount"]
        await self.tells("refund.failed", refund)

    async def disputed(self, merchant_ref: str, status: str = "needs_response") -> Json:
        intent = self.session_of(merchant_ref)["payment_intent"]
        charge = self._charge(intent)
        charge["disputed"] = True
        dispute: Json = {
            "id": self._id("dp"),
            "object": "dispute",
            "amount": charge["amount"] - charge["amount_refunded"],
            "currency": charge["currency"],
        }
        dispute |= {"status": status, "created": self._now, "payment_intent": intent, "charge": charge["id"]}
        self.disputes[dispute["id"]] = dispute
        await self.tells("charge.dispute.created", dispute)
        return dispute

    async def decided(self, dispute: Json, status: str) -> None:
        dispute["status"] = status
        await self.tells("charge.dispute.closed", dispute)

    async def passes(self) -> None:
        """Pages whose time is up are over."""
        for session in self.sessions.values():
            if session["status"] == "open" and session["expires_at"] <= self._now:
                session |= {"status": "expired", "url": None}
                await self.tells("checkout.session.expired", session)

    def _began(self, merchant_ref: str) -> Json:
        session = self.session_of(merchant_ref)
        if session["status"] != "open" or session["expires_at"] <= self._now:
            raise Refused(400, "invalid_request_error", "not_open")
        intent: Json = {"id": self._id("pi"), "object": "payment_intent", "status": "processing", "latest_charge": None}
        intent |= {"metadata": session.pop("payment_intent_metadata", {}), "created": self._now}
        self.intents[intent["id"]] = intent
        session |= {"status": "complete", "url": None, "payment_intent": intent["id"]}
        return session

    def _succeed(self, session: Json) -> None:
        charge: Json = {
            "id": self._id("ch"),
            "object": "charge",
            "amount": session["amount_total"],
            "amount_refunded": 0,
        }
        charge |= {"currency": session["currency"], "created": self._now, "disputed": False}
        self.intents[session["payment_intent"]] |= {"status": "succeeded", "latest_charge": charge}
        session["payment_status"] = "paid"

    def _charge(self, intent: str) -> Json:
        charge: Json = self.intents[intent]["latest_charge"]
        return charge

    # --- events

    async def tells(self, kind: str, thing: Json, **changes: Any) -> None:
        event: Json = {"id": self._id("evt"), "object": "event", "type": kind, "created": self._now, "livemode": False}
        event |= {"api_version": "2026-10-28.endive", "data": {"object": copy.deepcopy(thing)}}
        self.events.append(event | changes)
        self.outbox.append(event | changes)
        await self.notifies()

    async def notifies(self) -> None:
        for event in list(self.outbox):
            self.sent.append(self.signed(event))
            if await self.post(*self.sent[-1]) == 200:
                self.outbox.remove(event)

    def signed(self, event: Json, secret: str = WEBHOOK_SECRET, at: int | None = None) -> tuple[bytes, dict[str, str]]:
        body, at = json.dumps(event, indent=2).encode(), self._now if at is None else at
        mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return body, {"stripe-signature": f"t={at},v1={mac}"}

    # --- the API

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._api, methods=["GET", "POST"])])

    async def _api(self, request: Request) -> Response:
        await a_moment()
        assert request.headers["authorization"] == f"Bearer {SECRET_KEY}"
        assert request.headers["stripe-version"] == "2026-10-28.endive"
        call, form = f"{request.method} {request.url.path}", (await request.body()).decode()
        self.headers.append(request.headers)
        self.asked[call] += 1
        fault = next((each for each in self.faults if call.startswith(each[0])), ("", ""))
        if fault[0]:
            self.faults.remove(fault)
        if fault[1] == "timeout":
            raise httpx.ReadTimeout("no answer in time")
        if fault[1].startswith("says "):
            return Response(fault[1].removeprefix("says "), media_type="application/json")
        if fault[1] == "refuses":
            return JSONResponse({"error": {"type": "invalid_request_error", "code": "rate_limit"}}, 429)
        status, said = await self._answered(request, call, form) if fault[1] != "down" else (500, {})
        if fault[1] in ("lost", "down"):
            return JSONResponse({"error": {"type": "api_error"}}, 500, {"Stripe-Should-Retry": "false"})
        return JSONResponse(said, status)

    async def _answered(self, request: Request, call: str, form: str) -> tuple[int, Json]:
        key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
        if key in self.keys:
            known, answer = self.keys[key]
            same = known == f"{call} {form}"
            return answer if same else (400, {"error": {"type": "idempotency_error", "message": "other parameters"}})
        try:
            answer = 200, copy.deepcopy(await self._done(call, unfolded(form or request.url.query)))
        except Refused as refused:
            status, kind, code = refused.args
            answer = status, {"error": {"type": kind, "code": code, "message": "refused"}}
        if key:
            self.keys[key] = f"{call} {form}", answer
        return answer

    async def _done(self, call: str, given: Json) -> Json:
        method, path = call.split()
        parts = path.removeprefix("/v1/").split("/")
        if parts[:2] == ["checkout", "sessions"]:
            return await self._session_call(method, parts[2:], given)
        if parts == ["refunds"] and method == "POST":
            return await self._refund(given)
        if parts[0] in ("refunds", "disputes"):
            things = {"refunds": self.refunds, "disputes": self.disputes}[parts[0]].values()
            behind = [each for each in things if each["payment_intent"] == given["payment_intent"]]
            return self._page(path, behind, given)
        if parts[0] == "payment_intents":
            return self.intents[parts[1]] | {"latest_charge": None}
        assert parts == ["events"], call
        since, until = int(given["created"]["gte"]), int(given["created"]["lt"])
        kinds = given["types"].values()
        found = [each for each in self.events if since <= each["created"] < until and each["type"] in kinds]
        return self._page(path, found[::-1], given)

    @staticmethod
    def _page(path: str, things: list[Json], given: Json) -> Json:
        """At most two at a time: whoever lists has to turn pages."""
        after = given.get("starting_after")
        start = [each["id"] for each in things].index(after) + 1 if after else 0
        return {
            "object": "list",
            "data": things[start : start + 2],
            "has_more": len(things) > start + 2,
            "url": path,
        }

    async def _session_call(self, method: str, parts: list[str], given: Json) -> Json:
        if not parts:
            return self._created(given)
        session = self.sessions.get(parts[0])
        if session is None:
            raise Refused(404, "invalid_request_error", "resource_missing")
        if method == "POST":
            if session["status"] != "open":
                raise Refused(400, "invalid_request_error", "checkout_session_not_open")
            session |= {"status": "expired", "url": None}
            await self.tells("checkout.session.expired", session)
        intent = self.intents.get(session["payment_intent"] or "")
        return session | {"payment_intent": intent} if "expand" in given else session

    def _created(self, given: Json) -> Json:
        line, session_id = given["line_items"]["0"], self._id("cs_test")
        price = line["price_data"]
        until = int(given.get("expires_at", self._now + _LIFE_S[1]))
        if not _LIFE_S[0] <= until - self._now <= _LIFE_S[1]:
            raise Refused(400, "invalid_request_error", "parameter_invalid_integer")
        session: Json = {"id": session_id, "object": "checkout.session", "mode": given["mode"], "livemode": False}
        session |= {"status": "open", "payment_status": "unpaid", "payment_intent": None, "created": self._now}
        session |= {"url": f"https://checkout.stripe.test/c/pay/{session_id}", "expires_at": until}
        session |= {"amount_total": int(price["unit_amount"]) * int(line["quantity"]), "currency": price["currency"]}
        session |= {"client_reference_id": given["client_reference_id"], "metadata": given["metadata"]}
        self.sessions[session_id] = session | {"payment_intent_metadata": given["payment_intent_data"]["metadata"]}
        return session

    async def _refund(self, given: Json) -> Json:
        charge, amount = self._charge(given["payment_intent"]), int(given["amount"])
        if charge["amount_refunded"] + amount > charge["amount"]:
            raise Refused(400, "invalid_request_error", "charge_already_refunded")
        refund: Json = {"id": self._id("re"), "object": "refund", "amount": amount, "currency": charge["currency"]}
        refund |= {"status": self.refund_status, "metadata": given.get("metadata", {}), "created": self._now}
        refund |= {"payment_intent": given["payment_intent"], "charge": charge["id"]}
        if self.refund_status != "failed":
            charge["amount_refunded"] += amount
        self.refunds[refund["id"]] = refund
        await self.tells("refund.created", refund)
        return refund

    async def refund_goes(self, refund_id: str) -> None:
        refund = self.refunds[refund_id]
        refund["status"] = "succeeded"
        await self.tells("refund.updated", refund)


async def nobody_listens(_body: bytes, _headers: dict[str, str]) -> int:
    return 0
