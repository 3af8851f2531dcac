"""What a merchant may make, and what is given to whoever had to wait."""

from datetime import UTC, datetime, timedelta

import pytest

from store import coupon_edits, coupons
from store.coupon_edits import Wanted
from store.db import Database
from store.errors import BadInput, NotAllowedNow, NotFound
from store.order_story import story
from tests.builders import NOW, a_variant
from tests.coupon_builders import a_coupon, a_coupon_for
from tests.order_builders import STAFF, a_paid_order, events


@pytest.mark.parametrize(
    ("wanted", "field", "reason"),
    [
        (Wanted("A10", percent=0), "coupon", "percent"),
        (Wanted("A10", percent=101), "coupon", "percent"),
        (Wanted("A10", amount_minor=0), "amount", "not_positive"),
        (Wanted("A10", amount_minor=10**13), "price", "too_high"),
        (Wanted("A10", percent=5, max_uses=0), "coupon", "uses"),
        (Wanted("A10", percent=5, ends_at=NOW), "date", "past"),
        (Wanted("A10", percent=5, ends_at=NOW + timedelta(days=9999)), "date", "too_far"),
        (Wanted("??", percent=5), "coupon", "format"),
    ],
)
async def test_what_makes_no_sense_is_not_made(db: Database, wanted: Wanted, field: str, reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        await a_coupon(db, wanted)
    assert (refused.value.params["field"], refused.value.params["reason"]) == (field, reason)


async def test_a_code_is_there_once(db: Database) -> None:
    await a_coupon(db)
    with pytest.raises(BadInput, match="bad_input") as refused:
        await a_coupon(db, Wanted("welcome10", percent=99))
    assert refused.value.params["reason"] == "taken"


async def test_an_apology_is_the_buyers_alone_once_for_a_parcel(db: Database) -> None:
    order = await a_paid_order(db)
    row = await a_coupon_for(db, order)
    assert (row.customer_id, row.percent, row.max_uses) == (order.customer_id, 10, 1)
    assert row.ends_at == datetime(2026, 6, 1, tzinfo=UTC), "ninety whole days after the second of March"
    assert (await events(db))[-1] == "coupon.given"
    assert row.shipment_id is not None
    with pytest.raises(NotAllowedNow):
        async with db.begin() as session:
            await coupon_edits.apologise(session, row.shipment_id, 20, actor=STAFF, now=NOW)
    async with db.read() as session:
        assert await coupon_edits.coupons(session, now=NOW) == [], "it is not among those for everybody"
        assert await coupons.knows(session, order.customer_id, row.id)
        assert [each.action for each in (await story(session, order.id)).history][-1] == "apologised"


async def test_there_is_no_apology_for_a_parcel_that_is_not_there(db: Database) -> None:
    await a_variant(db)
    with pytest.raises(NotFound):
        async with db.begin() as session:
            await coupon_edits.apologise(session, 12345, 10, actor=STAFF, now=NOW)


async def test_there_is_room_for_so_many_that_are_open(db: Database) -> None:
    """What is over makes room; what is listed begins with what is open."""
    made = [await a_coupon(db, Wanted(f"CODE{number}", percent=5)) for number in range(coupon_edits.MOST)]
    with pytest.raises(BadInput) as refused:
        await a_coupon(db, Wanted("MORE", percent=5))
    assert refused.value.params["reason"] == "too_many"
    async with db.begin() as session:
        await coupon_edits.switch(session, made[-1].id, is_active=False, actor=STAFF, now=NOW)
    await a_coupon(db, Wanted("MORE", percent=5))
    async with db.read() as session:
        listed = [each.code for each in await coupon_edits.coupons(session, now=NOW)]
    assert len(listed) == coupon_edits.MOST and listed[0] == "MORE" and made[-1].code not in listed
