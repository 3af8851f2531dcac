"""A language that nobody speaks and every text of which is 40 % longer than the English one: for tests, never offered to anybody.

Its words are the English ones with other letters, so that a screen can still be read, and a text that went past the
catalogue is known by its plain letters.
"""

import gettext
import re

import pytest

from bot.ui import i18n

CODE = "xa"
LONGER = 0.4
# Not to be touched: tags, placeholders, commands, entities.
_FIXED = re.compile(r"(</?[a-z][^>]*>|\{[^}]*\}|(?<!\w)/[a-z]+|&\w+;)")
_LETTERS = str.maketrans("aceinouyACEINOUY", "áçéíñóúýÁÇÉÍÑÓÚÝ")
_PADDING = "ãłóñgèr"
# Takes the pseudo-language's letters away: a text that changes by it has some.
PLAIN = dict.fromkeys(map(ord, "áçéíñóúýÁÇÉÍÑÓÚÝãłè"))


def lengthened(text: str) -> str:
    """*text* in the pseudo-language: as many words as before, the last of them longer by 40 % of all."""
    parts = _FIXED.split(text)
    words = sum(len(part) for part in parts[::2])
    padding = (_PADDING * (words // len(_PADDING) + 1))[: round(words * LONGER)]
    at = max((n for n in range(0, len(parts), 2) if parts[n].strip()), default=None)
    for n in range(0, len(parts), 2):
        parts[n] = parts[n].translate(_LETTERS)
    if at is not None:
        body = parts[at].rstrip()
        parts[at] = body + padding + parts[at][len(body) :]
    return "".join(parts)


class _Catalogue(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return lengthened(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return lengthened(msgid1 if n == 1 else msgid2)


class _Translator(i18n.Translator):
    """Counts, dates and money as in English: only the words differ."""

    def __init__(self, language: str) -> None:
        super().__init__(i18n.DEFAULT if language == CODE else language)
        if language == CODE:
            self._catalogue = _Catalogue()


def speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop knows the pseudo-language until the end of the test."""
    monkeypatch.setattr(i18n, "LANGUAGES", (*i18n.LANGUAGES, CODE))
    monkeypatch.setattr(i18n, "Translator", _Translator)
    i18n.translator.cache_clear()


def forgets() -> None:
    """Nobody after the test gets a translator of it."""
    i18n.translator.cache_clear()


def translator() -> i18n.Translator:
    return _Translator(CODE)
