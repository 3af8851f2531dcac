"""A person's own settings: language, clock, quiet hours, and what they want to be told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from bot.ui.buttons import back_and_home, home, in_rows, shortened
from bot.ui.callbacks import ShowHome, ShowLanguages
from bot.ui.currency import currency_button
from bot.ui.format import clock, offset, zone_city
from bot.ui.i18n import Translator, noop
from bot.ui.screen import Button, Screen
from bot.ui.settings_callbacks import (
    AskQuietHours,
    AskZone,
    ForgetZone,
    SetQuietHours,
    SetTopic,
    SetZone,
    ShowPrivacy,
    ShowSettings,
)
from bot.ui.states import Awaiting
from store.models import Customer
from store.preferences import Topic, wants
from store.zones import zone_of

_TOPICS: Mapping[Topic, str] = {
    Topic.PARCELS: noop("Parcel's steps"),
    Topic.REMINDERS: noop("Reminders"),
    Topic.OFFERS: noop("Offers, discounts"),
}
# The nights that people choose, from early birds to night owls.
_NIGHTS = ((21, 7), (22, 8), (23, 9), (0, 10))
# One of each clock that many people live by; everybody else types a city.
_COMMON = (
    "America/Los_Angeles",
    "America/New_York",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Moscow",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
)


def settings_screen(
    customer: Customer, t: Translator, *, shop_zone: str, now: datetime, currency: str | None = None
) -> Screen:
    """*currency* is the one that prices are in, where there is another to choose."""
    zone = zone_of(customer.timezone, customer.country, shop_zone)
    parts = [
        t("<b>Settings</b>"),
        Markup(""),
        t("Clock: {zone}", zone=_by_the_clock(zone, now, t)),
        _quiet_line(customer, t),
        *([t("Prices: in {currency}", currency=currency)] if currency else []),
        Markup(""),
        t("What should we tell you? News that matters about your orders and parcels always comes."),
    ]
    rows = (
        *in_rows([_toggle(customer, topic, t) for topic in Topic], 1),
        (Button(t.label("🌐 Language"), ShowLanguages()), Button(t.label("🕐 Clock"), AskZone())),
        (Button(t.label("🌙 Quiet hours"), AskQuietHours()), Button(t.label("🔒 My data"), ShowPrivacy())),
        (currency_button(t), home(t)) if currency else (home(t),),
    )
    return Screen(Markup("\n").join(parts), rows)


def _toggle(customer: Customer, topic: Topic, t: Translator) -> Button:
    is_wanted = wants(customer, topic)
    sign = "✅" if is_wanted else "⬜"
    return Button(f"{sign} {t.label(_TOPICS[topic])}", SetTopic(topic=topic, wanted=not is_wanted))


def _quiet_line(customer: Customer, t: Translator) -> Markup:
    if customer.quiet_from is None or customer.quiet_until is None:
        return t("Quiet hours: none, everything comes with a sound")
    return t("Quiet hours: {hours}, without a sound", hours=_hours(customer.quiet_from, customer.quiet_until))


def _hours(start: int, until: int) -> str:
    return f"{start:02}:00–{until:02}:00"


def _by_the_clock(zone: str, now: datetime, t: Translator) -> Markup:
    """Lisbon, 14:03 (UTC+1)"""
    return t(
        "{city}, {time} ({offset})",
        city=zone_city(zone, t.language),
        time=clock(now, t.language, zone),
        offset=offset(zone, now),
    )


def quiet_hours_screen(customer: Customer, t: Translator) -> Screen:
    chosen = (customer.quiet_from, customer.quiet_until)
    nights = [
        Button(f"{'✅ ' if night == chosen else ''}{_hours(*night)}", SetQuietHours(start=night[0], until=night[1]))
        for night in _NIGHTS
    ]
    loud = t.label("Never quiet")
    never = Button(f"✅ {loud}" if None in chosen else loud, SetQuietHours(start=0, until=0))
    text = t("<b>When should your phone stay silent?</b>\nMessages still come then, but without a sound.")
    return Screen(text, (*in_rows(nights, 2), (never,), back_and_home(ShowSettings(), t)))


def zone_screen(
    customer: Customer,
    t: Translator,
    *,
    shop_zone: str,
    now: datetime,
    found: Sequence[str] = (),
    unknown: bool = False,
) -> Screen:
    """Asks for a city. *found* is what one may mean that was typed; *unknown*: none was."""
    now_it_is = _by_the_clock(zone_of(customer.timezone, customer.country, shop_zone), now, t)
    parts = [
        t("<b>By which clock do you live?</b>"),
        t("Now: {zone}", zone=now_it_is),
        Markup(""),
        _question(t, is_found=bool(found), is_unknown=unknown),
    ]
    automatic = Button(t.label("As my parcels go"), ForgetZone())
    rows = (*in_rows(list(_zone_buttons(found or _COMMON, now, t)), 2), (automatic,), back_and_home(ShowSettings(), t))
    return Screen(Markup("\n").join(parts), rows, awaits=Awaiting.TIMEZONE)


def _question(t: Translator, *, is_found: bool, is_unknown: bool) -> Markup:
    if is_unknown:
        return t("I do not know this city. Send the name of a larger one, or choose:")
    if is_found:
        return t("Which of these?")
    return t("Send the name of your city, or choose a clock that shows your time:")


def _zone_buttons(zones: Iterable[str], now: datetime, t: Translator) -> Iterable[Button]:
    for zone in zones:
        time = clock(now, t.language, zone)
        yield Button(f"{time} {shortened(zone_city(zone, t.language), 14)}", SetZone(zone=zone))


def stopped_screen(t: Translator, *, was_told: bool) -> Screen:
    """After /stop: what comes no more, and what still does."""
    done = t("<b>Done: no more reminders and offers.</b>") if was_told else t("<b>You get no reminders and offers.</b>")
    kept = t("News of your orders and parcels still come, and what you have asked to be told.")
    rows = ((Button(t.label("⚙️ Settings"), ShowSettings()), Button(t.label("Home"), ShowHome())),)
    return Screen(Markup("\n").join((done, kept)), rows)
