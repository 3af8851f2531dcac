"""A point on the map that helps the courier: an addition to an address, never in place of one."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from markupsafe import Markup

from bot.ui.address_callbacks import DropPoint, ShowAddress, ShowAddresses
from bot.ui.addresses import address_text
from bot.ui.buttons import back_and_home, filled, home
from bot.ui.callbacks import AskQuestion, Question
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen, Style
from bot.ui.states import Awaiting
from store.checkout import AddressView

_MAP = "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=18/{latitude}/{longitude}"


def map_link(address: Mapping[str, Any], t: Translator) -> list[Markup]:
    """Where exactly, for whoever brings it; nothing when the customer has set no point."""
    latitude, longitude = address.get("latitude"), address.get("longitude")
    if latitude is None or longitude is None:
        return []
    at = {"latitude": f"{latitude:.5f}", "longitude": f"{longitude:.5f}"}
    return [t('📌 <a href="{url}">On the map</a>: <code>{latitude}, {longitude}</code>', url=_MAP.format(**at), **at)]


def point_screen(address: AddressView, t: Translator, *, is_in_checkout: bool) -> Screen:
    """Has a keyboard of its own, because only that can send where somebody is; a computer sends coordinates instead."""
    text = t(
        "<b>Where exactly is it?</b>\n{address}\nPress the button below when you are there, or choose any point with 📎 and Location. "
        "On a computer, send its coordinates.",
        address=address_text(asdict(address), t.language),
    )
    has_point = address.latitude is not None
    drop = Button(t.label("Remove the point"), DropPoint(address_id=address.id), style=Style.DANGER)
    to = AskQuestion(question=Question.REVIEW) if is_in_checkout else ShowAddress(address_id=address.id)
    rows = ((drop,) if has_point else (), back_and_home(to, t))
    return Screen(text, filled(rows), awaits=Awaiting.POINT, asks_location=t.label("📍 I am there now"))


def kept_point(screen: Screen, t: Translator, *, is_live: bool) -> Screen:
    """The screen that follows, with the news above it."""
    news = t("📌 The point is kept as it is now: it does not move with you.") if is_live else t("📌 The point is kept.")
    return replace(screen, text=Markup("\n\n").join([news, screen.text]))


def no_address_screen(t: Translator) -> Screen:
    """A place came out of nowhere: it belongs to no address."""
    text = t("Thank you! A point on the map helps the courier once it belongs to an address. Choose one first:")
    return Screen(text, ((Button(t.label("📍 My addresses"), ShowAddresses()),), (home(t),)))
