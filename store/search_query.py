"""What somebody typed, read as a search: "red shirt under 50", "свечи до 20", "50以下的杯子". Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal

from store.search_terms import folded, is_empty, is_paired, pairs, stem, words

TEXT_MAX = 200
WORDS_MAX = 8


@dataclass(frozen=True, slots=True)
class Word:
    """*typed* is the folded word, *term* what it is looked up by. A pair of letters stands only for itself."""

    typed: str
    term: str

    @property
    def is_letter(self) -> bool:
        return len(self.typed) == 1 and is_paired(self.typed)

    @property
    def may_be_a_beginning(self) -> bool:
        return self.is_letter or (len(self.typed) > 1 and not is_paired(self.typed))


@dataclass(frozen=True, slots=True)
class Query:
    """Limits are prices in the shop's currency, in its major unit."""

    words: tuple[Word, ...] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None

    def __bool__(self) -> bool:
        return bool(self.words) or self.at_least is not None or self.at_most is not None


_SIGN = r"(?:[$€£¥₽]|us\$)"
_UNIT = r"(?:[$€£¥₽]|usd|eur|gbp|cny|rmb|rub|dollars?|euros?|bucks|pounds?|yuan|руб[а-я]*\.?|р\b\.?|долл[а-я]*\.?|евро|元|块钱?|美元|欧元|卢布)"
_NUMBER = r"(\d{1,3}(?:[ ,.]\d{3})+(?!\d)|\d{1,9})([.,]\d{1,2}(?!\d))?"
_AMOUNT = rf"\s*{_SIGN}?\s*{_NUMBER}\s*{_UNIT}?"
_EDGE = r"(?:(?<=\W)|(?<=[_\d])|^|(?<=[\u3400-\u9fff]))"

_BETWEEN = re.compile(
    rf"{_EDGE}(?:between|from|от|с|从){_AMOUNT}\s*(?:and|to|till|[-–—~]|и|до|по|到|至){_AMOUNT}(?:之间)?"
    rf"|{_EDGE}{_SIGN}?\s*{_NUMBER}\s*{_UNIT}?\s*(?:[-–—~]|到|至)\s*{_SIGN}?\s*{_NUMBER}\s*{_UNIT}"
)
# What begins with a denial comes before what it denies: 不超过 is no 超过, "no less than" no "less than".
_BOUNDS = (
    ("least", re.compile(rf"{_EDGE}(?:(?:no|not) less than|не дешевле|не менее|не меньше|不低于|不少于){_AMOUNT}")),
    (
        "most",
        re.compile(
            rf"{_EDGE}(?:under|below|(?:less|cheaper) than|(?:no|not) more than|up to|at most|max(?:imum)?|не дороже|не более|не больше|дешевле|"
            rf"меньше|менее|максимум|до|不超过|不高于|低于|少于|小于|不到|最多|<=?|≤){_AMOUNT}"
            rf"|{_EDGE}{_SIGN}?\s*{_NUMBER}\s*{_UNIT}?\s*(?:以下|以内|之内)"
        ),
    ),
    (
        "least",
        re.compile(
            rf"{_EDGE}(?:over|above|more than|at least|min(?:imum)?|from|дороже|больше|более|свыше|от|高于|超过|大于|至少|>=?|≥){_AMOUNT}"
            rf"|{_EDGE}{_SIGN}?\s*{_NUMBER}\s*{_UNIT}?\s*(?:以上|起)"
        ),
    ),
)
_FILLING = re.compile(r"我想要|我想买|我想|我要买|我要|想买|有没有|请问|请|帮我找|找一下|有什么|有吗|吗|的")


def read(text: str) -> Query:
    """The words and the price limits of *text*; false when there is nothing to look for in it."""
    rest = folded(text[:TEXT_MAX])
    found: dict[str, Decimal] = {}
    if between := _BETWEEN.search(rest):
        low, high = sorted(_amounts(between))
        found, rest = {"least": low, "most": high}, _without(rest, between)
    for bound, pattern in _BOUNDS:
        if bound not in found and (limit := pattern.search(rest)):
            found[bound], rest = _amounts(limit)[0], _without(rest, limit)
    return Query(_words(_FILLING.sub(" ", rest)), found.get("least"), found.get("most"))


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _amounts(found: re.Match[str]) -> list[Decimal]:
    """The groups come in twos: the whole part and the cents."""
    groups = found.groups()
    both = [(groups[place], groups[place + 1]) for place in range(0, len(groups), 2)]
    return [Decimal(re.sub(r"\D", "", whole) + (cents or "").replace(",", ".")) for whole, cents in both if whole]


def _words(text: str) -> tuple[Word, ...]:
    wanted: dict[str, Word] = {}
    for word in words(text):
        for each in _read_word(word):
            wanted.setdefault(each.term, each)
    return tuple(wanted.values())[:WORDS_MAX]


def _read_word(word: str) -> list[Word]:
    if is_paired(word):
        return [Word(pair, pair) for pair in pairs(word)]
    return [] if is_empty(word) else [Word(word, stem(word))]
