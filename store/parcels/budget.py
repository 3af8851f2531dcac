"""How often a carrier may be asked, and how it is: one row a carrier, for all processes together and over every restart."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store import outbox
from store.events import CarrierFailing, CarrierRecovered
from store.models import CarrierAccount
from store.parcels.carrier import Carrier, CarrierBusy, CarrierCapabilities, CarrierError, CarrierRefused
from store.upsert import insert_ignoring

# A call whose turn is further away is not waited for: its parcel comes again then.
LONGEST_WAIT = timedelta(seconds=30)
# So many failures in a row are no accident any more: the staff is told.
TOLD_AFTER = 5
_FIRST_QUIET, _LONGEST_QUIET = timedelta(seconds=30), timedelta(hours=1)
_FIRST_REFUSED, _LONGEST_REFUSED = timedelta(minutes=15), timedelta(hours=6)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class For(IntEnum):
    """Whom a call is for: the percent of a day's calls that is left to those who come before them."""

    PEOPLE = 0  # who ask for their orders
    PARCELS = 10  # of orders, when they are due
    FOLLOWERS = 50  # parcels from elsewhere


@dataclass(frozen=True, slots=True)
class Turn:
    """*wait* seconds, then one call; or none before *not_before*."""

    wait_s: float = 0
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a carrier is, for the staff and for the doctor. *calls* of today, out of *calls_per_day* where there is a limit."""

    carrier: str
    calls: int
    calls_per_day: int | None
    failures: int
    failing_since: datetime | None
    quiet_until: datetime | None
    answered_at: datetime | None
    error: str


async def take(session: AsyncSession, carrier: Carrier, *, now: datetime, whom: For = For.PARCELS) -> Turn:
    """One call is taken out of what the carrier allows, for this process and no other. Of a day each leaves some to those before it."""
    account, can = await _account(session, carrier.name), carrier.capabilities
    if account.quiet_until is not None and account.quiet_until > now:
        return Turn(not_before=account.quiet_until)
    today = now.astimezone(UTC).date().isoformat()
    calls = account.calls if account.day == today else 0
    if can.calls_per_day is not None and calls >= _share(can.calls_per_day, whom):
        return Turn(not_before=_tomorrow(now))
    begins = max(now, account.free_at) if can.calls_per_s else now
    if begins - now > LONGEST_WAIT:
        return Turn(not_before=begins)
    account.day, account.calls = today, calls + 1
    account.free_at = begins + _spacing(can)
    return Turn(wait_s=(begins - now).total_seconds())


async def answered(session: AsyncSession, carrier: Carrier, *, now: datetime) -> None:
    """The carrier is well; who was told that it is not is told so, once."""
    account = await _account(session, carrier.name)
    was_told = account.told_at is not None
    account.failures, account.failing_since, account.quiet_until, account.told_at = 0, None, None, None
    account.answered_at, account.error = now, ""
    if was_told:
        await outbox.write(session, CarrierRecovered(carrier=carrier.name), now=now)


async def failed(session: AsyncSession, carrier: Carrier, error: CarrierError, *, now: datetime) -> datetime:
    """Until when it is left alone: longer each time, and as long as it wants itself. The staff is told once, at once where it must act."""
    account = await _account(session, carrier.name)
    account.failures += 1
    account.failing_since = account.failing_since or now
    account.error = str(error)[:200]
    account.quiet_until = now + _quiet(error, account.failures)
    is_told = isinstance(error, CarrierRefused) or account.failures >= TOLD_AFTER
    if is_told and account.told_at is None:
        account.told_at = now
        must_act = isinstance(error, CarrierRefused)
        await outbox.write(session, CarrierFailing(carrier=carrier.name, must_act=must_act), now=now)
    return account.quiet_until


async def quiet(session: AsyncSession, *, now: datetime) -> frozenset[str]:
    """The carriers that are left alone for now."""
    silent = select(CarrierAccount.carrier).where(CarrierAccount.quiet_until > now)
    return frozenset(await session.scalars(silent))


async def standings(session: AsyncSession, carriers: Collection[Carrier], *, now: datetime) -> list[Standing]:
    """Of every carrier that can be asked, whether it ever was or not."""
    rows = {row.carrier: row for row in await session.scalars(select(CarrierAccount))}
    asked = (carrier for carrier in carriers if carrier.capabilities.poll)
    return [_standing(carrier, rows.get(carrier.name), now) for carrier in asked]


def _standing(carrier: Carrier, account: CarrierAccount | None, now: datetime) -> Standing:
    limit = carrier.capabilities.calls_per_day
    if account is None:
        return Standing(carrier.name, 0, limit, 0, None, None, None, "")
    is_today = account.day == now.astimezone(UTC).date().isoformat()
    return Standing(
        carrier.name,
        account.calls if is_today else 0,
        limit,
        account.failures,
        account.failing_since,
        account.quiet_until,
        account.answered_at,
        account.error,
    )


async def _account(session: AsyncSession, carrier: str) -> CarrierAccount:
    """The carrier's row, held until the transaction ends."""
    row = select(CarrierAccount).where(CarrierAccount.carrier == carrier).with_for_update()
    found = await session.scalar(row.execution_options(populate_existing=True))
    if found is not None:
        return found
    blank = {"day": "", "calls": 0, "failures": 0, "error": ""}
    await insert_ignoring(session, CarrierAccount, carrier=carrier, free_at=_LONG_AGO, **blank)
    return (await session.scalars(row.execution_options(populate_existing=True))).one()


def _quiet(error: CarrierError, failures: int) -> timedelta:
    if isinstance(error, CarrierRefused):
        return min(_FIRST_REFUSED * (1 << min(failures - 1, 8)), _LONGEST_REFUSED)
    asked_for = error.retry_after if isinstance(error, CarrierBusy) else None
    if asked_for is not None:
        return asked_for
    # One failure may be the parcel's: the next one is asked for at once.
    if failures == 1 and not isinstance(error, CarrierBusy):
        return timedelta()
    return min(_FIRST_QUIET * (1 << min(failures - 1, 8)), _LONGEST_QUIET)


def _share(calls_per_day: int, whom: For) -> int:
    return calls_per_day - calls_per_day * whom // 100


def _spacing(can: CarrierCapabilities) -> timedelta:
    return timedelta(seconds=1 / can.calls_per_s) if can.calls_per_s else timedelta()


def _tomorrow(now: datetime) -> datetime:
    """A carrier's day begins somewhere; in Greenwich we begin none too early by more than half a day."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
