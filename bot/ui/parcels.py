"""Where a parcel is, in plain words: the timeline of an order, and what is told at its milestones."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from markupsafe import Markup, escape

from bot.ui.buttons import back_and_home, excerpt, filled, home, in_rows, shortened
from bot.ui.callbacks import RefreshParcels, ShowCategories, ShowOrder, ShowOrders, ShowParcels
from bot.ui.contents import contents
from bot.ui.format import day, moment, moment_there, offset, window, zone_city
from bot.ui.i18n import Translator, noop
from bot.ui.parcel_numbers import AnyParcel, carrier_name, carrier_questions, not_scanned_yet
from bot.ui.parcel_page import Pages
from bot.ui.parcel_words import STAGE, STATUS, age_text
from bot.ui.payment import order_code
from bot.ui.screen import Button, Rows, Screen
from store.order_search import Arrived, Awaited
from store.order_status import OrderStatus, ShipmentStatus
from store.order_status import ShipmentStatus as S
from store.orders import OrderView
from store.parcels.carrier import Stage, Window
from store.parcels.registry import Carriers
from store.shipments import ScanView, ShipmentView

_SCANS_SHOWN = 12

# What is worth a message of its own; the rest only changes the timeline.
_MILESTONES: Mapping[ShipmentStatus, str] = {
    ShipmentStatus.HANDED_OVER: noop("🚚 <b>Order {number} has left the shop</b>"),
    ShipmentStatus.OUT_FOR_DELIVERY: noop("🚪 <b>Order {number} comes today</b>\nThe courier has it on board."),
    ShipmentStatus.READY_FOR_PICKUP: noop("🏬 <b>Order {number} can be fetched</b>"),
    ShipmentStatus.DELIVERED: noop("📬 <b>Order {number} has been delivered</b>\nEnjoy it!"),
    ShipmentStatus.EXCEPTION: noop("⚠️ <b>Order {number} is held up</b>\nThe carrier is on it; the shop knows too."),
    ShipmentStatus.LOST: noop("⚠️ <b>The carrier cannot find order {number}</b>\nThe shop takes care of it."),
    ShipmentStatus.RETURNING: noop("↩️ <b>Order {number} goes back to the shop</b>\nThe shop will write to you."),
}
# The same of one of several parcels: nobody is to think that everything is there.
_MILESTONES_OF_A_PART: Mapping[ShipmentStatus, str] = {
    ShipmentStatus.HANDED_OVER: noop("🚚 <b>A part of order {number} has left the shop</b>"),
    ShipmentStatus.OUT_FOR_DELIVERY: noop(
        "🚪 <b>A part of order {number} comes today</b>\nThe courier has it on board."
    ),
    ShipmentStatus.READY_FOR_PICKUP: noop("🏬 <b>A part of order {number} can be fetched</b>"),
    ShipmentStatus.DELIVERED: noop("📬 <b>A part of order {number} has been delivered</b>"),
    ShipmentStatus.EXCEPTION: noop(
        "⚠️ <b>A part of order {number} is held up</b>\nThe carrier is on it; the shop knows too."
    ),
    ShipmentStatus.LOST: noop("⚠️ <b>The carrier cannot find a part of order {number}</b>\nThe shop takes care of it."),
    ShipmentStatus.RETURNING: noop(
        "↩️ <b>A part of order {number} goes back to the shop</b>\nThe shop will write to you."
    ),
}


def timeline_screen(
    order: OrderView,
    shipments: Sequence[ShipmentView],
    t: Translator,
    *,
    zone: str,
    now: datetime,
    carriers: Carriers | None = None,
    pages: Pages | None = None,
) -> Screen:
    """All parcels of an order, the newest news first. Also the living message that is edited as the parcel moves."""
    is_over = order.status in (OrderStatus.CANCELLED, OrderStatus.EXPIRED)
    # A parcel that was taken apart before it left is nothing to tell, unless nothing else became of the order.
    parcels = [each for each in shipments if each.kind != "digital" and (is_over or each.status != S.CANCELLED)]
    left = _left(order, parcels)
    is_part = len(parcels) + bool(left) > 1
    parts = [t("<b>Order {number}</b>", number=order_code(order, t))]
    for n, parcel in enumerate(parcels, start=1):
        title = t("\n<b>Parcel {n} of {all}</b>", n=n, all=len(parcels)) if len(parcels) > 1 else Markup("")
        if is_part and parcel.pieces:
            title += Markup("\n{}").format(contents(order, parcel.pieces, t))
        parts += [title, *_parcel(order, parcel, t, zone=zone, now=now, carriers=carriers or {})]
    if parcels and left:
        parts.append(t("\n<b>Still to be sent</b>\n{contents}", contents=contents(order, left, t)))
    if not parcels:
        parts += [Markup(""), _not_sent_yet(order, t)]
    return Screen(Markup("\n").join(parts), _timeline_rows(order, parcels, t, carriers or {}, pages))


def _left(order: OrderView, parcels: Sequence[ShipmentView]) -> list[tuple[int, int]]:
    """(order line id, how many) of the goods that lie in no parcel, while some do."""
    packed = Counter[int]()
    for parcel in parcels:
        if parcel.shipped_at is None:
            packed.update(dict(parcel.pieces))
    lines = [(line.id, line.open_quantity - packed[line.id]) for line in order.lines if not line.is_digital]
    is_confirmed = order.status == OrderStatus.CONFIRMED and any(parcel.pieces for parcel in parcels)
    return [(line_id, quantity) for line_id, quantity in lines if is_confirmed and quantity > 0]


def _not_sent_yet(order: OrderView, t: Translator) -> Markup:
    if order.delivery_kind == "digital":
        return t("Nothing has to be sent: what you bought is in this chat.")
    if order.awaits_payment:
        return t("It will be packed as soon as it is paid.")
    if order.status in ("cancelled", "expired"):
        return t("Nothing is on its way: the order was not carried out.")
    return t("It is being prepared. We write to you as soon as it leaves.")


def _parcel(
    order: OrderView, parcel: ShipmentView, t: Translator, *, zone: str, now: datetime, carriers: Carriers
) -> Iterable[Markup]:
    yield t("<b>{status}</b>", status=t(STATUS[parcel.status]))
    if parcel.takes_longer:
        yield t("It takes longer than expected; we are sorry.")
    if parcel.expected is not None and not parcel.is_over:
        yield from _arrival(parcel.expected, parcel.promised, t, zone)
    if parcel.delivered_at is not None and parcel.status == ShipmentStatus.DELIVERED:
        yield t("Arrived {at}", at=moment_there(parcel.delivered_at, t.language, zone))
    if parcel.kind == "pickup" and not parcel.is_over and (details := t.pick(order.delivery_details)):
        yield t("📍 {details}", details=details)
    if parcel.tracking_number:
        yield t(
            "{carrier}: <code>{number}</code>", carrier=carrier_name(parcel, t, carriers), number=parcel.tracking_number
        )
        yield from not_scanned_yet(parcel, t, now)
    yield from scan_lines(parcel.scans, t, zone)
    yield from news_age(parcel, t, now)


def _arrival(expected: Window, promised: Window | None, t: Translator, zone: str) -> Iterable[Markup]:
    """What was said at first stays beside what is said now: nothing is moved in silence."""
    yield t("Should arrive {days}", days=window(expected, t.language, zone))
    if promised is not None and day(promised.latest, t.language, zone) != day(expected.latest, t.language, zone):
        yield t("<i>At first: {days}</i>", days=window(promised, t.language, zone))


def scan_lines(
    scans: Sequence[ScanView], t: Translator, zone: str, *, words: Mapping[Stage, str] = STAGE
) -> Iterable[Markup]:
    """The newest first, and by whose clock they are told."""
    if not scans:
        return
    yield Markup("")
    for scan in reversed(scans[-_SCANS_SHOWN:]):
        yield _scan(scan, words[scan.stage], t, zone)
    if (hidden := len(scans) - _SCANS_SHOWN) > 0:
        yield t.n("… and {n} earlier step", "… and {n} earlier steps", hidden)
    zone_then = offset(zone, scans[-1].occurred_at)
    yield t("<i>Times of {city} ({offset})</i>", city=zone_city(zone, t.language), offset=zone_then)


def _scan(scan: ScanView, what: str, t: Translator, zone: str) -> Markup:
    at = moment(scan.occurred_at, t.language, zone)
    if scan.place:
        return t("• {at}: {what}, {place}", at=at, what=t(what), place=excerpt(scan.place, 60))
    return t("• {at}: {what}", at=at, what=t(what))


def news_age(parcel: AnyParcel, t: Translator, now: datetime) -> Iterable[Markup]:
    """How old the news are: an honest timeline says when it last asked."""
    if parcel.polled_at is not None and not parcel.is_over:
        yield Markup("\n<i>{}</i>").format(age_text(now - parcel.polled_at, t))


def _timeline_rows(
    order: OrderView, parcels: Sequence[ShipmentView], t: Translator, carriers: Carriers, pages: Pages | None
) -> Rows:
    is_moving = any(parcel.tracking_number and not parcel.is_over for parcel in parcels)
    refresh = (Button(t.label("🔄 Ask again"), RefreshParcels(order_id=order.id)),) if is_moving else ()
    links = tuple(carrier_links(parcels, t, carriers))
    shared = tuple(_pages(parcels, t, pages)) if pages else ()
    unclear = tuple(carrier_questions(parcels, t, carriers))
    return filled((refresh, unclear, links, shared, back_and_home(ShowOrder(order_id=order.id), t)))


def carrier_links(parcels: Sequence[AnyParcel], t: Translator, carriers: Carriers) -> Iterable[Button]:
    for parcel in parcels:
        carrier = carriers.get(parcel.carrier or "")
        if carrier is not None and parcel.tracking_number:
            if url := carrier.public_url(parcel.tracking_number):
                yield Button(shortened(t.label("At {carrier}", carrier=carrier_name(parcel, t, carriers))), url=url)


def _pages(parcels: Sequence[ShipmentView], t: Translator, pages: Pages) -> Iterable[Button]:
    """The pages that may be given to whoever waits for the parcel."""
    shown = [parcel for parcel in parcels if parcel.public_key and parcel.status != S.CANCELLED]
    for n, parcel in enumerate(shown, start=1):
        label = t.label("🔗 Page to share") if len(shown) == 1 else t.label("🔗 Page of parcel {n}", n=n)
        yield Button(label, url=pages(parcel.public_key or ""))


def milestone_screen(
    order: OrderView, shipment: ShipmentView, t: Translator, *, zone: str, status: str | None = None
) -> Screen | None:
    """A notification of its own; None where the status is not worth one. *status* is the one that the event tells of, else the parcel's."""
    is_part = _is_part(order)
    sentence = (_MILESTONES_OF_A_PART if is_part else _MILESTONES).get(ShipmentStatus(status or shipment.status))
    if sentence is None:
        return None
    parts = [t(sentence, number=order_code(order, t))]
    if is_part and shipment.pieces:
        parts.append(escape(contents(order, shipment.pieces, t)))
    if shipment.expected is not None and shipment.status == ShipmentStatus.HANDED_OVER:
        parts.append(t("Should arrive {days}", days=window(shipment.expected, t.language, zone)))
    if shipment.kind == "pickup" and (details := t.pick(order.delivery_details)):
        parts.append(t("📍 {details}", details=details))
    parts += waits_at(shipment, t)
    return Screen(Markup("\n").join(parts), news_rows(order, t), fresh=True)


def waits_at(parcel: AnyParcel, t: Translator) -> Iterable[Markup]:
    """Where the carrier has left it to be fetched: a locker, a station."""
    if parcel.status is S.READY_FOR_PICKUP and parcel.scans and (place := parcel.scans[-1].place):
        yield t("📍 {details}", details=excerpt(place, 60))


def _is_part(order: OrderView) -> bool:
    parcels = [each for each in order.shipments if each.kind != "digital" and each.status != S.CANCELLED]
    return len(parcels) > 1 or order.fulfilment_status == "partially_shipped"


def news_rows(order: OrderView, t: Translator) -> Rows:
    where = Button(t.label("📦 Where is it?"), ShowParcels(order_id=order.id))
    return ((where, Button(t.label("Show order"), ShowOrder(order_id=order.id))),)


def parcel_choice_screen(orders: Sequence[Awaited], t: Translator, *, more: Rows = ()) -> Screen:
    """Several are on their way: which one? *more* are parcels from elsewhere."""
    buttons = [Button(shortened(card.number), ShowParcels(order_id=card.id)) for card in orders]
    text = t("<b>Which parcel do you mean?</b>") if more else t("<b>Which order do you mean?</b>")
    return Screen(text, (*in_rows(buttons, 2), *more, (home(t),)))


def arrived_screen(order: Arrived, t: Translator, *, zone: str) -> Screen:
    """Nothing is on its way, but something came lately: that is probably what was meant."""
    text = t(
        "<b>Nothing is on its way to you right now</b>\nOrder {number} reached you: {at}.",
        number=t("<code>{number}</code>", number=order.number),
        at=moment_there(order.at, t.language, zone),
    )
    where = Button(t.label("📦 Where is it?"), ShowParcels(order_id=order.id))
    return Screen(text, ((where, Button(t.label("My orders"), ShowOrders())), (home(t),)))


def nothing_on_the_way_screen(t: Translator, *, has_orders: bool) -> Screen:
    if has_orders:
        text = t("<b>Nothing is on its way to you right now</b>\nAll your orders are listed under My orders.")
        return Screen(text, ((Button(t.label("My orders"), ShowOrders()), home(t)),))
    text = t("<b>Nothing is on its way to you</b>\nYou have not ordered anything yet.")
    return Screen(text, ((Button(t.label("🛍 Browse"), ShowCategories()), home(t)),))


def unknown_number_screen(t: Translator) -> Screen:
    text = t("None of your orders has that number. Your orders and their parcels are here:")
    return Screen(text, ((Button(t.label("My orders"), ShowOrders()), home(t)),))
