"""A parcel's page behind its link, for whoever the buyer gives it to: no login, no script, no name, no goods, no address."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import groupby

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.ui.format import clock as clock_time
from bot.ui.format import day, offset, window, zone_city
from bot.ui.i18n import LANGUAGE_NAMES, Translator, noop, translator
from bot.ui.parcel_page import PATH
from bot.ui.parcel_words import STAGE, STATUS, age_text
from bot.web.pages import language_of, page
from store.db import Database
from store.order_status import ShipmentStatus
from store.parcels.carrier import Stage
from store.parcels.public import PublicParcel, by_key
from store.parcels.registry import Carriers
from store.shipments import ScanView

Clock = Callable[[], datetime]

# What the four dots of the way stand for, and from which statuses on each is reached.
_WAY = (
    (noop("Packed"), frozenset(ShipmentStatus)),
    (noop("On its way"), frozenset(ShipmentStatus) - {ShipmentStatus.PACKED, ShipmentStatus.CANCELLED}),
    (
        noop("At the courier's"),
        frozenset({ShipmentStatus.OUT_FOR_DELIVERY, ShipmentStatus.READY_FOR_PICKUP, ShipmentStatus.DELIVERED}),
    ),
    (noop("Delivered"), frozenset({ShipmentStatus.DELIVERED})),
)


def routes(db: Database, carriers: Carriers, clock: Clock) -> list[Route]:
    return [Route(PATH + "/{key}", _show(db, carriers, clock), methods=["GET"])]


def _show(db: Database, carriers: Carriers, clock: Clock) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        t = _language(request)
        async with db.read() as session:
            found = await by_key(session, request.path_params["key"])
        if found is None:
            text = t("There is no parcel at this address. Ask whoever gave it to you for the link once more.")
            return page(t.label("Parcel"), Markup('<div class="card"><p>{}</p></div>').format(text), t, status=404)
        title = f"{t.pick(found.shop)} · {t.label('Parcel')}"
        return page(title, _page(found, carriers, t, now=clock(), path=request.url.path), t)

    return show


def _language(request: Request) -> Translator:
    wanted = request.query_params.get("lang", "")
    return translator(wanted) if wanted in LANGUAGE_NAMES else language_of(request)


def _page(found: PublicParcel, carriers: Carriers, t: Translator, *, now: datetime, path: str) -> Markup:
    parcel = found.parcel
    return Markup(
        '<div class="card"><h1>{shop}</h1><p class="stand">{stand}</p>{when}{way}{who}</div>{news}{footer}'
    ).format(
        shop=t.pick(found.shop),
        stand=t(STATUS[parcel.status]),
        when=_when(found, t),
        way=_way(parcel.status, t),
        who=_who(found, carriers, t),
        news=_news(found, t),
        footer=_footer(found, t, now=now, path=path),
    )


def _when(found: PublicParcel, t: Translator) -> Markup:
    parcel = found.parcel
    if parcel.delivered_at is not None and parcel.status is ShipmentStatus.DELIVERED:
        return Markup("<p>{}</p>").format(t("Arrived {at}", at=_moment(parcel.delivered_at, t, found.zone)))
    if parcel.is_over:
        return Markup()
    if parcel.expected is None:
        return Markup('<p class="soft">{}</p>').format(t("There is no estimate yet of when it will arrive."))
    days = window(parcel.expected, t.language, found.zone)
    late = Markup('<p class="soft">{}</p>').format(t("It takes longer than expected; we are sorry."))
    text = Markup("<p>{}</p>").format(t("Should arrive {days}", days=days))
    return text + late if parcel.takes_longer else text


def _way(status: ShipmentStatus, t: Translator) -> Markup:
    """Four dots that say it at a glance; the words stand above for whoever does not see them."""
    dots = Markup("").join(
        Markup('<li class="{}">{}</li>').format("on" if status in reached else "off", t(step)) for step, reached in _WAY
    )
    return Markup('<ol class="way">{}</ol>').format(dots)


def _who(found: PublicParcel, carriers: Carriers, t: Translator) -> Markup:
    if not found.number_end:
        return Markup()
    carrier = carriers.get(found.parcel.carrier or "")
    if carrier is None:
        return Markup('<p class="soft">{}</p>').format(t("Number ending in {number}", number=found.number_end))
    text = t("{carrier}, number ending in {number}", carrier=carrier.title, number=found.number_end)
    return Markup('<p class="soft">{}</p>').format(text)


def _news(found: PublicParcel, t: Translator) -> Markup:
    """Newest first, a heading a day."""
    scans = [scan for scan in reversed(found.parcel.scans) if scan.stage is not Stage.UNKNOWN]
    days = groupby(scans, key=lambda scan: day(scan.occurred_at, t.language, found.zone))
    return Markup("").join(
        Markup('<h2>{}</h2><ul class="news">{}</ul>').format(
            name, Markup("").join(_scan(each, t, found.zone) for each in group)
        )
        for name, group in days
    )


def _scan(scan: ScanView, t: Translator, zone: str) -> Markup:
    place = Markup(' <span class="soft">{}</span>').format(scan.place) if scan.place else Markup()
    at = scan.occurred_at
    return Markup('<li><time datetime="{}">{}</time> {}{}</li>').format(
        at.isoformat(), clock_time(at, t.language, zone), t(STAGE[scan.stage]), place
    )


def _footer(found: PublicParcel, t: Translator, *, now: datetime, path: str) -> Markup:
    parcel = found.parcel
    shown = parcel.scans[-1].occurred_at if parcel.scans else now
    lines = [t("Times of {city} ({offset})", city=zone_city(found.zone, t.language), offset=offset(found.zone, shown))]
    if parcel.polled_at is not None and not parcel.is_over:
        lines.append(age_text(now - parcel.polled_at, t))
    links = Markup(" · ").join(
        Markup('<a href="{}?lang={}" lang="{}" hreflang="{}">{}</a>').format(path, each, each, each, name)
        for each, name in LANGUAGE_NAMES.items()
        if each != t.language
    )
    return Markup('<footer class="soft">{}<br>{}</footer>').format(Markup("<br>").join(lines), links)


def _moment(at: datetime, t: Translator, zone: str) -> str:
    return f"{day(at, t.language, zone)}, {clock_time(at, t.language, zone)}"
