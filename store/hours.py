"""When a shop is open: spans of the day by weekday, in the shop's own time zone. Everything here is pure.

A span that ends at or before its beginning goes on past midnight. On a day when the clocks change, a span is as long as the clock on the wall says.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from store import typed
from store.errors import BadInput
from store.models.base import Hours

MAXIMUM_SPANS = 4
DAYS = tuple(str(day) for day in range(7))  # "0" is Monday
_SPAN = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(?:-|–|—|~|to)\s*(\d{1,2})(?:[:.h](\d{2}))?", re.IGNORECASE)
_DAY = timedelta(days=1)


def read(text: str) -> list[list[str]]:
    """ "9-13, 14:00-18:30" → [["09:00", "13:00"], ["14:00", "18:30"]]. Raises: BadInput(field="hours", reason) format, overlap, too_many."""
    parts = re.split(r"[,;，；\n]", typed.line(text, "hours", maximum=100))
    spans = sorted(_span(part.strip()) for part in parts if part.strip())
    if not spans:
        raise BadInput(field="hours", reason="format")
    if len(spans) > MAXIMUM_SPANS:
        raise BadInput(field="hours", reason="too_many", maximum=MAXIMUM_SPANS)
    for (_, end), (start, _) in pairwise(spans):
        if not end <= start:
            raise BadInput(field="hours", reason="overlap")
    if any(end <= start for start, end in spans[:-1]):
        raise BadInput(field="hours", reason="overlap")
    return [[start, end] for start, end in spans]


def _span(text: str) -> tuple[str, str]:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise BadInput(field="hours", reason="format")
    start, end = _clock(match[1], match[2]), _clock(match[3], match[4])
    if start == "24:00" or start == end:
        raise BadInput(field="hours", reason="format")
    return start, end


def _clock(hour: str, minute: str | None) -> str:
    whole, part = int(hour), int(minute or 0)
    if whole > 24 or part > 59 or (whole == 24 and part):
        raise BadInput(field="hours", reason="format")
    return f"{whole:02}:{part:02}"


def read_day(text: str, zone: str, now: datetime, *, or_today: bool = False) -> datetime:
    """The beginning of a day that is typed: "24.12", "24.12.2026", "2026-12-24"; without a year, the next one, *or_today*. Raises: BadInput(field="date", reason="format")."""
    clean = typed.line(text, "date", maximum=20)
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", clean) or re.fullmatch(
        r"(\d{4})年(\d{1,2})月(\d{1,2})日?", clean
    )
    short = re.fullmatch(r"(\d{1,2})[./](\d{1,2})\.?(?:(\d{4}))?", clean)
    chinese = re.fullmatch(r"(\d{1,2})月(\d{1,2})日?", clean)
    today = now.astimezone(ZoneInfo(zone)).date()
    year, month, day = (
        iso.groups()
        if iso
        else (short[3], short[2], short[1])
        if short
        else (None, *chinese.groups())
        if chinese
        else (None,) * 3
    )
    if month is None or day is None:
        raise BadInput(field="date", reason="format")
    try:
        found = date(int(year or today.year), int(month), int(day))
        if year is None and (found < today if or_today else found <= today):
            found = found.replace(year=found.year + 1)
    except ValueError:
        raise BadInput(field="date", reason="format") from None
    return _moment(found, "00:00", ZoneInfo(zone))


def days_from(now: datetime, days: int, zone: str) -> datetime:
    """The beginning of the day that is so many days after today."""
    here = ZoneInfo(zone)
    return _moment(now.astimezone(here).date() + days * _DAY, "00:00", here)


def with_days(hours: Hours | None, days: Sequence[str], spans: list[list[str]]) -> Hours:
    """These *days* have these *spans*, none when the shop is closed on them; a shop that was always open is closed on all others."""
    known = {day: (hours or {}).get(day, []) for day in DAYS}
    return {day: spans if day in days else known[day] for day in DAYS}


def opens_at(hours: Hours | None, zone: str, now: datetime) -> datetime | None:
    """None when it is open; else when it opens next. A shop without a single span never does: in ten years."""
    if hours is None:
        return None
    return opening_after(hours, zone, now)


def opening_after(hours: Hours, zone: str, at: datetime) -> datetime | None:
    """None when it is open *at* that moment; else the beginning of the next span."""
    for start, end in _spans_around(hours, zone, at):
        if start <= at < end:
            return None
        if start > at:
            return start
    return at + 3650 * _DAY


def _spans_around(hours: Mapping[str, list[list[str]]], zone: str, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From yesterday, whose night may not be over, to the same day of next week."""
    here = ZoneInfo(zone)
    today = at.astimezone(here).date()
    for day in (today + n * _DAY for n in range(-1, 9)):
        for start, end in hours.get(str(day.weekday()), []):
            begins, ends = _moment(day, start, here), _moment(day, end, here)
            yield begins, ends if ends > begins else _moment(day + _DAY, end, here)


def _moment(day: date, clock: str, zone: ZoneInfo) -> datetime:
    hour, minute = (int(part) for part in clock.split(":"))
    if hour == 24:
        day, hour = day + _DAY, 0
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
