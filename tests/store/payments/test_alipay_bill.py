"""Alipay's bill of a day: which facts it holds, how it is asked for, and from where it is fetched."""

import json
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from store.payments import alipay_bill
from store.payments.alipay import AlipayGateway
from store.payments.gateway import EventKind, GatewayError, NotGranted, ProviderEvent, RefundRequest
from tests.apps import Clock
from tests.builders import NOW
from tests.doubles import alipay_bills as bills
from tests.doubles.alipay import Alipay
from tests.doubles.alipay_gateways import an_order, connected
from tests.doubles.wire import nobody_listens

REF = an_order().merchant_ref
DAY = timedelta(days=1)


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
    """What all notifications have said, each fact once."""
    heard = dict[str, ProviderEvent]()
    for body in alipay.sent:
        heard |= {fact.event_key: fact for fact in await gateway.verify(body, {}, now=alipay.clock())}
    return list(heard.values())


async def listed(gateway: AlipayGateway, clock: Clock) -> list[ProviderEvent]:
    """What the bills since yesterday say, a day later."""
    clock.goes_on(days=1)
    return await gateway.statement(NOW - DAY, clock())


def bare(facts: list[ProviderEvent]) -> list[ProviderEvent]:
    """Without whence they came."""
    return [replace(fact, source=facts[0].source, raw=b"") for fact in facts]


async def test_notifications_and_bill_tell_the_same_facts(alipay: Alipay, gateway: AlipayGateway, clock: Clock) -> None:
    """A payment, a refund of ours, and two parts of one amount that were given back on Alipay's pages: keys, amounts, numbers and moments."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    clock.goes_on(hours=1)
    await gateway.refund(RefundRequest(f"{REF}-r01", REF, None, 900, "CNY", "staff"))
    for number in ("by-hand-1", "by-hand-2"):
        clock.goes_on(seconds=7)
        await alipay.gives_back(REF, "3.00", number)
    heard, found = await told(alipay, gateway), await listed(gateway, clock)
    assert bare(heard) == [replace(fact, source=heard[0].source) for fact in bare(found)]
    assert [(fact.kind, fact.amount_minor, fact.refund_ref) for fact in found] == [
        (EventKind.CAPTURED, 2000, None),
        (EventKind.REFUNDED, None, f"{REF}-r01"),
        (EventKind.REFUNDED, 300, None),
        (EventKind.REFUNDED, 300, None),
    ]
    assert "交易" in found[0].raw.decode() and found[0].raw != found[1].raw


@pytest.mark.parametrize("amount_minor", [1, 99, 1998, 1999, 10**10])
async def test_bug_08_fen_stay_fen(alipay: Alipay, gateway: AlipayGateway, clock: Clock, amount_minor: int) -> None:
    """From the order to the row of the bill, and back."""
    await gateway.create(an_order(amount_minor=amount_minor))
    await alipay.pay(REF)
    assert [fact.amount_minor for fact in await listed(gateway, clock)] == [amount_minor]


async def test_a_name_with_marks_of_a_table_is_told_without_them(
    alipay: Alipay, gateway: AlipayGateway, clock: Clock
) -> None:
    """Alipay writes names into its table as they are."""
    await gateway.create(an_order(title='Mugs, "Pots" & Co. 1'))
    await alipay.pay(REF)
    assert alipay.trades[REF].subject == "Mugs   Pots    Co. 1"
    assert [fact.amount_minor for fact in await listed(gateway, clock)] == [2000]


async def test_days_are_beijings(alipay: Alipay, gateway: AlipayGateway, clock: Clock) -> None:
    """A second before midnight there, and at midnight: each in its own day's bill; what lies outside of the time asked for is left out."""
    clock.at = datetime.fromisoformat("2026-03-02T15:59:59Z")
    for ref in ("ORDER1-0123456789ab", "ORDER2-0123456789ab"):
        await gateway.create(an_order(ref))
        await alipay.pay(ref)
        clock.goes_on(seconds=1)
    clock.goes_on(days=2)
    asked_from = datetime.fromisoformat("2026-03-02T15:59:59.5Z")
    assert [fact.merchant_ref for fact in await gateway.statement(asked_from, clock())] == ["ORDER2-0123456789ab"]
    assert len(await gateway.statement(asked_from - DAY, clock())) == 2


async def test_a_day_without_a_bill_has_no_facts(alipay: Alipay, gateway: AlipayGateway, clock: Clock) -> None:
    """Nothing moved, or it is not nine in the morning yet. Today's is never asked for, and nobody goes back for years."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    assert await gateway.statement(clock() - 3 * DAY, clock()) == []
    assert alipay.asked[bills.METHOD] == 3
    clock.at = datetime.fromisoformat("2026-03-03T00:59:00Z")
    assert await gateway.statement(NOW - DAY, clock()) == []
    clock.goes_on(minutes=1)
    assert len(await gateway.statement(NOW - DAY, clock())) == 1
    await gateway.statement(clock() - 1000 * DAY, clock())
    assert alipay.asked[bills.METHOD] < 100


@pytest.mark.parametrize(
    "answer",
    [
        {"code": "40004", "sub_code": "BILL_NOT_EXIST"},
        {"code": "40004", "sub_code": "NO_BILL_DATA"},
        {"code": "40004", "sub_code": "BILL_DATE_BEFORE_REGISTRATION"},
        {"code": "10000", "bill_file_code": "EMPTY_DATA_WITH_BILL_FILE", "bill_download_url": "https://x.test"},
    ],
)
async def test_there_are_more_words_for_nothing(gateway: AlipayGateway, clock: Clock, answer: dict[str, str]) -> None:
    """As documented; the real gateway has been heard to say `isp.bill_not_exist`."""
    answers(gateway, answer)
    assert await listed(gateway, clock) == []


@pytest.mark.parametrize("sub_code", ["isv.insufficient-isv-permissions", "TYPE_NOT_SUPPORTED", ""])
async def test_without_permission_it_says_what_to_do(gateway: AlipayGateway, clock: Clock, sub_code: str) -> None:
    """As documented, and as the gateway says it of any interface that is not the application's."""
    answers(gateway, {"code": "40006"} | ({"sub_code": sub_code} if sub_code else {}))
    with pytest.raises(NotGranted, match=r"at open\.alipay\.com a payment product has to be signed"):
        await listed(gateway, clock)


@pytest.mark.parametrize(
    "answer",
    [
        {"code": "40004", "sub_code": "USER_RATE_LIMIT"},
        {"code": "40004", "sub_code": "isv.invalid_arguments"},
        {"code": "20000", "sub_code": "isp.unknow-error"},
        {"code": "10000"},
        {"code": "10000", "bill_download_url": ""},
        {"code": "10000", "bill_download_url": 7},
    ],
)
async def test_whatever_else_it_says_is_asked_again(
    gateway: AlipayGateway, clock: Clock, answer: dict[str, Any]
) -> None:
    """Too many questions, words that nobody knows, a bill without an address."""
    answers(gateway, answer)
    with pytest.raises(GatewayError) as error:
        await listed(gateway, clock)
    assert not isinstance(error.value, NotGranted)


def answers(gateway: AlipayGateway, said: dict[str, Any]) -> None:
    """Whatever Alipay is asked, it says this, signed."""
    alipay = Alipay(nobody_listens)
    body = bytes(alipay._answer(bills.METHOD, said).body)

    async def ask(method: str, content: object, **_common: str) -> Any:
        json.dumps(content)
        return gateway._line._proven(method, body)

    gateway._line.ask = ask  # type: ignore[method-assign]  # the line itself is not what is tried here


@pytest.mark.parametrize(
    "at",
    [
        "https://elsewhere.test",
        "https://alipay.com.elsewhere.test",
        "https://dwbillcenter.alipay.com.elsewhere.test",
        "https://notalipay.com",
        "https://dwbillcenter.alipay.com@elsewhere.test",
        "https://somebody@dwbillcenter.alipay.com",
        "https://dwbillcenter.alipay.com:8443",
        "https://elsewhere.test\\.alipay.com",
        "https://elsewhere.test#.alipay.com",
        "https://127.0.0.1",
        "ftp://dwbillcenter.alipay.com",
        "//dwbillcenter.alipay.com",
        "http://alipay.test",
        "https://alipay.test:444",
    ],
)
async def test_the_file_lies_at_alipays_or_nowhere(
    alipay: Alipay, gateway: AlipayGateway, clock: Clock, at: str
) -> None:
    """Even though a signed answer names it: nothing inside of the operator's network is asked for, and nobody else."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    alipay.files_at = at
    with pytest.raises(GatewayError, match=r"lie elsewhere|no address"):
        await listed(gateway, clock)
    assert alipay.asked["file"] == 0


@pytest.mark.parametrize(
    "at", ["http://dwbillcenter.alipay.com", "https://dwbillcenter.alipaydev.com", "https://alipay.test"]
)
async def test_the_file_comes_over_https(alipay: Alipay, gateway: AlipayGateway, clock: Clock, at: str) -> None:
    """Also where the address says http, as the documentation's do; from the sandbox; from the gateway's own machine."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    alipay.files_at = at
    assert len(await listed(gateway, clock)) == 1
    assert gateway._line._of_alipay(f"{at}/a?b=%2Fc").startswith("https://")
    assert gateway._line._of_alipay(f"{at}/a?b=%2Fc").endswith("/a?b=%2Fc")


@pytest.mark.parametrize("fault", ["elsewhere", "down"])
async def test_a_file_that_is_not_handed_out_is_none(
    alipay: Alipay, gateway: AlipayGateway, clock: Clock, fault: str
) -> None:
    """No redirect is followed; the next sweep asks for a new address."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    alipay.faults = [("file", fault)]
    with pytest.raises(GatewayError, match="hand out the file: HTTP"):
        await listed(gateway, clock)
    assert len(await listed(gateway, clock)) == 1


async def test_an_address_that_is_too_old_gives_a_page_of_words(
    alipay: Alipay, gateway: AlipayGateway, clock: Clock
) -> None:
    """With status 200: it is no bill."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    clock.goes_on(days=1)
    old = f"{bills.AT}{bills.PATH}?{bills.query('2026-03-02', now=clock() - timedelta(minutes=1))}"
    page = await gateway._line.download(old, most_bytes=1000)
    with pytest.raises(GatewayError, match="makes no sense"):
        alipay_bill.parsed(page, lambda trade, raw: [])
    with pytest.raises(GatewayError, match="without end"):
        await gateway._line.download(old, most_bytes=10)


async def test_a_bill_is_read_aside(
    alipay: Alipay, gateway: AlipayGateway, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A short archive may be a long table: everybody else is served meanwhile."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    threads, parsed = list[int](), alipay_bill.parsed

    def noticed(*given: Any) -> list[ProviderEvent]:
        threads.append(threading.get_ident())
        return parsed(*given)

    monkeypatch.setattr(alipay_bill, "parsed", noticed)
    assert len(await listed(gateway, clock)) == 1
    assert threads and threading.get_ident() not in threads


async def test_a_refund_whose_number_alipay_does_not_know_has_no_amount(
    alipay: Alipay, gateway: AlipayGateway, clock: Clock
) -> None:
    """It may stand in the books under another number: a person looks. While Alipay does not answer, the bill waits."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    await alipay.gives_back(REF, "3.00", "by-hand")
    alipay.trades[REF].listed_as["by-hand"] = "batch-1"
    _, unknown = await listed(gateway, clock)
    assert (unknown.amount_minor, unknown.provider_ref) == (None, "batch-1")
    alipay.faults = [("fastpay.refund.query", "refused")]
    assert (await listed(gateway, clock))[1].amount_minor is None
    alipay.faults = [("fastpay.refund.query", "down")]
    with pytest.raises(GatewayError):
        await listed(gateway, clock)


async def test_a_refund_without_a_number_has_the_orders(alipay: Alipay, gateway: AlipayGateway, clock: Clock) -> None:
    """As Alipay says: who names none for a refund asks for it under the order's."""
    await gateway.create(an_order())
    await alipay.pay(REF)
    await alipay.gives_back(REF, "20.00", REF)
    alipay.trades[REF].listed_as[REF] = ""
    _, refund = await listed(gateway, clock)
    assert (refund.amount_minor, refund.event_key) == (2000, f"refund:{alipay.trades[REF].trade_no}:{REF}")
