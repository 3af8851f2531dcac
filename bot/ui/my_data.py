"""All that the shop knows about a person, as files to keep; and being forgotten."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup

from bot.ui.buttons import home
from bot.ui.callbacks import ShowOrders
from bot.ui.i18n import Translator, noop
from bot.ui.screen import Button, Document, Screen, Style
from bot.ui.settings_callbacks import DeleteData, ShowPrivacy
from store.personal import Export

_NUMBERS_SHOWN = 5
_SECTIONS: Mapping[str, str] = {
    "customers": noop("About you"),
    "addresses": noop("Addresses"),
    "carts": noop("Carts"),
    "cart_lines": noop("Things in carts"),
    "checkouts": noop("Answers at the checkout"),
    "orders": noop("Orders"),
    "order_groups": noop("Sums to pay"),
    "order_lines": noop("Things ordered"),
    "payment_attempts": noop("Payments"),
    "payment_events": noop("What became of payments"),
    "refunds": noop("Refunds"),
    "shipments": noop("Parcels"),
    "scans": noop("Parcels' ways"),
    "followed_parcels": noop("Parcels from elsewhere"),
    "favourites": noop("Favourites"),
    "stock_watches": noop("What you wait for"),
    "searches": noop("What you looked for"),
    "support_threads": noop("Talks with the shop"),
    "support_messages": noop("What was said there"),
    "conversation_states": noop("What you had begun to type"),
    "chat_messages": noop("Messages that are kept up to date"),
    "deliveries": noop("Messages sent to you"),
    "audit": noop("What you did about orders"),
}


def data_screen(found: Export, t: Translator, *, now: datetime) -> Screen:
    """A message of its own with the file."""
    text = t("<b>All that we know about you</b>\ndata.txt is for reading, data.json for other programs.")
    return Screen(text, ((Button(t.label("🔒 My data"), ShowPrivacy()), home(t)),), document=_archive(found, t, now))


def _archive(found: Export, t: Translator, now: datetime) -> Document:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(found, ensure_ascii=False, indent=2, default=str))
        archive.writestr("data.txt", "\n".join(_readable(found, t)))
    return Document(f"my-data-{now:%Y-%m-%d}.zip", file.getvalue())


def _readable(found: Export, t: Translator) -> Iterator[str]:
    for table, rows in found.items():
        title = t.label(_SECTIONS[table]) if table in _SECTIONS else table
        yield f"== {title} =="
        for row in rows:
            yield from (f"{name.replace('_', ' ')}: {_said(value)}" for name, value in row.items() if _is_said(value))
            yield ""


def _is_said(value: Any) -> bool:
    return value not in (None, "", {}, [])


def _said(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def delete_screen(t: Translator) -> Screen:
    """What it means, and the safe way out first."""
    text = Markup("\n").join(
        [
            t("<b>Delete all your data?</b>"),
            t("Gone for good: name, addresses, carts, favourites, settings, talks with the shop."),
            t("Kept without your name, as the law wants: what was ordered and paid."),
            t("Download your data first if you need it. Old messages in this chat are yours to delete."),
        ]
    )
    rows = (
        (Button(t.label("← Keep everything"), ShowPrivacy()),),
        (Button(t.label("🗑 Delete my data"), DeleteData(), style=Style.DANGER),),
    )
    return Screen(text, rows)


def not_deletable_screen(numbers: Sequence[str], t: Translator) -> Screen:
    """Orders that are not over stand in the way."""
    listed = ", ".join(numbers[:_NUMBERS_SHOWN]) + (" …" if len(numbers) > _NUMBERS_SHOWN else "")
    text = t(
        "<b>Not yet: something of yours is still under way</b>\n{numbers}\n"
        "We need your address until it has arrived, and you until your money is back. Cancel it, or come again then.",
        numbers=listed,
    )
    return Screen(text, ((Button(t.label("My orders"), ShowOrders()),), (home(t),)))


def staff_data_screen(t: Translator) -> Screen:
    text = t(
        "<b>You work here</b>\nWho did what in the shop has to stay known. Ask the owner to take back your role first."
    )
    return Screen(text, ((Button(t.label("🔒 My data"), ShowPrivacy()), home(t)),))


def deleted_screen(t: Translator) -> Screen:
    text = t("<b>Done. We do not know you any more.</b>\nIf you write here again, you begin as somebody new.")
    return Screen(text, ((home(t),),))
