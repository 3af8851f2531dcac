"""Reading what a carrier sent, which may have any shape: whatever is not there, or is something else, is empty and never an error."""

import json
from datetime import UTC, datetime, time, tzinfo
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from store.parcels.carrier import Window

SHANGHAI = ZoneInfo("Asia/Shanghai")
_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y%m%d %H%M%S")
# What lies outside is a typing error of some machine, or no date at all.
_FIRST_YEAR, _LAST_YEAR = 2015, 2100


def parsed(body: bytes | str) -> Any:
    """The JSON in *body*. Raises: ValueError, whatever is wrong with it."""
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def at(value: object, *path: str | int) -> Any:
    """What lies there, None where nothing does: `at(answer, "data", 0, "status")`."""
    for step in path:
        if isinstance(step, int) and isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        elif isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value


def text(value: object, *path: str | int) -> str:
    """The words or the number that stand there, trimmed; else empty."""
    found = at(value, *path)
    is_plain = isinstance(found, str | int | float) and not isinstance(found, bool)
    return str(found).replace("\0", "").strip() if is_plain else ""


def items(value: object, *path: str | int) -> list[Any]:
    """The list that lies there. A single object in the place of a list is a list of one: several carriers do that."""
    found = at(value, *path)
    return found if isinstance(found, list) else [found] if isinstance(found, dict) else []


def moment(written: str, zone: tzinfo | None) -> datetime | None:
    """An aware moment. A time without an offset is one of *zone*; without a zone it is none: it would be a guess."""
    found = _iso(written) or next((found for form in _FORMATS if (found := _in_form(written, form))), None)
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        return None
    if found.tzinfo is None:
        return found.replace(tzinfo=zone) if zone is not None else None
    return found


def of_epoch_ms(written: str) -> datetime | None:
    """Milliseconds since 1970, as a moment in UTC."""
    try:
        found = datetime.fromtimestamp(int(written) / 1000, tz=ZoneInfo("UTC"))
    except (ValueError, OverflowError, OSError):
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def form(body: bytes) -> dict[str, str]:
    """The fields of a form, the first of each name. Raises: ValueError."""
    fields = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=50)
    return dict(reversed(fields))


def day(written: str, zone: tzinfo) -> Window | None:
    """The whole day that is written there, in *zone*: a date promises no hour."""
    found = moment(written[:10], zone)
    return Window.of_days(found.date(), found.date(), zone) if found is not None else None


def span(begins: datetime | None, ends: datetime | None) -> Window | None:
    """From one moment to another. Two midnights are two dates, which promise no hour; what ends before it begins is nothing."""
    if begins is None or ends is None or ends < begins:
        return None
    if begins.time() == ends.time() == time.min:
        return Window.of_days(begins.date(), ends.date(), begins.tzinfo or UTC)
    return Window(begins.astimezone(UTC), ends.astimezone(UTC), has_time=True)


def _iso(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _in_form(written: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(written, form)  # noqa: DTZ007 - the caller knows the zone
    except ValueError:
        return None
