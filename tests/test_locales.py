"""Every language that the shop speaks says everything, and says it so that it can be filled in and sent."""

import re
import string
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

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


@EachCatalogue
def test_a_language_has_every_text(path: Path) -> None:
    """No customer meets a sentence in a language that is not theirs."""
    said = [
        (f"{named(source)}:{line}", text)
        for source in sources(*PACKAGES)
        for line, text, _ in rules.texts(parsed(source))
    ]
    known = {_first(message.id) for message in translated(path) if all(_forms(message))}
    assert not [f"{where}: {text}" for where, text in said if text not in known]


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
