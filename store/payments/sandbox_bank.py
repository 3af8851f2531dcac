"""The provider behind the sandbox gateway: pages, captures, refunds and notifications of a bank that has no money.

It is the other side of the fence on purpose: it knows none of our tables, keeps its books in a file of its own, and tells us what happened only as a real
provider would, by a signed notification or when it is asked. It lives in this process, so the gateway calls it directly instead of over the network.
"""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from store.payments import sandbox_books
from store.payments.gateway import Closed, GatewayError, PaymentRequest, RefundOutcome, RefundRequest, RefundResult
from store.payments.sandbox_books import (
    SANDBOX,
    BankRefund,
    Books,
    Fault,
    Notice,
    Page,
    PageClosed,
    RefundMode,
    UnknownPage,
    new_id,
)

# Sends a notification to the shop and returns the HTTP status of its answer; 0 when nobody answered.
Post = Callable[[bytes, dict[str, str]], Awaitable[int]]

SIGNATURE_HEADER = "X-Sandbox-Signature"
GATEWAY_HEADER = "X-Sandbox-Gateway"  # to whose address it goes; the signature does not depend on it
_RETRIES = tuple(timedelta(seconds=s) for s in (15, 60, 300, 900, 3600, 3600, 7200, 14400, 28800))
_SLOW_REFUND = timedelta(minutes=5)


class SandboxBank:
    """`post` sends to the shop's notification address. Without a `path` the books are kept in memory only."""

    def __init__(
        self,
        *,
        secret: str,
        base_url: str,
        post: Post,
        path: Path | None = None,
        account: str = "test",
    ) -> None:
        if len(secret) < 16:
            raise ValueError("the sandbox needs a secret of at least 16 characters")
        self.account = account
        self.base_url = base_url
        self._secret = secret.encode()
        self._post = post
        self._path = path
        self._books = sandbox_books.read(path) if path is not None and path.exists() else Books()

    # --- what the customer does on the page

    def page(self, ref: str) -> Page:
        """Raises: UnknownPage."""
        try:
            return self._books.pages[ref]
        except KeyError:
            raise UnknownPage(ref) from None

    def url(self, ref: str) -> str:
        return f"{self.base_url.rstrip('/')}/sandbox/pay/{ref}"

    async def pay(self, ref: str, *, now: datetime) -> None:
        """Pays what is missing. Raises: UnknownPage, PageClosed."""
        page = self._open_page(ref, now)
        await self._capture(page, page.amount_minor - page.captured_minor, now=now)

    async def pay_short(self, ref: str, *, now: datetime) -> None:
        """Pays half of what is missing; the page stays open for the rest. Raises: UnknownPage, PageClosed."""
        page = self._open_page(ref, now)
        await self._capture(page, max(1, (page.amount_minor - page.captured_minor) // 2), now=now)

    async def pay_twice(self, ref: str, *, now: datetime) -> None:
        """The customer pays the whole amount, and once more: two captures. Raises: UnknownPage, PageClosed."""
        page = self._open_page(ref, now)
        await self._capture(page, page.amount_minor - page.captured_minor, page.amount_minor, now=now)

    async def pay_late(self, ref: str, *, now: datetime) -> None:
        """Pays in full although the page is closed, over, declined or paid, as happens to real providers. Raises: UnknownPage."""
        page = self.page(ref)
        await self._capture(page, page.amount_minor, now=now)

    async def fail(self, ref: str, *, now: datetime) -> None:
        """The card is declined. Raises: UnknownPage, PageClosed."""
        page = self._open_page(ref, now)
        page.is_declined = True
        self._note("payment.failed", page, now=now)
        await self.deliver_due(now=now)

    async def repeat(self, ref: str, *, now: datetime) -> None:
        """Every notification about the page is sent once more, word for word. Raises: UnknownPage."""
        self.page(ref)
        for notice in self._books.notices:
            if notice.fact["ref"] == ref:
                notice.due_at = now.isoformat()
        await self.deliver_due(now=now)

    # --- what goes wrong

    @property
    def fault(self) -> Fault:
        return self._books.fault

    @fault.setter
    def fault(self, fault: Fault) -> None:
        self._books.fault = fault
        self._save()

    @property
    def refund_mode(self) -> RefundMode:
        return self._books.refund_mode

    @refund_mode.setter
    def refund_mode(self, mode: RefundMode) -> None:
        self._books.refund_mode = mode
        self._save()

    # --- what the shop's gateway asks. Raises: GatewayError when no answer arrives.

    def open(self, request: PaymentRequest, gateway: str = SANDBOX) -> Page:
        """The page of the request, made when it is asked for first; *gateway* is who the bank plays there."""
        self._hear()
        page = self._books.pages.get(request.merchant_ref)
        if page is None:
            page = Page(
                ref=request.merchant_ref,
                id=new_id("pay"),
                amount_minor=request.amount_minor,
                currency=request.currency,
                title=request.title,
                return_url=request.return_url,
                expires_at=request.expires_at.isoformat() if request.expires_at else None,
                gateway=gateway,
            )
            self._books.pages[page.ref] = page
            self._save()
        if (page.amount_minor, page.currency) != (request.amount_minor, request.currency):
            raise GatewayError("the reference has a page for another amount")
        self._answer()
        return page

    def facts(self, ref: str, *, now: datetime) -> list[dict[str, Any]]:
        """What happened to a page, oldest first; [] for one that the bank has never heard of."""
        self._hear()
        self._pay_out(now)
        self._answer()
        return [notice.fact for notice in self._books.notices if notice.fact["ref"] == ref]

    def close(self, ref: str) -> Closed:
        self._hear()
        page = self._books.pages.get(ref)
        if page is not None and not page.is_paid:
            page.is_closed = True
            self._save()
        self._answer()
        return Closed.ALREADY_PAID if page is not None and page.is_paid else Closed.CLOSED

    def refund(self, request: RefundRequest, *, now: datetime) -> RefundResult:
        """Moves money once for a `refund_ref`, however often it is asked to."""
        self._hear()
        if request.refund_ref not in self._books.refunds and request.merchant_ref in self._books.pages:
            self._make_refund(request, now=now)
        self._answer()
        return self.refund_state(request.refund_ref, now=now)

    def refund_state(self, refund_ref: str, *, now: datetime) -> RefundResult:
        self._hear()
        self._pay_out(now)
        self._answer()
        made = self._books.refunds.get(refund_ref)
        if made is None:
            return RefundResult(RefundOutcome.FAILED, error="unknown refund")
        return RefundResult(made.outcome, made.id, "refused" if made.outcome is RefundOutcome.FAILED else None)

    # --- notifications

    async def deliver_due(self, *, now: datetime) -> int:
        """Sends what the shop has not confirmed and is due; each later than the time before. Returns how many were confirmed."""
        self._pay_out(now)
        delivered = 0
        for notice in list(self._books.notices):
            if self.fault in (Fault.DOWN, Fault.SILENT) or notice.due_at is None:
                continue
            if datetime.fromisoformat(notice.due_at) <= now and await self._send(notice, now):
                delivered += 1
        return delivered

    def sign(self, body: bytes, *, now: datetime) -> dict[str, str]:
        """The headers of a notification that the bank sends now."""
        moment = str(int(now.timestamp()))
        mac = hmac.new(self._secret, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        return {SIGNATURE_HEADER: f"t={moment},v1={mac}", "Content-Type": "application/json"}

    async def _send(self, notice: Notice, now: datetime) -> bool:
        # Put off before it is sent: a second call meanwhile does not send it again.
        notice.due_at = (now + _RETRIES[notice.tries]).isoformat() if notice.tries < len(_RETRIES) else None
        notice.tries += 1
        body = json.dumps({"account": self.account, **notice.fact}, sort_keys=True).encode()
        headers = self.sign(body, now=now) | {GATEWAY_HEADER: self.page(notice.fact["ref"]).gateway}
        is_confirmed = 200 <= await self._post(body, headers) < 300
        if is_confirmed:
            notice.due_at, notice.tries = None, 0
        self._save()
        return is_confirmed

    # --- the books

    def _open_page(self, ref: str, now: datetime) -> Page:
        page = self.page(ref)
        if not page.is_open(now):
            raise PageClosed(ref)
        return page

    async def _capture(self, page: Page, *amounts_minor: int, now: datetime) -> None:
        for amount_minor in amounts_minor:
            page.captured_minor += amount_minor
            self._note("payment.captured", page, now=now, amount_minor=amount_minor)
        await self.deliver_due(now=now)

    def _make_refund(self, request: RefundRequest, *, now: datetime) -> None:
        page = self.page(request.merchant_ref)
        given = sum(
            refund.amount_minor
            for refund in self._books.refunds.values()
            if refund.ref == page.ref and refund.outcome is not RefundOutcome.FAILED
        )
        is_too_much = given + request.amount_minor > page.captured_minor
        refund = BankRefund(request.refund_ref, page.ref, new_id("ref"), request.amount_minor, RefundOutcome.PENDING)
        refund.ready_at = (now + (_SLOW_REFUND if self.refund_mode is RefundMode.SLOW else timedelta())).isoformat()
        self._books.refunds[refund.refund_ref] = refund
        if is_too_much or self.refund_mode is RefundMode.FAIL:
            self._end(refund, RefundOutcome.FAILED, now=now)
        self._save()  # one that is paid out later must not be forgotten by then
        self._pay_out(now)

    def _pay_out(self, now: datetime) -> None:
        for refund in self._books.refunds.values():
            is_ready = refund.ready_at is not None and datetime.fromisoformat(refund.ready_at) <= now
            if refund.outcome is RefundOutcome.PENDING and is_ready:
                self._end(refund, RefundOutcome.SUCCEEDED, now=now)

    def _end(self, refund: BankRefund, outcome: RefundOutcome, *, now: datetime) -> None:
        refund.outcome = outcome
        page = self.page(refund.ref)
        self._note(
            f"refund.{outcome}",
            page,
            now=now,
            amount_minor=refund.amount_minor,
            refund_ref=refund.refund_ref,
            refund=refund.id,
        )

    def _note(self, type_: str, page: Page, *, now: datetime, **more: Any) -> None:
        fact = {"id": new_id("evt"), "type": type_, "ref": page.ref, "payment": page.id, "currency": page.currency}
        self._books.notices.append(Notice(fact | {"at": now.isoformat()} | more, due_at=now.isoformat()))
        self._save()

    def _hear(self) -> None:
        if self.fault is Fault.DOWN:
            raise GatewayError("the sandbox bank is down")

    def _answer(self) -> None:
        if self.fault is Fault.LOST_REPLY:
            raise GatewayError("the sandbox bank's answer was lost")

    def _save(self) -> None:
        if self._path is not None:
            sandbox_books.save(self._books, self._path)
