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
# "order48213": the word says what the number is of.
_GLUED = re.compile(r"(?<=[^\W\d_]{5})(?=\d{3})")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
# Arabic writes its "not" and "and" into the next word or not, as it comes: ماوصل, وما وصل, موصلش, ولا وصل are one thing.
_COME = (
    "(?:وصل|يوصل|توصل|يصل|تصل|بيوصل|بتوصل|هيوصل|اجا|اجي|اجت|جاب|جاء|جات|جت|يجي|ييجي|تجي|بيجي|بييجي|هيجي|هييجي"
    "|استلم|استلام|اتشحن|انشحن|شحن|طلع|شفت)"
)
_NOT_AROUND = re.compile(rf"\bو?ما?((?:{_COME}|جا|ستلم)\w{{0,4}}?)ش\b")
_NOT_BEFORE = re.compile(rf"\b(?:و?ما|م |ولا ?)(?= ?(?:{_COME}|جا(?:ني|نا|لي|تني|ك|ه|ها)?\b))")
_AND = re.compile(r"\bو(?=(?:ما|لم|لن|لسه|لسا|للحين|لحد|الي|حتي|الحين|باقي|مش|مو)\b)")
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
# Traditional letters that people type to a shop, each before its simplified one.
_SIMPLIFIED = """
    訂订 單单 貨货 遞递 東东 還还 沒没 發发 麼么 時时 間间 個个 過过 兩两 這这 裡里 裏里 問问 誰谁 為为 嗎吗 頭头 號号 碼码
    電电 話话 實实 們们 對对 錯错 買买 賣卖 運运 費费 優优 幾几 點点 來来 從从 給给 說说 後后 見见 請请 幫帮 詢询 簽签 領领
    櫃柜 門门 業业 務务 員员 稅税 關关 節节 補补 換换 錢钱 賬账 帳账 戶户 現现 餘余 線线 聯联 繫系 絡络 處处 數数 據据 進进
    遠远 離离 開开 動动 無无 應应 該该 當当 樣样 鐘钟 樓楼 層层 區区 縣县 廣广 東东 內内 將将 傳传 轉转 讓让 變变 勞劳 煩烦
    謝谢 會会 學学 價价 質质 壞坏 邊边 隻只 張张 裝装 車车 輛辆 郵邮 壓压 縮缩 斷断 盡尽 儘尽 夠够 總总 級级 組组 續续 結结
    終终 統统 經经 綠绿 紅红 細细 約约 純纯 網网 絲丝 產产 額额 顏颜 題题 願愿 類类 顯显 驗验 驚惊 馬马 麗丽 龍龙 齊齐 與与
    專专 舊旧 書书 華华 葉叶 萬万 義义 樂乐 歡欢 難难 雙双 雜杂 靜静 響响 頁页 項项 順顺 須须 預预 飯饭 館馆 飲饮 餅饼 魚鱼
    鮮鲜 貓猫 貴贵 貼贴 資资 賞赏 賠赔 輕轻 輸输 遲迟 選选 適适 鄰邻 醫医 釋释 鋪铺 錄录 鍵键 鏡镜 長长 閃闪 閉闭 闆板 陽阳
    陰阴 陸陆 險险 隨随 靈灵 頻频 養养 騙骗 體体 髮发 鬆松 麥麦 黃黄 齡龄 藍蓝 藥药 衛卫 複复 親亲 覺觉 觀观 計计 訊讯 記记
    許许 訴诉 評评 詞词 試试 詳详 誠诚 誤误 調调 談谈 講讲 證证 識识 議议 護护 讀读 顧顾 氣气 滿满 漢汉 溫温 濕湿 爛烂 牆墙
    獎奖 環环 異异 盤盘 禮礼 種种 積积 稱称 穩稳 筆笔 紙纸 紹绍 絕绝 緊紧 緣缘 編编 練练 繳缴 罰罚 聽听 職职 腦脑 膠胶 臉脸
    舉举 蓋盖 虛虚 蟲虫 襯衬 規规 視视 訪访 設设 賴赖 趕赶 跡迹 蹤踪 軟软 較较 載载 達达 違违 鈕钮 銀银 銷销 鎖锁 鑰钥 韓韩
    頂顶 顆颗 飛飞 騎骑 鬧闹 鹽盐 麵面 齒齿 撥拨 損损 擔担 擠挤 擇择 擊击 搶抢 採采 掛挂 掃扫 搖摇 撿捡 擺摆 攜携 於于 暫暂
    曉晓 條条 檢检 權权 歲岁 歸归 決决 況况 測测 淺浅 湯汤 準准 漲涨 潔洁 獨独 狀状 妳你 媽妈 婦妇 孫孙 寶宝 審审 寫写 寬宽
    導导 島岛 幣币 廠厂 彈弹 徵征 惡恶 愛爱 態态 慣惯 拋抛 倉仓 倆俩 偽伪 側侧 備备 傷伤 傘伞 債债 僅仅 億亿 償偿 兒儿 兌兑
    凍冻 減减 創创 劃划 劇剧 勝胜 匯汇 協协 卻却 厭厌 參参 啟启 嘗尝 嚇吓 嚴严 囉啰 團团 園园 圖图 圓圆 執执 堅坚 場场 塊块
    墊垫 夾夹 夥伙 妝妆 託托 慘惨 憑凭 懶懒 戰战 摺折 佈布 併并 係系
"""
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
    | {pair[0]: pair[1] for pair in _SIMPLIFIED.split()}
)


def plain(text: str) -> str:
    """ "Wheres my PARCELLL??" → "wheres my parcell ?"; every number is 9, "我 的 快递" loses its spaces."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold().translate(_SAME)
    bare = "".join(sign for sign in unicodedata.normalize("NFD", folded) if unicodedata.category(sign) != "Mn")
    bare = _APOSTROPHES.sub("", bare)
    if any("\u0600" <= sign <= "\u06ff" for sign in bare):
        bare = _AND.sub("", _NOT_BEFORE.sub("ما ", _NOT_AROUND.sub(r"ما \1", bare)))
    numbered = _NUMBER.sub("9", _CODE.sub("9", _GLUED.sub(" ", bare)))
    joined = _BETWEEN_CJK.sub("", _REPEATED.sub(r"\1\1", numbered))
    return " ".join(tokens(joined))


def tokens(text: str) -> list[str]:
    """Words, runs of Chinese letters, and question marks."""
    return _TOKEN.findall(text)


def has_chinese(words: Iterable[str]) -> bool:
    return any(map(is_chinese, words))


def is_chinese(token: str) -> bool:
    return "\u3400" <= token[0] <= "\u9fff"
