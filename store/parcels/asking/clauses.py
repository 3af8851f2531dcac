"""The sentences of a Chinese message, one by one: a question at the end of a story is still a question. Pure."""

import re
from collections.abc import Sequence

from store.parcels.asking.plain import LONGEST

_CJK = "\u3400-\u9fff"
_LETTER = re.compile(f"[{_CJK}]")
_ENDS = re.compile(r"[，。！!,;；、~…\n]+|(?<=[?？])")
_ENDS_OR_SPACES = re.compile(_ENDS.pattern + r"|\s+")
# 我 的 快递 到 哪 了: whoever types like that ends nothing with a space.
_LONGER_THAN_WORDS = 3
_MOST = 10


def clauses(text: str) -> Sequence[str]:
    """None where there is nothing to take apart: in other languages, and in a message of one sentence."""
    said = text[:LONGEST]
    parts = [letters for part in said.split() if (letters := len(_LETTER.findall(part)))]
    if not parts:
        return ()
    spaces_end_something = sum(parts) >= _LONGER_THAN_WORDS * len(parts)
    found = [
        part
        for part in (_ENDS_OR_SPACES if spaces_end_something else _ENDS).split(said)
        if len(_LETTER.findall(part)) > 1
    ]
    return found[-_MOST:] if len(found) > 1 else ()
