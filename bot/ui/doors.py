"""What a customer is told while the shop takes no orders: when it does again, and that nothing is lost."""

from datetime import datetime

from markupsafe import Markup

from bot.ui.buttons import back, home
from bot.ui.callbacks import ShowCart, ShowCategories
from bot.ui.format import moment
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen
from bot.ui.seller import SellerView
from store import doors
from store.doors import Closed
from store.models import Customer


def notice(seller: SellerView, customer: Customer, t: Translator, now: datetime) -> Markup | None:
    """That the shop is closed, if it is: for the front door, and for every cart."""
    shut = doors.closed(seller, now)
    return closed_notice(shut, t, seller.zone_for(customer)) if shut else None


def closed_notice(shut: Closed, t: Translator, zone: str) -> Markup:
    """One or two lines."""
    notice = t("🔒 We are closed now and take orders again from {time}.", time=opening(shut, t, zone))
    said = t.pick(shut.message)
    return notice + t("\n<i>{note}</i>", note=said) if said else notice


def closed_screen(shut: Closed, t: Translator, zone: str) -> Screen:
    """In place of a checkout's next question."""
    text = closed_notice(shut, t, zone) + t("\nYour cart stays as it is, and so does all that you have answered.")
    rows = ((back(ShowCart(), t), Button(t.label("Keep shopping"), ShowCategories())), (home(t),))
    return Screen(text, rows)


def opening(shut: Closed, t: Translator, zone: str) -> str:
    """In the shop's own time: that is when somebody stands there."""
    return moment(shut.opens_at, t.language, zone)
