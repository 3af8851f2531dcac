"""What a carrier says becomes what the shop knows: once, in any order, and only ever forward."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from store import packing, shipments, shipping
from store.audit import SYSTEM
from store.db import Database
from store.errors import NotFound
from store.models import OutboxEvent
from store.order_status import ShipmentStatus
from store.parcels import tracking
from store.parcels.carrier import ScanReport, Stage, Tracked, Window
from tests.builders import NOW, a_confirmed_order

HOUR = timedelta(hours=1)
NUMBER = "AB123456789"


def scan(stage: Stage, hours: float, text: str = "") -> ScanReport:
    return ScanReport(stage, NOW + hours * HOUR, text)


LIFE = (
    scan(Stage.INFO_RECEIVED, 0),
    scan(Stage.IN_TRANSIT, 10),
    scan(Stage.OUT_FOR_DELIVERY, 30),
    scan(Stage.FAILED_ATTEMPT, 34),
    scan(Stage.OUT_FOR_DELIVERY, 50),
    scan(Stage.DELIVERED, 55),
)


async def a_parcel(db: Database) -> int:
    order_id = await a_confirmed_order(db)
    async with db.begin() as session:
        return await shipping.ship(session, order_id, carrier="sandbox", tracking_number=NUMBER, actor=SYSTEM, now=NOW)


async def hear(
    db: Database, shipment_id: int, *scans: ScanReport, hours: float = 60, eta: Window | None = None
) -> None:
    async with db.begin() as session:
        await tracking.apply(session, shipment_id, Tracked(NUMBER, scans, eta), now=NOW + hours * HOUR)


async def seen(db: Database, shipment_id: int) -> shipments.ShipmentView:
    async with db.read() as session:
        order_id = (await shipments.fresh(session, shipment_id)).order_id
        (view,) = await shipments.shipments_of(session, order_id)
    return view


async def told(db: Database) -> list[str]:
    async with db.read() as session:
        rows = await session.scalars(
            select(OutboxEvent).where(OutboxEvent.type.startswith("shipment.")).order_by(OutboxEvent.id)
        )
        return [row.payload.get("status") or row.type.partition(".")[2] for row in rows]


async def test_a_parcels_life_is_told_step_by_step(db: Database) -> None:
    parcel = await a_parcel(db)
    for end in range(1, len(LIFE) + 1):
        await hear(db, parcel, *LIFE[:end])
    assert await told(db) == [
        "shipped",
        "scanned",
        "in_transit",
        "out_for_delivery",
        "exception",
        "out_for_delivery",
        "delivered",
    ]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
async def test_scans_in_any_order_and_portion_end_in_the_same_state(
    sqlite_db: Database, order: tuple[int, ...]
) -> None:
    parcel = await a_parcel(sqlite_db)
    portions = (LIFE[:1], LIFE[1:3], LIFE[3:5], LIFE[5:])
    for place in order:
        await hear(sqlite_db, parcel, *portions[place])
    view = await seen(sqlite_db, parcel)
    assert (view.status, view.delivered_at) == (ShipmentStatus.DELIVERED, LIFE[-1].occurred_at)
    assert [each.stage for each in view.scans] == [each.stage for each in LIFE]


async def test_the_same_answer_twice_changes_nothing(db: Database) -> None:
    parcel = await a_parcel(db)
    await hear(db, parcel, *LIFE)
    before, view = await told(db), await seen(db, parcel)
    await hear(db, parcel, *LIFE)
    assert (await told(db), await seen(db, parcel)) == (before, view)


async def test_a_late_scan_is_kept_but_is_no_news(db: Database) -> None:
    parcel = await a_parcel(db)
    await hear(db, parcel, scan(Stage.DELIVERED, 55))
    await hear(db, parcel, scan(Stage.OUT_FOR_DELIVERY, 30))
    assert (await told(db))[-2:] == ["delivered", "scanned"]
    assert (await seen(db, parcel)).status is ShipmentStatus.DELIVERED


async def test_a_delivered_parcel_may_come_back(db: Database) -> None:
    parcel = await a_parcel(db)
    await hear(db, parcel, *LIFE)
    await hear(db, parcel, scan(Stage.RETURNING, 58))
    assert (await seen(db, parcel)).status is ShipmentStatus.RETURNING


async def test_scans_of_another_parcel_with_the_same_number_are_ignored(db: Database) -> None:
    """Numbers are re-used after some months; and no carrier knows the future."""
    parcel = await a_parcel(db)
    await hear(db, parcel, scan(Stage.DELIVERED, -24 * 90), scan(Stage.DELIVERED, 24 * 90))
    view = await seen(db, parcel)
    assert (view.status, view.scans) == (ShipmentStatus.HANDED_OVER, ())


async def test_the_window_follows_the_carrier_and_the_promise_stays(db: Database) -> None:
    parcel = await a_parcel(db)
    promised = (await seen(db, parcel)).promised
    said = Window(NOW + 70 * HOUR, NOW + 94 * HOUR)
    await hear(db, parcel, LIFE[1], hours=12, eta=said)
    view = await seen(db, parcel)
    assert (view.expected, view.promised) == (said, promised)


async def test_a_delivered_parcel_is_not_expected_any_more(db: Database) -> None:
    parcel = await a_parcel(db)
    await hear(db, parcel, *LIFE)
    assert (await seen(db, parcel)).expected is None


async def test_each_level_of_delay_is_told_once(db: Database) -> None:
    parcel = await a_parcel(db)
    levels = []
    for days in (1, 4.5, 4.6, 5.5, 7, 13, 14, 30):
        await hear(db, parcel, LIFE[1], hours=days * 24)
        levels.append((await seen(db, parcel)).delay_level)
    assert levels == [0, 1, 1, 2, 2, 3, 3, 3]
    assert (await told(db)).count("delayed") == 3


async def test_what_staff_said_by_hand_is_not_undone_by_older_scans(db: Database) -> None:
    parcel = await a_parcel(db)
    async with db.begin() as session:
        await shipping.mark_delivered(session, parcel, actor=SYSTEM, now=NOW + HOUR)
    await hear(db, parcel, LIFE[1])
    assert (await seen(db, parcel)).status is ShipmentStatus.DELIVERED


async def test_a_parcel_that_never_left_cannot_be_tracked(db: Database) -> None:
    order_id = await a_confirmed_order(db)
    async with db.begin() as session:
        parcel = await packing.pack(session, order_id, actor=SYSTEM, now=NOW)
    with pytest.raises(NotFound):
        await hear(db, parcel, *LIFE)


async def test_phone_numbers_are_masked_in_what_people_see(db: Database) -> None:
    parcel = await a_parcel(db)
    await hear(db, parcel, scan(Stage.IN_TRANSIT, 5, "Courier 13812345678"))
    assert (await seen(db, parcel)).scans[0].text == "Courier •••78"


def test_every_stage_has_its_place_in_the_table() -> None:
    assert set(tracking.STATUS_OF) == set(Stage)


async def test_what_is_announced_moves_nothing_before_its_time(db: Database) -> None:
    """It is kept and shown; when the time has come it counts, though nobody repeats it, and counts once."""
    parcel = await a_parcel(db)
    await hear(db, parcel, scan(Stage.IN_TRANSIT, 1), scan(Stage.DELIVERED, 20), hours=2)
    early = await seen(db, parcel)
    assert (early.status, len(early.scans)) == (ShipmentStatus.IN_TRANSIT, 2)
    for _ in range(2):
        await hear(db, parcel, hours=21)
    assert (await seen(db, parcel)).status is ShipmentStatus.DELIVERED
    assert (await told(db)).count("delivered") == 1


async def test_a_mended_table_tells_no_history_anew(sqlite_db: Database) -> None:
    parcel = await a_parcel(sqlite_db)
    for stage in (Stage.UNKNOWN, Stage.IN_TRANSIT):
        await hear(sqlite_db, parcel, ScanReport(stage, NOW + HOUR, "sorted", raw_code="777"))
    assert len((await seen(sqlite_db, parcel)).scans) == 1
