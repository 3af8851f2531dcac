"""When each job runs: a runner wakes at its times, or when somebody calls, and does its one job, one at a time, to its end."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot import roles as every
from bot.pulse import Pulse
from bot.roles import Role
from store import alerts, day_report, escalation, holds, support_edits, updates
from store.db import Database
from store.importing import fetching
from store.importing import jobs as import_jobs
from store.parcels import followers, following, lateness, learned, poll, pushes
from store.parcels.office import Office
from store.parcels.registry import Carriers
from store.payments import reconcile, refund_job, statements
from store.payments.registry import Gateways
from store.payments.sandbox_bank import SandboxBank

if TYPE_CHECKING:  # it brings aiogram, which jobs alone do without
    from notifications.relay import Relay

log = logging.getLogger(__name__)

# How often `run_all_due` looks again: what one job did may make another one due.
ROUNDS = 20
DRAIN_S = 20


@dataclass(frozen=True, slots=True)
class Ports:
    """What jobs work with."""

    db: Database
    gateways: Gateways
    carriers: Carriers
    relay: "Relay | None"
    bank: SandboxBank | None = None
    pictures: Path | None = None  # the folder of the shop's own
    office: Office | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """*run* returns how much it found to do; 0 means that nothing was due. One that *goes_on* runs again until then."""

    every: timedelta
    run: Callable[[Ports, datetime], Awaitable[int]]
    goes_on: bool = False


async def _deliver_notices(ports: Ports, now: datetime) -> int:
    return await ports.bank.deliver_due(now=now) if ports.bank is not None else 0


async def _tell(ports: Ports, now: datetime) -> int:
    return await ports.relay.run_once(now) if ports.relay is not None else 0


async def _fetch_pictures(ports: Ports, now: datetime) -> int:
    if ports.pictures is None:
        return 0
    from bot import picture_files  # it brings Pillow

    return await fetching.fetch_due(ports.db, fetching.from_outside(), picture_files.keeper(ports.pictures), now=now)


async def _follow_parcels(ports: Ports, now: datetime) -> int:
    office = ports.office or Office()
    able = following.able(ports.carriers, office.following)
    return await followers.ask_due(ports.db, able, now=now, office=office)


RELAY = "relay"

JOBS: Mapping[str, Job] = {
    "sandbox_bank": Job(timedelta(seconds=5), _deliver_notices),
    "apply_waiting": Job(timedelta(seconds=30), lambda ports, now: reconcile.apply_waiting(ports.db, now=now)),
    "check_pending": Job(
        timedelta(seconds=10), lambda ports, now: reconcile.check_pending(ports.db, ports.gateways, now=now)
    ),
    "expire_unpaid": Job(
        timedelta(seconds=30), lambda ports, now: reconcile.expire_unpaid(ports.db, ports.gateways, now=now)
    ),
    "remind_of_holds": Job(timedelta(seconds=30), lambda ports, now: holds.remind(ports.db, now=now)),
    "submit_refunds": Job(
        timedelta(seconds=10), lambda ports, now: refund_job.submit_due(ports.db, ports.gateways, now=now)
    ),
    "read_statements": Job(
        timedelta(minutes=10), lambda ports, now: statements.compare_due(ports.db, ports.gateways, now=now)
    ),
    "poll_parcels": Job(
        timedelta(seconds=60),
        lambda ports, now: poll.poll_due(ports.db, ports.carriers, now=now, office=ports.office),
        goes_on=True,
    ),
    # After the orders' parcels: these have what is left.
    "follow_parcels": Job(timedelta(seconds=60), _follow_parcels, goes_on=True),
    "hear_pushes": Job(
        timedelta(seconds=30), lambda ports, now: pushes.apply_waiting(ports.db, ports.carriers, now=now)
    ),
    "learn_arrivals": Job(timedelta(minutes=30), lambda ports, now: learned.learn(ports.db, now=now)),
    "notice_late_parcels": Job(timedelta(minutes=15), lambda ports, now: lateness.notice_due(ports.db, now=now)),
    "sweep_pushes": Job(timedelta(hours=1), lambda ports, now: pushes.sweep(ports.db, now=now), goes_on=True),
    "sweep_followed": Job(timedelta(hours=1), lambda ports, now: following.sweep(ports.db, now=now), goes_on=True),
    "remind_of_questions": Job(
        timedelta(minutes=5), lambda ports, now: support_edits.remind_due(ports.db, now=now), goes_on=True
    ),
    "end_day": Job(timedelta(minutes=5), lambda ports, now: day_report.end_day(ports.db, now=now)),
    "nudge": Job(timedelta(seconds=60), lambda ports, now: escalation.nudge_due(ports.db, now=now)),
    "read_imports": Job(
        timedelta(seconds=3), lambda ports, now: import_jobs.work_off(ports.db, ports.gateways, now=now), goes_on=True
    ),
    "fetch_pictures": Job(timedelta(seconds=10), _fetch_pictures, goes_on=True),
    "index_imports": Job(
        timedelta(seconds=10), lambda ports, now: import_jobs.index_due(ports.db, now=now), goes_on=True
    ),
    "sweep_updates": Job(timedelta(minutes=10), lambda ports, now: updates.sweep(ports.db, now=now), goes_on=True),
    "tell_back_in_stock": Job(timedelta(seconds=60), lambda ports, now: alerts.tell_back_in_stock(ports.db, now=now)),
    "tell_price_drops": Job(
        timedelta(seconds=10), lambda ports, now: alerts.tell_price_drops(ports.db, now=now), goes_on=True
    ),
    "remind_of_carts": Job(
        timedelta(seconds=60), lambda ports, now: alerts.remind_of_carts(ports.db, now=now), goes_on=True
    ),
    # Last, so that `run_all_due` also tells what the others did.
    RELAY: Job(timedelta(seconds=5), _tell, goes_on=True),
}


# Where nobody in the same process says that there is something to tell, the relay looks more often.
ALONE_RELAY_EVERY = timedelta(seconds=1)


def jobs_of(roles: frozenset[Role]) -> Mapping[str, Job]:
    """What a process with these roles has to do."""
    jobs = {name: job for name, job in JOBS.items() if (Role.RELAY if name == RELAY else Role.TIMETABLE) in roles}
    if RELAY in jobs and roles != every.ALL:
        jobs[RELAY] = replace(jobs[RELAY], every=ALONE_RELAY_EVERY)
    return jobs


@dataclass
class Runner:
    """One job, never twice at a time in this process; other processes are kept off by what the job claims in the database."""

    name: str
    work: Callable[[], Awaitable[int]]
    every_s: float
    goes_on: bool = False
    pulse: Pulse = field(default_factory=Pulse)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    def wake(self) -> None:
        self._wanted.set()

    async def once(self) -> int:
        """How much was done; 0 also when it failed: it is logged, and the next time comes."""
        async with self._busy:
            try:
                done = await self.work()
            except Exception:
                log.exception("job %s failed", self.name)
                self.pulse.beat(ok=False)
                return 0
            self.pulse.beat()
            return done

    async def run(self, stopping: asyncio.Event) -> None:
        """At once, then each time `every_s` have passed by the clock that nobody can set, or sooner when it is woken."""
        self.wake()  # what waited while we were away is due now
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), self.every_s)
            self._wanted.clear()
            if stopping.is_set():
                return
            while await self.once() and self.goes_on and not stopping.is_set():
                pass  # each round gets the moment at which it begins


class Timetable:
    def __init__(self, ports: Ports, clock: Callable[[], datetime], jobs: Mapping[str, Job] = JOBS) -> None:
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.runners = {name: _runner(name, job, ports, clock) for name, job in jobs.items()}

    def start(self) -> None:
        """Every job runs at its times, from now on."""
        for name, runner in self.runners.items():
            self._tasks.append(asyncio.create_task(runner.run(self._stopping), name=f"job {name}"))

    async def stop(self) -> None:
        """No job begins any more; those that run have come to their end."""
        self._stopping.set()
        for runner in self.runners.values():
            runner.wake()
        await drain(self._tasks)
        self._tasks.clear()

    def vitals(self) -> Mapping[str, Pulse]:
        """The relay's pulse, and of all other jobs the weakest, each where it runs here."""
        jobs = [runner.pulse for name, runner in self.runners.items() if name != RELAY]
        found = {"timetable": max(jobs, key=lambda pulse: pulse.weakness)} if jobs else {}
        return found | ({RELAY: self.runners[RELAY].pulse} if RELAY in self.runners else {})

    async def run_all_due(self) -> None:
        """Every job, in the table's order, again and again until nothing is due (twenty rounds at most)."""
        for _ in range(ROUNDS):
            done = [await runner.once() for runner in self.runners.values()]
            if not any(done):
                return
        log.warning("jobs found work in each of %s rounds", ROUNDS)


async def drain(tasks: list[asyncio.Task[None]]) -> None:
    """The tasks have ended by themselves, or were ended after DRAIN_S seconds."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=DRAIN_S)
    for task in late:
        log.warning("%s did not end in time", task.get_name())
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _runner(name: str, job: Job, ports: Ports, clock: Callable[[], datetime]) -> Runner:
    every_s = job.every.total_seconds()
    return Runner(name, lambda: job.run(ports, clock()), every_s, job.goes_on, Pulse(every_s))
