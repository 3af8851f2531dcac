"""What a carrier wants to know before it answers is found, asked for, and kept so that nobody else reads it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from store import shipping
from store.audit import SYSTEM
from store.db import Database, run_again
from store.errors import BadInput, NotAllowedNow
from store.models import Order, OutboxEvent, Shipment
from store.parcels import care, poll
from store.parcels.carrier import (
    CarrierCapabilities,
    CarrierRefused,
    ScanReport,
    Stage,
    Tracked,
    TrackingRequest,
    Trouble,
)
from store.parcels.choosing import Choice
from store.parcels.office import Office, last_four
from store.seal import Seal
from tests.builders import NOW, a_confirmed_order
from tests.store.parcels.obliging import Obliging

HOUR = timedelta(hours=1)
SEAL = Seal("a secret that only tests know")
OFFICE = Office(SEAL, lambda carrier: f"https://shop.test/{carrier}")
PHONE = CarrierCapabilities(needs_phone=True)
PUSH = CarrierCapabilities(push=True, cost_per_registration=1, subscriptions_per_month=2)
SCANNED = (ScanReport(Stage.IN_TRANSIT, NOW, "sorted"),)


def tells(trouble: Trouble | None = None, **more: Any) -> Callable[[TrackingRequest], Tracked]:
    return lambda request: Tracked(request.number, trouble=trouble, **more)


async def a_parcel(db: Database, number: str = "OB123456", carrier: str = "obliging") -> int:
    order_id = await a_confirmed_order(db)
    async with db.begin() as session:
        await session.execute(update(Order).where(Order.id == order_id).values(contact_phone="+351 912 345 678"))
        return await shipping.ship(session, order_id, carrier=carrier, tracking_number=number, actor=SYSTEM, now=NOW)


async def polled(db: Database, carrier: Obliging, hours: float = 0) -> int:
    return await poll.poll_due(db, {carrier.name: carrier}, now=NOW + hours * HOUR, office=OFFICE)


async def row(db: Database, shipment_id: int) -> Shipment:
    async with db.read() as session:
        return await session.get_one(Shipment, shipment_id)


async def events(db: Database, kind: str) -> int:
    async with db.read() as session:
        return len((await session.scalars(select(OutboxEvent.id).where(OutboxEvent.type == kind))).all())


async def test_the_buyers_last_four_digits_are_given_and_kept_sealed(db: Database) -> None:
    parcel, carrier = await a_parcel(db), Obliging(capabilities=PHONE)
    await polled(db, carrier)
    kept = (await row(db, parcel)).phone_sealed
    assert [request.phone_last4 for request in carrier.asked] == ["5678"]
    assert kept is not None and "5678" not in kept and SEAL.read(kept) == "5678"
    assert "5678" not in repr(carrier.asked)


async def test_a_carrier_that_asks_for_no_phone_gets_none(sqlite_db: Database) -> None:
    parcel, carrier = await a_parcel(sqlite_db), Obliging()
    await polled(sqlite_db, carrier)
    assert carrier.asked[0].phone_last4 is None and (await row(sqlite_db, parcel)).phone_sealed is None


@pytest.mark.parametrize(("phone", "digits"), [("+7 912 000-47-11", "4711"), ("12", None), ("", None)])
def test_of_a_phone_only_the_last_four_digits_are_taken(phone: str, digits: str | None) -> None:
    assert last_four(phone) == digits


async def test_staff_is_asked_once_and_its_digits_are_used(sqlite_db: Database) -> None:
    parcel = await a_parcel(sqlite_db)
    carrier = Obliging(capabilities=PHONE, answer=tells(Trouble.NEEDS_PHONE))
    for hours in (0, 30):
        await polled(sqlite_db, carrier, hours)
    assert await events(sqlite_db, "parcel.needs_help") == 1
    give = partial(care.give_phone, shipment_id=parcel, seal=SEAL, actor=SYSTEM, now=NOW + 31 * HOUR)
    with pytest.raises(BadInput):
        await run_again(sqlite_db, partial(give, digits="47a1"))
    await run_again(sqlite_db, partial(give, digits="4711"))
    carrier.answer = tells(scans=SCANNED)
    await polled(sqlite_db, carrier, 31)
    assert carrier.asked[-1].phone_last4 == "4711"
    assert ((await row(sqlite_db, parcel)).trouble, (await row(sqlite_db, parcel)).status) == (None, "in_transit")


async def test_a_parcel_is_subscribed_to_once_and_asked_for_all_the_same(db: Database) -> None:
    """Where each question costs a unit, the push is waited for; a slow question makes sure."""
    parcel, carrier = await a_parcel(db), Obliging(capabilities=PUSH)
    await polled(db, carrier)
    seen = await row(db, parcel)
    assert (len(carrier.subscribed), len(carrier.asked)) == (1, 0)
    assert seen.next_poll_at is not None and seen.next_poll_at - NOW > 10 * HOUR
    await polled(db, carrier, 14)
    assert (len(carrier.subscribed), len(carrier.asked)) == (1, 1)


async def test_a_subscription_that_ended_is_made_again_as_often_as_the_carrier_allows(sqlite_db: Database) -> None:
    await a_parcel(sqlite_db)
    carrier = Obliging(capabilities=PUSH, answer=tells(is_unsubscribed=True))
    for hours in range(0, 24 * 6, 14):
        await polled(sqlite_db, carrier, hours)
    assert len(carrier.subscribed) == 2


async def test_where_nobody_can_push_to_us_nothing_is_subscribed_to(sqlite_db: Database) -> None:
    await a_parcel(sqlite_db)
    carrier = Obliging(capabilities=PUSH)
    await poll.poll_due(sqlite_db, {"obliging": carrier}, now=NOW)
    assert (len(carrier.subscribed), len(carrier.asked)) == (0, 1)


async def test_two_orders_in_one_parcel_are_asked_for_once(sqlite_db: Database) -> None:
    parcels = [await a_parcel(sqlite_db), await a_parcel(sqlite_db)]
    carrier = Obliging(capabilities=CarrierCapabilities(max_batch=10), answer=tells(scans=SCANNED))
    await polled(sqlite_db, carrier)
    assert len(carrier.asked) == 1
    assert {(await row(sqlite_db, parcel)).status for parcel in parcels} == {"in_transit"}


async def test_a_locked_number_is_not_asked_for_however_often_it_is_corrected(sqlite_db: Database) -> None:
    parcel, carrier = await a_parcel(sqlite_db), Obliging()
    await polled(sqlite_db, carrier)
    async with sqlite_db.begin() as session:
        await care.follow_again(session, parcel, actor=SYSTEM, now=NOW + HOUR / 4)
    await polled(sqlite_db, carrier, 0.25)
    assert len(carrier.asked) == 1
    await polled(sqlite_db, carrier, 0.51)
    assert len(carrier.asked) == 2


async def test_a_slow_carrier_holds_up_no_others(sqlite_db: Database) -> None:
    """The slow one answers only when the quick one has been asked."""
    await a_parcel(sqlite_db, "OB123451", "slow")
    await a_parcel(sqlite_db, "OB123452", "quick")
    quick_was_asked = asyncio.Event()

    class Slow(Obliging):
        async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
            await asyncio.wait_for(quick_was_asked.wait(), 5)
            return await super().track(requests, now=now)

    def answers(request: TrackingRequest) -> Tracked:
        quick_was_asked.set()
        return Tracked(request.number)

    carriers = {"slow": Slow("slow"), "quick": Obliging("quick", answer=answers)}
    assert await poll.poll_due(sqlite_db, carriers, now=NOW, office=OFFICE) == 2
    assert len(carriers["slow"].asked) == 1


async def test_a_carrier_that_refuses_is_not_asked_for_the_other_parcels(sqlite_db: Database) -> None:
    """Nor at the next time, until it may have been mended."""
    for n in range(5):
        await a_parcel(sqlite_db, f"OB12345{n}")
    carrier = Obliging(error=CarrierRefused("the key has expired"))
    for hours in (0, 0.1, 0.2):
        await polled(sqlite_db, carrier, hours)
    assert len(carrier.asked) == 1
    carrier.error = None
    await polled(sqlite_db, carrier, 24)
    assert len(carrier.asked) == 6


async def test_the_carrier_can_be_corrected_while_the_parcel_travels(sqlite_db: Database) -> None:
    parcel = await a_parcel(sqlite_db, carrier="other")
    async with sqlite_db.begin() as session:
        await care.choose_carrier(session, parcel, Choice("obliging", "", "sub"), actor=SYSTEM, now=NOW)
    carrier = Obliging(answer=tells(scans=(ScanReport(Stage.DELIVERED, NOW),)))
    await polled(sqlite_db, carrier)
    assert carrier.asked[0].slug == "sub"
    with pytest.raises(NotAllowedNow):
        async with sqlite_db.begin() as session:
            await care.choose_carrier(session, parcel, Choice("obliging", ""), actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("said", "number", "slug", "times"),
    [
        ({"slug": "a"}, "OB123456", "a", 0),
        ({"new_number": "ob 654321"}, "OB654321", None, 1),
        ({"new_number": "?"}, "OB123456", None, 0),
    ],
)
async def test_a_new_number_is_told_and_a_carrier_that_was_found_out_is_not(
    sqlite_db: Database, said: dict[str, Any], number: str, slug: str | None, times: int
) -> None:
    parcel = await a_parcel(sqlite_db)
    await polled(sqlite_db, Obliging(answer=tells(**said)))
    seen = await row(sqlite_db, parcel)
    assert (seen.tracking_number, seen.carrier_slug) == (number, slug)
    assert await events(sqlite_db, "parcel.renumbered") == times


async def test_what_its_carrier_gave_up_is_left_alone_until_somebody_wants_it(sqlite_db: Database) -> None:
    parcel, carrier = await a_parcel(sqlite_db), Obliging(answer=tells(Trouble.OVER))
    await polled(sqlite_db, carrier)
    assert (await row(sqlite_db, parcel)).next_poll_at is None
    async with sqlite_db.begin() as session:
        await care.follow_again(session, parcel, actor=SYSTEM, now=NOW + 2 * HOUR)
    assert await polled(sqlite_db, carrier, 2) == 1


@pytest.mark.parametrize(
    ("trouble", "error", "is_followed"),
    [(None, None, True), (Trouble.OVER, None, False), (None, CarrierRefused("no units left"), False)],
)
async def test_a_number_that_was_given_up_is_registered_as_its_carrier_wants_it(
    sqlite_db: Database, trouble: Trouble | None, error: Exception | None, is_followed: bool
) -> None:
    """Some carriers take a stopped number back only by a call of its own."""
    parcel = await a_parcel(sqlite_db)
    carrier = Obliging(capabilities=PUSH, not_subscribed=trouble, error=error)
    again = poll.follow_again(sqlite_db, {"obliging": carrier}, parcel, now=NOW + HOUR, office=OFFICE)
    assert await again is is_followed
    assert (len(carrier.retracked), len(carrier.subscribed)) == (1, 0)
    assert ((await row(sqlite_db, parcel)).subscribed_at is not None) is is_followed


async def test_a_parcel_whose_news_cannot_be_kept_holds_up_no_others(
    sqlite_db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged, and comes again later and later."""
    broken, whole = await a_parcel(sqlite_db, "OB123451"), await a_parcel(sqlite_db, "OB123452")
    nonsense = (ScanReport(Stage.IN_TRANSIT, NOW.replace(tzinfo=None)),)

    def answers(request: TrackingRequest) -> Tracked:
        return Tracked(request.number, nonsense if request.number == "OB123451" else SCANNED)

    assert await polled(sqlite_db, Obliging(answer=answers)) == 2
    assert (await row(sqlite_db, whole)).status == "in_transit"
    assert (await row(sqlite_db, broken)).poll_failures == 1
    assert "could not be followed" in caplog.text


async def test_two_parcels_of_an_order_never_get_one_number(sqlite_db: Database) -> None:
    parcel = await a_parcel(sqlite_db)
    async with sqlite_db.begin() as session:
        seen = await session.get_one(Shipment, parcel)
        twin = {"kind": "courier", "carrier": "obliging", "packed_at": NOW, "tracking_number": "OB654321"}
        session.add(Shipment(order_id=seen.order_id, **twin))
    await polled(sqlite_db, Obliging(answer=tells(new_number="OB654321")))
    assert (await row(sqlite_db, parcel)).tracking_number == "OB123456"
