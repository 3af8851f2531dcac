"""An address while it is typed."""

from collections.abc import Sequence

import pytest
from markupsafe import Markup

from bot.ui.address_callbacks import AskPart, ConfirmDraft, KeepPart, PickRegion, ReadDraft, SkipPart
from bot.ui.address_form import REGIONS_A_PAGE, form_screen, look_screen, part_screen
from bot.ui.callbacks import ShowCart
from bot.ui.i18n import Translator, translator
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from store.address_drafts import AddressDraft
from store.address_rules import Part, form
from store.countries import countries
from tests.bot.ui.views import T, button, labels

HEAD = Markup("<b>New address</b>")


def asked(draft: AddressDraft, t: Translator = T, *, nearby: Sequence[str] = ()) -> Screen:
    return form_screen(draft, t, head=HEAD, leaves_to=ShowCart(), nearby=nearby)


def a_draft(**parts: str) -> AddressDraft:
    return AddressDraft(parts)


@pytest.mark.parametrize("country", sorted(set(countries().values())))
def test_every_country_can_be_answered_to_its_end(country: str) -> None:
    """Whoever answers each question as it comes, and keeps what looks unusual, has an address with all that is required, within seven questions."""
    draft = a_draft(country=country)
    for _ in range(7):
        if draft.open is None and draft.doubtful is None:
            break
        screen, part = asked(draft), draft.doubtful or draft.open
        assert part is not None and screen.awaits is not None
        draft = draft.keeping(part) if draft.doubtful else draft.with_part(part, "Somewhere 1", "en")
    assert draft.open is None and not draft.missing
    assert set(draft.parts) == {"country", *form(country).parts}


def test_the_first_question_takes_a_name_a_whole_address_or_a_press() -> None:
    screen = asked(AddressDraft(), nearby=("PT", "CN"))

    assert "whole address in one message" in screen.text
    assert labels(screen)[:2] == ["Portugal", "China"]
    assert button(screen, "Back").press == ShowCart()


def test_what_is_typed_so_far_stands_above_the_question() -> None:
    screen = asked(a_draft(country="PT", street="Rua Augusta 1"))

    assert "📍 Rua Augusta 1, Portugal" in screen.text
    assert "It looks like 2725-079" in screen.text
    assert button(screen, "Back").press == AskPart(part=Part.STREET)


def test_back_offers_what_stood_there() -> None:
    screen = part_screen(a_draft(country="PT", street="Rua Augusta 1"), Part.STREET, T, head=HEAD, leaves_to=ShowCart())

    assert button(screen, "✅ Rua Augusta 1").press == KeepPart(part=Part.STREET)
    assert screen.awaits == Awaiting.ADDRESS_STREET


@pytest.mark.parametrize(("country", "can_skip"), [("PT", False), ("HK", True)])
def test_only_what_a_country_does_not_require_can_be_left_out(country: str, can_skip: bool) -> None:
    """Hong Kong has districts that not every address names."""
    draft = a_draft(country=country, region="Kowloon", street="1")
    screen = part_screen(draft, Part.CITY, T, head=HEAD, leaves_to=ShowCart())

    assert (SkipPart(part=Part.CITY) in [each.press for row in screen.rows for each in row]) is can_skip


def test_regions_are_chosen_from_pages_in_the_readers_own_language() -> None:
    """Whoever reads Russian finds Kazan's republic where the alphabet has it."""
    draft = a_draft(country="RU", city="Казань", street="ул. Ленина, 5")
    first = asked(draft, translator("ru"))
    last = part_screen(draft, Part.REGION, T, head=HEAD, leaves_to=ShowCart(), page=999)

    assert [each.press for row in first.rows for each in row if isinstance(each.press, PickRegion)][:1]
    assert len([label for label in labels(first) if label[0] in "АБВ"]) == REGIONS_A_PAGE
    assert "◀ Previous" in labels(last) and "Next ▶" not in labels(last)


def test_what_looks_unusual_can_be_kept() -> None:
    """A warning, never a wall."""
    screen = asked(a_draft(country="PT", street="Rua <b>", postcode="12"))

    assert "<b>12</b> looks unusual" in screen.text
    assert button(screen, "Keep it").press == KeepPart(part=Part.POSTCODE)
    assert screen.awaits == Awaiting.ADDRESS_POSTCODE


def test_a_pasted_address_is_shown_part_by_part_with_what_is_missing() -> None:
    draft = AddressDraft({"country": "US", "street": "1 <Elm>", "city": "Springfield"}, is_to_look_at=True)
    screen = asked(draft)

    for shown in ("Country: <b>United States</b>", "Street: <b>1 &lt;Elm&gt;</b>", "Still missing: State, Postcode"):
        assert shown in screen.text
    assert button(screen, "Right, go on").press == ConfirmDraft()
    assert button(screen, "✏️ State").press == AskPart(part=Part.REGION)
    back = part_screen(draft, Part.CITY, T, head=HEAD, leaves_to=ShowCart())
    assert button(back, "Back").press == ReadDraft()


def test_a_complete_one_is_used_at_once() -> None:
    draft = AddressDraft({"country": "SG", "street": "Orchard Road 1", "postcode": "238823"}, is_to_look_at=True)

    assert "Use this address" in labels(look_screen(draft, T, head=HEAD, leaves_to=ShowCart()))
