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
            "訂單貨遞東還沒發什麼時間個過兩這裡裏問誰為嗎頭號碼電話實們對錯買賣寄運費優惠幾點來從給說後見請幫查詢簽領櫃門業務員稅關節補換錢賬帳戶現餘線聯繫絡處數據進遠離開動無應該當樣鐘樓層區縣廣東內將傳轉讓變勞煩謝"
            "會學價質壞邊隻張裝車輛郵壓縮斷盡儘夠總級組續結終統經綠紅細約純網絲產額顏題願類顯驗驚馬麗龍齊與專舊書華葉萬義樂歡難雙雜靜響頁項順須預飯館飲餅魚鮮貓貴貼資賞賠輕輸遲選適鄰醫釋鋪錄鍵鏡長閃閉闆陽陰陸險隨靈頻養騙體髮鬆麥黃齡藍藥衛複親覺觀計訊記許訴評詞試詳誠誤調談講證識議護讀顧氣滿漢溫濕爛牆獎環異盤禮種積稱穩筆紙紹絕緊緣編練繳罰聽職腦膠臉舉蓋虛蟲襯規視訪設賴趕跡蹤軟較載達違鈕銀銷鎖鑰韓頂顆飛騎鬧鹽麵齒撥損擔擠擇擊搶採掛掃搖撿擺攜於暫曉條檢權歲歸決況測淺湯準漲潔獨狀妳媽婦孫寶審寫寬導島幣廠彈徵惡愛態慣拋倉倆偽側備傷傘債僅億償兒兌凍減創劃劇勝匯協卻厭參啟嘗嚇嚴囉團園圖圓執堅場塊墊夾夥妝託慘憑懶戰摺佈併係",
            "订单货递东还没发什么时间个过两这里里问谁为吗头号码电话实们对错买卖寄运费优惠几点来从给说后见请帮查询签领柜门业务员税关节补换钱账账户现余线联系络处数据进远离开动无应该当样钟楼层区县广东内将传转让变劳烦谢"
            "会学价质坏边只张装车辆邮压缩断尽尽够总级组续结终统经绿红细约纯网丝产额颜题愿类显验惊马丽龙齐与专旧书华叶万义乐欢难双杂静响页项顺须预饭馆饮饼鱼鲜猫贵贴资赏赔轻输迟选适邻医释铺录键镜长闪闭板阳阴陆险随灵频养骗体发松麦黄龄蓝药卫复亲觉观计讯记许诉评词试详诚误调谈讲证识议护读顾气满汉温湿烂墙奖环异盘礼种积称稳笔纸绍绝紧缘编练缴罚听职脑胶脸举盖虚虫衬规视访设赖赶迹踪软较载达违钮银销锁钥韩顶颗飞骑闹盐面齿拨损担挤择击抢采挂扫摇捡摆携于暂晓条检权岁归决况测浅汤准涨洁独状你妈妇孙宝审写宽导岛币厂弹征恶爱态惯抛仓俩伪侧备伤伞债仅亿偿儿兑冻减创划剧胜汇协却厌参启尝吓严啰团园图圆执坚场块垫夹伙妆托惨凭懒战折布并系",
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
