"""How long a shop has been open between two moments. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from store.models.base import Hours

_DAY = timedelta(days=1)
# Whoever waits longer than this waits too long by any hours.
_LOOKED_BACK = timedelta(days=14)


def is_open(hours: Hours | None, zone: str, now: datetime) -> bool:
    """A shop without hours is always open."""
    return hours is None or any(start <= now < end for start, end in _spans(hours, zone, now - _DAY, now))


def open_for(hours: Hours | None, zone: str, since: datetime, now: datetime) -> timedelta:
    """The part of *since* to *now* in which the shop was open; of long ago, the last fortnight counts."""
    since = max(since, now - _LOOKED_BACK)
    if hours is None:
        return max(now - since, timedelta())
    overlaps = (min(end, now) - max(start, since) for start, end in _spans(hours, zone, since, now))
    return sum((each for each in overlaps if each > timedelta()), timedelta())


def _spans(hours: Hours, zone: str, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The spans that may touch the time between, the night from the day before included."""
    here = ZoneInfo(zone)
    day = since.astimezone(here).date() - _DAY
    while day <= until.astimezone(here).date():
        for start, end in hours.get(str(day.weekday()), []):
            begins, ends = _moment(day, start, here), _moment(day, end, here)
            yield begins, ends if ends > begins else _moment(day + _DAY, end, here)
        day += _DAY


def _moment(day: date, clock: str, here: ZoneInfo) -> datetime:
    hour, minute = map(int, clock.split(":"))
    if hour == 24:
        day, hour = day + _DAY, 0
    return datetime.combine(day, time(hour, minute), tzinfo=here)
