"""What providers and browsers may do at the shop's door."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from bot.web import payments, sandbox
from store.db import Database
from store.order_status import OrderStatus
from store.payments import reconcile
from store.payments.gateway import PaymentRequest
from store.payments.sandbox import http_post
from tests.store.payments.till import Till, fates, order, paid_attempt, refunds_of

WEBHOOK = "/pay/sandbox/webhook"


class Door(Till):
    """A till whose bank notifies the shop over HTTP; `client` is a browser, and the provider."""

    refused: Counter[str]
    client: httpx.AsyncClient


@asynccontextmanager
async def opened(db: Database) -> AsyncIterator[Door]:
    till, refused = Door(db), Counter[str]()
    web = Starlette(
        routes=[
            *payments.routes(db, till.gateways, lambda: till.now, refused=refused),
            *sandbox.routes(till.bank, lambda: till.now),
        ]
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://shop.test") as client:
        till.bank._post = http_post(client, WEBHOOK)
        till.refused, till.client = refused, client
        yield till


@pytest.fixture
async def door(db: Database) -> AsyncIterator[Door]:
    async with opened(db) as till:
        yield till


@pytest.fixture
async def sqlite_door(sqlite_db: Database) -> AsyncIterator[Door]:
    async with opened(sqlite_db) as till:
        yield till


async def press(door: Door, ref: str, action: str) -> httpx.Response:
    return await door.client.post(f"/sandbox/pay/{ref}/{action}", follow_redirects=True)


async def test_paying_on_the_page_confirms_the_order(door: Door) -> None:
    """Browser → bank → signed notification over HTTP → ledger; the page says that it is paid, and leads back."""
    attempt = await door.attempt()
    shown = await press(door, attempt.merchant_ref, "pay")
    assert "Paid. You can go back to the shop." in shown.text
    assert 'href="https://shop.test/back"' in shown.text
    assert (await order(door.db, attempt.order_id)).status == OrderStatus.CONFIRMED


async def test_paying_twice_sends_one_payment_back(door: Door) -> None:
    """And a repetition of the notifications changes nothing."""
    attempt = await door.attempt()
    await press(door, attempt.merchant_ref, "twice")
    await press(door, attempt.merchant_ref, "repeat")
    assert [(refund.reason, refund.amount_minor) for refund in await refunds_of(door.db, attempt.order_id)] == [
        ("duplicate", attempt.amount_minor)
    ]


async def test_paying_half_leaves_the_rest_to_pay(sqlite_door: Door) -> None:
    """The page asks for what is missing."""
    attempt = await sqlite_door.attempt()
    shown = await press(sqlite_door, attempt.merchant_ref, "short")
    assert "$10.00 paid, the rest is missing" in shown.text
    assert "Pay $10.00" in shown.text
    assert (await order(sqlite_door.db, attempt.order_id)).payment_status == "partially_paid"


async def test_a_declined_card_is_told_and_can_be_paid_too_late(sqlite_door: Door) -> None:
    """The button for it appears when it is one."""
    attempt = await sqlite_door.attempt()
    shown = await press(sqlite_door, attempt.merchant_ref, "decline")
    assert "The card was declined" in shown.text
    assert (await paid_attempt(sqlite_door.db, attempt)).status == "failed"
    await press(sqlite_door, attempt.merchant_ref, "late")
    assert (await order(sqlite_door.db, attempt.order_id)).status == OrderStatus.CONFIRMED


async def test_an_overdue_page_takes_nothing(sqlite_door: Door) -> None:
    """The button of an old tab does nothing but show how it stands."""
    attempt = await sqlite_door.attempt()
    sqlite_door.passes(hours=1)
    shown = await press(sqlite_door, attempt.merchant_ref, "pay")
    assert "This page takes no more payments." in shown.text
    assert (await paid_attempt(sqlite_door.db, attempt)).captured_minor == 0


async def test_the_page_runs_no_script_and_loads_nothing(sqlite_door: Door) -> None:
    """Strict policy, no asset, and what it shows is escaped."""
    hostile = PaymentRequest("HOSTILE-01", 100, "USD", "<script>alert(1)</script>", None, "javascript:alert(1)")
    sqlite_door.bank.open(hostile)
    shown = await sqlite_door.client.get("/sandbox/pay/HOSTILE-01")
    paid = await press(sqlite_door, "HOSTILE-01", "pay")
    assert "<script" not in shown.text
    assert "javascript:" not in paid.text
    assert "&lt;script&gt;" in shown.text
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "Sandbox" in shown.text


async def test_the_page_speaks_the_browsers_language_where_it_can(sqlite_door: Door) -> None:
    """And English otherwise."""
    attempt = await sqlite_door.attempt()
    for wanted, language in (("ru-RU,ru;q=0.9", "ru"), ("zh-CN", "zh"), ("", "en"), ("xx;;;,", "en")):
        shown = await sqlite_door.client.get(
            f"/sandbox/pay/{attempt.merchant_ref}", headers={"Accept-Language": wanted}
        )
        assert f'<html lang="{language}">' in shown.text


@pytest.mark.parametrize("path", ["/sandbox/pay/nobody/pay", "/sandbox/pay/nobody/dance", "/pay/nobody/webhook"])
async def test_an_unknown_address_is_not_found(sqlite_door: Door, path: str) -> None:
    """Neither page nor action nor gateway."""
    assert (await sqlite_door.client.post(path)).status_code == 404
    assert (await sqlite_door.client.get("/sandbox/pay/nobody")).status_code == 404
    assert (await sqlite_door.client.get("/pay/nobody/return")).status_code == 404


async def test_an_unsigned_notification_is_refused_and_counted(
    sqlite_door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    """4xx, nothing stored, nothing of it in the log."""
    with caplog.at_level(logging.WARNING):
        answer = await sqlite_door.client.post(WEBHOOK, content=b'{"card": "4111111111111111"}')
    assert (answer.status_code, sqlite_door.refused["sandbox"], await fates(sqlite_door.db)) == (400, 1, [])
    assert "4111" not in caplog.text
    assert "refused a notification to sandbox" in caplog.text


async def test_a_large_body_is_not_read_to_its_end(sqlite_door: Door) -> None:
    """413 after 256 KiB, however much more would come."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 10 * 1024 * 1024:
            sent += 65536
            yield b"x" * 65536

    answer = await sqlite_door.client.post(WEBHOOK, content=endless())
    assert answer.status_code == 413


async def test_only_post_notifies(sqlite_door: Door) -> None:
    """A link cannot."""
    assert (await sqlite_door.client.get(WEBHOOK)).status_code == 405


async def test_twenty_equal_notifications_are_all_answered_and_count_once(door: Door) -> None:
    """The provider gets its exact "ok" each time."""
    attempt = await door.attempt()
    heard: list[tuple[bytes, dict[str, str]]] = []

    async def overhear(body: bytes, headers: dict[str, str]) -> int:
        heard.append((body, headers))
        return 200

    door.bank._post = overhear
    await door.bank.pay(attempt.merchant_ref, now=door.now)
    ((body, headers),) = heard
    answers = await asyncio.gather(*[door.client.post(WEBHOOK, content=body, headers=headers) for _ in range(20)])
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, b"ok")}
    assert (await paid_attempt(door.db, attempt)).captured_minor == attempt.amount_minor


async def test_a_store_that_fails_makes_the_provider_try_again(sqlite_door: Door) -> None:
    """5xx only then; nothing was lost when the store is back."""
    attempt = await sqlite_door.attempt()
    async with sqlite_door.db.begin() as session:
        await session.execute(text("ALTER TABLE provider_events RENAME TO away"))
    await press(sqlite_door, attempt.merchant_ref, "pay")
    async with sqlite_door.db.begin() as session:
        await session.execute(text("ALTER TABLE away RENAME TO provider_events"))
    assert await sqlite_door.bank.deliver_due(now=sqlite_door.passes(minutes=1)) == 1
    assert (await order(sqlite_door.db, attempt.order_id)).status == OrderStatus.CONFIRMED


async def test_what_cannot_be_applied_now_is_confirmed_and_applied_later(sqlite_door: Door) -> None:
    """The evidence is stored: the provider is done, the sweep does the rest."""
    attempt = await sqlite_door.attempt()
    async with sqlite_door.db.begin() as session:
        await session.execute(text("ALTER TABLE payment_events RENAME TO away"))
    await press(sqlite_door, attempt.merchant_ref, "pay")
    assert await fates(sqlite_door.db) == [("new", None)]
    async with sqlite_door.db.begin() as session:
        await session.execute(text("ALTER TABLE away RENAME TO payment_events"))
    assert await sqlite_door.bank.deliver_due(now=sqlite_door.passes(minutes=1)) == 0
    await reconcile.apply_waiting(sqlite_door.db, now=sqlite_door.now)
    assert (await order(sqlite_door.db, attempt.order_id)).status == OrderStatus.CONFIRMED


async def test_coming_back_proves_nothing_but_hastens_the_question(sqlite_door: Door) -> None:
    """An open address: anybody may call it, nothing is paid by it."""
    door = sqlite_door
    attempt = await door.attempt()
    for reference in (attempt.merchant_ref, "", "x" * 5000, "nobody"):
        shown = await door.client.get("/pay/sandbox/return", params={"ref": reference})
        assert (shown.status_code, "Go back to the chat" in shown.text) == (200, True)
    paid = await paid_attempt(door.db, attempt)
    assert (paid.status, paid.next_check_at) == ("pending", door.now)
    assert (await order(door.db, attempt.order_id)).status == OrderStatus.PENDING_PAYMENT
