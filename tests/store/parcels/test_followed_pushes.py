"""What a carrier pushes of a parcel from elsewhere wakes it, is told once, and tells nobody what they could not ask for."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from store import shipping
from store.audit import SYSTEM
from store.db import Database
from store.models import FollowedParcel, Shipment
from store.parcels import followed_hearing, following
from store.parcels.carrier import Trouble
from tests.builders import NOW, a_confirmed_order, a_customer
from tests.contracts.carrier_bench import KINDS, PHONE, Bench, opened
from tests.doubles.carriers import Push
from tests.store.parcels.elsewhere import (
    HOUR,
    LATER,
    asked,
    asked_as_due,
    bring,
    door,
    fates,
    followed,
    row,
    told,
)

TIMES = 20
SOON = NOW + HOUR


async def a_followed(db: Database, bench: Bench, *, hours: int = 0) -> int:
    """It has been collected, and its follower has seen so."""
    bench.lives(steps=1)
    parcel = await followed(db, bench.carrier, bench.kind.number, digits=PHONE, slug=bench.kind.slug)
    await asked(db, bench.carrier, parcel, now=NOW + hours * HOUR)
    return parcel


def in_other_words(push: Push, n: int) -> Push:
    """The same news in other bytes: what is signed is not the whole form."""
    return replace(push, body=push.body + b"&" + urlencode({"token": n}).encode())


@pytest.mark.parametrize("kind", ["kuaidi100", "zto", "track17", "aftership"])
async def test_a_push_with_proof_moves_a_followed_parcel(sqlite_db: Database, kind: str) -> None:
    """The carrier is not asked again, whoever follows it is told once, and what has arrived is asked for no more."""
    async with opened(KINDS[kind]) as bench:
        parcel = await a_followed(sqlite_db, bench)
        questions = len(bench.shelf.asked)
        bench.lives()
        async with door(sqlite_db, bench.carrier) as world:
            for _ in range(2):
                await bring(world, bench.carrier, bench.double.push(bench.kind.number))
        heard = await row(sqlite_db, parcel)
        assert (heard.status, heard.next_poll_at, len(bench.shelf.asked)) == ("delivered", None, questions)
        assert await told(sqlite_db, parcel) == ["delivered"] and await fates(sqlite_db) == ["applied"]
        assert not await asked_as_due(sqlite_db, bench.carrier, now=LATER + 48 * HOUR)
        assert await told(sqlite_db, parcel) == ["delivered"]


async def test_a_push_without_proof_makes_a_followed_parcel_due_at_once(sqlite_db: Database) -> None:
    """SF signs nothing: the answer counts, and is told once however often the push comes."""
    async with opened(KINDS["sf"]) as bench:
        parcel = await a_followed(sqlite_db, bench)
        bench.lives(steps=2)
        async with door(sqlite_db, bench.carrier, now=SOON) as world:
            await bring(world, bench.carrier, bench.double.push(bench.kind.number))
            waiting = await row(sqlite_db, parcel)
            assert (waiting.status, waiting.next_poll_at) == ("handed_over", SOON)
            assert await asked_as_due(sqlite_db, bench.carrier, now=SOON) == 1
            await bring(world, bench.carrier, bench.double.push(bench.kind.number))
        assert await told(sqlite_db, parcel) == ["in_transit"] and len(bench.shelf.asked) == 2


async def test_the_same_push_twenty_times_is_heard_once(db: Database) -> None:
    """At once, by everybody who follows the number."""
    async with opened(KINDS["zto"]) as bench:
        parcels = [await a_followed(db, bench, hours=hours) for hours in (0, 2)]
        bench.lives(steps=2)
        push = bench.double.push(bench.kind.number)
        async with door(db, bench.carrier) as world:
            await asyncio.gather(*(bring(world, bench.carrier, push) for _ in range(TIMES)))
        for parcel in parcels:
            assert (len((await row(db, parcel)).scans), await told(db, parcel)) == (2, ["in_transit"])
        assert await fates(db) == ["applied"]


async def test_the_same_news_in_twenty_pushes_are_told_once(db: Database) -> None:
    """Each push is another to the shop: the parcel's row is what makes them one."""
    async with opened(KINDS["zto"]) as bench:
        parcel = await a_followed(db, bench)
        bench.lives(steps=2)
        push = bench.double.push(bench.kind.number)
        async with door(db, bench.carrier) as world:
            await asyncio.gather(*(bring(world, bench.carrier, in_other_words(push, n)) for n in range(TIMES)))
        assert (len((await row(db, parcel)).scans), await told(db, parcel)) == (2, ["in_transit"])
        assert await fates(db) == ["applied"] * TIMES


async def test_without_holding_the_row_the_news_are_told_twice(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the one above. SQLite writes one after the other anyhow."""
    if db.dialect == "sqlite":
        pytest.skip("SQLite has one writer")
    both = asyncio.Barrier(2)

    async def not_held(session: AsyncSession, parcel_id: int) -> Any:
        parcel = await session.get(FollowedParcel, parcel_id, populate_existing=True)
        await both.wait()
        return parcel

    async with opened(KINDS["zto"]) as bench:
        parcel = await a_followed(db, bench)
        bench.lives(steps=2)
        push = bench.double.push(bench.kind.number)
        monkeypatch.setattr(followed_hearing, "held", not_held)
        async with door(db, bench.carrier) as world:
            await asyncio.gather(*(bring(world, bench.carrier, in_other_words(push, n)) for n in range(2)))
        assert await told(db, parcel) == ["in_transit"] * 2


async def test_a_push_for_an_order_tells_a_stranger_nothing(sqlite_db: Database) -> None:
    """ZTO pushes because the order has the digits: who has none, or wrong ones, or none that were proven yet, hears nothing of it."""
    async with opened(KINDS["zto"]) as bench:
        number = bench.kind.number
        order_id = await a_confirmed_order(sqlite_db)
        async with sqlite_db.begin() as session:
            parcel = await shipping.ship(
                session, order_id, carrier="zto", tracking_number=number, actor=SYSTEM, now=NOW
            )
        bench.lives(steps=1)
        none = await followed(sqlite_db, bench.carrier, number, digits=None)
        wrong = await followed(sqlite_db, bench.carrier, number, digits="0000")
        await asked(sqlite_db, bench.carrier, wrong)
        unproven = await followed(sqlite_db, bench.carrier, number, digits="0001")
        bench.lives()
        async with door(sqlite_db, bench.carrier) as world:
            await bring(world, bench.carrier, bench.double.push(number))
        async with sqlite_db.read() as session:
            assert (await session.get_one(Shipment, parcel)).status == "delivered"
        rows = [await row(sqlite_db, each) for each in (none, wrong, unproven)]
        assert [(each.status, each.scans) for each in rows] == [("handed_over", [])] * 3
        assert [each.next_poll_at for each in rows] == [None, None, NOW]
        await asked_as_due(sqlite_db, bench.carrier, now=LATER)
        assert (await row(sqlite_db, unproven)).trouble == Trouble.NEEDS_PHONE


async def test_before_its_first_answer_a_follower_with_digits_is_asked_for_at_once(sqlite_db: Database) -> None:
    """The carrier says whether the digits are right; from then on its pushes count."""
    async with opened(KINDS["zto"]) as bench:
        parcel = await followed(sqlite_db, bench.carrier, bench.kind.number, digits=PHONE)
        bench.shelf.knows(bench.kind.number, phone=PHONE)
        await asked(sqlite_db, bench.carrier, parcel)
        bench.lives(steps=2)
        async with door(sqlite_db, bench.carrier, now=SOON) as world:
            await bring(world, bench.carrier, bench.double.push(bench.kind.number))
        assert (await row(sqlite_db, parcel)).next_poll_at == SOON
        await asked_as_due(sqlite_db, bench.carrier, now=SOON)
        assert await told(sqlite_db, parcel) == ["in_transit"]


async def test_a_subscription_that_its_carrier_ends_is_over(sqlite_db: Database) -> None:
    """From then on it is asked for as often as before."""
    async with opened(KINDS["kuaidi100"]) as bench:
        parcel = await a_followed(sqlite_db, bench)
        assert (await row(sqlite_db, parcel)).subscribed_at == NOW
        push = bench.double.push(bench.kind.number, status="abort", message="60天无变化")  # type: ignore[call-arg]  # Kuaidi100's own
        async with door(sqlite_db, bench.carrier) as world:
            await bring(world, bench.carrier, push)
        ended = await row(sqlite_db, parcel)
        assert (ended.subscribed_at, ended.subscriptions) == (None, 1)


async def test_what_nobody_follows_any_more_is_taken_and_ignored(sqlite_db: Database) -> None:
    """A day later what was pushed is gone too, but not while somebody else follows it."""
    async with opened(KINDS["track17"]) as bench:
        person, number = await a_customer(sqlite_db), bench.kind.number
        dropped = await followed(sqlite_db, bench.carrier, number, digits=None, who=person)
        other = await a_followed(sqlite_db, bench)
        async with sqlite_db.begin() as session:
            await following.drop(session, person.id, dropped, now=NOW)
        async with door(sqlite_db, bench.carrier) as world:
            await bring(world, bench.carrier, bench.double.push(number))
            assert await following.sweep(sqlite_db, now=NOW + timedelta(days=2)) == 1
            assert await fates(sqlite_db) == ["applied"]
            async with sqlite_db.begin() as session:
                await following.drop(session, (await row(sqlite_db, other)).customer_id, other, now=NOW)
            bench.lives()
            await bring(world, bench.carrier, bench.double.push(number))
        assert await fates(sqlite_db) == ["applied", "ignored"] and await told(sqlite_db, other) == []
        assert await following.sweep(sqlite_db, now=NOW + timedelta(days=2)) == 1
        assert await fates(sqlite_db) == []
