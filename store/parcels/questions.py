"""Whether a plain message asks where a parcel is. A list of phrases and a little patience with typing; pure."""

import difflib
import re
import unicodedata

# One word of each pair of groups must be there: what is asked about, and what is asked.
_THING = set(
    "parcel parcels package packages packet pkg order orders delivery shipment shipping courier dress stuff item items "
    "посылка посылки посылку посылкой заказ заказа заказы заказом доставка доставки доставку курьер курьера отправление товар".split()
)
_QUESTION = set(
    "where wheres when track tracking status arrive arrives arrived arriving coming eta late delayed shipped locate lost "
    "где когда отследить отслеживание статус придет приедет придёт прибудет трек доставят привезут едет идет потерялась потерялся".split()
)
_CHINESE_THING = ("包裹", "快递", "订单", "货", "物流", "快件", "東西", "东西", "包裏", "訂單")
_CHINESE_QUESTION = (
    "哪",
    "什么时候",
    "甚麼時候",
    "何时",
    "到了",
    "查",
    "追踪",
    "跟踪",
    "状态",
    "几时",
    "多久",
    "怎么还没",
    "没到",
    "送到",
)
# Whole messages that ask without naming a thing.
_ALONE = {
    "where is it",
    "wheres it",
    "when will it arrive",
    "when does it arrive",
    "has it shipped",
    "track",
    "tracking",
    "wismo",
    "где",
    "где мой",
    "где моя",
    "когда придет",
    "когда приедет",
    "到哪了",
    "到哪里了",
    "什么时候到",
    "查快递",
    "查物流",
    "物流",
}
_LONGEST = 200


def asks_for_parcel(text: str) -> bool:
    """ "wheres my parsel??" → True. Longer messages are stories, not this question."""
    plain = _plain(text) if len(text) <= _LONGEST else ""
    if plain in _ALONE or plain.replace(" ", "") in _ALONE:
        return True
    if any(thing in plain for thing in _CHINESE_THING):
        return any(question in plain for question in _CHINESE_QUESTION)
    words = plain.split()
    return _has(words, _THING) and _has(words, _QUESTION)


def _plain(text: str) -> str:
    """Lower case, no accents, apostrophes and punctuation, letters said three times said twice."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    folded = re.sub(r"['’`´]", "", folded)
    folded = re.sub(r"(.)\1{2,}", r"\1", folded)
    return " ".join(re.sub(r"[\W_]+", " ", folded).split())


def _has(words: list[str], wanted: set[str]) -> bool:
    return any(word in wanted or (len(word) > 3 and difflib.get_close_matches(word, wanted, 1, 0.8)) for word in words)
