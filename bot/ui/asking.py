"""Answers to what people ask in plain words about an order; where the parcel is stands in `parcels.py`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from markupsafe import Markup

from bot.ui.address_callbacks import ShowAddresses
from bot.ui.buttons import excerpt, filled, home, in_rows, shortened
from bot.ui.callbacks import AnswerAbout, FindParcels, ShowCategories, ShowOrder, ShowOrders, ShowParcels
from bot.ui.checkout import days_text
from bot.ui.format import moment_there, money
from bot.ui.i18n import Translator, noop
from bot.ui.orders import refund_line
from bot.ui.parcel_words import age_text
from bot.ui.parcels import carrier_links
from bot.ui.payment import order_code
from bot.ui.screen import Button, Rows, Screen
from bot.ui.search_callbacks import ShowResults
from bot.ui.settings_callbacks import ShowSupport
from bot.ui.support_callbacks import AskAboutOrder
from store.models.base import Texts
from store.order_search import Awaited
from store.order_status import OrderStatus, RefundStatus
from store.order_story import OrderStory
from store.orders import OrderView
from store.parcels.asking.intents import Intent
from store.parcels.carrier import Stage
from store.parcels.registry import Carriers

_SAID_MAX = 300
_PLACE_MAX = 60


def is_it_a_parcel_screen(t: Translator, *, search_id: int) -> Screen:
    """Nobody is sure: one tap decides, and the words are not lost."""
    parcel = Button(t.label("📦 Parcel status"), FindParcels())
    other = Button(t.label("Something else"), ShowResults(search_id=search_id))
    return Screen(t("Do you ask where your order is?"), ((parcel, other), (home(t),)))


def which_order_screen(intent: Intent, orders: Sequence[Awaited], t: Translator) -> Screen:
    """Several orders may be meant; the answer to what was asked follows the press."""
    buttons = [Button(shortened(each.number), AnswerAbout(intent=intent, order_id=each.id)) for each in orders]
    return Screen(t("<b>Which order do you mean?</b>"), (*in_rows(buttons, 2), (home(t),)))


_NOTHING: Mapping[Intent, str] = {
    Intent.CANCEL: noop("<b>There is nothing to cancel</b>\nNone of your orders is still waiting to be packed."),
    Intent.CHANGE_ADDRESS: noop(
        "<b>No order is on its way to an address</b>\nWhere the next one goes can be changed here:"
    ),
    Intent.REFUND_STATUS: noop("<b>No refund is under way</b>\nIf you wait for money, ask us: we look it up."),
}


def nothing_screen(intent: Intent, t: Translator) -> Screen:
    addresses = (Button(t.label("📍 My addresses"), ShowAddresses()),) if intent is Intent.CHANGE_ADDRESS else ()
    orders = (Button(t.label("My orders"), ShowOrders()), Button(t.label("💬 Support"), ShowSupport()))
    return Screen(t(_NOTHING[intent]), filled((addresses, orders, (home(t),))))


def not_received_screen(timeline: Screen, order: OrderView, t: Translator) -> Screen:
    """The carrier says that it has been delivered, and its buyer says no."""
    help_ = t(
        "\n<b>You do not have it?</b>\nLook with neighbours, at the reception and where parcels are left."
        " If it is not there, tell us: we ask the carrier who took it in."
    )
    text = Markup("\n").join((timeline.text, help_))
    return replace(timeline, text=text, rows=((_ask(order, t.label("It is not there")),), *timeline.rows))


def change_address_screen(story: OrderStory, t: Translator, *, carriers: Carriers) -> Screen:
    """Before it leaves the shop changes it; afterwards only the carrier can."""
    order = story.order
    if not _has_left(story):
        text = t(
            "<b>Order {number} has not left yet</b>\nWrite us the right address: we change it before the parcel goes.",
            number=order_code(order, t),
        )
        return Screen(text, _rows(order, t, t.label("✍️ Write the address")))
    text = t(
        "<b>Order {number} is with the carrier already</b>\nThe carrier may still take it elsewhere: ask there, or write to us and we try.",
        number=order_code(order, t),
    )
    return Screen(text, _rows(order, t, t.label("💬 Ask about it"), *carrier_links(story.shipments, t, carriers)))


def too_late_to_cancel_screen(story: OrderStory, t: Translator) -> Screen:
    order = story.order
    if order.status in (OrderStatus.CANCELLED, OrderStatus.EXPIRED):
        text = t("<b>Order {number} is called off already</b>", number=order_code(order, t))
    else:
        text = t(
            "<b>Order {number} cannot be called off here any more</b>\nIt is packed or has left. Write to us: we say what can still be done.",
            number=order_code(order, t),
        )
    return Screen(text, _rows(order, t, t.label("💬 Ask about it")))


def refunds_screen(story: OrderStory, t: Translator, *, zone: str) -> Screen:
    """The money of an order that goes back: how much, since when, how far."""
    parts = [t("<b>Money back for order {number}</b>", number=order_code(story.order, t))]
    for refund in story.refunds:
        parts.append(refund_line(refund, t))
        at = moment_there(refund.finished_at or refund.created_at, t.language, zone)
        parts.append(t("since {at}", at=at))
    if not story.refunds:
        parts.append(t("Nothing has been sent back for it."))
        if story.refundable_minor:
            paid = money(story.refundable_minor, story.order.currency, t.language)
            parts.append(t("{amount} was paid.", amount=paid))
    if any(refund.status is RefundStatus.SUCCEEDED for refund in story.refunds):
        parts.append(t("Banks may need a few days to show it."))
    return Screen(Markup("\n").join(parts), _rows(story.order, t, t.label("💬 Ask about it")))


def courier_screen(story: OrderStory, t: Translator, *, carriers: Carriers, now: datetime) -> Screen:
    """We are not told couriers' numbers: what the carrier wrote last, and who can be asked."""
    parts = [t("<b>Order {number}</b>", number=order_code(story.order, t))]
    parts += _carriers_words(story, t, now, Stage.OUT_FOR_DELIVERY, Stage.FAILED_ATTEMPT, Stage.READY_FOR_PICKUP)
    if _has_left(story):
        parts.append(t("We do not know the courier's number. The carrier does: ask there, or write to us."))
    else:
        parts.append(t("It has not left yet: there is no courier so far."))
    return Screen(Markup("\n").join(parts), _asked_rows(story, t, carriers))


def pickup_screen(story: OrderStory, t: Translator, *, carriers: Carriers, now: datetime) -> Screen:
    """Where it waits, and what the carrier says is needed."""
    order = story.order
    parts = [t("<b>Order {number}</b>", number=order_code(order, t))]
    if order.delivery_kind == "pickup":
        parts.append(t("You need no code at our counter: the number of the order is enough."))
        if details := t.pick(order.delivery_details):
            parts.append(t("📍 {details}", details=details))
        return Screen(Markup("\n").join(parts), _asked_rows(story, t, carriers))
    waiting = list(_carriers_words(story, t, now, Stage.READY_FOR_PICKUP))
    parts += waiting or [t("It does not wait anywhere to be fetched yet.")]
    phone = "•••" + order.contact_phone[-2:] if order.contact_phone else "•••"
    parts.append(
        t(
            "The carrier sends the code to the phone number of the order ({phone}); we do not see it. If none came, ask there or write to us.",
            phone=phone,
        )
    )
    return Screen(Markup("\n").join(parts), _asked_rows(story, t, carriers))


def delivery_times_screen(days: Sequence[tuple[Texts, int, int]], t: Translator, *, has_orders: bool) -> Screen:
    """How long it takes, for whoever has not bought yet; and the way to the parcel for whoever has."""
    parcel = (Button(t.label("📦 Parcel status"), FindParcels()),) if has_orders else ()
    return Screen(_how_long(days, t), filled((parcel, (Button(t.label("🛍 Browse"), ShowCategories()), home(t)))))


def with_delivery_times(screen: Screen, days: Sequence[tuple[Texts, int, int]], t: Translator) -> Screen:
    """For whoever asks when it comes and has bought nothing yet: "什么时候发货" is said by both."""
    return replace(screen, text=Markup("\n\n").join([screen.text, _how_long(days, t)]))


def _how_long(days: Sequence[tuple[Texts, int, int]], t: Translator) -> Markup:
    lines = [
        t("• {title}: {days}", title=t.pick(title), days=days_text(fewest, most, t)) for title, fewest, most in days
    ]
    if not lines:
        lines = [t("That depends on where it goes.")]
    return Markup("\n").join(
        (
            t("<b>How long delivery takes</b>"),
            *lines,
            t("The days for your address are shown at the checkout, before you pay."),
        )
    )


def _has_left(story: OrderStory) -> bool:
    return any(parcel.shipped_at is not None for parcel in story.parcels)


def _carriers_words(story: OrderStory, t: Translator, now: datetime, *stages: Stage) -> Iterable[Markup]:
    """The latest scan of these stages in the carrier's own words, long numbers in it masked, and how old our news is."""
    found = [(scan, parcel) for parcel in story.parcels for scan in parcel.scans if scan.stage in stages]
    if not found:
        return
    scan, parcel = max(found, key=lambda each: each[0].occurred_at)
    if scan.text:
        yield t("The carrier writes: <i>{text}</i>", text=excerpt(scan.text, _SAID_MAX))
    if scan.place:
        yield t("📍 {details}", details=excerpt(scan.place, _PLACE_MAX))
    if parcel.polled_at is not None:
        yield Markup("<i>{}</i>").format(age_text(now - parcel.polled_at, t))


def _asked_rows(story: OrderStory, t: Translator, carriers: Carriers) -> Rows:
    where = Button(t.label("📦 Where is it?"), ShowParcels(order_id=story.order.id))
    return _rows(story.order, t, t.label("💬 Ask about it"), where, *carrier_links(story.shipments, t, carriers))


def _rows(order: OrderView, t: Translator, ask: str, *more: Button) -> Rows:
    show = Button(t.label("Show order"), ShowOrder(order_id=order.id))
    return filled(((_ask(order, ask),), more, (show, home(t))))


def _ask(order: OrderView, label: str) -> Button:
    return Button(label, AskAboutOrder(order_id=order.id))
