"""The Alipay gateway in front of Alipay's double: what it asks, and what it makes of the answers."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from store.payments.alipay import AlipayGateway
from store.payments.alipay_keys import AlipayKeys, alipay_keys
from store.payments.gateway import (
    BadSignature,
    Closed,
    EventKind,
    GatewayError,
    ProviderEvent,
    RefundOutcome,
    RefundRequest,
)
from tests.apps import Clock
from tests.builders import NOW
from tests.doubles.alipay import Alipay, private_pem, public_pem
from tests.doubles.alipay_gateways import SHOP, an_order, connected
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


def a_refund(amount_minor: int = 900, ref: str = f"{REF}-r01") -> RefundRequest:
    return RefundRequest(ref, REF, None, amount_minor, "CNY", "staff")


async def told(alipay: Alipay, gateway: AlipayGateway) -> list[ProviderEvent]:
    """What the newest notification says."""
    return await gateway.verify(alipay.sent[-1], {}, now=alipay.clock())


async def test_a_code_and_a_short_address(alipay: Alipay, gateway: AlipayGateway) -> None:
    """The code comes from Alipay; the button leads over the shop, and from there to a page that is signed at that moment."""
    order = an_order(expires_at=NOW + timedelta(minutes=30), title="Shop/1 a=b&c")
    link = await gateway.create(order)
    assert link.url == f"{SHOP}/pay/alipay/open/{REF}"
    assert (link.qr or "").startswith("https://qr.alipay.com/")
    trade = alipay.trades[REF]
    assert (trade.total, trade.subject, trade.notify_url) == (
        Decimal("20.00"),
        "Shop 1 a b c",
        f"{SHOP}/pay/alipay/webhook",
    )
    assert trade.expires_at == order.expires_at
    asked = dict(parse_qsl(urlsplit(gateway.address(order)).query))
    assert (asked["method"], asked["return_url"]) == ("alipay.trade.wap.pay", f"{SHOP}/pay/alipay/return?ref={REF}")
    assert '"product_code":"QUICK_WAP_WAY"' in asked["biz_content"]
    # Alipay itself accepts it, and the trade begins.
    assert (await _visit(alipay, gateway.address(order))).status_code == 200
    assert alipay.trades[REF].status == "WAIT_BUYER_PAY"


async def _visit(alipay: Alipay, address: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(alipay.app)) as browser:
        return await browser.get(address)


async def test_a_page_on_the_desktop_or_on_the_phone_asks_nobody_beforehand(alipay: Alipay) -> None:
    """No code, no call; only the address."""
    for mode, method in (("page", "alipay.trade.page.pay"), ("wap", "alipay.trade.wap.pay")):
        gateway = connected(alipay, mode=mode, name="alipay_two")
        link = await gateway.create(an_order())
        assert (link.url, link.qr, gateway.capabilities.page_max) == (f"{SHOP}/pay/alipay_two/open/{REF}", None, None)
        assert f"method={method}" in gateway.address(an_order())
    assert not alipay.requests


async def test_before_the_scan_it_is_pending_and_closing_is_ours_alone(alipay: Alipay, gateway: AlipayGateway) -> None:
    """TRADE_NOT_EXIST is no failure: the code is payable until its time is up."""
    await gateway.create(an_order())
    assert await gateway.query(an_order()) == []
    assert await gateway.close(an_order()) is Closed.CLOSED
    await alipay.pay(REF)  # somebody scans it all the same
    assert [event.kind for event in await gateway.query(an_order())] == [EventKind.CAPTURED]
    assert await gateway.close(an_order()) is Closed.ALREADY_PAID


async def test_an_open_trade_is_closed_at_alipay(alipay: Alipay, gateway: AlipayGateway) -> None:
    """Afterwards it takes no money, and a query says that it ended."""
    await gateway.create(an_order())
    await alipay.scan(REF)
    assert await gateway.query(an_order()) == []
    assert [await gateway.close(an_order()), await gateway.close(an_order())] == [Closed.CLOSED, Closed.CLOSED]
    assert [event.kind for event in await gateway.query(an_order())] == [EventKind.EXPIRED]


async def test_a_query_and_a_notification_tell_the_same(alipay: Alipay, gateway: AlipayGateway) -> None:
    """Key, kind, amount (the order's, not what coupons left of it), moment and number."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    (heard,) = await told(alipay, gateway)
    (asked,) = await gateway.query(an_order())
    assert replace(heard, source=asked.source, raw=asked.raw) == asked
    assert (heard.amount_minor, heard.currency, heard.occurred_at) == (2000, "CNY", NOW)
    # An unpaid end too; a full refund is another thing with the same status.
    await gateway.create(an_order("ORDER2-0123456789ab"))
    trade = await alipay.scan("ORDER2-0123456789ab")
    assert await gateway.close(an_order("ORDER2-0123456789ab")) is Closed.CLOSED
    await alipay.tells(trade)
    (heard,) = await told(alipay, gateway)
    (asked,) = await gateway.query(an_order("ORDER2-0123456789ab"))
    assert replace(heard, source=asked.source, raw=asked.raw) == asked
    assert (heard.kind, heard.amount_minor) == (EventKind.EXPIRED, None)


async def test_refunds_in_parts_are_told_one_by_one(alipay: Alipay, gateway: AlipayGateway, clock: Clock) -> None:
    """Alipay's refund_fee is the sum of all; each fact is about its own, and a full refund is no failure of the payment."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    for number, amount_minor in enumerate((900, 900, 200)):
        clock.goes_on(seconds=5)
        done = await gateway.refund(a_refund(amount_minor, f"{REF}-r0{number}"))
        assert done.outcome is RefundOutcome.SUCCEEDED
        paid, refund = await told(alipay, gateway)
        assert paid.event_key == (await gateway.query(an_order()))[0].event_key
        assert refund.event_key == f"refund:{REF}-r0{number}:refunded"
        assert (refund.kind, refund.refund_ref) == (EventKind.REFUNDED, f"{REF}-r0{number}")
    assert alipay.trades[REF].status == "TRADE_CLOSED"
    assert await gateway.close(an_order()) is Closed.ALREADY_PAID


async def test_a_refund_in_alipays_back_office_comes_with_its_own_amount(
    alipay: Alipay, gateway: AlipayGateway
) -> None:
    """The notification has only the sum: Alipay is asked, and while it does not answer the notification is not confirmed."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    await alipay.gives_back(REF, "5.00")
    await alipay.gives_back(REF, "3.00", "by-hand-2")
    alipay.faults.append(("fastpay.refund.query", "down"))
    with pytest.raises(GatewayError):
        await told(alipay, gateway)
    _, refund = await told(alipay, gateway)
    assert (refund.amount_minor, refund.refund_ref, refund.provider_ref) == (300, None, "by-hand-2")
    # Without a number nobody can say how much it was: a person has to look.
    await alipay.tells(alipay.trades[REF], gmt_refund="2026-03-02 18:00:00", refund_fee="9.00")
    _, refund = await told(alipay, gateway)
    assert (refund.amount_minor, refund.provider_ref) == (None, f"{alipay.trades[REF].trade_no}:9.00")


async def test_bug_13_accepted_is_not_refunded(alipay: Alipay, gateway: AlipayGateway, clock: Clock) -> None:
    """fund_change N leads to a question; a repetition has the same number and moves nothing; the same trade waits three seconds."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    alipay.fund_change = False
    assert (await gateway.refund(a_refund())).outcome is RefundOutcome.SUCCEEDED
    assert (alipay.asked["fastpay.refund.query"], alipay.trades[REF].given_back) == (1, Decimal("9.00"))
    assert (await gateway.refund(a_refund())).outcome is RefundOutcome.UNKNOWN
    assert alipay.asked["refund"] == 1
    clock.goes_on(seconds=3)
    assert (await gateway.refund(a_refund())).outcome is RefundOutcome.SUCCEEDED
    assert (alipay.asked["refund"], alipay.trades[REF].given_back) == (2, Decimal("9.00"))
    clock.goes_on(seconds=3)
    too_much = await gateway.refund(a_refund(1101, f"{REF}-r02"))
    assert (too_much.outcome, too_much.error) == (RefundOutcome.FAILED, "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
    # Another amount under a number that is taken: whatever that was, it is not this refund.
    assert (await gateway.query_refund(a_refund(901))).outcome is RefundOutcome.UNKNOWN
    assert (await gateway.query_refund(a_refund(1, f"{REF}-r09"))).outcome is RefundOutcome.FAILED


async def test_without_a_whole_answer_nothing_is_certain(alipay: Alipay, gateway: AlipayGateway, clock: Clock) -> None:
    """Down, lost, timed out, SYSTEM_ERROR: unknown, for each call."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    for fault in ("down", "lost", "timeout", "busy"):
        alipay.faults = [(verb, fault) for verb in ("precreate", "query", "close", "refund", "fastpay.refund.query")]
        clock.goes_on(seconds=5)
        for ask in (gateway.create, gateway.query):
            with pytest.raises(GatewayError):
                await ask(an_order())
        assert await gateway.close(an_order()) is Closed.UNKNOWN
        assert (await gateway.refund(a_refund(100, f"{REF}-r-{fault}"))).outcome is RefundOutcome.UNKNOWN
        assert (await gateway.query_refund(a_refund())).outcome is RefundOutcome.UNKNOWN
    assert alipay.trades[REF].given_back == Decimal("1.00")  # the one whose answer was lost


async def test_bug_02_an_answer_of_somebody_else_is_no_answer(alipay: Alipay) -> None:
    """Signed with another key than the configured one: unknown, and the reason says which setting to look at."""
    gateway = connected(alipay, keys=alipay_keys(private_key=private_pem("app"), public_key=public_pem("stranger")))
    with pytest.raises(GatewayError, match="not signed with the key in PUBLIC_KEY"):
        await gateway.create(an_order())
    assert await gateway.close(an_order()) is Closed.UNKNOWN
    await alipay.pay(REF)
    with pytest.raises(BadSignature):
        await told(alipay, gateway)


async def test_a_recorded_answer_about_something_else_is_none(alipay: Alipay, gateway: AlipayGateway) -> None:
    """Rightly signed, and about another trade or another refund: answers name what they are about, and that is compared."""
    for ref in (REF, "ORDER2-0123456789ab"):
        await gateway.create(an_order(ref))
        await alipay.pay(ref)
        await alipay.gives_back(ref, "9.00", f"{REF}-r01")
    other = alipay.trades["ORDER2-0123456789ab"]
    recorded = {
        "query": alipay._told(other),
        "fastpay.refund.query": alipay._refund_told(other, f"{REF}-r01") | {"out_request_no": f"{REF}-r02"},
        "close": {},
    }

    def replayed(request: httpx.Request) -> httpx.Response:
        method = dict(parse_qsl(request.content.decode()))["method"]
        said = {"code": "10000"} | recorded[method.removeprefix("alipay.trade.")]
        if method.endswith("close"):
            said = {"code": "40004", "sub_code": "ACQ.TRADE_STATUS_ERROR"}
        return httpx.Response(200, content=bytes(alipay._answer(method, said).body))

    gateway._line._client = httpx.AsyncClient(transport=httpx.MockTransport(replayed))
    with pytest.raises(GatewayError, match="another trade"):
        await gateway.query(an_order())
    assert await gateway.close(an_order()) is Closed.UNKNOWN
    assert (await gateway.query_refund(a_refund())).outcome is RefundOutcome.UNKNOWN


async def test_certificate_mode_names_both_serials_and_notices_a_new_one(
    alipay: Alipay, gateway: AlipayGateway
) -> None:
    """Alipay changes its certificate now and then: the operator is told what to download."""
    keys = gateway._keys
    certified = AlipayKeys(keys.private, keys.alipay, "own", "alipays", "root_s")
    await connected(alipay, keys=certified).create(an_order())
    assert (alipay.requests[-1]["app_cert_sn"], alipay.requests[-1]["alipay_root_cert_sn"]) == ("own", "root_s")
    assert "app_cert_sn=own" in connected(alipay, keys=certified).address(an_order())

    def newer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text='{"alipay_trade_query_response":{},"alipay_cert_sn":"newer","sign":"AAAA"}')

    line = connected(alipay, keys=certified)
    line._line._client = httpx.AsyncClient(transport=httpx.MockTransport(newer))
    with pytest.raises(GatewayError, match="newer certificate than ALIPAY_CERT"):
        await line.query(an_order())


async def test_what_alipay_cannot_take_is_refused_here(gateway: AlipayGateway) -> None:
    """Another currency, nothing, too much."""
    for changes in ({"currency": "USD"}, {"amount_minor": 0}, {"amount_minor": 10**10 + 1}):
        with pytest.raises(GatewayError):
            await gateway.create(an_order(**changes))
        with pytest.raises(GatewayError):
            gateway.address(an_order(**changes))
    dollars = replace(a_refund(), currency="USD")
    assert (await gateway.refund(dollars)).outcome is RefundOutcome.FAILED


async def test_nothing_secret_is_in_what_is_logged(alipay: Alipay, gateway: AlipayGateway) -> None:
    """Neither in an error nor in the keys' own description."""
    alipay.faults = [("precreate", "timeout"), ("precreate", "busy")]
    said = [repr(gateway._keys)]
    for _ in range(2):
        with pytest.raises(GatewayError) as error:
            await gateway.create(an_order())
        said.append(str(error.value))
    assert said[1:] == ["alipay.trade.precreate: ReadTimeout", "alipay.trade.precreate: 20000 ACQ.SYSTEM_ERROR"]
    assert "BEGIN" not in "".join(said) and "RSAPrivateKey" not in said[0]


def test_the_answers_are_exact(gateway: AlipayGateway) -> None:
    """Bug 6: `success` and nothing else; a refusal is neither that nor a 200."""
    yes, no = gateway.reply(True), gateway.reply(False)
    assert (yes.status, yes.body, no.status, no.body) == (200, b"success", 400, b"fail")
