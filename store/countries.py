"""Countries by the names that people give them, in the languages of the shop."""

import unicodedata
from collections.abc import Iterator
from functools import cache

from babel import Locale

_LANGUAGES = ("en", "zh", "zh_Hant", "ru")
# In Babel's list, but no parcel can go there: unions, pseudo-locales, "unknown region".
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
# What people say instead of the official name.
_ALSO_SAID = {
    "GB": ("uk", "great britain", "britain", "england", "scotland", "wales", "英格兰", "苏格兰", "англия", "шотландия"),
    "US": ("usa", "united states of america", "america", "美利坚合众国", "америка", "сша", "соединенные штаты америки"),
    "HK": ("hong kong", "香港", "гонконг"),
    "MO": ("macau", "macao", "澳门", "澳門", "макао"),
    "CN": ("prc", "中华人民共和国", "中國大陸", "中国大陆", "кнр"),
    "KR": ("korea", "republic of korea", "韩国", "南韩", "корея", "южная корея"),
    "AE": ("uae", "emirates", "阿联酋", "эмираты", "объединенные арабские эмираты"),
    "NL": ("holland", "голландия"),
    "CZ": ("czech republic", "чешская республика"),
    "TR": ("turkey", "turkiye"),
    "AT": ("österreich",),
    "BR": ("brasil",),
    "CH": ("schweiz", "suisse", "svizzera"),
    "DE": ("deutschland",),
    "ES": ("españa",),
    "IT": ("italia",),
    "JP": ("nippon",),
    "KZ": ("қазақстан",),
    "PL": ("polska",),
    "SE": ("sverige",),
    "UA": ("україна",),
    "RU": ("russian federation", "российская федерация", "рф"),
    "BY": ("белоруссия",),
    "CI": ("ivory coast",),
    "MM": ("burma",),
    "IE": ("republic of ireland",),
}


def country_code(text: str) -> str | None:
    """The ISO 3166 code for what a person typed: a code, or a name in English, Chinese or Russian. None when it is no country."""
    return countries().get(folded(text)) if len(text) <= 128 else None


@cache
def countries() -> dict[str, str]:
    """Every name, folded → its country's code."""
    return {folded(name): code for name, code in _names()}


def _names() -> Iterator[tuple[str, str]]:
    """Later ones win: a code is never shadowed by a name."""
    codes = {code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()} - _NO_COUNTRIES
    for language in _LANGUAGES:
        territories = Locale.parse(language).territories
        yield from ((str(territories[code]), code) for code in codes if code in territories)
    yield from ((name, code) for code, names in _ALSO_SAID.items() for name in names)
    yield from ((code, code) for code in codes)


def folded(text: str) -> str:
    """Without case, accents, punctuation and the article: "Côte d’Ivoire" and "cote divoire" are the same."""
    letters = unicodedata.normalize("NFKD", text.casefold().strip().removeprefix("the "))
    return "".join(character for character in letters if character.isalnum())
