"""What the Alipay gateway believes, and what it takes for what: whose notifications, which amounts, what time."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from store.payments.alipay import AlipayGateway
from store.payments.alipay_wire import fen, yuan
from store.payments.gateway import (
    BadSignature,
    ProviderEvent,
)
from tests.apps import Clock
from tests.builders import NOW
from tests.doubles.alipay import Alipay
from tests.doubles.alipay_gateways import an_order, connected
from tests.doubles.wire import nobody_listens

REF = an_order().merchant_ref


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def alipay(clock: Clock) -> Alipay:
    return Alipay(nobody_listens, clock)


@pytest.fixture
def gateway(alipay: Alipay) -> AlipayGateway:
    return connected(alipay)


async def told(alipay: Alipay, gateway: AlipayGateway) -> list[ProviderEvent]:
    """What the newest notification says."""
    return await gateway.verify(alipay.sent[-1], {}, now=alipay.clock())


async def test_bug_07_other_peoples_notifications_are_refused(alipay: Alipay, gateway: AlipayGateway) -> None:
    """Rightly signed, but for another application or another merchant; and what makes no sense."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    trade = alipay.trades[REF]
    wrong = [
        {"app_id": "2021000000000002"},
        {"seller_id": "2088000000000002"},
        {"total_amount": "20.001"},
        {"total_amount": "2e1"},
        {"total_amount": "-20.00"},
        {"total_amount": ""},
        {"gmt_payment": "yesterday"},
        {"out_trade_no": ""},
        {"notify_time": "2026-03-02"},
    ]
    for changes in wrong:
        with pytest.raises(BadSignature):
            await gateway.verify(alipay.signed(alipay.notice(trade, **changes)), {}, now=NOW)
    body = alipay.signed(alipay.notice(trade))
    for of_fields in ("app_id", "seller_id", "trade_status", "out_trade_no", "notify_time"):
        fields = alipay.notice(trade)
        del fields[of_fields]
        with pytest.raises(BadSignature):
            await gateway.verify(alipay.signed(fields), {}, now=NOW)
    assert await gateway.verify(body, {}, now=NOW)
    for quiet in ({"notify_type": "servicemarket_order_notify"}, {"trade_status": "WAIT_BUYER_PAY"}):
        assert await gateway.verify(alipay.signed(alipay.notice(trade, **quiet)), {}, now=NOW) == []


async def test_bug_15_a_recording_is_refused(alipay: Alipay, gateway: AlipayGateway) -> None:
    """Older than any repetition, or from the future; three days late is only late."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    for wrong in (timedelta(days=5), timedelta(hours=-2)):
        with pytest.raises(BadSignature):
            await gateway.verify(alipay.sent[-1], {}, now=NOW + wrong)
    assert await gateway.verify(alipay.sent[-1], {}, now=NOW + timedelta(days=3))


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Shanghai"])
def machine_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


async def test_bug_15_alipay_is_told_the_time_in_beijing(
    machine_zone: str, alipay: Alipay, gateway: AlipayGateway
) -> None:
    """Whatever zone the machine is in; what Alipay tells is understood as Beijing's."""
    await gateway.create(an_order(expires_at=NOW + timedelta(minutes=30)))
    assert alipay.requests[-1]["timestamp"] == "2026-03-02 18:00:00"
    assert '"time_expire":"2026-03-02 18:30:00"' in alipay.requests[-1]["biz_content"]
    await alipay.pay(REF)
    assert (await told(alipay, gateway))[0].occurred_at == NOW


def test_bug_08_yuan_are_exact() -> None:
    """Literal amounts, every fen of a while, and what is no amount."""
    literal = {1: "0.01", 10: "0.10", 1998: "19.98", 1999: "19.99", 2000: "20.00", 10**10: "100000000.00"}
    for amount_minor, text in literal.items():
        assert (yuan(amount_minor), fen(text)) == (text, amount_minor)
    assert all(fen(yuan(amount_minor)) == amount_minor for amount_minor in range(1, 30_000, 7))
    assert (fen("88"), fen("88.8")) == (8800, 8880)
    for wrong in ("", "1.", ".5", "1.001", "1e3", "-1.00", "+1", " 1", "1,00", "٣.00", "NaN", "1234567890.00"):
        with pytest.raises(ValueError):
            fen(wrong)
