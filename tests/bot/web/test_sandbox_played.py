"""The sandbox bank as Alipay, WeChat Pay, PayPal and Stripe: each page in that manner, and plainly a sandbox."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from bot.web import payments, sandbox
from bot.web.sandbox_manners import MANNERS
from store.db import Database
from store.payments import refund_job
from store.payments.registry import registry
from store.payments.sandbox import SandboxGateway, http_post
from tests.doubles.shop import ShopWithAProvider
from tests.store.payments.till import SECRET, Till


class Played(Till):
    """A till whose bank plays all of them; `client` is a browser, and the providers."""

    client: httpx.AsyncClient

    def as_(self, name: str) -> SandboxGateway:
        return SandboxGateway(self.bank, secret=SECRET, clock=lambda: self.now, name=name)


@pytest.fixture
async def till(sqlite_db: Database) -> AsyncIterator[Played]:
    till = Played(sqlite_db)
    gateways = registry(*[till.as_(name) for name in MANNERS])
    routes = [*payments.routes(sqlite_db, gateways, lambda: till.now), *sandbox.routes(till.bank, lambda: till.now)]
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(Starlette(routes=routes)), base_url="http://shop.test"
    ) as client:
        till.bank._post = http_post(client, "/pay/{gateway}/webhook")
        till.client = client
        yield till


@pytest.mark.parametrize("name", list(MANNERS))
async def test_each_leads_through_its_steps_and_is_paid_and_paid_back(till: Played, name: str) -> None:
    """Nothing can be typed anywhere; what anybody writes for a step leads to one; the provider's own address hears of it."""
    gateway = till.as_(name)
    attempt = await till.attempt(gateway=gateway)
    page = f"/sandbox/pay/{attempt.merchant_ref}"
    steps = len(MANNERS[name].steps)
    for asked, shown in (("1", 1), ("2", 2), ("9", steps), ("0", 1), ("-1", 1), ("x" * 50, 1), ("²", 1)):
        answer = await till.client.get(page, params={"step": asked})
        assert f"Step {shown} of {steps}" in answer.text
        assert "<strong>Sandbox</strong>" in answer.text
        assert not re.search(r"<(input|textarea|select|script|img)", answer.text)
        assert (f"{page}/pay" in answer.text) is (shown == steps)
    paid = await till.client.post(f"{page}/pay", follow_redirects=True)
    assert MANNERS[name].done in paid.text
    shop = ShopWithAProvider(till.db, gateway, lambda: till.now)  # type: ignore[arg-type] # it is only asked for the time
    assert (await shop.state(attempt))[1:] == ("paid", (2000, 0, 0))
    await shop.gives_back(attempt, 2000)
    await refund_job.submit_due(till.db, registry(gateway), now=till.now)
    assert (await shop.state(attempt))[1:] == ("refunded", (2000, 2000, 2000))


@pytest.mark.parametrize("name", list(MANNERS))
async def test_who_turns_back_is_told_so_in_those_words(till: Played, name: str) -> None:
    attempt = await till.attempt(gateway=till.as_(name))
    declined = await till.client.post(f"/sandbox/pay/{attempt.merchant_ref}/decline", follow_redirects=True)
    assert MANNERS[name].refused in declined.text


def test_white_is_readable_on_every_colour() -> None:
    """4.5 to 1, as the guidelines for accessible pages want it."""
    for manner in MANNERS.values():
        assert all(1.05 / (luminance(colour) + 0.05) >= 4.5 for colour in (manner.bar, manner.go))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
