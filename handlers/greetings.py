"""Words that greet or thank and ask for nothing: whoever says them is shown the front door, not goods that sound alike."""

import re
import unicodedata
from collections.abc import Iterable

from aiogram.filters import Filter
from aiogram.types import Message

from handlers.awaits import is_plain_text

_WORDS = """
hi | hello | hey | hiya | hello there | hi there | hey there | good morning | good afternoon | good evening | good day | greetings
thanks | thank you | thank you very much | thanks a lot | thx | ty
你好 | 您好 | 你好呀 | 你好啊 | 您好呀 | 在吗 | 在么 | 在嘛 | 在不在 | 有人吗 | 有人在吗 | 哈喽 | 哈啰 | 嗨 | 亲 | 老板 | 掌柜的 | 早上好 | 上午好 | 中午好 | 下午好 | 晚上好
谢谢 | 谢谢你 | 谢谢您 | 多谢 | 感谢
привет | приветик | здравствуйте | здравствуй | добрый день | доброе утро | добрый вечер | доброго дня | доброго времени суток | приветствую | спасибо | спасибо большое | благодарю
hola | buenas | buenos días | buenas tardes | buenas noches | qué tal | gracias | muchas gracias
olá | oi | bom dia | boa tarde | boa noite | tudo bem | obrigado | obrigada
hallo | guten tag | guten morgen | guten abend | moin | servus | grüß gott | danke | vielen dank
bonjour | bonsoir | salut | coucou | merci | merci beaucoup
merhaba | merhabalar | selam | selamlar | günaydın | iyi günler | iyi akşamlar | teşekkürler | teşekkür ederim | sağ olun
مرحبا | أهلا | اهلا | هلا | السلام عليكم | سلام عليكم | سلام | صباح الخير | مساء الخير | شكرا | شكرا جزيلا
"""
# Longer ones are stories that begin politely.
_LONGEST = 60
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")


def _plain(text: str) -> str:
    """Without case, accents, wide gaps, and letters that somebody has held down."""
    apart = unicodedata.normalize("NFKD", " ".join(text.casefold().split())).replace("ı", "i")
    return _STRETCHED.sub(r"\1", "".join(each for each in apart if not unicodedata.combining(each)))


def _pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted({_plain(phrase) for phrase in phrases}, key=len, reverse=True)
    return re.compile(rf"\W*(?:(?:{'|'.join(map(re.escape, longest_first))})[\W_]*)+")


_GREETINGS = _pattern(phrase.strip() for line in _WORDS.strip().splitlines() for phrase in line.split("|"))


def is_greeting(text: str) -> bool:
    """Whether it greets, or thanks, and says nothing else: in any of nine languages, or several of them."""
    return len(text) <= _LONGEST and _GREETINGS.fullmatch(_plain(text)) is not None


class Greets(Filter):
    """While nothing is being asked: to a question even a greeting may be the answer."""

    async def __call__(self, message: Message, raw_state: str | None = None) -> bool:
        is_own = message.forward_origin is None and is_plain_text(message)
        return raw_state is None and is_own and is_greeting(message.text or "")
