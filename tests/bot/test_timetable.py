import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pytest

from bot.timetable import JOBS, RELAY, ROUNDS, Job, Ports, Timetable
from store import outbox
from store.events import StockLow
from tests.apps import Stage
from tests.builders import NOW, a_variant


class Works:
    """A job with so much to do, and a note of when it was asked."""

    def __init__(self, *amounts: int) -> None:
        self.amounts = list(amounts)
        self.at: list[datetime] = []

    async def __call__(self, _ports: Ports, now: datetime) -> int:
        self.at.append(now)
        return self.amounts.pop(0) if self.amounts else 0


async def fails(_ports: Ports, now: datetime) -> int:
    raise ZeroDivisionError


def a_timetable(stage: Stage, **jobs: Works | Job) -> Timetable:
    table: Mapping[str, Job] = {
        name: job if isinstance(job, Job) else Job(timedelta(hours=1), job) for name, job in jobs.items()
    }
    app = stage.app
    return Timetable(Ports(app.db, app.gateways, app.carriers, app.relay), stage.clock, table)


async def until(is_so: Callable[[], bool]) -> None:
    """The loop has run until *is_so*. Raises: TimeoutError."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0)


async def test_everything_due_is_done_until_nothing_is_due(stage: Stage) -> None:
    """What one job did may make another one due."""
    first, second = Works(0, 1, 0), Works(2, 0)
    await a_timetable(stage, first=first, second=second).run_all_due()
    assert (len(first.at), len(second.at)) == (3, 3)


async def test_a_job_that_always_finds_work_does_not_go_on_for_ever(stage: Stage) -> None:
    busy = Works(*[1] * 100)
    await a_timetable(stage, busy=busy).run_all_due()
    assert len(busy.at) == ROUNDS


async def test_a_job_that_fails_is_logged_and_the_others_run(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    other = Works()
    await a_timetable(stage, broken=Job(timedelta(hours=1), fails), other=other).run_all_due()
    assert "job broken failed" in caplog.text
    assert other.at == [NOW]


async def test_jobs_run_when_the_shop_opens_and_again_at_their_time(stage: Stage) -> None:
    works = Works()
    timetable = a_timetable(stage, works=Job(timedelta(seconds=0.05), works))
    timetable.start()
    await until(lambda: len(works.at) >= 3)
    await timetable.stop()


async def test_a_clock_that_is_put_back_keeps_no_job_from_its_time(stage: Stage) -> None:
    """By an hour, as when somebody mends it: orders go on expiring."""
    works = Works()
    timetable = a_timetable(stage, works=Job(timedelta(seconds=0.05), works))
    timetable.start()
    await until(lambda: bool(works.at))
    stage.clock.goes_on(hours=-1)
    await until(lambda: len(works.at) >= 4)
    await timetable.stop()
    assert works.at[-1] == NOW - timedelta(hours=1)


@pytest.mark.parametrize(("goes_on", "runs"), [(True, 4), (False, 1)])
async def test_a_job_that_goes_on_runs_until_nothing_is_left(stage: Stage, goes_on: bool, runs: int) -> None:
    """Two hundred messages a round, and then the next round at once."""
    works, last = Works(8, 8, 1), Works()
    jobs = {"works": Job(timedelta(hours=1), works, goes_on), "last": Job(timedelta(hours=1), last)}
    timetable = a_timetable(stage, **jobs)
    timetable.start()
    await until(lambda: len(works.at) >= runs and bool(last.at))
    await timetable.stop()
    assert len(works.at) == runs


async def test_stopping_waits_for_the_job_that_runs(stage: Stage) -> None:
    """A refund that was sent is also written down."""
    entered, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(_ports: Ports, now: datetime) -> int:
        entered.set()
        await may_end.wait()
        ended.set()
        return 0

    timetable = a_timetable(stage, slow=Job(timedelta(hours=1), slow))
    timetable.start()
    await asyncio.wait_for(entered.wait(), 10)
    stopping = asyncio.create_task(timetable.stop())
    await asyncio.sleep(0)
    may_end.set()
    await stopping
    assert ended.is_set()


async def test_a_job_is_never_run_twice_at_a_time(stage: Stage) -> None:
    busy = most = 0

    async def work(_ports: Ports, now: datetime) -> int:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0)
        busy -= 1
        return 0

    runner = a_timetable(stage, work=Job(timedelta(hours=1), work)).runners["work"]
    await asyncio.gather(*(runner.once() for _ in range(5)))
    assert most == 1


async def test_a_commit_is_told_at_once(stage: Stage) -> None:
    """Not at the relay's next time."""
    variant = await a_variant(stage.app.db, title="Vase")
    await stage.app.start()
    async with stage.app.db.begin() as session:
        await outbox.write(session, StockLow(variant_id=variant.id, free=1), now=stage.clock())
    await until(lambda: stage.max.sees("Vase: only 1 left"))


async def test_the_real_jobs_find_nothing_to_do_in_a_quiet_shop(stage: Stage) -> None:
    """And none of them fails."""
    ports = Ports(stage.app.db, stage.app.gateways, stage.app.carriers, stage.app.relay, stage.app.bank)
    assert [await job.run(ports, NOW) for job in JOBS.values()] == [0] * len(JOBS)


def test_what_the_jobs_did_is_told_last() -> None:
    assert list(JOBS)[-1] == RELAY
