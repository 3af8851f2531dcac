import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest

from bot.pulse import FAILING_AFTER_S, STUCK_AFTER_S, Aid, Pulse
from bot.web.health import why_not_ready
from store.db import Database
from tests.apps import Stage


@pytest.fixture
async def shop(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(stage.app.web)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        yield client


def grown_old(pulse: Pulse, seconds: float, *, turning: bool = False) -> None:
    """The pulse beat for the last time so many seconds ago; *turning*, it goes on without success."""
    before = pulse.now
    pulse.now = lambda: before() + seconds
    if turning:
        pulse.beat(ok=False)


async def asked(shop: httpx.AsyncClient, about: str) -> tuple[int, Mapping[str, Any]]:
    answer = await shop.get(f"/health/{about}")
    return answer.status_code, answer.json()


async def test_a_whole_shop_is_ready_in_each_of_its_parts(shop: httpx.AsyncClient) -> None:
    code, told = await asked(shop, "ready")
    assert (code, told["status"]) == (200, "ready")
    assert {name for name in told if name != "status"} == {"intake", "timetable", "relay"}
    assert told["relay"]["state"] == "ok" and told["relay"]["succeeded_s"] < FAILING_AFTER_S


async def test_a_shop_that_closes_says_so_before_it_goes(stage: Stage, shop: httpx.AsyncClient) -> None:
    """A load balancer stops sending, and a process manager does not kill."""
    stage.app.closing.set()
    code, told = await asked(shop, "ready")
    assert (code, told["status"], told["reason"]) == (503, "not ready", "closing")
    assert (await asked(shop, "live"))[0] == 200


async def test_a_shop_that_telegram_does_not_answer_goes_on_taking_payments(
    stage: Stage, shop: httpx.AsyncClient
) -> None:
    grown_old(stage.app.intake.pulse, FAILING_AFTER_S + 1, turning=True)
    code, told = await asked(shop, "ready")
    assert (code, told["status"], told["intake"]["state"]) == (200, "degraded", "failing")


async def test_a_shop_whose_redis_is_away_goes_on(stage: Stage, shop: httpx.AsyncClient) -> None:
    """Slower, not wrong."""
    vitals = {"redis": Aid(is_away=True)}
    assert await why_not_ready(stage.app.db, vitals, asyncio.Event()) is None
    assert vitals["redis"].told() == {"state": "failing"}


@pytest.mark.parametrize("name", ["intake", "timetable", "relay"])
async def test_what_does_not_come_round_any_more_is_named(stage: Stage, shop: httpx.AsyncClient, name: str) -> None:
    pulse = stage.app.vitals()[name]
    assert isinstance(pulse, Pulse)
    grown_old(pulse, STUCK_AFTER_S + 61)
    code, told = await asked(shop, "ready")
    assert (code, told["reason"], told[name]["state"]) == (503, f"{name} is stuck", "stuck")


async def test_a_job_that_fails_each_time_shows(stage: Stage) -> None:
    """Of all jobs the weakest speaks for the timetable."""
    for runner in stage.app.timetable.runners.values():
        runner.pulse.beat()
    grown_old(stage.app.timetable.runners["submit_refunds"].pulse, FAILING_AFTER_S + 11, turning=True)
    assert stage.app.vitals()["timetable"].state == "failing"


async def test_a_job_that_comes_once_a_day_is_not_missed_before(stage: Stage) -> None:
    daily = Pulse(every_s=86400)
    grown_old(daily, 86400 + FAILING_AFTER_S - 1)
    assert daily.state == "ok"


async def test_a_shop_on_another_schema_is_not_ready(empty_db_url: str) -> None:
    db = Database(empty_db_url)
    try:
        assert await why_not_ready(db, {}, asyncio.Event()) == "the database has another schema"
    finally:
        await db.close()


async def test_who_asks_whether_it_is_ready_waits_for_no_writer(stage: Stage, shop: httpx.AsyncClient) -> None:
    """SQLite has one, and it is needed for selling."""
    async with stage.app.db.begin():
        assert (await asyncio.wait_for(asked(shop, "ready"), 3))[0] == 200


async def test_a_shop_without_its_database_is_alive_and_not_ready() -> None:
    db = Database("postgresql+asyncpg://nobody:nothing@127.0.0.1:1/none")
    try:
        assert await why_not_ready(db, {}, asyncio.Event()) == "the database does not answer"
    finally:
        await db.close()
