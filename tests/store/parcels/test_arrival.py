"""The shop's own deliveries make its windows; every window that was told is kept."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from store import shipments, shipping
from store.audit import SYSTEM
from store.db import Database
from store.models import ArrivalFit, Order, Shipment
from store.parcels import arrival, history, lateness, learned, tracking
from store.parcels.carrier import ScanReport, Stage, Tracked, Window
from store.parcels.eta import Reason, Source
from store.parcels.legs import Place, Sending
from tests.builders import NOW, a_confirmed_order
from tests.store.parcels.past import a_past

DAY = timedelta(days=1)
STEADY = [4.0 + place % 4 for place in range(30)]


async def shipped(db: Database, *, now: datetime = NOW, number: str | None = "AB123456789") -> int:
    order_id = await a_confirmed_order(db)
    async with db.begin() as session:
        return await shipping.ship(session, order_id, carrier="sandbox", tracking_number=number, actor=SYSTEM, now=now)


async def hear(db: Database, parcel: int, days: float, *scans: ScanReport, eta: Window | None = None) -> None:
    async with db.begin() as session:
        await tracking.apply(session, parcel, Tracked("AB123456789", scans, eta), now=NOW + days * DAY)


async def row(db: Database, parcel: int) -> Shipment:
    async with db.read() as session:
        return await shipments.fresh(session, parcel)


async def reasons(db: Database, parcel: int) -> list[tuple[str, str | None]]:
    async with db.read() as session:
        return [(each.reason, each.source) for each in await arrival.revisions(session, parcel)]


async def known(db: Database) -> learned.Learned:
    async with db.read() as session:
        return await learned.newest(session)


async def test_a_shop_without_a_past_promises_the_methods_days(db: Database) -> None:
    assert await learned.learn(db, now=NOW) == 0
    parcel = await row(db, await shipped(db))
    assert parcel.eta_source == Source.METHOD
    assert (parcel.promised_from, parcel.promised_until) == (NOW + 2 * DAY, NOW + 4 * DAY)


async def test_a_shop_with_a_past_promises_what_its_parcels_took(db: Database) -> None:
    await a_past(db, STEADY, now=NOW)
    assert await learned.learn(db, now=NOW) == 1
    parcel = await row(db, await shipped(db))
    assert parcel.eta_source == Source.HISTORY
    assert parcel.promised_from is not None and parcel.promised_until is not None and parcel.late_at is not None
    assert NOW + 3 * DAY < parcel.promised_from < NOW + 5 * DAY
    assert NOW + 6 * DAY < parcel.promised_until <= parcel.late_at < NOW + 9 * DAY


async def test_what_is_learned_is_of_the_countries_it_was_learned_in(db: Database) -> None:
    """Thirty parcels inside Portugal say nothing about Japan."""
    await a_past(db, STEADY, now=NOW)
    await learned.learn(db, now=NOW)
    found = await known(db)
    assert found.whole_way_of(Sending(Place(), Place("PT"), "1"), NOW) is not None
    assert found.whole_way_of(Sending(Place(), Place("JP"), "1"), NOW) is None


async def test_the_whole_way_is_the_shops_part_and_the_carriers(db: Database) -> None:
    await a_past(db, STEADY, now=NOW, handover_days=3)
    await learned.learn(db, now=NOW)
    found = await known(db)
    sending = Sending(Place(), Place("PT"), "1")
    whole, carriers = found.whole_way_of(sending, NOW), found.transit_of(sending, NOW)
    assert whole is not None and carriers is not None
    assert whole.at(0.5) == pytest.approx(carriers.at(0.5) + 3, abs=0.5)


async def test_it_is_learned_once_a_day(db: Database) -> None:
    await a_past(db, STEADY, now=NOW)
    assert [await learned.learn(db, now=NOW + hours * DAY / 24) for hours in (0, 1, 24)] == [1, 0, 1]
    await learned.learn(db, now=NOW + 9 * DAY)
    async with db.read() as session:
        assert len((await session.scalars(select(ArrivalFit))).all()) == 1, "old ones are swept away"


async def test_what_is_learned_later_does_not_move_a_promise(db: Database) -> None:
    """Frozen at dispatch, or nothing could ever be late."""
    parcel = await shipped(db)
    promised = (await row(db, parcel)).promised_until
    await a_past(db, STEADY, now=NOW)
    await learned.learn(db, now=NOW)
    await hear(db, parcel, 1)
    now = await row(db, parcel)
    assert now.promised_until == promised and now.eta_source == Source.HISTORY


async def test_every_window_is_kept_with_its_reason(db: Database) -> None:
    """Dispatched; the carrier names two days, then repeats itself, then others; a push without a window takes nothing back; it comes today."""
    parcel = await shipped(db)
    first, second = Window(NOW + 2 * DAY, NOW + 3 * DAY), Window(NOW + 4 * DAY, NOW + 5 * DAY)
    for days, eta in ((0.5, first), (0.6, first), (1, second), (1.1, None)):
        await hear(db, parcel, days, eta=eta)
    await hear(db, parcel, 4.5, ScanReport(Stage.OUT_FOR_DELIVERY, NOW + 4.4 * DAY))
    await hear(db, parcel, 4.9, ScanReport(Stage.DELIVERED, NOW + 4.8 * DAY))
    assert await reasons(db, parcel) == [
        (Reason.DISPATCHED, Source.METHOD),
        (Reason.CARRIER, Source.CARRIER),
        (Reason.CARRIER, Source.CARRIER),
        (Reason.ON_BOARD, Source.ON_BOARD),
    ]
    assert (await row(db, parcel)).eta_until is None


async def test_polling_does_not_move_the_window_a_little_each_time(db: Database) -> None:
    """Somebody who looks twice a day reads the same days, until they are other days."""
    parcel = await shipped(db)
    for hour in range(0, 90, 4):
        await hear(db, parcel, hour / 24)
    assert await reasons(db, parcel) == [(Reason.DISPATCHED, Source.METHOD)]


async def test_nobody_is_told_twice_in_three_days_that_it_takes_longer(db: Database) -> None:
    """Promised for the fourth day. The carrier says late on the first; a week past P95 comes the next word, and never sooner."""
    parcel = await shipped(db)
    levels = []
    for days in (1, 4.5, 5.5, 11, 12.5, 13):
        await hear(db, parcel, days, ScanReport(Stage.DELAYED, NOW + DAY))
        levels.append((await row(db, parcel)).delay_level)
    assert levels == [2, 2, 2, 2, 3, 3]


async def test_a_late_word_is_not_followed_by_the_next_one_at_once(db: Database) -> None:
    """The carrier could not be asked for two weeks: what was to be said in between is said in turn."""
    parcel = await shipped(db)
    for days, level in ((11.9, 2), (12.1, 2), (14.8, 2), (15, 3)):
        await hear(db, parcel, days)
        assert (await row(db, parcel)).delay_level == level, days


async def test_a_parcel_that_nobody_can_ask_for_is_late_all_the_same(db: Database) -> None:
    """No number, so no carrier is asked; its time comes anyhow. Silence is no sign there: nobody was to be heard."""
    parcel = await shipped(db, number=None)
    seen = []
    for days in (3.9, 4.1, 4.2, 5.1, 6, 12.1, 20):
        await lateness.notice_due(db, now=NOW + days * DAY)
        seen.append((await row(db, parcel)).delay_level)
    assert seen == [0, 1, 1, 2, 2, 3, 3]
    assert await lateness.notice_due(db, now=NOW + 30 * DAY) == 0


async def test_a_parcel_that_was_never_promised_is_never_late_by_the_clock(db: Database) -> None:
    """No days, no history: no window, and so nothing it could be late against."""
    order_id = await a_confirmed_order(db)
    async with db.begin() as session:
        order = await session.get_one(Order, order_id)
        order.delivery_min_days = order.delivery_max_days = 0
    async with db.begin() as session:
        parcel = await shipping.ship(session, order_id, carrier="other", tracking_number=None, actor=SYSTEM, now=NOW)
    assert (await row(db, parcel)).eta_until is None and await reasons(db, parcel) == []
    assert await lateness.notice_due(db, now=NOW + 30 * DAY) == 0


async def test_two_workers_learn_a_day_once(db: Database) -> None:
    """Both find that nobody has; one of them writes."""
    await a_past(db, STEADY, now=NOW)
    assert sorted(await asyncio.gather(*(learned.learn(db, now=NOW) for _ in range(3)))) == [0, 0, 1]


async def test_of_a_large_shops_parcels_a_fair_share_is_read(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never the latest alone: those have not arrived, and say nothing about how long it takes."""
    await a_past(db, STEADY, now=NOW)
    monkeypatch.setattr(history, "MOST_PARCELS", 10)
    async with db.read() as session:
        some = await history.parcels(session, now=NOW)
    months = {each.confirmed_at.month for each in some}
    assert 5 < len(some) < 16 and len(months) > 1
