"""How long something lasts, in words."""

from datetime import timedelta

from markupsafe import Markup

from bot.ui.i18n import Translator


def time_left(left: timedelta, t: Translator) -> Markup:
    """A time limit in words, rounded down to what matters."""
    minutes = max(0, int(left.total_seconds() // 60))
    if minutes < 1:
        return t("less than a minute")
    if minutes < 120:
        return t.n("{n} minute", "{n} minutes", minutes)
    hours = minutes // 60
    return t.n("{n} hour", "{n} hours", hours) if hours < 48 else t.n("{n} day", "{n} days", hours // 24)
