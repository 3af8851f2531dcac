"""Words in the customer's language. The message id is the English sentence; a missing translation shows it, and nothing crashes."""

import gettext
import io
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup

DOMAIN = "dukkan"
LANGUAGES = ("en", "zh", "ru")
DEFAULT = "en"
LANGUAGE_NAMES = {"en": "English", "zh": "中文", "ru": "Русский"}


def locales_folder() -> Path:
    """Inside the installed package, or beside it in a checkout."""
    packaged = Path(__file__).parents[1] / "locales"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "locales"


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    path = locales_folder() / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Translator:
    """`t("{count} left", count=3)` → Markup. Every parameter that is not Markup is escaped: a customer's name is never markup."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def __call__(self, message: str, **params: object) -> Markup:
        return Markup(self._catalogue.gettext(message)).format(**params)

    def n(self, singular: str, plural: str, n: int, **params: object) -> Markup:
        """The plural form for *n* in this language; `{n}` is the number."""
        return Markup(self._catalogue.ngettext(singular, plural, n)).format(n=n, **params)

    def label(self, message: str, **params: object) -> str:
        """The same for a button or a toast: plain text, nothing escaped."""
        return self._catalogue.gettext(message).format(**params)

    def pick(self, texts: Mapping[str, str]) -> str:
        """The shop's own text (title, description) in this language, else English, else whatever there is."""
        return texts.get(self.language) or texts.get(DEFAULT) or next((text for text in texts.values() if text), "")


@lru_cache
def translator(language: str | None) -> Translator:
    """For a Telegram `language_code` ("zh-hans", "pt-br", None): the shipped language that fits, else English."""
    base = (language or DEFAULT).lower().partition("-")[0]
    return Translator(base if base in LANGUAGES else DEFAULT)


def noop(message: str) -> str:
    """Marks a text for extraction where it is a constant in a table."""
    return message
