"""Countries and addresses as people read them, and the list of those that a customer has saved."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from babel import Locale
from markupsafe import Markup

from bot.ui.address_callbacks import (
    AddAddress,
    AskLabel,
    AskPoint,
    AskRemove,
    EditAddress,
    Label,
    RemoveAddress,
    SetLabel,
    ShowAddress,
    ShowAddresses,
)
from bot.ui.buttons import back_and_home, filled, home, shortened
from bot.ui.callbacks import StartCheckout
from bot.ui.i18n import Translator, noop
from bot.ui.screen import Button, Screen, Style
from bot.ui.states import Awaiting
from store import address_rules
from store.checkout import AddressView

_BABEL = {"zh": "zh_Hans"}
# What is called so with one press is shown in each reader's language; every other name as it was typed.
LABELS = {Label.HOME: noop("At home"), Label.WORK: noop("At work")}


def country_name(code: str, language: str) -> str:
    """PT, ru → Португалия; an unknown code as it is."""
    return str(Locale.parse(_BABEL.get(language, language)).territories.get(code, code))


def address_text(address: Mapping[str, Any], language: str) -> str:
    """One line, as its country writes it: Rua Augusta 1, 1100-048 Lisboa, Portugal."""
    country = country_name(str(address.get("country") or ""), language)
    return ", ".join(filter(None, (*address_rules.lines(address), country)))


def label_text(label: str, t: Translator) -> str:
    """What the customer calls it."""
    known = LABELS.get(Label(label)) if label in LABELS else None
    return t.label(known) if known else label


def address_name(address: AddressView, t: Translator) -> str:
    """For a button: its name, else its street."""
    return label_text(address.label, t) or address.street


def address_line(n: int, address: AddressView, t: Translator) -> Markup:
    """2. At home: Rua Augusta 1, 1100-048 Lisboa, Portugal"""
    text = address_text(asdict(address), t.language)
    if not address.label:
        return t("{n}. {address}", n=n, address=text)
    return t("{n}. <b>{label}</b>: {address}", n=n, label=label_text(address.label, t), address=text)


def with_point(t: Translator) -> Markup:
    return t("📌 With a point on the map")


def addresses_screen(saved: Sequence[AddressView], t: Translator, *, has_checkout: bool = False) -> Screen:
    """The account's list; *has_checkout*: there is one to go on with."""
    add = (Button(t.label("Add an address"), AddAddress()),)
    go_on = (Button(t.label("Continue checkout"), StartCheckout(), style=Style.SUCCESS),) if has_checkout else ()
    if not saved:
        text = t("<b>No addresses yet</b>\nWhere your parcels go is kept here, so that you need not type it again.")
        return Screen(text, filled((add, go_on, (home(t),))))
    lines = [address_line(n, address, t) for n, address in enumerate(saved, start=1)]
    buttons = [
        (Button(shortened(f"{n}. {address_name(address, t)}"), ShowAddress(address_id=address.id)),)
        for n, address in enumerate(saved, start=1)
    ]
    text = Markup("\n").join([t("<b>Your addresses</b>"), Markup(""), *lines])
    return Screen(text, filled((*buttons, add, go_on, (home(t),))))


def address_screen(address: AddressView, t: Translator) -> Screen:
    """One of them, with what can be done about it."""
    here = address.id
    label = label_text(address.label, t)
    head = t("<b>{label}</b>", label=label) if label else t("<b>Your address</b>")
    lines = [head, t("{address}", address=address_text(asdict(address), t.language))]
    if address.latitude is not None:
        lines.append(with_point(t))
    rows = (
        (
            Button(t.label("Change it"), EditAddress(address_id=here)),
            Button(t.label("Name it"), AskLabel(address_id=here)),
        ),
        (
            Button(t.label("Point on the map"), AskPoint(address_id=here)),
            Button(t.label("Remove it"), AskRemove(address_id=here), style=Style.DANGER),
        ),
        back_and_home(ShowAddresses(), t),
    )
    return Screen(Markup("\n").join(lines), rows)


def label_screen(address: AddressView, t: Translator) -> Screen:
    text = t(
        "What do you call this address? Type it, or choose below.\n{address}",
        address=address_text(asdict(address), t.language),
    )
    known = [Button(t.label(words), SetLabel(address_id=address.id, label=label)) for label, words in LABELS.items()]
    none = (Button(t.label("No name"), SetLabel(address_id=address.id, label=Label.NONE)),) if address.label else ()
    rows = (known, none, back_and_home(ShowAddress(address_id=address.id), t))
    return Screen(text, filled(rows), awaits=Awaiting.ADDRESS_LABEL)


def remove_screen(address: AddressView, t: Translator) -> Screen:
    """The safe button comes first."""
    text = t(
        "<b>Remove this address?</b>\n{address}\nOrders that go there are not changed.",
        address=address_text(asdict(address), t.language),
    )
    keep = Button(t.label("Keep it"), ShowAddress(address_id=address.id))
    remove = Button(t.label("Remove it"), RemoveAddress(address_id=address.id), style=Style.DANGER)
    return Screen(text, ((keep, remove), (home(t),)))
