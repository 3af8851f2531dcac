"""QR codes of links into the shop, for windows, parcels and cards: level M, with the four quiet modules around that scanners want."""

import io

import segno
from markupsafe import Markup

from bot.ui.buttons import in_rows, shortened
from bot.ui.i18n import Translator
from bot.ui.links import Link, deep_link, to_product
from bot.ui.qr_callbacks import QrFile, ShowQr
from bot.ui.screen import Button, Document, Screen
from store.search import Found

QUIET = 4
# A module of 12 pixels: 30 mm in print at 300 dots an inch, for the smallest code.
SCALE = 12


def png(address: str) -> bytes:
    file = io.BytesIO()
    _code(address).save(file, kind="png", scale=SCALE, border=QUIET)
    return file.getvalue()


def svg(address: str) -> bytes:
    """For print in any size."""
    file = io.BytesIO()
    _code(address).save(file, kind="svg", scale=SCALE, border=QUIET, xmldecl=True)
    return file.getvalue()


def _code(address: str) -> segno.QRCode:
    return segno.make(address, error="m", boost_error=False, micro=False)


def address_of(username: str, link: Link | None) -> str:
    """None is the shop's front door."""
    return deep_link(username, link.payload) if link is not None else f"https://t.me/{username}"


def qr_screen(title: str, username: str, link: Link | None, t: Translator, *, others: Found | None = None) -> Screen:
    """The code to look at, with its link, and the file for the printer. *others*: what else was found under the same words."""
    address = address_of(username, link)
    text = t(
        "<b>{title}</b>\nWhoever scans this comes to the shop.\n<code>{address}</code>", title=title, address=address
    )
    files = Button(t.label("SVG for print"), QrFile(target=link.payload if link is not None else "shop"))
    rows = [(files, Button(t.label("Copy link"), copy=address))]
    found = [card for card in (others.cards if others is not None else ()) if to_product(card.id) != link]
    buttons = [Button(shortened(t.pick(card.title)), ShowQr(target=to_product(card.id).payload)) for card in found]
    return Screen(text, (*rows, *in_rows(buttons, 2)), picture=png(address))


def qr_file_screen(title: str, username: str, link: Link | None, t: Translator) -> Screen:
    address, name = address_of(username, link), link.payload if link is not None else "shop"
    document = Document(f"qr-{name}.svg", svg(address))
    return Screen(t("<b>{title}</b>\n<code>{address}</code>", title=title, address=address), document=document)


def nothing_to_print_screen(words: str, t: Translator) -> Screen:
    text: Markup = t(
        "I found nothing for <b>{words}</b>. Try /qr with another word, or /qr alone for the shop.",
        words=shortened(words, 60),
    )
    return Screen(text)
