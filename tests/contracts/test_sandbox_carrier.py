"""The sandbox carrier keeps the promises that the others are asked for over HTTP: it has no computer to be a double of."""

from datetime import timedelta

import pytest

from store.parcels.brands import BRANDS
from store.parcels.carrier import BadPush, CarrierError, TrackingRequest
from store.parcels.sandbox import SandboxCarrier
from store.parcels.tracking import dedupe_hash
from tests.builders import NOW

LATER = NOW + timedelta(hours=20)


def asked(*numbers: str) -> list[TrackingRequest]:
    return [TrackingRequest(number, NOW, "PT") for number in numbers]


async def test_it_answers_in_the_order_asked_and_of_the_unknown_knows_nothing() -> None:
    carrier = SandboxCarrier()
    number = await carrier.new_label(key="1", destination_country="PT", now=NOW)
    told = await carrier.track(asked("unknown", number), now=LATER)
    assert [each.number for each in told] == ["unknown", number]
    assert told[0].scans == () and told[1].scans and all(scan.occurred_at.tzinfo for scan in told[1].scans)
    assert carrier.recognises(number) and not carrier.recognises("x") and carrier.brands.keys() <= BRANDS.keys()


async def test_the_same_question_gets_the_same_scans() -> None:
    carrier = SandboxCarrier()
    number = await carrier.new_label(key="1", destination_country="PT", now=NOW)
    twice = [await carrier.track(asked(number), now=LATER) for _ in range(2)]
    assert len({frozenset(map(dedupe_hash, told[0].scans)) for told in twice}) == 1


async def test_it_fails_as_a_carrier_fails_and_pushes_nothing() -> None:
    carrier = SandboxCarrier(is_down=True)
    with pytest.raises(CarrierError):
        await carrier.track(asked("x"), now=NOW)
    with pytest.raises(CarrierError):
        await carrier.subscribe(asked("x"), push_url="https://shop.test", now=NOW)
    with pytest.raises(BadPush):
        carrier.read_push({}, b"{}", {}, now=NOW)
    assert carrier.ack(True) != carrier.ack(False) and await carrier.slugs("x") == []
