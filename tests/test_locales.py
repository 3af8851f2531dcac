"""Every language that the shop speaks says everything, and says it so that it can be filled in and sent."""

import re
import string
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.ui.buttons import LABEL_MAX, columns
from bot.ui.i18n import DEFAULT, LANGUAGES
from tests import rules
from tests.sources import PACKAGES, ROOT, named, parsed, sources

CATALOGUES = sorted((ROOT / "locales").glob("*/LC_MESSAGES/dukkan.po"))
EachCatalogue = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.parts[-3]))


@cache
def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def translated(path: Path) -> list[Message]:
    return [message for message in catalogue(path) if message.id and any(_forms(message))]


def said() -> list[tuple[str, str]]:
    """(where, text) of every text in the source."""
    return [
        (f"{named(source)}:{line}", text)
        for source in sources(*PACKAGES)
        for line, text, _ in rules.texts(parsed(source))
    ]


def test_every_language_that_is_offered_has_a_catalogue() -> None:
    """English stands in the source."""
    assert {path.parts[-3] for path in CATALOGUES} | {DEFAULT} == set(LANGUAGES)


@EachCatalogue
def test_a_language_has_every_text(path: Path) -> None:
    """No customer meets a sentence in a language that is not theirs."""
    known = {_first(message.id) for message in translated(path) if all(_forms(message))}
    assert not [f"{where}: {text}" for where, text in said() if text not in known]


@EachCatalogue
def test_a_language_has_no_text_that_the_shop_does_not_say(path: Path) -> None:
    """Nobody translates what nobody reads; `make locales` takes it out."""
    spoken = {text for _, text in said()}
    assert not [message.id for message in catalogue(path) if message.id and _first(message.id) not in spoken]


@EachCatalogue
def test_what_stands_on_a_button_fits_it(path: Path) -> None:
    """A phone cuts a longer label off."""
    labels = {text for source in sources(*PACKAGES) for _, text in rules.labels(parsed(source))}
    written = [form for message in translated(path) if message.id in labels for form in _forms(message)]
    assert written
    assert not [form for form in written if _columns(form) > LABEL_MAX]


@EachCatalogue
def test_a_plural_has_all_forms_of_the_language(path: Path) -> None:
    """Russian counts 1, 2 and 5 differently."""
    plurals = [message for message in catalogue(path) if message.pluralizable]
    assert not [message.id for message in plurals if len(_forms(message)) != catalogue(path).num_plurals]


@EachCatalogue
def test_nothing_is_fuzzy(path: Path) -> None:
    """A translation that somebody should look at again is not shipped."""
    assert not [message.id for message in catalogue(path) if message.id and message.fuzzy]


@EachCatalogue
def test_a_translation_has_the_placeholders_of_its_source(path: Path) -> None:
    """A name that is not passed would stop the screen; a missing one would hide a price."""
    assert not [message.id for message in translated(path) if _misses_a_placeholder(message)]


@EachCatalogue
def test_a_translation_has_the_markup_of_its_source(path: Path) -> None:
    """Telegram refuses a message with a tag that is not closed."""
    assert not [
        message.id
        for message in translated(path)
        for form in _forms(message)
        if _tags(form) != _tags(_last(message.id))
    ]


def _misses_a_placeholder(message: Message) -> bool:
    source = _placeholders(_last(message.id))
    # "one item" needs no number.
    optional = {"n"} if message.pluralizable else set()
    return any(not source - optional <= _placeholders(form) <= source for form in _forms(message))


def _forms(message: Message) -> list[str]:
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return [form or "" for form in forms]


def _first(identity: str | list[str] | tuple[str, ...]) -> str:
    return identity if isinstance(identity, str) else identity[0]


def _last(identity: str | list[str] | tuple[str, ...]) -> str:
    return identity if isinstance(identity, str) else identity[-1]


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _tags(text: str) -> Counter[str]:
    return Counter(re.findall(r"</?[a-z]+", text))


def _columns(text: str) -> int:
    """The width on a screen, without what placeholders will bring."""
    return columns("".join(part for part, _, _, _ in string.Formatter().parse(text)))
