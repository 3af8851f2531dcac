"""An address while it is typed: one part a screen, in its country's order; and the whole of it, to look at before it is used."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData
from markupsafe import Markup

from bot.ui.address_callbacks import AskPart, ConfirmDraft, KeepPart, PickCountry, PickRegion, ReadDraft, SkipPart
from bot.ui.addresses import address_text, country_name
from bot.ui.buttons import back, back_and_home, filled, home, in_rows, shortened
from bot.ui.i18n import Translator, noop
from bot.ui.screen import Button, Rows, Screen, Style
from bot.ui.states import Awaiting
from store import address_rules
from store.address_drafts import AddressDraft
from store.address_rules import Form, Part

REGIONS_A_PAGE = 10

AWAITED = {
    Part.COUNTRY: Awaiting.ADDRESS_COUNTRY,
    Part.REGION: Awaiting.ADDRESS_REGION,
    Part.CITY: Awaiting.ADDRESS_CITY,
    Part.AREA: Awaiting.ADDRESS_AREA,
    Part.STREET: Awaiting.ADDRESS_STREET,
    Part.POSTCODE: Awaiting.ADDRESS_POSTCODE,
}
PART_OF = {awaiting: part for part, awaiting in AWAITED.items()}

_NAMES = {
    Part.COUNTRY: noop("Country"),
    Part.REGION: noop("Region"),
    Part.CITY: noop("Town"),
    Part.AREA: noop("District"),
    Part.STREET: noop("Street"),
    Part.POSTCODE: noop("Postcode"),
}
_REGION_NAMES = {
    "state": noop("State"),
    "province": noop("Province"),
    "prefecture": noop("Prefecture"),
    "emirate": noop("Emirate"),
    "island": noop("Island"),
    "county": noop("County"),
    "department": noop("Department"),
    "parish": noop("Parish"),
}
_REGION_QUESTIONS = {
    "state": noop("Which state in {country}?"),
    "province": noop("Which province in {country}?"),
    "prefecture": noop("Which prefecture in {country}?"),
    "emirate": noop("Which emirate in {country}?"),
    "island": noop("Which island in {country}?"),
    "county": noop("Which county in {country}?"),
    "department": noop("Which department in {country}?"),
    "parish": noop("Which parish in {country}?"),
}
_QUESTIONS = {
    Part.COUNTRY: noop("Which country should it go to? Type its name, or send the whole address in one message."),
    Part.REGION: noop("Which region in {country}?"),
    Part.CITY: noop("Which town or city in {country}?"),
    Part.AREA: noop("Which district or neighbourhood?"),
    Part.STREET: noop("Street, house and flat?"),
    Part.POSTCODE: noop("And the postcode?"),
}
_DOUBTS = {
    Part.REGION: noop("I do not know <b>{text}</b> in {country}. Keep it, or type another one."),
    Part.POSTCODE: noop("<b>{text}</b> looks unusual for a postcode there. Keep it, or type another one."),
}


def form_screen(
    draft: AddressDraft, t: Translator, *, head: Markup, leaves_to: CallbackData, nearby: Sequence[str] = ()
) -> Screen:
    """What is to be settled next: something unusual, the whole, or the first part that is open. *nearby*: likely countries."""
    if draft.pasted:
        return _country_of_pasted_screen(draft, t, head=head, leaves_to=leaves_to, nearby=nearby)
    if draft.doubtful is not None:
        return _doubt_screen(draft, draft.doubtful, t, head=head)
    if draft.is_to_look_at and draft.country:
        return look_screen(draft, t, head=head, leaves_to=leaves_to)
    return part_screen(draft, draft.open or Part.STREET, t, head=head, leaves_to=leaves_to, nearby=nearby)


def part_screen(
    draft: AddressDraft,
    part: Part,
    t: Translator,
    *,
    head: Markup,
    leaves_to: CallbackData,
    nearby: Sequence[str] = (),
    page: int = 0,
) -> Screen:
    """One part is asked for. Back leads to the part before it; nothing that was typed is lost."""
    known = draft.parts.get(part, "")
    keep = (
        (Button(shortened(f"✅ {_shown(part, known, t)}"), KeepPart(part=part), style=Style.SUCCESS),) if known else ()
    )
    skip = (Button(t.label("Leave it out"), SkipPart(part=part)),) if draft.can_skip(part) else ()
    choices = _countries(nearby, known, t) if part is Part.COUNTRY else _regions(draft, part, page, t)
    text = Markup("\n").join([head, *_so_far(draft, t), _question(draft, part, t)])
    rows = (keep, *choices, skip, back_and_home(_back_from(draft, part, leaves_to), t))
    return Screen(text, filled(rows), awaits=AWAITED[part])


def _so_far(draft: AddressDraft, t: Translator) -> list[Markup]:
    is_begun = draft.country is not None and len(draft.parts) > 1
    return [t("📍 {address}", address=address_text(draft.parts, t.language))] if is_begun else []


def _question(draft: AddressDraft, part: Part, t: Translator) -> Markup:
    country = country_name(draft.country or "", t.language)
    form = _form(draft)
    if part is Part.REGION:
        return t(_REGION_QUESTIONS.get(form.region_kind, _QUESTIONS[part]), country=country)
    if part is Part.POSTCODE and form.postcode_example:
        return t("And the postcode? It looks like {example}.", example=form.postcode_example)
    return t(_QUESTIONS[part], country=country)


def _form(draft: AddressDraft) -> Form:
    return address_rules.form(draft.country or "")


def _back_from(draft: AddressDraft, part: Part, leaves_to: CallbackData) -> CallbackData:
    if draft.is_to_look_at:
        return ReadDraft()
    before = draft.before(part)
    return AskPart(part=before) if before else leaves_to


def _countries(nearby: Sequence[str], known: str, t: Translator) -> Rows:
    names = [(code, shortened(country_name(code, t.language))) for code in nearby if code != known]
    return in_rows([Button(name, PickCountry(country=code)) for code, name in names], 2)


def _regions(draft: AddressDraft, part: Part, page: int, t: Translator) -> Rows:
    if part is not Part.REGION:
        return ()
    regions = sorted(_form(draft).regions, key=lambda region: region.label(t.language))
    page = min(page, max(0, len(regions) - 1) // REGIONS_A_PAGE)
    shown = regions[page * REGIONS_A_PAGE : (page + 1) * REGIONS_A_PAGE]
    buttons = [Button(shortened(region.label(t.language)), PickRegion(region_id=region.id)) for region in shown]
    return (*in_rows(buttons, 2), _turning(page, -(-len(regions) // REGIONS_A_PAGE), t))


def _turning(page: int, pages: int, t: Translator) -> tuple[Button, ...]:
    turning = []
    if page > 0:
        turning.append(Button(t.label("◀ Previous"), AskPart(part=Part.REGION, page=page - 1)))
    if page + 1 < pages:
        turning.append(Button(t.label("Next ▶"), AskPart(part=Part.REGION, page=page + 1)))
    return tuple(turning)


def _doubt_screen(draft: AddressDraft, part: Part, t: Translator, *, head: Markup) -> Screen:
    """A warning and no wall: rules grow old, and people know where they live."""
    country = country_name(draft.country or "", t.language)
    doubt = t(_DOUBTS.get(part, _DOUBTS[Part.REGION]), text=draft.parts[part], country=country)
    keep = (Button(t.label("Keep it"), KeepPart(part=part), style=Style.SUCCESS),)
    text = Markup("\n").join([head, *_so_far(draft, t), doubt])
    return Screen(text, (keep, back_and_home(AskPart(part=part), t)), awaits=AWAITED[part])


def look_screen(draft: AddressDraft, t: Translator, *, head: Markup, leaves_to: CallbackData) -> Screen:
    """Each part with its name and its Edit; what is missing is said, and asked after the press."""
    lines = [_part_line(draft, part, t) for part in draft.order if part in draft.parts]
    missing = [t("Still missing: {parts}", parts=", ".join(_part_name(draft, part, t) for part in draft.missing))]
    asked = t("Is this right? Press a part to change it.")
    text = Markup("\n").join([head, Markup(""), *lines, *(missing if draft.missing else []), Markup(""), asked])
    edits = [Button(shortened(f"✏️ {_part_name(draft, part, t)}"), AskPart(part=part)) for part in draft.order]
    sure = t.label("Right, go on") if draft.missing else t.label("Use this address")
    confirm = (Button(sure, ConfirmDraft(), style=Style.SUCCESS),)
    return Screen(text, (confirm, *in_rows(edits, 2), (back(leaves_to, t), home(t))))


def _part_line(draft: AddressDraft, part: Part, t: Translator) -> Markup:
    shown = _shown(part, draft.parts[part], t)
    return t("{part}: <b>{text}</b>", part=_part_name(draft, part, t), text=shown)


def _part_name(draft: AddressDraft, part: Part, t: Translator) -> str:
    special = _REGION_NAMES.get(_form(draft).region_kind) if part is Part.REGION else None
    return t.label(special or _NAMES[part])


def _shown(part: Part, text: str, t: Translator) -> str:
    return country_name(text, t.language) if part is Part.COUNTRY else text


def _country_of_pasted_screen(
    draft: AddressDraft, t: Translator, *, head: Markup, leaves_to: CallbackData, nearby: Sequence[str]
) -> Screen:
    """The rest of a pasted address can be read once its country is known."""
    asked = t("Which country is this address in? Type its name.")
    rows = (*_countries(nearby, "", t), back_and_home(leaves_to, t))
    return Screen(Markup("\n").join([head, asked]), filled(rows), awaits=Awaiting.ADDRESS_COUNTRY)
