"""The sandbox carrier's parcels move because the clock does, and for no other reason."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.parcels.carrier import CarrierError, Stage, Tracked, TrackingRequest
from store.parcels.sandbox import SandboxCarrier

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def track(carrier: SandboxCarrier, number: str, now: datetime) -> Tracked:
    return (await carrier.track([TrackingRequest(number, NOW)], now=now))[0]


async def stages(carrier: SandboxCarrier, number: str, now: datetime) -> list[Stage]:
    return [scan.stage for scan in (await track(carrier, number, now)).scans]


async def test_a_fresh_label_is_only_a_label(now_label: str) -> None:
    assert await stages(SandboxCarrier(), now_label, NOW) == [Stage.INFO_RECEIVED]


async def test_two_days_later_the_parcel_is_delivered(now_label: str) -> None:
    assert (await stages(SandboxCarrier(), now_label, NOW + 48 * HOUR))[-2:] == [
        Stage.OUT_FOR_DELIVERY,
        Stage.DELIVERED,
    ]


async def test_a_parcel_abroad_passes_customs() -> None:
    number = await SandboxCarrier().new_label(key="1", destination_country="JP", now=NOW)
    assert Stage.CUSTOMS in await stages(SandboxCarrier(), number, NOW + 60 * HOUR)


async def test_the_same_question_gets_the_same_answer_from_any_instance(now_label: str) -> None:
    later = NOW + 30 * HOUR
    assert await track(SandboxCarrier(), now_label, later) == await track(SandboxCarrier(), now_label, later)


async def test_what_was_said_once_stays_said(now_label: str) -> None:
    early = (await track(SandboxCarrier(), now_label, NOW + 12 * HOUR)).scans
    late = (await track(SandboxCarrier(), now_label, NOW + 90 * HOUR)).scans
    assert late[: len(early)] == early


async def test_a_stalled_parcel_stays_where_it_is_and_promises_nothing(now_label: str) -> None:
    carrier = SandboxCarrier()
    before = await stages(carrier, now_label, NOW + 12 * HOUR)
    carrier.stall(now_label, now=NOW + 12 * HOUR)
    answer = await track(carrier, now_label, NOW + 500 * HOUR)
    assert [scan.stage for scan in answer.scans] == before
    assert answer.eta is None


async def test_a_nudged_parcel_makes_its_next_step_now(now_label: str) -> None:
    carrier = SandboxCarrier()
    at = NOW + 12 * HOUR
    before = await stages(carrier, now_label, at)
    carrier.move_on(now_label, now=at)
    assert len(await stages(carrier, now_label, at)) == len(before) + 1


async def test_a_nudge_wakes_a_stalled_parcel(now_label: str) -> None:
    carrier = SandboxCarrier()
    carrier.stall(now_label, now=NOW + 12 * HOUR)
    carrier.move_on(now_label, now=NOW + 300 * HOUR)
    assert Stage.DELIVERED in await stages(carrier, now_label, NOW + 400 * HOUR)


async def test_a_lost_parcel_is_declared_lost_a_day_later(now_label: str) -> None:
    carrier = SandboxCarrier()
    carrier.lose(now_label, now=NOW + 12 * HOUR)
    assert Stage.LOST not in await stages(carrier, now_label, NOW + 30 * HOUR)
    assert (await stages(carrier, now_label, NOW + 37 * HOUR))[-1] is Stage.LOST


async def test_a_failed_attempt_is_repeated_the_next_day(now_label: str) -> None:
    carrier = SandboxCarrier()
    carrier.fail_next_attempt(now_label)
    told = await stages(carrier, now_label, NOW + 90 * HOUR)
    assert told[-4:] == [Stage.OUT_FOR_DELIVERY, Stage.FAILED_ATTEMPT, Stage.OUT_FOR_DELIVERY, Stage.DELIVERED]


async def test_mishaps_survive_a_restart(tmp_path: Path, now_label: str) -> None:
    path = tmp_path / "parcels.json"
    SandboxCarrier(path).lose(now_label, now=NOW + 12 * HOUR)
    assert (await stages(SandboxCarrier(path), now_label, NOW + 60 * HOUR))[-1] is Stage.LOST


async def test_a_mistyped_number_is_not_recognised(now_label: str) -> None:
    carrier = SandboxCarrier()
    assert carrier.recognises(now_label)
    swapped = now_label[:4] + now_label[5] + now_label[4] + now_label[6:]
    assert swapped == now_label or not carrier.recognises(swapped)
    assert not carrier.recognises(now_label[:-1])
    assert not carrier.recognises("1Z999AA10123456784")


async def test_an_unknown_number_has_no_history() -> None:
    assert await track(SandboxCarrier(), "SB99999999", NOW) == Tracked("SB99999999")


async def test_a_carrier_that_is_down_says_so(now_label: str) -> None:
    carrier = SandboxCarrier(is_down=True)
    with pytest.raises(CarrierError):
        await track(carrier, now_label, NOW)
    with pytest.raises(CarrierError):
        await carrier.new_label(key="1", destination_country=None, now=NOW)


async def test_a_parcel_waits_in_a_locker_until_it_is_fetched(now_label: str) -> None:
    """Also after nobody was at home."""
    carrier = SandboxCarrier()
    carrier.fail_next_attempt(now_label)
    carrier.leave_in_locker(now_label)
    assert (await stages(carrier, now_label, NOW + 70 * HOUR))[-1] is Stage.READY_FOR_PICKUP
    last = (await stages(carrier, now_label, NOW + 110 * HOUR))[-4:]
    assert last == [Stage.FAILED_ATTEMPT, Stage.OUT_FOR_DELIVERY, Stage.READY_FOR_PICKUP, Stage.DELIVERED]


async def test_no_two_labels_of_a_minute_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance draws the same number again now and then."""
    drawn = iter([7, 7, 8])
    monkeypatch.setattr(secrets, "randbelow", lambda _most: next(drawn))
    carrier = SandboxCarrier()
    labels = [await carrier.new_label(key=key, destination_country="PT", now=NOW) for key in ("1", "2")]
    assert len(set(labels)) == 2
