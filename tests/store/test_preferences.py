import pytest

from store import preferences
from store.db import Database
from store.errors import BadInput
from store.models import Customer
from store.preferences import Topic, wants
from tests.builders import a_customer


async def _now(db: Database, customer: Customer) -> Customer:
    async with db.read() as session:
        return await preferences.customer(session, customer.id)


async def test_somebody_new_is_told_everything_but_sleeps_at_night(db: Database) -> None:
    """Until they choose otherwise."""
    ann = await a_customer(db)
    assert all(wants(ann, topic) for topic in Topic)
    assert (ann.quiet_from, ann.quiet_until, ann.timezone) == (22, 8, None)


async def test_marketing_is_stopped_and_nothing_else(db: Database) -> None:
    """The second time there is nothing to stop; nobody else is silenced."""
    ann, ben = await a_customer(db), await a_customer(db, name="Ben")
    async with db.begin() as session:
        assert await preferences.stop_marketing(session, ann.id)
        assert not await preferences.stop_marketing(session, ann.id)
    assert [topic for topic in Topic if wants(await _now(db, ann), topic)] == [Topic.PARCELS]
    ben = await _now(db, ben)
    assert all(wants(ben, topic) for topic in Topic)


async def test_a_topic_is_switched_off_and_on(db: Database) -> None:
    ann = await a_customer(db)
    for wanted in (False, True):
        async with db.begin() as session:
            await preferences.set_topic(session, ann.id, Topic.OFFERS, wanted=wanted)
        assert wants(await _now(db, ann), Topic.OFFERS) is wanted


async def test_nights_and_clocks_are_remembered(db: Database) -> None:
    ann = await a_customer(db)
    async with db.begin() as session:
        await preferences.set_quiet_hours(session, ann.id, None)
        await preferences.set_timezone(session, ann.id, "Asia/Shanghai")
    ann = await _now(db, ann)
    assert (ann.quiet_from, ann.quiet_until, ann.timezone) == (None, None, "Asia/Shanghai")


async def test_what_is_no_clock_is_refused(db: Database) -> None:
    """A changed client can send anything: a path is no zone."""
    ann = await a_customer(db)
    async with db.begin() as session:
        for zone in ("Mars/Base", "../../etc/passwd", "", "x" * 100):
            with pytest.raises(BadInput):
                await preferences.set_timezone(session, ann.id, zone)
        with pytest.raises(BadInput):
            await preferences.set_quiet_hours(session, ann.id, (22, 24))
