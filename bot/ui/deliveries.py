"""The ways of delivery for the owner: each with where it goes and what that costs."""

from collections.abc import Sequence

from babel import Locale
from markupsafe import Markup

from bot.ui.buttons import back, filled, in_rows, shortened
from bot.ui.format import money
from bot.ui.i18n import LANGUAGE_NAMES, Translator, noop
from bot.ui.screen import Button, Screen, Style
from bot.ui.shop import asking
from bot.ui.shop_callbacks import (
    AddDelivery,
    AskDeliveryDetails,
    AskDeliveryTitle,
    AskNewZone,
    AskZone,
    MethodKind,
    RemoveZone,
    ShowDeliveries,
    ShowDelivery,
    ShowShop,
    ShowZone,
    SwitchDelivery,
    ZoneField,
)
from store.delivery import COURIER
from store.delivery_edits import EVERYWHERE, MethodView, ZoneView

_ICON = {"courier": "🚚", "pickup": "🏬", "digital": "💾"}
_KIND = {
    MethodKind.COURIER: noop("➕ Courier"),
    MethodKind.PICKUP: noop("➕ Pick-up"),
    MethodKind.DIGITAL: noop("➕ Digital"),
}
_FIELD = {
    ZoneField.PRICE: noop("Price"),
    ZoneField.PER_KG: noop("Each further kg"),
    ZoneField.FREE_OVER: noop("Free from"),
    ZoneField.DAYS: noop("Days"),
    ZoneField.POSTCODES: noop("Postcodes"),
    ZoneField.WEIGHT: noop("Heaviest"),
}
_QUESTION = {
    ZoneField.PRICE: noop("What does the first kilogram cost? Send the price."),
    ZoneField.PER_KG: noop("What does each further kilogram cost? Send the price, or <code>0</code>."),
    ZoneField.FREE_OVER: noop("From which sum of goods on is it free? Send it, or <code>0</code> for never."),
    ZoneField.DAYS: noop("How many days does it take? Send them like <code>2-4</code>."),
    ZoneField.POSTCODES: noop("With what do its postcodes begin? Send it, or <code>*</code> for all."),
    ZoneField.WEIGHT: noop("What is the heaviest parcel, in grams? Send it, or <code>0</code> for any."),
}


def deliveries_screen(methods: Sequence[MethodView], t: Translator) -> Screen:
    """All ways, those that are switched off too."""
    lines = [
        t(
            "{icon} {title}: {state}",
            icon=_ICON.get(each.kind, ""),
            title=t.pick(each.title),
            state=_state(each, t),
        )
        for each in methods
    ] or [t("Nothing yet: without a way of delivery nobody can order.")]
    buttons = [
        Button(shortened(f"{_ICON.get(each.kind, '')} {t.pick(each.title)}".strip()), ShowDelivery(method_id=each.id))
        for each in methods
    ]
    add = [Button(t.label(words), AddDelivery(kind=kind)) for kind, words in _KIND.items()]
    text = Markup("\n").join([t("<b>🚚 Delivery</b>"), *lines])
    return Screen(text, (*in_rows(buttons, 2), *in_rows(add, 2), (back(ShowShop(), t),)))


def _state(method: MethodView, t: Translator) -> str:
    if not method.is_active:
        return t.label("off")
    return t.label("on") if method.zones else t.label("goes nowhere yet")


def country_name(code: str, t: Translator) -> str:
    if code == EVERYWHERE:
        return t.label("everywhere else")
    return str(Locale(t.language).territories.get(code, code))


def delivery_card(method: MethodView, t: Translator, *, note: str = "") -> Screen:
    """One way: its names, where it goes."""
    head = t("<i>{note}</i>\n", note=note) if note else None
    title = t("<b>{icon} {title}</b>", icon=_ICON.get(method.kind, ""), title=t.pick(method.title))
    details = t.pick(method.details)
    zones = [_zone_line(each, t) for each in method.zones] or [t("It goes nowhere yet.")]
    parts = [head, title, t("{state}", state=_state(method, t)), t("{text}", text=details) if details else None]
    parts += [Markup(""), *zones]
    switch = t.label("Switch it off") if method.is_active else t.label("Switch it on")
    rows = (
        *in_rows([Button(shortened(_zone_name(each, t)), ShowZone(zone_id=each.id)) for each in method.zones], 2),
        (Button(t.label("➕ Country"), AskNewZone(method_id=method.id)),) if method.kind == COURIER else (),
        tuple(
            Button(f"✏️ {name}", AskDeliveryTitle(method_id=method.id, language=code))
            for code, name in LANGUAGE_NAMES.items()
        ),
        (Button(t.label("Address and hours"), AskDeliveryDetails(method_id=method.id, language=t.language)),)
        if method.kind == "pickup"
        else (),
        (Button(switch, SwitchDelivery(method_id=method.id, is_active=not method.is_active)),),
        (back(ShowDeliveries(), t),),
    )
    return Screen(Markup("\n").join(part for part in parts if part is not None), filled(rows))


def _zone_name(zone: ZoneView, t: Translator) -> str:
    return f"{country_name(zone.country, t)} {zone.postcode_prefix}".strip()


def _zone_line(zone: ZoneView, t: Translator) -> Markup:
    price = money(zone.price_minor, zone.currency, t.language)
    line = t("• {zone}: {price}", zone=_zone_name(zone, t), price=price)
    if zone.free_over_minor is not None:
        line += t(", free from {price}", price=money(zone.free_over_minor, zone.currency, t.language))
    return line


def zone_screen(method: MethodView, zone: ZoneView, t: Translator, *, note: str = "") -> Screen:
    """Where a way goes, and everything about it."""
    head = t("<i>{note}</i>\n", note=note) if note else None

    def price(amount_minor: int) -> str:
        return money(amount_minor, zone.currency, t.language)

    free = t.label("never") if zone.free_over_minor is None else price(zone.free_over_minor)
    heaviest = t.label("any weight") if zone.max_weight_g is None else t.label("{n} g", n=zone.max_weight_g)
    parts = [
        head,
        t("<b>{title}: {zone}</b>", title=t.pick(method.title), zone=_zone_name(zone, t)),
        t("First kilogram: {price}", price=price(zone.price_minor)),
        t("Each further one: {price}", price=price(zone.per_kg_minor)),
        t("Free from: {price}", price=free),
        t("Days: {first}–{last}", first=zone.min_days, last=zone.max_days),
        t("Postcodes: {prefix}", prefix=zone.postcode_prefix or t.label("all")),
        t("Heaviest: {weight}", weight=heaviest),
    ]
    fields = [Button(t.label(words), AskZone(zone_id=zone.id, field=field)) for field, words in _FIELD.items()]
    remove = Button(t.label("Remove it"), RemoveZone(zone_id=zone.id), style=Style.DANGER)
    rows = (*in_rows(fields, 2), (remove,), (back(ShowDelivery(method_id=method.id), t),))
    return Screen(Markup("\n").join(part for part in parts if part is not None), rows)


def ask_delivery_title_screen(method: MethodView, language: str, t: Translator) -> Screen:
    question = t(
        "<b>{title}</b>\nWhat is it called in {language}?",
        title=t.pick(method.title),
        language=LANGUAGE_NAMES[language],
    )
    return asking(question, t, back(ShowDelivery(method_id=method.id), t))


def ask_delivery_details_screen(method: MethodView, t: Translator) -> Screen:
    question = t("<b>{title}</b>\nWhere is it, and when can things be fetched?", title=t.pick(method.title))
    return asking(question, t, back(ShowDelivery(method_id=method.id), t))


def ask_new_zone_screen(method: MethodView, t: Translator) -> Screen:
    question = t(
        "<b>{title}</b>\nTo which country, and for how much? Send it like <code>PT 5.00</code>, or <code>* 12</code> for everywhere else.",
        title=t.pick(method.title),
    )
    return asking(question, t, back(ShowDelivery(method_id=method.id), t))


def ask_zone_screen(method: MethodView, zone: ZoneView, field: ZoneField, t: Translator) -> Screen:
    question = t(
        "<b>{title}: {zone}</b>\n{question}",
        title=t.pick(method.title),
        zone=_zone_name(zone, t),
        question=t(_QUESTION[field]),
    )
    return asking(question, t, back(ShowZone(zone_id=zone.id), t))
