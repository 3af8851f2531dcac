"""From a text to the terms it is found by, and from a typed word to the terms that it may mean. Pure, and the same on every database.

A word is folded (NFKC, case, marks: "Café" → "cafe") and loses its ending ("dresses" → "dress", "рубашки" → "рубашк"). Scripts without spaces
between words become pairs of letters: 连衣裙 → 连衣, 衣裙, and 裙, so that a single letter finds every word that has it. A pair longer than a term is never made.
"""

import re
import unicodedata
from collections.abc import Iterator

TERM_MAX = 32
# A shorter word has too many neighbours to forgive a slip in.
FORGIVEN_MIN = 4

_PAIRED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_PIECES = re.compile(rf"[{_PAIRED}]+|[^\W_{_PAIRED}]+")
_IS_PAIRED = re.compile(rf"[{_PAIRED}]")
_CYRILLIC, _LATIN = re.compile(r"[а-яії]+"), re.compile(r"[a-z]+")
# A letter of its own in Cyrillic, and the marks that make another sound of a kana: not decoration.
_KEPT_WHOLE, _KEPT_MARKS = "йЙ", "\u3099\u309a"
_RUSSIAN_ENDINGS = sorted(
    "иями ями ами иях ях ах иям ям ам ием ем ом иев ев ов ией ей ой ого его ому ему ыми ими ых их ые ие ый ий ая яя ое ее ую юю ью "
    "ия ию а е и о у ы ь ю я й".split(),
    key=len,
    reverse=True,
)
_ENGLISH_ENDINGS = (
    ("ies", "y"),
    ("sses", "ss"),
    ("shes", "sh"),
    ("ches", "ch"),
    ("xes", "x"),
    ("ss", "ss"),
    ("us", "us"),
    ("s", ""),
)
_STEM_MIN = 3
# What is in most sentences and tells no product from another.
_EMPTY = frozenset(
    "a an and at by can could do for from have i in is it looking me my need of on or please sell show some that the there to want we with you your "
    "и в во на с со у к о от из за по до для или а но не есть ли я мне мы вы вас нас хочу нужен нужна нужно нужны ищу покажите пожалуйста купить".split()
)


def folded(text: str) -> str:
    """Without case, width and accents: "Ｃafé" → "cafe", "Ёлка" → "елка"."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize(
        "NFC", "".join(_without_marks(letter) for letter in unicodedata.normalize("NFC", plain))
    )


def _without_marks(letter: str) -> str:
    if letter.isascii() or letter in _KEPT_WHOLE:
        return letter
    parts = unicodedata.normalize("NFD", letter)
    return "".join(part for part in parts if part in _KEPT_MARKS or unicodedata.category(part) != "Mn")


def words(text: str) -> list[str]:
    """The folded words of *text* in their order; what has no spaces between its words stays in one piece."""
    return [piece[:TERM_MAX] if not is_paired(piece) else piece for piece in _PIECES.findall(folded(text))]


def is_paired(word: str) -> bool:
    """Whether its script goes by pairs of letters."""
    return _IS_PAIRED.match(word) is not None


def is_empty(word: str) -> bool:
    return word in _EMPTY


def stem(word: str) -> str:
    """The word without its ending, where that leaves enough of it."""
    if _CYRILLIC.fullmatch(word):
        ending = next(
            (each for each in _RUSSIAN_ENDINGS if word.endswith(each) and len(word) - len(each) >= _STEM_MIN), ""
        )
        return word[: len(word) - len(ending)]
    if _LATIN.fullmatch(word):
        for ending, rest in _ENGLISH_ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) + len(rest) >= _STEM_MIN:
                return word[: len(word) - len(ending)] + rest
    return word


def pairs(word: str) -> list[str]:
    """连衣裙 → 连衣, 衣裙; a single letter stands for itself."""
    return [word[start : start + 2] for start in range(len(word) - 1)] or [word]


def terms(text: str) -> Iterator[str]:
    """What *text* is found by."""
    for word in words(text):
        if is_paired(word):
            yield from pairs(word)
            yield word[-1]
        elif not is_empty(word):
            yield stem(word)


def spellings(term: str) -> set[str]:
    """The term, and what is left of it without one letter. Two terms that share a spelling are one slip of the finger apart:
    a letter wrong, missing, too many, or two that changed places."""
    if is_paired(term) or not term.isalpha() or len(term) < _STEM_MIN:
        return set()
    return {term} | {term[:place] + term[place + 1 :] for place in range(len(term))}
