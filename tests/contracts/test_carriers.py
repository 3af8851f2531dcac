"""What every carrier promises, asked over HTTP of every carrier that the shop has, against a double of its computer."""

import contextlib
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from store.parcels.brands import BRANDS
from store.parcels.carrier import (
    BadPush,
    CarrierBusy,
    CarrierError,
    CarrierRefused,
    Stage,
    Trouble,
)
from store.parcels.tracking import dedupe_hash
from tests.builders import NOW
from tests.contracts.carrier_bench import HOUR, KINDS, PHONE, SHAPES, Bench, opened
from tests.doubles.carriers import Event, Fault
from tests.sockets import served


@pytest.fixture(params=list(KINDS))
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with opened(KINDS[request.param]) as ready:
        yield ready


async def test_it_can_be_registered(bench: Bench) -> None:
    """Its name fits an address and a row; what it knows are brands that have names; its limits are limits."""
    carrier, can = bench.carrier, bench.carrier.capabilities
    assert re.fullmatch(r"[a-z0-9_]{1,32}", carrier.name) and carrier.title
    assert carrier.brands.keys() <= BRANDS.keys()
    assert can.max_batch >= 1 and can.min_interval >= timedelta(minutes=1)
    assert carrier.recognises(bench.kind.number) and not carrier.recognises("x")


async def test_of_the_unknown_it_knows_nothing_and_that_is_no_error(bench: Bench) -> None:
    (told,) = await bench.ask()
    assert (told.number, told.scans, told.trouble) == (bench.kind.number, (), Trouble.NOT_YET)


async def test_a_life_is_told_in_our_words(bench: Bench) -> None:
    """Aware moments, the carrier's own words beside ours."""
    bench.lives()
    (told,) = await bench.ask()
    scans = sorted(told.scans, key=lambda scan: scan.occurred_at)
    assert tuple(scan.stage for scan in scans) == bench.kind.life
    assert [scan.occurred_at for scan in scans] == [NOW + n * HOUR for n in range(4)]
    assert [(scan.raw_code, scan.text, scan.place) for scan in scans][1] == (bench.kind.codes[1], "第1步", "杭州")
    assert all(scan.raw_time for scan in scans) and told.trouble is None


async def test_the_same_question_gets_the_same_scans(bench: Bench) -> None:
    """Whatever the order in which the carrier tells them."""
    bench.lives()
    first = {dedupe_hash(scan) for scan in (await bench.ask())[0].scans}
    bench.shelf.parcels[bench.kind.number].reverse()
    assert {dedupe_hash(scan) for scan in (await bench.ask())[0].scans} == first


async def test_several_numbers_are_answered_in_the_order_asked(bench: Bench) -> None:
    others = [f"{bench.kind.number[:-1]}{n}" for n in range(bench.carrier.capabilities.max_batch)]
    bench.lives(others[-1])
    told = await bench.ask(*(bench.request(number) for number in others))
    assert [each.number for each in told] == others
    assert [bool(each.scans) for each in told] == [False] * (len(others) - 1) + [True]


async def test_a_code_that_nobody_knows_is_unknown_and_kept(bench: Bench) -> None:
    bench.shelf.knows(bench.kind.number, Event("987654", NOW, "新"), phone=PHONE)
    ((scan,),) = [each.scans for each in await bench.ask()]
    assert (scan.stage, scan.raw_code, scan.text) == (Stage.UNKNOWN, "987654", "新")


async def test_without_the_right_digits_it_says_so_or_knows_nothing_yet(bench: Bench) -> None:
    """Some answer a wrong phone with silence: that must never be read as a lost parcel."""
    bench.lives()
    needs_it = bench.carrier.capabilities.wants_phone(bench.kind.slug)
    for phone in (None, "0000"):
        (told,) = await bench.ask(bench.request(phone=phone))
        assert bool(told.scans) == (not needs_it)
        assert not needs_it or told.trouble in (Trouble.NEEDS_PHONE, Trouble.NOT_YET)
    (told,) = await bench.ask(bench.request(phone=None))
    assert not needs_it or told.trouble is Trouble.NEEDS_PHONE


async def test_every_failure_has_its_kind_and_says_nothing_of_anybody(bench: Bench) -> None:
    """Refused is the operator's, the rest is asked again. After each, all is well."""
    bench.lives()
    for fault in Fault:
        bench.shelf.faults.append(fault)
        with pytest.raises(CarrierError) as caught:
            await bench.ask()
        assert isinstance(caught.value, CarrierRefused) == (fault is Fault.REFUSED), fault
        said = f"{caught.value} {caught.value.__cause__}"
        assert not [word for word in (bench.kind.secret, bench.kind.number, PHONE) if word in said]
        assert len((await bench.ask())[0].scans) == 4


async def test_any_answer_is_survived(bench: Bench) -> None:
    """News, nothing, or a failure of the carrier: never a fault of ours."""
    for shape in SHAPES:
        bench.shelf.answer = shape
        with contextlib.suppress(CarrierError):
            (told,) = await bench.ask()
            assert told.number == bench.kind.number and all(scan.occurred_at.tzinfo for scan in told.scans)


async def test_who_pushes_nothing_believes_no_push(bench: Bench) -> None:
    if not bench.kind.pushes:
        with pytest.raises(BadPush):
            bench.carrier.read_push({}, b"{}", {}, now=NOW)


async def test_a_push_tells_what_a_question_would(bench: Bench) -> None:
    if not bench.kind.pushes:
        return
    bench.lives(steps=1)
    if bench.carrier.capabilities.push:
        await bench.carrier.subscribe([bench.request()], push_url="https://shop.test/push", now=NOW)
    push = bench.double.push(bench.kind.number)
    (pushed,) = bench.carrier.read_push(push.headers, push.body, {}, now=NOW)
    (asked,) = await bench.ask()
    assert pushed.number == asked.number
    assert [replace(scan, raw_time="") for scan in pushed.scans] == [replace(scan, raw_time="") for scan in asked.scans]


async def test_a_push_is_proven_on_its_very_bytes(bench: Bench) -> None:
    """One sign changed anywhere in a proven push, and it is refused; one without proof is only a reason to ask."""
    if not bench.kind.pushes:
        return
    bench.lives(steps=1)
    if bench.carrier.capabilities.push:
        await bench.carrier.subscribe([bench.request()], push_url="https://shop.test/push", now=NOW)
    push = bench.double.push(bench.kind.number)
    if not bench.carrier.capabilities.push_is_proven:
        assert bench.carrier.read_push(push.headers, push.body, {}, now=NOW)
        return
    for place in range(12, len(push.body), 7):
        tampered = push.body[:place] + bytes([push.body[place] ^ 1]) + push.body[place + 1 :]
        try:
            told = bench.carrier.read_push(push.headers, tampered, {}, now=NOW)
        except BadPush:
            continue
        assert told == bench.carrier.read_push(push.headers, push.body, {}, now=NOW)  # a part that nothing depends on


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"\xff\xfe", b"[" * 100_000, b"param=%7B%7D&sign=", b"data=%5B%5D&data_digest=", b"null"],
)
async def test_rubbish_is_refused_or_tells_nothing(bench: Bench, body: bytes) -> None:
    with contextlib.suppress(BadPush):
        assert bench.carrier.read_push({}, body, {}, now=NOW) == []


async def test_a_subscription_may_be_asked_for_twice(bench: Bench) -> None:
    """The second finds the first standing, which is as good."""
    if not bench.carrier.capabilities.push:
        with pytest.raises(CarrierError):
            await bench.carrier.subscribe([bench.request()], push_url="https://shop.test/push", now=NOW)
        return
    for _ in range(2):
        (told,) = await bench.carrier.subscribe([bench.request()], push_url="https://shop.test/push", now=NOW)
        assert (told.number, told.trouble) == (bench.kind.number, None)
    assert [*bench.shelf.subscribed] == [bench.kind.number]


async def test_a_subscription_fails_as_a_question_does(bench: Bench) -> None:
    for fault in (Fault.BUSY, Fault.REFUSED, Fault.DOWN):
        bench.shelf.faults.append(fault)
        is_refused = fault is Fault.REFUSED and bench.carrier.capabilities.push
        with pytest.raises(CarrierRefused if is_refused else CarrierError):
            await bench.carrier.subscribe([bench.request()], push_url="https://shop.test/push", now=NOW)


ACKS = {
    "kuaidi100": {"result": True, "returnCode": "200", "message": "成功"},
    "sf": {"return_code": "0000", "return_msg": "成功"},
    "zto": {"message": "", "result": "success", "status": True, "statusCode": "0"},
}


async def test_the_answer_to_a_push_is_exactly_what_ends_the_retries(bench: Bench) -> None:
    ack, refused = bench.carrier.ack(True), bench.carrier.ack(False)
    if bench.carrier.name in ACKS:
        told = (ack.status, ack.content_type, json.loads(ack.body))
        assert told == (200, "application/json", ACKS[bench.carrier.name])
        assert refused.body != ack.body
    else:
        assert ack.status == 200 and refused.status >= 400


async def test_an_answer_that_says_when_to_come_again_is_heard(bench: Bench) -> None:
    """HTTP 429, whoever stands in front of the carrier."""

    async def throttled(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 429, "headers": [(b"retry-after", b"90")]})
        await send({"type": "http.response.body", "body": b""})

    async with served(throttled) as url:
        with pytest.raises(CarrierBusy) as caught:
            await bench.double.carrier(url).track([bench.request()], now=NOW)
    assert caught.value.retry_after == timedelta(seconds=90)
