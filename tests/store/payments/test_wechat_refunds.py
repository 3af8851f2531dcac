"""What comes back through WeChat Pay, and what its bills say of all of it."""

import json
from datetime import timedelta

import pytest

from store.db import Database
from store.payments import statements, wechat_bill
from store.payments.gateway import (
    EventKind,
    GatewayError,
    RefundOutcome,
    Source,
)
from store.payments.wechat import WechatGateway
from tests.builders import NOW
from tests.doubles import wechat_keys as keys
from tests.doubles.wechat import WechatDouble
from tests.doubles.wechat_bills import bill
from tests.doubles.wechat_shop import REFERENCE, a_gateway, a_refund, a_shop, an_order, facts, paid

ORDER = {"out_trade_no": REFERENCE, "amount": {"total": 2000, "currency": "CNY"}, "description": "店 1"}


@pytest.fixture
def double() -> WechatDouble:
    return WechatDouble()


@pytest.fixture
def gateway(double: WechatDouble) -> WechatGateway:
    return a_gateway(double)


@pytest.mark.parametrize("amount_minor", [1, 99, 1998, 10**10])
async def test_bug_08_fen_stay_fen(double: WechatDouble, gateway: WechatGateway, amount_minor: int) -> None:
    """From the order over the wire, the notification, the answer and the bill, and back."""
    (told,) = await paid(double, gateway, amount_minor)
    (known,) = await gateway.query(an_order(amount_minor=amount_minor))
    (listed,) = await gateway.statement(NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert told.amount_minor == known.amount_minor == listed.amount_minor == amount_minor


async def test_notification_answer_and_bill_tell_the_same_facts(double: WechatDouble, gateway: WechatGateway) -> None:
    """Same keys, kinds, amounts, references and times; refunds that somebody made by hand are none of ours."""
    told = await paid(double, gateway)
    await gateway.refund(a_refund("r1", 900))
    await double.end_refund(f"{REFERENCE}-r1")
    await double.refund_by_hand(REFERENCE, 100)
    listed = await gateway.statement(NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert facts(told) == facts(listed)
    assert facts(told)[:1] == facts(await gateway.query(an_order()))
    assert [(fact.kind, fact.refund_ref) for fact in told] == [
        (EventKind.CAPTURED, None),
        (EventKind.REFUNDED, f"{REFERENCE}-r1"),
        (EventKind.REFUNDED, None),
    ]
    assert told[1].event_key == f"refund:{REFERENCE}-r1:refunded"


async def test_a_refund_repeats_the_orders_total(double: WechatDouble, gateway: WechatGateway) -> None:
    """Accepted is not yet given back; the whole, or a part; what the buyer reads is none of our words."""
    double.refunds_at_once = False
    await paid(double, gateway)
    result = await gateway.refund(a_refund("r1", 900))
    assert result.outcome is RefundOutcome.PENDING
    assert json.loads(double.heads[-1].body) == {
        "out_trade_no": REFERENCE,
        "out_refund_no": f"{REFERENCE}-r1",
        "notify_url": "https://shop.test/pay/wechat/webhook",
        "amount": {"refund": 900, "total": 2000, "currency": "CNY"},
    }
    assert (await gateway.query_refund(a_refund("r1", 900))).outcome is RefundOutcome.PENDING
    await double.end_refund(f"{REFERENCE}-r1")
    assert (await gateway.query_refund(a_refund("r1", 900))).outcome is RefundOutcome.SUCCEEDED
    assert (await gateway.refund(a_refund("r2", 1100))).outcome is RefundOutcome.PENDING


@pytest.mark.parametrize("trouble", ["lost after", "500 after", "unsigned", "forged"])
async def test_bug_13_a_refund_of_unknown_fate_is_made_once(
    double: WechatDouble, gateway: WechatGateway, trouble: str
) -> None:
    """Its number is the key: asked again, it tells what became of the first."""
    await paid(double, gateway)
    double.trouble += ["", trouble]  # first it asks what came in
    assert (await gateway.refund(a_refund())).outcome is RefundOutcome.UNKNOWN
    assert (await gateway.refund(a_refund())).outcome is RefundOutcome.SUCCEEDED
    assert double.books.order(REFERENCE).on_its_way_back == 900


async def test_a_refund_that_is_refused_says_why(double: WechatDouble, gateway: WechatGateway) -> None:
    """Nothing came in; more than came in. Busy, or an error of theirs: nobody knows."""
    assert (await gateway.refund(a_refund())).error == "not_paid"
    await paid(double, gateway)
    refused = await gateway.refund(a_refund("r1", 2001))
    assert (refused.outcome, refused.error) == (RefundOutcome.FAILED, "NOT_ENOUGH")
    for trouble in ("429", "500", "401"):
        double.trouble += ["", trouble]
        assert (await gateway.refund(a_refund())).outcome is RefundOutcome.UNKNOWN
    assert (await gateway.query_refund(a_refund())).outcome is RefundOutcome.FAILED  # never heard of it


@pytest.mark.parametrize(
    ("status", "outcome", "kind"),
    [
        ("SUCCESS", RefundOutcome.SUCCEEDED, EventKind.REFUNDED),
        ("CLOSED", RefundOutcome.FAILED, EventKind.REFUND_FAILED),
        ("ABNORMAL", RefundOutcome.STUCK, EventKind.REFUND_STUCK),
        ("SOMETHING_NEW", RefundOutcome.UNKNOWN, None),
    ],
)
async def test_how_a_refund_ends_is_told_and_can_be_asked(
    double: WechatDouble, gateway: WechatGateway, status: str, outcome: RefundOutcome, kind: EventKind | None
) -> None:
    """ABNORMAL: the buyer's card is gone; the money is nowhere until a person acts at WeChat Pay."""
    told = await paid(double, gateway)
    double.refunds_at_once = False
    await gateway.refund(a_refund())
    await double.end_refund(f"{REFERENCE}-r1", status)
    assert (await gateway.query_refund(a_refund())).outcome is outcome
    assert [fact.kind for fact in told[1:]] == ([kind] if kind else [])
    if kind:
        assert told[1].event_key == f"refund:{REFERENCE}-r1:{kind}"


async def test_a_bill_is_the_one_that_was_announced(double: WechatDouble, gateway: WechatGateway) -> None:
    """The file is not signed: its digest is, in the answer that names it."""
    await paid(double, gateway)
    double.trouble += ["", "forged"]
    with pytest.raises(GatewayError, match="announced"):
        await gateway.statement(NOW, NOW + timedelta(days=1))


def test_a_bill_that_cannot_be_read_is_no_bill(double: WechatDouble, gateway: WechatGateway) -> None:
    """A column that is missing, an amount that is none, a line that is too short: nobody guesses."""
    double.books.open(ORDER, "native")
    double.books.pay(REFERENCE, now=NOW)
    table, origin = bill(double.books, "2026-03-02"), gateway._origin(Source.STATEMENT, b"")
    assert len(wechat_bill.parsed(table, gateway._line, origin)) == 1
    for then, now in (
        ("订单金额", "x"),
        ("`20.00,`0.00,`\r", "`2e-5,`0.00,`\r"),
        ("`NATIVE,", ""),
        ("`2026-03-02 ", "`"),
    ):
        with pytest.raises(GatewayError, match="makes no sense"):
            wechat_bill.parsed(table.replace(then.encode(), now.encode()), gateway._line, origin)
    assert wechat_bill.parsed(table.replace(keys.APPID.encode(), b"wx7777777777777777"), gateway._line, origin) == []
    assert wechat_bill.parsed(b"", gateway._line, origin) == []


async def test_a_day_without_a_bill_has_no_facts(double: WechatDouble, gateway: WechatGateway) -> None:
    """Nothing was sold, or the bill is not written yet; today's is never asked for."""
    assert await gateway.statement(NOW - timedelta(days=3), NOW) == []
    assert double.asked["GET bill/tradebill"] == 3


async def test_a_refund_of_the_back_office_is_in_the_books_once(sqlite_db: Database) -> None:
    """Told, and listed in the bill of the day; here with the payment itself, of which nobody had heard."""
    async with a_shop(sqlite_db) as shop:
        shop.hears = False
        attempt = await shop.paid()
        await shop.wechat.refund_by_hand(attempt.merchant_ref, 500)
        shop.clock.goes_on(days=1)
        assert (
            await statements.compare(sqlite_db, a_gateway(shop.wechat), NOW - timedelta(days=1), now=shop.clock()) == 2
        )
        assert (await shop.state(attempt))[1:] == ("partially_refunded", (2000, 500, 500))
        shop.hears = True
        await shop.wechat.tell_again()
        assert shop.answers == [(204, b"")] * 2
        assert (await shop.state(attempt))[1:] == ("partially_refunded", (2000, 500, 500))
