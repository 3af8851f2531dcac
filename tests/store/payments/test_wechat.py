"""The WeChat Pay gateway before a WeChat Pay that keeps books and can be as unreliable as the internet."""

import logging
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from store.payments.gateway import (
    Closed,
    EventKind,
    GatewayError,
    OpensInBrowser,
    RefundOutcome,
)
from store.payments.wechat import Mode, WechatGateway
from tests.builders import NOW
from tests.doubles import wechat_keys as keys
from tests.doubles.wechat import WechatDouble
from tests.doubles.wechat_books import transaction
from tests.doubles.wechat_shop import REFERENCE, a_gateway, a_refund, an_order, facts, paid

ORDER = {"out_trade_no": REFERENCE, "amount": {"total": 2000, "currency": "CNY"}, "description": "店 1"}


@pytest.fixture
def double() -> WechatDouble:
    return WechatDouble()


@pytest.fixture
def gateway(double: WechatDouble) -> WechatGateway:
    return a_gateway(double)


async def test_an_order_becomes_a_code_to_scan(double: WechatDouble, gateway: WechatGateway) -> None:
    """What it says to WeChat Pay, whole; and the same again is the same code."""
    link = await gateway.create(an_order())
    assert (link.url, (link.qr or "")[:28]) == (None, "weixin://wxpay/bizpayurl?pr=")
    assert await gateway.create(an_order()) == link
    assert double.books.order(REFERENCE).asked == {
        "appid": keys.APPID,
        "mchid": keys.MCHID,
        "description": "店 1",
        "out_trade_no": REFERENCE,
        "notify_url": "https://shop.test/pay/wechat/webhook",
        "amount": {"total": 2000, "currency": "CNY"},
        "time_expire": "2026-03-02T18:30:00+08:00",
    }


async def test_a_phones_browser_is_led_over_the_shop(double: WechatDouble) -> None:
    """WeChat Pay wants to know the browser's address, and that it comes from the merchant's own page."""
    gateway = a_gateway(double, mode=Mode.H5)
    link = await gateway.create(an_order())
    assert (link.url, link.qr) == (f"https://shop.test/pay/wechat/open/{REFERENCE}", None)
    assert double.asked.total() == 0
    assert isinstance(gateway, OpensInBrowser)
    assert (await gateway.open(an_order(), payer_ip="203.0.113.9")).startswith("https://wx.tenpay.com/")
    assert double.books.order(REFERENCE).asked["scene_info"] == {
        "payer_client_ip": "203.0.113.9",
        "h5_info": {"type": "Wap"},
    }


async def test_what_wechat_pay_cannot_take_is_not_sent(double: WechatDouble, gateway: WechatGateway) -> None:
    """Yuan alone, and more than nothing."""
    for order in (replace(an_order(), currency="USD"), an_order(amount_minor=0), an_order(amount_minor=-5)):
        with pytest.raises(GatewayError):
            await gateway.create(order)
    assert double.asked.total() == 0
    assert gateway.capabilities.take(1, "CNY", ["physical"])
    assert not gateway.capabilities.take(1, "CNY", ["digital"])
    assert not gateway.capabilities.take(100, "USD", ["physical"])


async def test_a_long_title_and_a_late_order_fit(double: WechatDouble, gateway: WechatGateway) -> None:
    """127 bytes, no character cut in two; a page is kept open for two minutes at least."""
    await gateway.create(replace(an_order(), title="瓷" * 100, expires_at=NOW + timedelta(seconds=5)))
    asked = double.books.order(REFERENCE).asked
    assert asked["description"] == "瓷" * 42
    assert asked["time_expire"] == "2026-03-02T18:02:00+08:00"


async def test_a_coupon_of_wechat_pay_costs_the_shop_nothing(double: WechatDouble, gateway: WechatGateway) -> None:
    """What the buyer pays is less; what was asked for has come in."""
    told = await paid(double, gateway)
    (order,) = double.books.orders.values()
    content = {"amount": {"total": 2000, "payer_total": 1500, "currency": "CNY", "payer_currency": "CNY"}}
    await double.tell("TRANSACTION.SUCCESS", "transaction", transaction(order) | content)
    assert [fact.amount_minor for fact in told] == [2000, 2000]


async def test_what_is_not_paid_yet_is_no_fact(double: WechatDouble, gateway: WechatGateway) -> None:
    """Nobody has scanned it, somebody types a password, somebody has typed a wrong one: all of it may still be paid."""
    assert await gateway.query(an_order()) == []
    await gateway.create(an_order())
    for state in ("NOTPAY", "USERPAYING", "PAYERROR", "SOMETHING_NEW"):
        double.books.order(REFERENCE).state = state
        assert await gateway.query(an_order()) == []
    for state, kind in (("CLOSED", EventKind.EXPIRED), ("REVOKED", EventKind.CANCELLED)):
        double.books.order(REFERENCE).state = state
        (fact,) = await gateway.query(an_order())
        assert (fact.kind, fact.amount_minor, fact.event_key) == (kind, None, f"{REFERENCE}:{kind}")


async def test_bug_13_a_refund_leaves_the_payment_what_it_was(double: WechatDouble, gateway: WechatGateway) -> None:
    """The state REFUND means that some of it went back: the payment stays a payment, of the whole amount."""
    (told,) = await paid(double, gateway)
    await gateway.refund(a_refund("r1", 1))
    assert double.books.order(REFERENCE).state == "REFUND"
    assert facts(await gateway.query(an_order())) == facts([told])


async def test_closing_tells_what_it_found(double: WechatDouble, gateway: WechatGateway) -> None:
    """Closed, closed before, never opened; paid meanwhile; no answer."""
    assert await gateway.close(an_order()) is Closed.CLOSED
    await gateway.create(an_order())
    assert await gateway.close(an_order()) is Closed.CLOSED
    assert await gateway.close(an_order()) is Closed.CLOSED
    double.books.pay(REFERENCE, now=NOW)
    assert await gateway.close(an_order()) is Closed.ALREADY_PAID
    for trouble in ("lost", "lost after", "500", "500 after", "429", "unsigned", "forged"):
        await gateway.create(an_order(f"{trouble.replace(' ', '-')}-0123456"))
        double.trouble.append(trouble)
        assert await gateway.close(an_order(f"{trouble.replace(' ', '-')}-0123456")) is Closed.UNKNOWN


@pytest.mark.parametrize("trouble", ["lost", "lost after", "500", "500 after", "429", "unsigned", "forged"])
async def test_after_no_answer_the_same_request_gives_the_same_code(
    double: WechatDouble, gateway: WechatGateway, trouble: str
) -> None:
    """Whether the first was heard or not; and what nobody has signed is not believed."""
    double.trouble.append(trouble)
    with pytest.raises(GatewayError):
        await gateway.create(an_order())
    assert (await gateway.create(an_order())).qr
    assert len(double.books.orders) == 1
    double.trouble.append(trouble)
    with pytest.raises(GatewayError):
        await gateway.query(an_order())


async def test_an_answer_about_something_else_is_not_believed(double: WechatDouble, gateway: WechatGateway) -> None:
    """Rightly signed, about another order, another amount, another merchant, or no JSON at all."""
    await paid(double, gateway)
    (order,) = double.books.orders.values()
    double.books.orders["OTHER1-0123456789ab"] = order
    with pytest.raises(GatewayError, match="makes no sense"):
        await gateway.query(an_order("OTHER1-0123456789ab"))
    await gateway.refund(a_refund("r1", 900))
    assert (await gateway.query_refund(a_refund("r1", 901))).outcome is RefundOutcome.UNKNOWN
    other = WechatGateway(
        replace(keys.merchant_keys(), appid="wx7777777777777777"),
        double.client(),
        base_url="https://shop.test",
        clock=lambda: NOW,
    )
    with pytest.raises(GatewayError, match="ForeignAccount"):
        await other.query(an_order())


@pytest.mark.parametrize("said", [b"", b"[]", b"{}", b"\xff", b'{"code_url": 5}', b'{"code_url": "https://evil.test"}'])
async def test_an_answer_without_a_code_is_no_link(double: WechatDouble, gateway: WechatGateway, said: bytes) -> None:
    """S5: what a provider says is somebody else's text, also when it is signed."""

    async def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=said, headers=double.signed(said))

    await gateway.query(an_order())
    gateway._line._client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    for ask in (gateway.create(an_order()), gateway.query(an_order())):
        with pytest.raises(GatewayError):
            await ask
    assert (await gateway.query_refund(a_refund())).outcome is RefundOutcome.UNKNOWN
    with pytest.raises(GatewayError):
        await gateway.statement(NOW - timedelta(days=1), NOW)


async def test_no_secret_is_logged(
    double: WechatDouble, gateway: WechatGateway, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither keys nor signatures, whatever goes wrong."""
    caplog.set_level(logging.DEBUG)
    double.trouble += ["lost", "500", "forged"]
    said = []
    for _ in range(3):
        with pytest.raises(GatewayError) as raised:
            await gateway.create(an_order())
        said.append(str(raised.value))
    told = caplog.text + "".join(said) + repr(gateway.__dict__)
    assert keys.SEALING_KEY not in told
    assert "WECHATPAY2-SHA256-RSA2048 mchid" not in told
