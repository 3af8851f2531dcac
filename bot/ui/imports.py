"""A file of goods in the chat: what it would change, what is wrong with it, what became of it."""

from collections.abc import Iterator

from markupsafe import Markup, escape

from bot.ui.buttons import filled
from bot.ui.goods_callbacks import ListGoods
from bot.ui.i18n import Translator
from bot.ui.import_callbacks import ApplyImport, CancelImport, ExportForm, ExportGoods, FetchPictures, ShowImport
from bot.ui.import_words import TOLD, counted, sentences
from bot.ui.screen import Button, Document, Rows, Screen, Style
from store.importing import imports
from store.importing.imports import ImportView
from store.importing.report import Report

_NAME_MAX = 60


def import_screen(view: ImportView, t: Translator) -> Screen:
    """How the import stands; its living message."""
    parts = [_title(view, t), _state(view, t), *_told(view, t)]
    return Screen(Markup("\n\n").join(part for part in parts if part), _rows(view, t))


def _title(view: ImportView, t: Translator) -> Markup:
    name = view.file_name if len(view.file_name) <= _NAME_MAX else f"{view.file_name[: _NAME_MAX - 1]}…"
    form = t(" (Shopify's format)") if view.report.form == "shopify" else Markup()
    return t("📄 <b>{name}</b>", name=name) + form


def _state(view: ImportView, t: Translator) -> Markup:
    report = view.report
    match view.status:
        case imports.RECEIVED:
            return t("Looking at the file…")
        case imports.CHECKED:
            return t("Nothing is changed yet. If you apply it:")
        case imports.WANTED:
            return t("Applying it…")
        case imports.APPLIED:
            return t("✅ Done.")
        case imports.CANCELLED:
            return t("Not applied. Nothing was changed.")
        case imports.FAILED if not report.errors:
            return t(
                "❌ It could not be applied. Nothing was changed. Whoever runs the program finds the reason in the log."
            )
    if report.errors:
        return t.n(
            "❌ <b>{n} mistake.</b> Nothing was changed. Mend it and send the file again.",
            "❌ <b>{n} mistakes.</b> Nothing was changed. Mend them and send the file again.",
            report.errors,
        )
    return t("Everything in the file is in the shop already. Nothing was changed.")


def _told(view: ImportView, t: Translator) -> Iterator[Markup]:
    report = view.report
    if report.errors:
        yield _listed(sentences(report.troubles, t), report.errors, t)
    elif view.status in (imports.CHECKED, imports.WANTED, imports.APPLIED):
        yield _lines(counted(report, t))
        yield from _remarks(report, t)
        yield from _pictures(view, t)


def _remarks(report: Report, t: Translator) -> Iterator[Markup]:
    if report.remarks:
        yield t("<b>For you to know</b>") + Markup("\n") + _listed(sentences(report.notes, t), report.remarks, t)


def _listed(told: Iterator[str], count: int, t: Translator) -> Markup:
    more = t.n("… and {n} more", "… and {n} more", count - TOLD) if count > TOLD else ""
    return _lines(told) + (Markup("\n") + more if more else "")


def _lines(lines: Iterator[str]) -> Markup:
    return Markup("\n").join(Markup("• ") + escape(line) for line in lines)


def _pictures(view: ImportView, t: Translator) -> Iterator[Markup]:
    if view.status != imports.APPLIED:
        if view.report.links:
            yield t.n("{n} picture is a link.", "{n} pictures are links.", view.report.links)
        return
    waiting, done, failed = (view.pictures.get(each, 0) for each in ("waiting", "done", "failed"))
    if links := view.pictures.get("link", 0):
        yield t.n(
            "{n} picture stays a link, which Telegram opens itself. Fetched, it lies in your own shop.",
            "{n} pictures stay links, which Telegram opens itself. Fetched, they lie in your own shop.",
            links,
        )
    if waiting:
        yield t("Fetching pictures: {done} of {all}", done=done + failed, all=waiting + done + failed)
    elif done:
        yield t.n("{n} picture was fetched.", "{n} pictures were fetched.", done)
    if failed and not waiting:
        yield (
            t.n("{n} picture could not be fetched:", "{n} pictures could not be fetched:", failed)
            + Markup("\n")
            + (_lines(iter(_failure(address, reason, t) for address, reason in view.failures)))
        )


def _failure(address: str, reason: str, t: Translator) -> str:
    return f"{address[:120]} — {failure_words(reason, t)}"


def failure_words(reason: str, t: Translator) -> str:
    """Why a picture is not there."""
    return {
        "forbidden": t.label("the address is not a public one"),
        "gone": t.label("there is no such picture"),
        "too_large": t.label("it is too large"),
        "not_a_picture": t.label("it is not a picture"),
        "unreachable": t.label("the server does not answer"),
        "redirected": t.label("it leads from one address to the next"),
    }.get(reason, t.label("it could not be read"))


def _rows(view: ImportView, t: Translator) -> Rows:
    if view.status == imports.CHECKED:
        apply = Button(t.label("✅ Apply"), ApplyImport(import_id=view.id), style=Style.SUCCESS)
        return ((apply, Button(t.label("Cancel"), CancelImport(import_id=view.id))),)
    if view.status == imports.APPLIED:
        return filled((_fetching(view, t),))
    if view.status in (imports.RECEIVED, imports.WANTED):
        return ((Button(t.label("🔄 Refresh"), ShowImport(import_id=view.id)),),)
    return ()


def _fetching(view: ImportView, t: Translator) -> Iterator[Button]:
    press = FetchPictures(import_id=view.id)
    if view.pictures.get("waiting"):
        yield Button(t.label("🔄 Refresh"), ShowImport(import_id=view.id))
    elif view.pictures.get("link"):
        yield Button(t.label("🖼 Fetch pictures"), press)
    elif view.pictures.get("failed"):
        yield Button(t.label("🖼 Try again"), press)


def goods_file_screen(t: Translator) -> Screen:
    """How goods come in and go out as files."""
    text = t(
        "📄 <b>Goods as a file</b>\nSend a CSV or .xlsx file here, in the shop's own columns or as Shopify exports it. First you see what it would change; nothing is changed before you apply it.\n\nOr take the goods of the shop with you:"
    )
    return Screen(
        text,
        (
            (
                Button(t.label("⬇️ CSV"), ExportGoods(form=ExportForm.CSV)),
                Button(t.label("⬇️ Excel"), ExportGoods(form=ExportForm.XLSX)),
            ),
            (Button(t.label("📝 Example"), ExportGoods(form=ExportForm.TEMPLATE)),),
            (Button(t.label("← Back"), ListGoods()),),
        ),
    )


def exported_screen(document: Document, rows: int, t: Translator) -> Screen:
    """The goods of the shop, as a file."""
    told = t.n(
        "📄 All goods: {n} row. Change what you like and send the file back.",
        "📄 All goods: {n} rows. Change what you like and send the file back.",
        rows,
    )
    return Screen(told, document=document)


def template_screen(document: Document, t: Translator) -> Screen:
    """A small file to begin with."""
    return Screen(
        t("📝 One product in two sizes, in three languages. Only handle, title, category and price must be there."),
        document=document,
    )


def too_large_screen(megabytes: int, t: Translator) -> Screen:
    """Telegram hands over no more."""
    text = t(
        "The file is larger than {megabytes} MB, which is all that Telegram hands over. Split it, or use <code>dukkan import</code>.",
        megabytes=megabytes,
    )
    return Screen(text, fresh=True)
