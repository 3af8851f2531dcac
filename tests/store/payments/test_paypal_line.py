"""The line to PayPal: tokens, answers that make no sense, amounts, keys; no secret in any of it."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from store.payments.gateway import BadKeys, Closed, GatewayError, RefundOutcome
from store.payments.paypal import PaypalGateway
from store.payments.paypal_keys import paypal_keys
from store.payments.paypal_money import DECIMALS, from_wire, to_wire
from tests.apps import Clock
from tests.builders import NOW
from tests.doubles.paypal import KEYS
from tests.doubles.paypal_desk import Desk, a_desk, a_refund, asked, forgotten

HALF = {"id": "5O19", "status": "COMPLETED", "purchase_units": [{"payments": {"captures": "all of them"}}]}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with a_desk() as opened:
        yield opened


async def test_one_token_is_fetched_for_all_who_wait_and_renewed_before_it_ends(desk: Desk) -> None:
    """Also when PayPal withdraws it; and a secret that is wrong is said to be."""
    await asyncio.gather(*(desk.opened(merchant_ref=f"ORDER-{n:04}") for n in range(10)))
    assert desk.paypal.times("token") == 1
    desk.clock.goes_on(seconds=32400 - 301)
    await desk.gateway.query(forgotten(asked()))
    assert desk.paypal.times("token") == 1
    desk.clock.goes_on(seconds=1)
    await desk.gateway.query(forgotten(asked()))
    assert desk.paypal.times("token") == 2
    desk.paypal.tokens.clear()
    await asyncio.gather(*(desk.gateway.query(forgotten(asked())) for _ in range(10)))
    assert desk.paypal.times("token") == 3
    stranger = PaypalGateway(replace(KEYS, client_secret="E" * 20), desk.client, clock=desk.clock)
    with pytest.raises(GatewayError, match="CLIENT_SECRET"):
        await stranger.create(asked())


async def test_without_the_lock_each_would_fetch_a_token_of_its_own(desk: Desk) -> None:
    """The control of the test above: what holds them is the lock."""
    desk.gateway._line._fetching = NoLock()  # type: ignore[assignment]  # a lock that holds nobody
    await asyncio.gather(*(desk.gateway.query(forgotten(asked())) for _ in range(10)))
    assert desk.paypal.times("token") == 10


class NoLock:
    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *_: object) -> None: ...


@pytest.mark.parametrize(
    "answer",
    [
        (200, b""),
        (200, b"[]"),
        (200, b"{}"),
        (200, b"[" * 5000),
        (200, json.dumps(HALF).encode()),
        (500, b"<html>"),
        (302, b"{}"),
    ],
)
async def test_an_answer_that_makes_no_sense_is_no_answer(answer: tuple[int, bytes]) -> None:
    """Every method says that it does not know, in the way it promises; no secret is in any text."""

    def nonsense(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("token"):
            return httpx.Response(200, json={"access_token": "a-token-nobody-sees", "expires_in": 9})
        return httpx.Response(answer[0], content=answer[1])

    async with httpx.AsyncClient(transport=httpx.MockTransport(nonsense)) as client:
        gateway = PaypalGateway(KEYS, client, clock=Clock())
        known, refund = replace(asked(), provider_ref="5O19"), a_refund(replace(asked(), provider_ref="5O19"))
        for method in (gateway.create, gateway.query):
            with pytest.raises(GatewayError) as refused:
                await method(known)
            assert "nobody" not in str(refused.value) and KEYS.client_secret not in str(refused.value)
        assert await gateway.close(known) is Closed.UNKNOWN
        for result in (await gateway.refund(refund), await gateway.query_refund(refund)):
            assert result.outcome is RefundOutcome.UNKNOWN
        with pytest.raises(GatewayError):
            await gateway.statement(NOW, NOW + timedelta(days=1))


async def test_no_answer_at_all_is_unknown(caplog: pytest.LogCaptureFixture) -> None:
    """A line that breaks after PayPal has heard."""
    caplog.set_level(logging.DEBUG)

    def breaks(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout(f"{request.headers['authorization']} {KEYS.client_secret}")

    async with httpx.AsyncClient(transport=httpx.MockTransport(breaks)) as client:
        gateway = PaypalGateway(KEYS, client, clock=Clock())
        with pytest.raises(GatewayError, match="ReadTimeout"):
            await gateway.create(asked())
        refund = a_refund(asked(), capture_ref="5O19")
        assert (await gateway.refund(refund)).outcome is RefundOutcome.UNKNOWN
        assert await gateway.close(replace(asked(), provider_ref="5O19")) is Closed.UNKNOWN
    assert KEYS.client_secret not in caplog.text + repr(KEYS)


def test_bug_08_amounts_are_texts_and_exact() -> None:
    """Literal examples, and every currency there and back; what PayPal cannot take is refused, never rounded."""
    literal = {
        ("USD", 1998): "19.98",
        ("USD", 1): "0.01",
        ("JPY", 500): "500",
        ("HUF", 12300): "123",
        ("TWD", 100): "1",
    }
    for (currency, minor), text in literal.items():
        assert to_wire(minor, currency) == {"currency_code": currency, "value": text}
    for currency in DECIMALS:
        for minor in (100, 1900, 123456700, 10**14):
            assert from_wire(to_wire(minor, currency)) == (minor, currency)
    for minor, currency in ((50, "HUF"), (1, "TWD"), (100, "UGX"), (100, "CNY"), (1, "XTR")):
        with pytest.raises(GatewayError):
            to_wire(minor, currency)
    for value in (1.0, 1, "1e3", "1,00", "", "NaN", "١", "1.999", None):
        with pytest.raises((ValueError, TypeError)):
            from_wire({"currency_code": "USD", "value": value})


def test_bug_02_keys_that_cannot_be_right_are_named() -> None:
    """The setting and the mistake, before PayPal is asked; never the value."""
    good = {"client_id": KEYS.client_id, "client_secret": KEYS.client_secret, "webhook_id": KEYS.webhook_id}
    wrong = {
        "CLIENT_ID is none": {"client_id": "me@example.com"},
        "CLIENT_SECRET is none": {"client_secret": ""},
        "CLIENT_SECRET is the client id": {"client_secret": KEYS.client_id},
        "exchanged": {"client_id": KEYS.client_secret, "client_secret": KEYS.client_id},
        "event's number": {"webhook_id": "WH-58D329510W468432D-8HN650336L201105X"},
        "is an address": {"webhook_id": "https://shop.example.com/pay/paypal/webhook"},
        "WEBHOOK_ID is none": {"webhook_id": "1je42"},
        "BRAND is longer": {"brand": "B" * 128},
    }
    for words, change in wrong.items():
        with pytest.raises(BadKeys, match=words) as refused:
            paypal_keys(**({"mode": "live", "brand": None, "prefix": "PAYPAL__MAIN"} | good | change))  # type: ignore[arg-type]  # many cases, one line
        assert "PAYPAL__MAIN__" in str(refused.value) and KEYS.client_secret not in str(refused.value)


def test_the_accounts_of_both_worlds_differ() -> None:
    """A row of the test world is never asked about in the real one; it fits its column."""
    accounts = {replace(KEYS, mode=mode, client_id=KEYS.client_id * 3).account for mode in ("live", "sandbox")}
    assert len(accounts) == 2
    assert max(map(len, accounts)) == 64


def test_the_capabilities_are_paypals(desk: Desk) -> None:
    """Goods that are sent, currencies that PayPal takes, refunds for half a year."""
    takes = desk.gateway.capabilities.take
    assert (
        takes(100, "USD", {"physical"}) and not takes(100, "USD", {"digital"}) and not takes(100, "CNY", {"physical"})
    )
