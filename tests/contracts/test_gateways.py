"""What every gateway promises, asked of every gateway that the shop has."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from store.payments.cash import CashOnDelivery
from store.payments.gateway import (
    BadSignature,
    Capabilities,
    Closed,
    EventKind,
    GatewayError,
    HasStatement,
    PaymentGateway,
    PaymentRequest,
    RefundOutcome,
    RefundRequest,
)
from store.payments.registry import registry
from store.payments.sandbox import SandboxBank, SandboxGateway
from tests.builders import NOW
from tests.doubles import alipay_gateways, paypal_shop, stripe_gateways, telegram, wechat_shop

SECRET = "a secret that only tests know"


async def nobody_listens(_body: bytes, _headers: dict[str, str]) -> int:
    return 0


def sandbox() -> SandboxGateway:
    bank = SandboxBank(secret=SECRET, base_url="https://bank.test", post=nobody_listens)
    return SandboxGateway(bank, secret=SECRET, clock=lambda: NOW)


GATEWAYS: dict[str, Callable[[], PaymentGateway]] = {
    "alipay": alipay_gateways.over_its_double,
    "cash": CashOnDelivery,
    "paypal": paypal_shop.over_its_double,
    "sandbox": sandbox,
    "stars": telegram.stars,
    "telegram": telegram.cards,
    "transfer": telegram.transfer,
    "stripe": stripe_gateways.over_its_double,
    "wechat": wechat_shop.over_its_double,
}


@pytest.fixture(params=list(GATEWAYS))
def gateway(request: pytest.FixtureRequest) -> PaymentGateway:
    return GATEWAYS[request.param]()


@pytest.fixture
def currency(gateway: PaymentGateway) -> str:
    """One that it takes."""
    return min(gateway.capabilities.currencies or {"USD"})


@pytest.fixture
def asked(currency: str) -> PaymentRequest:
    return PaymentRequest("ORDER1-0123456789ab", 2000, currency, "Shop 1", NOW + timedelta(minutes=30))


@pytest.fixture
def refund(currency: str) -> RefundRequest:
    return RefundRequest("ORDER1-0123456789ab-r01", "ORDER1-0123456789ab", None, 900, currency, "staff")


def test_it_can_be_registered(gateway: PaymentGateway) -> None:
    """Its name fits an address; what it can do is data."""
    assert registry(gateway)[gateway.name] is gateway
    assert isinstance(gateway.capabilities, Capabilities)
    assert len(gateway.account) <= 64


async def test_the_same_request_gives_the_same_page(gateway: PaymentGateway, asked: PaymentRequest) -> None:
    """`create` moves no money and may be repeated; what is paid offline has no page."""
    if gateway.capabilities.is_offline:
        with pytest.raises(GatewayError):
            await gateway.create(asked)
        return
    first = await gateway.create(asked)
    assert await gateway.create(asked) == first
    assert (first.url or "https://").startswith("https://")
    assert first.url or first.qr
    assert await gateway.query(asked) == []


async def test_a_reference_never_gets_another_amount(gateway: PaymentGateway, asked: PaymentRequest) -> None:
    """One reference an attempt: a second amount under it is refused."""
    if not gateway.capabilities.is_offline:
        await gateway.create(asked)
    with pytest.raises(GatewayError):
        await gateway.create(replace(asked, amount_minor=1999))


async def test_of_the_unknown_it_knows_nothing(gateway: PaymentGateway, asked: PaymentRequest) -> None:
    """No facts, nothing to close, no refund; and no error."""
    assert await gateway.query(asked) == []
    assert await gateway.close(asked) is Closed.CLOSED


async def test_a_closed_attempt_stays_closed(gateway: PaymentGateway, asked: PaymentRequest) -> None:
    """Closing again is no error."""
    assert [await gateway.close(asked), await gateway.close(asked)] == [Closed.CLOSED, Closed.CLOSED]


async def test_a_refund_of_nothing_moves_nothing(gateway: PaymentGateway, refund: RefundRequest) -> None:
    """Where no money came in, none goes out."""
    assert (await gateway.refund(refund)).outcome is not RefundOutcome.SUCCEEDED
    assert (await gateway.query_refund(refund)).outcome is not RefundOutcome.SUCCEEDED


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", b"[" * 1000, b"x" * 300_000])
@pytest.mark.parametrize("headers", [{}, {"X-Sandbox-Signature": "t=1,v1=00"}, {"x-sandbox-signature": ""}])
async def test_it_believes_nobody(gateway: PaymentGateway, body: bytes, headers: dict[str, str]) -> None:
    """Without a signature there are no facts, only BadSignature."""
    with pytest.raises(BadSignature):
        await gateway.verify(body, headers, now=NOW)


def test_a_refused_notification_is_answered_with_a_refusal(gateway: PaymentGateway) -> None:
    """4xx: the provider sends it again, and its people see it."""
    assert 400 <= gateway.reply(False).status < 500


async def test_a_time_in_which_nothing_moved_has_an_empty_list(gateway: PaymentGateway) -> None:
    """It is no error, nor is a time that has only begun, or one that is over before it begins."""
    if not isinstance(gateway, HasStatement):
        return
    for since, until in ((3, 0), (0, 0), (0, 1)):
        assert await gateway.statement(NOW - timedelta(days=since), NOW - timedelta(days=until)) == []


async def test_a_query_tells_the_same_facts_as_the_notifications() -> None:
    """Same keys, kinds, amounts and references, for payments and refunds."""
    asked = PaymentRequest("ORDER1-0123456789ab", 2000, "USD", "Shop 1", NOW + timedelta(minutes=30))
    gateway, told = sandbox(), []

    async def listen(body: bytes, headers: dict[str, str]) -> int:
        told.extend(await gateway.verify(body, headers, now=NOW))
        return 200

    bank = gateway._bank = SandboxBank(secret=SECRET, base_url="https://bank.test", post=listen)
    page = bank.open(asked)
    await bank.pay_twice(page.ref, now=NOW)
    bank.refund(RefundRequest("r-1", page.ref, page.id, 900, "USD", "over"), now=NOW)
    await bank.deliver_due(now=NOW)

    def facts(events: list) -> list[tuple[object, ...]]:  # type: ignore[type-arg]  # of events
        fields = ("event_key", "kind", "merchant_ref", "amount_minor", "currency", "provider_ref", "refund_ref")
        return [tuple(getattr(event, field) for field in (*fields, "occurred_at")) for event in events]

    assert facts(told) == facts(await gateway.query(asked))
    assert [event.kind for event in told] == [EventKind.CAPTURED, EventKind.CAPTURED, EventKind.REFUNDED]
