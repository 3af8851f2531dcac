"""The bank that has no money behaves like one that has; the gateway believes only what the bank has signed."""

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from store.payments.gateway import (
    BadSignature,
    Closed,
    GatewayError,
    PaymentRequest,
    RefundOutcome,
    RefundRequest,
)
from store.payments.sandbox import SandboxBank, SandboxGateway, http_post
from store.payments.sandbox_books import Fault, PageClosed, RefundMode, UnknownPage
from tests.builders import NOW

SECRET = "a secret that only tests know"
ASKED = PaymentRequest("ORDER1-0123456789ab", 2000, "USD", "Shop 1", NOW + timedelta(minutes=30), "https://shop.test")
REF = ASKED.merchant_ref


class Shop:
    """Hears notifications, and answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.heard: list[tuple[bytes, dict[str, str]]] = []

    async def post(self, body: bytes, headers: dict[str, str]) -> int:
        self.heard.append((body, headers))
        return self.status

    @property
    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for body, _ in self.heard]


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def bank(shop: Shop) -> SandboxBank:
    bank = SandboxBank(secret=SECRET, base_url="https://bank.test/", post=shop.post)
    bank.open(ASKED)
    return bank


def a_gateway(bank: SandboxBank, secret: str = SECRET) -> SandboxGateway:
    return SandboxGateway(bank, secret=secret, clock=lambda: NOW)


def a_refund(amount_minor: int = 900, ref: str = "r1", of: str = REF) -> RefundRequest:
    return RefundRequest(ref, of, None, amount_minor, "USD", "staff")


async def test_paying_tells_the_shop_once(bank: SandboxBank, shop: Shop) -> None:
    """Confirmed is confirmed; a paid page takes no more."""
    await bank.pay(REF, now=NOW)
    assert await bank.deliver_due(now=NOW + timedelta(days=1)) == 0
    assert (shop.kinds, bank.page(REF).is_paid) == (["payment.captured"], True)
    with pytest.raises(PageClosed):
        await bank.pay(REF, now=NOW)


async def test_what_was_not_confirmed_comes_again_and_then_no_more(bank: SandboxBank, shop: Shop) -> None:
    """Ever later, with a signature of its own each time, and not for ever."""
    shop.status = 500
    await bank.pay(REF, now=NOW)
    for hours in range(100):
        await bank.deliver_due(now=NOW + timedelta(hours=hours))
    assert len(shop.heard) == 10
    assert len({headers["X-Sandbox-Signature"] for _, headers in shop.heard}) > 5


async def test_half_then_the_rest(bank: SandboxBank) -> None:
    """A short payment leaves the page open for what is missing."""
    await bank.pay_short(REF, now=NOW)
    assert bank.page(REF).captured_minor == 1000
    await bank.pay(REF, now=NOW)
    assert bank.page(REF).captured_minor == 2000


async def test_paying_twice_is_two_payments_and_a_repetition_is_one(bank: SandboxBank, shop: Shop) -> None:
    """Two captures with two numbers; the same notifications again are the same bytes."""
    await bank.pay_twice(REF, now=NOW)
    first = [body for body, _ in shop.heard]
    assert (len(set(first)), bank.page(REF).captured_minor) == (2, 4000)
    await bank.repeat(REF, now=NOW)
    assert [body for body, _ in shop.heard] == first * 2


async def test_a_declined_closed_or_overdue_page_can_only_be_paid_too_late(bank: SandboxBank, shop: Shop) -> None:
    """As it happens at real providers."""
    await bank.fail(REF, now=NOW)
    with pytest.raises(PageClosed):
        await bank.pay_short(REF, now=NOW)
    await bank.pay_late(REF, now=NOW + timedelta(hours=1))
    assert shop.kinds == ["payment.failed", "payment.captured"]


async def test_a_page_that_does_not_exist_takes_nothing(bank: SandboxBank) -> None:
    """Neither money nor a repetition."""
    for act in (bank.pay, bank.pay_late, bank.pay_twice, bank.pay_short, bank.fail, bank.repeat):
        with pytest.raises(UnknownPage):
            await act("nobody-knows-it", now=NOW)


async def test_closing_comes_too_late_for_a_paid_page(bank: SandboxBank) -> None:
    """The gateway says so instead of CLOSED."""
    await bank.pay(REF, now=NOW)
    assert await a_gateway(bank).close(ASKED) is Closed.ALREADY_PAID


async def test_a_refund_moves_money_once_for_its_reference(bank: SandboxBank, shop: Shop) -> None:
    """And never more than came in."""
    await bank.pay(REF, now=NOW)
    gateway = a_gateway(bank)
    for _ in range(3):
        assert (await gateway.refund(a_refund())).outcome is RefundOutcome.SUCCEEDED
    assert (await gateway.refund(a_refund(1101, "r2"))).outcome is RefundOutcome.FAILED
    assert (await gateway.refund(a_refund(1100, "r3"))).outcome is RefundOutcome.SUCCEEDED
    await bank.deliver_due(now=NOW)
    assert shop.kinds[1:] == ["refund.succeeded", "refund.failed", "refund.succeeded"]


async def test_a_slow_refund_is_paid_out_when_its_time_has_come(bank: SandboxBank, shop: Shop) -> None:
    """The notification comes by itself."""
    await bank.pay(REF, now=NOW)
    bank.refund_mode = RefundMode.SLOW
    assert (await a_gateway(bank).refund(a_refund())).outcome is RefundOutcome.PENDING
    await bank.deliver_due(now=NOW + timedelta(minutes=6))
    assert (await a_gateway(bank).query_refund(a_refund())).outcome is RefundOutcome.SUCCEEDED
    assert shop.kinds == ["payment.captured", "refund.succeeded"]


async def test_a_bank_that_is_down_says_nothing(bank: SandboxBank, shop: Shop) -> None:
    """Unknown, never a guess."""
    bank.fault = Fault.DOWN
    gateway = a_gateway(bank)
    for ask in (gateway.create, gateway.query):
        with pytest.raises(GatewayError):
            await ask(ASKED)
    assert await gateway.close(ASKED) is Closed.UNKNOWN
    assert (await gateway.refund(a_refund())).outcome is RefundOutcome.UNKNOWN
    assert (await gateway.query_refund(a_refund())).outcome is RefundOutcome.UNKNOWN
    await bank.pay(REF, now=NOW)
    assert shop.heard == []


async def test_a_lost_answer_hides_what_was_done(bank: SandboxBank) -> None:
    """The page is closed although nobody heard it."""
    bank.fault = Fault.LOST_REPLY
    assert await a_gateway(bank).close(ASKED) is Closed.UNKNOWN
    assert bank.page(REF).is_closed


async def test_the_books_survive_a_restart(tmp_path: Path, shop: Shop) -> None:
    """What was not delivered is delivered by the next program."""
    path = tmp_path / "bank.json"
    before = SandboxBank(secret=SECRET, base_url="https://bank.test", post=shop.post, path=path)
    before.open(ASKED)
    shop.status = 0
    await before.pay(REF, now=NOW)
    before.refund(a_refund(), now=NOW)
    before.refund_mode = RefundMode.SLOW
    shop.status = 200
    after = SandboxBank(secret=SECRET, base_url="https://bank.test", post=shop.post, path=path)
    assert (after.page(REF), after.refund_mode) == (before.page(REF), RefundMode.SLOW)
    assert after.refund_state("r1", now=NOW).outcome is RefundOutcome.SUCCEEDED
    assert await after.deliver_due(now=NOW + timedelta(minutes=1)) == 2


async def test_a_slow_refund_survives_a_restart(tmp_path: Path, shop: Shop) -> None:
    """The bank has taken it on: whoever asks after a crash is not told that it never heard of it."""
    path = tmp_path / "bank.json"
    before = SandboxBank(secret=SECRET, base_url="https://bank.test", post=shop.post, path=path)
    before.open(ASKED)
    await before.pay(REF, now=NOW)
    before.refund_mode = RefundMode.SLOW
    before.refund(a_refund(), now=NOW)
    after = SandboxBank(secret=SECRET, base_url="https://bank.test", post=shop.post, path=path)
    assert after.refund_state("r1", now=NOW).outcome is RefundOutcome.PENDING


def test_a_short_secret_is_refused(shop: Shop) -> None:
    """It would be guessed."""
    with pytest.raises(ValueError):
        SandboxBank(secret="short", base_url="https://bank.test", post=shop.post)


async def test_the_bank_reaches_the_shop_over_http() -> None:
    """An answer is its status; no answer is 0."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.content == b"lost":
            raise httpx.ConnectError("nobody there")
        return httpx.Response(204 if request.headers["x-a"] == "b" else 400)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        post = http_post(client, "https://shop.test/pay/sandbox/webhook")
        assert [await post(b"body", {"X-A": "b"}), await post(b"lost", {})] == [204, 0]


async def a_notification(bank: SandboxBank, shop: Shop) -> tuple[bytes, str]:
    await bank.pay(REF, now=NOW)
    body, headers = shop.heard[0]
    return body, headers["X-Sandbox-Signature"]


async def is_believed(
    gateway: SandboxGateway, body: bytes, signature: str, *, name: str = "X-Sandbox-Signature", now: datetime = NOW
) -> bool:
    try:
        return bool(await gateway.verify(body, {name: signature}, now=now))
    except BadSignature:
        return False


async def test_no_byte_may_be_changed(bank: SandboxBank, shop: Shop) -> None:
    """Thousands of one-byte changes of body, header, header's name and key: none is believed; the original is."""
    body, signature = await a_notification(bank, shop)
    gateway, chance, believed = a_gateway(bank), random.Random(7), 0
    changes = [(position, value) for position in range(len(body)) for value in chance.sample(range(256), 12)]
    for position, value in changes:
        if value != body[position]:
            believed += await is_believed(gateway, body[:position] + bytes([value]) + body[position + 1 :], signature)
    for text, build in ((signature, "header"), ("X-Sandbox-Signature", "name"), (SECRET, "key")):
        for position, value in [(p, v) for p in range(len(text)) for v in chance.sample(range(33, 0x180), 8)]:
            changed = text[:position] + chr(value) + text[position + 1 :]
            if changed.lower() == text.lower():
                continue
            believed += await {
                "header": lambda changed=changed: is_believed(gateway, body, changed),
                "name": lambda changed=changed: is_believed(gateway, body, signature, name=changed),
                "key": lambda changed=changed: is_believed(a_gateway(bank, changed), body, signature),
            }[build]()
    assert len(changes) >= 2000
    assert believed == 0
    assert await is_believed(gateway, body, signature)


@pytest.mark.parametrize(
    ("age_s", "is_fresh"), [(300, True), (-300, True), (301, False), (-301, False), (10**6, False)]
)
async def test_old_and_future_notifications_are_refused(
    bank: SandboxBank, shop: Shop, age_s: int, is_fresh: bool
) -> None:
    """Five minutes either way: an overheard notification is worth nothing later."""
    body, signature = await a_notification(bank, shop)
    assert await is_believed(a_gateway(bank), body, signature, now=NOW + timedelta(seconds=age_s)) is is_fresh


@pytest.mark.parametrize(
    "changes",
    [
        {"account": "live"},
        {"type": "payment.dreamt"},
        {"amount_minor": "2000"},
        {"amount_minor": 20.5},
        {"amount_minor": True},
        {"amount_minor": -1},
        {"amount_minor": 10**18},
        {"at": "yesterday"},
        {"at": "2026-03-02T10:00:00"},
        {"ref": ""},
        {"ref": "x" * 65},
        {"ref": None},
        {"currency": ["USD"]},
        {"id": 7},
    ],
)
async def test_a_signed_message_that_makes_no_sense_is_refused(
    bank: SandboxBank, shop: Shop, changes: dict[str, Any]
) -> None:
    """Another account's, of an unknown type, with an amount that is no whole number."""
    body, _ = await a_notification(bank, shop)
    odd = json.dumps(json.loads(body) | changes).encode()
    with pytest.raises(BadSignature):
        await a_gateway(bank).verify(odd, bank.sign(odd, now=NOW), now=NOW)


@pytest.mark.parametrize("odd", [b"", b"null", b"[]", b'"text"', b"\xff", b"[" * 60_000])
async def test_signed_rubbish_is_refused(bank: SandboxBank, odd: bytes) -> None:
    """No crash, whatever was signed."""
    with pytest.raises(BadSignature):
        await a_gateway(bank).verify(odd, bank.sign(odd, now=NOW), now=NOW)
