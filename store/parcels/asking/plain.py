"""What a message says once its typing is set aside: case, accents, widths, traditional letters, long numbers, repeated letters. Pure."""

import re
import unicodedata
from collections.abc import Iterable

# A longer message is a story; its beginning says what it wants.
LONGEST = 300

_CJK = "\u3400-\u4dbf\u4e00-\u9fff"
_TOKEN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+|\?")
_BETWEEN_CJK = re.compile(rf"(?<=[{_CJK}])\s+(?=[{_CJK}])")
_NUMBER = re.compile(r"[#№]?\b[a-z]{0,4}\d[a-z0-9]*(?:[-.,/:]\w*\d\w*)*|\d+", re.ASCII)
_CODE = re.compile(r"\b(?=[a-z0-9-]*\d)(?=[a-z0-9-]*[a-z])[a-z0-9]{2,}(?:-[a-z0-9]{2,})*\b")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
# One writing for letters that people do not tell apart, and words for pictures.
_SAME = str.maketrans(
    {
        "ى": "ي",
        "ة": "ه",
        "ٱ": "ا",
        "ک": "ك",
        "ی": "ي",
        "گ": "ك",
        "ـ": None,
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "¿": " ",
        "？": "?",
        "؟": "?",
        "📦": " 📦parcel ",
        "🚚": " parcel ",
        "🚛": " parcel ",
        "❓": "?",
        "❔": "?",
    }
    | dict(
        zip(
            "訂單貨遞東還沒發什麼時間個過兩這裡裏問誰為嗎頭號碼電話實們對錯買賣寄運費優惠幾點來從給說後見請幫查詢簽領櫃門業務員稅關節補換錢賬帳戶現餘線聯繫絡處數據進遠離開動無應該當樣鐘樓層區縣廣東內將傳轉讓變勞煩謝",
            "订单货递东还没发什么时间个过两这里里问谁为吗头号码电话实们对错买卖寄运费优惠几点来从给说后见请帮查询签领柜门业务员税关节补换钱账账户现余线联系络处数据进远离开动无应该当样钟楼层区县广东内将传转让变劳烦谢",
            strict=True,
        )
    )
)


def plain(text: str) -> str:
    """ "Wheres my PARCELLL??" → "wheres my parcell ?"; every number is 9, "我 的 快递" loses its spaces."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold().translate(_SAME)
    bare = "".join(sign for sign in unicodedata.normalize("NFD", folded) if unicodedata.category(sign) != "Mn")
    bare = _APOSTROPHES.sub("", bare)
    numbered = _NUMBER.sub("9", _CODE.sub("9", bare))
    joined = _BETWEEN_CJK.sub("", _REPEATED.sub(r"\1\1", numbered))
    return " ".join(tokens(joined))


def tokens(text: str) -> list[str]:
    """Words, runs of Chinese letters, and question marks."""
    return _TOKEN.findall(text)


def has_chinese(words: Iterable[str]) -> bool:
    return any(map(is_chinese, words))


def is_chinese(token: str) -> bool:
    return "\u3400" <= token[0] <= "\u9fff"
