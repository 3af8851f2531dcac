"""A bill of a busy day is read in a thread: everybody else is served meanwhile. It says the same as it would here."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from store.payments import wechat_bill
from store.payments.gateway import GatewayError, Source
from store.payments.wechat import WechatGateway
from tests.builders import NOW
from tests.doubles.wechat import WechatDouble
from tests.doubles.wechat_bills import bill
from tests.doubles.wechat_shop import a_gateway, an_order, facts

MANY = 420
DAY = "2026-03-02"
Busy = tuple[WechatDouble, WechatGateway]


async def nobody_hears(_body: bytes, _headers: dict[str, str]) -> int:
    return 204


async def a_day(orders: int) -> Busy:
    """On which so many orders were paid."""
    double = WechatDouble()
    gateway, double.post = a_gateway(double), nobody_hears
    for n in range(orders):
        reference = f"ORDER{n}-0123456789ab"
        await gateway.create(an_order(reference, amount_minor=100 + n))
        await double.pay(reference)
    return double, gateway


@pytest.fixture
def read_in(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The threads that bills were read in, one after another."""
    threads: list[int] = []
    parsed: Callable[..., Any] = wechat_bill.parsed

    def noticed(*given: Any) -> Any:
        threads.append(threading.get_ident())
        return parsed(*given)

    monkeypatch.setattr(wechat_bill, "parsed", noticed)
    return threads


async def test_a_long_bill_is_read_aside_and_says_what_a_short_one_would(read_in: list[int]) -> None:
    """Each fact once, in order, with its own sum and the row that it stands in."""
    double, gateway = await a_day(MANY)
    table = bill(double.books, DAY)
    assert len(table) > wechat_bill._LONG
    listed = await gateway.statement(NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert read_in and threading.get_ident() not in read_in
    here = wechat_bill.parsed(table, gateway._line, gateway._origin(Source.STATEMENT, b""))
    assert facts(listed) == facts(here)
    assert sorted(fact.amount_minor or 0 for fact in listed) == list(range(100, 100 + MANY))
    assert [fact.raw for fact in listed] == [fact.raw for fact in here]
    assert len({fact.raw for fact in listed}) == MANY


async def test_a_short_bill_is_read_at_once(read_in: list[int]) -> None:
    _, gateway = await a_day(2)
    assert len(await gateway.statement(NOW - timedelta(days=1), NOW + timedelta(days=1))) == 2
    assert set(read_in) == {threading.get_ident()}


async def test_what_is_wrong_with_a_long_bill_is_told_here(read_in: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a short one: no bill, and the next day's sweep asks again."""
    _, gateway = await a_day(MANY)
    monkeypatch.setattr(wechat_bill, "NUMBER", "a column that has another name")
    with pytest.raises(GatewayError, match="makes no sense"):
        await gateway.statement(NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert read_in and threading.get_ident() not in read_in
