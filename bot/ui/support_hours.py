"""When the people of the shop answer: read from one line of the settings, told in the customer's words."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_time, get_day_names, get_timezone_location
from markupsafe import Markup

from bot.ui.i18n import Translator

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LINE = re.compile(r"(?:([a-z]{3})(?:-([a-z]{3}))?\s+)?(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.IGNORECASE)
_BABEL = {"zh": "zh_Hans"}


@dataclass(frozen=True, slots=True)
class Hours:
    """From *opens* to *closes* on each day from *first* to *last* (0 is Monday), by the shop's clock."""

    opens: time
    closes: time
    first: int = 0
    last: int = 6

    def is_open(self, now: datetime, zone: str) -> bool:
        """Hours that end before they begin go on after midnight."""
        local = now.astimezone(ZoneInfo(zone))
        day, at = local.weekday(), local.time()
        goes_on = self.closes <= self.opens and at < self.closes
        if goes_on:
            day = (day - 1) % 7
        is_hour = goes_on or (self.opens <= at and (at < self.closes or self.closes <= self.opens))
        return is_hour and (day - self.first) % 7 <= (self.last - self.first) % 7


def parse(line: str | None) -> Hours | None:
    """`09:00-18:00`, `Mon-Fri 09:00-18:00`; None for what is no hours, which the settings have refused before."""
    found = _LINE.fullmatch((line or "").strip().lower())
    if found is None:
        return None
    first, last, hour, minute, end_hour, end_minute = found.groups()
    closes = time.max if int(end_hour) >= 24 else time(int(end_hour), int(end_minute))
    opens = time(int(hour), int(minute))
    if first is None:
        return Hours(opens, closes)
    return Hours(opens, closes, _DAYS.index(first), _DAYS.index(last or first))


def told(hours: Hours | None, t: Translator, *, zone: str, now: datetime) -> Markup:
    """When an answer can be expected; a shop that has not said when says only that it answers."""
    if hours is None:
        return t("We answer as soon as we can.")
    when = _when(hours, t, zone)
    if hours.is_open(now, zone):
        return t("We answer {when}.", when=when)
    return t("We are not there just now. We answer {when}.", when=when)


def _when(hours: Hours, t: Translator, zone: str) -> Markup:
    locale = _BABEL.get(t.language, t.language)
    opens, closes = (format_time(each, "HH:mm", locale=locale) for each in (hours.opens, hours.closes))
    closes = "24:00" if hours.closes == time.max else closes
    place = _place(zone, locale)
    span = {"opens": opens, "closes": closes, "place": place}
    if (hours.first, hours.last) == (0, 6):
        return t("from {opens} to {closes}, {place} time", **span)
    names = get_day_names("abbreviated", locale=locale)
    days = names[hours.first] if hours.first == hours.last else f"{names[hours.first]}–{names[hours.last]}"
    return t("{days} from {opens} to {closes}, {place} time", days=days, **span)


def _place(zone: str, locale: str) -> str:
    """The city by whose clock the shop lives: Shanghai, 上海, Шанхай."""
    if zone.upper() in ("UTC", "GMT", "ETC/UTC"):
        return "UTC"
    return str(get_timezone_location(ZoneInfo(zone), locale=Locale.parse(locale), return_city=True))
