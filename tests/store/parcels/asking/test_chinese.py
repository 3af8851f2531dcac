"""Chinese as customers of a shop write it: short, without subjects, one thing after the other."""

import pytest

from store.parcels import asking
from store.parcels.asking.clauses import clauses
from store.parcels.asking.concepts import concepts
from store.parcels.asking.plain import plain
from store.parcels.asking.short import asks_in_short

ASKED = """
锅收到了很满意 对了另外那口锅什么时候送到
不用退了，我就想知道现在到哪了
都显示到站两天了就是没人给送
昨天付的款今天能给我发出来吗
周五之前能送到我手里吗
帮忙催催配送 急等着用
单号给我报一下
就差那双袜子没收到
嗯嗯 那后天下午能送到吗
派送是今晚吗
怎么还没出库啊
到货站两天了不知道什么原因不派
跟配送站核实得怎么样了
"""
NOT_ASKED = """
锅收到了但是把手是松的
买三送一怎么只给我两个
发票什么时候能寄给我
退回去的裤子你们仓库签收没
等收到货我再来评价
安装师傅怎么还没联系我
能不能周末再给我送 平时没人
你们发哪家快递呀我们镇上只有邮政
刚买完就降价差价怎么退
话费充了半天还没到账
不打招呼就塞柜子里，我又没选自提
换货都审核过了，鞋子也寄走了，现在又说不给换
能不能换个别的快递走
山里的小学能送到么
再过五天就到还款日了
"""


@pytest.mark.parametrize("text", ASKED.split("\n")[1:-1])
def test_this_asks_for_a_parcel(text: str) -> None:
    assert asking.intent(text, "zh-hans") in {"track_order", "delivered_not_received"}


@pytest.mark.parametrize("text", NOT_ASKED.split("\n")[1:-1])
def test_this_has_a_parcels_words_and_asks_for_none(text: str) -> None:
    assert asking.intent(text, "zh-hans") not in {"track_order", "delivered_not_received"}


def test_sentences_end_with_a_sign_or_a_space_but_not_between_words() -> None:
    """Whoever puts a space between all words ends nothing with one."""
    assert clauses("碗收到了，谢谢 那件大衣几号到") == ["碗收到了", "谢谢", "那件大衣几号到"]
    assert not clauses("我 的 碗 到 哪 了")
    assert not clauses("where is my bowl, I was away")
    assert not clauses("")


def test_the_app_may_be_in_any_language() -> None:
    """The letters say what language it is, whatever Telegram says."""
    for text in (ASKED + NOT_ASKED).strip().splitlines():
        assert asking.intent(text, "it") == asking.intent(text, "zh-hans") == asking.intent(text)


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [("我的貨到哪裡了", "我的货到哪里了"), ("為什麼物流還沒更新", "为什么物流还没更新"), ("顯示已簽收，可是沒收到郵件", "显示已签收，可是没收到邮件"),
     ("這雙鞋會顯大嗎", "这双鞋会显大吗")],
)  # fmt: skip
def test_traditional_letters_say_the_same(traditional: str, simplified: str) -> None:
    assert plain(traditional) == plain(simplified)
    assert asking.reading(traditional) == asking.reading(simplified)


def test_a_word_that_holds_another_means_itself() -> None:
    """看到 brings nothing, 赠送 delivers nothing."""
    assert concepts(["没到"]) and "arrive" not in concepts(["看到"])
    assert "arrive" not in concepts(["赠送"])


@pytest.mark.parametrize(
    "text",
    """好的，那周三能收到吗|我的包裹走到哪了呀|货在哪呢|几号到|到货是后天吗|為什麼還沒發貨|那你们再催催快递|能帮我催促一下吗|我怎么还没收到
    |物流几天没更新了|怎么查不到物流信息|明天一定要给我送到|怎么到现在都没人送""".replace("\n    ", "").split("|"),
)
def test_a_follow_up_of_known_parts_needs_no_learning(text: str) -> None:
    assert asks_in_short(plain(text))


@pytest.mark.parametrize(
    "text",
    "明天能到就好|今天拍明天能到吗|今天能到账吗|几天能到|什么时候发货|什么时候到货|退到哪里|送|催款|还没收到发票|没更新软件".split(
        "|"
    ),
)
def test_a_letter_more_or_less_leaves_it_to_what_was_learned(text: str) -> None:
    assert not asks_in_short(plain(text))


def test_a_long_row_of_known_parts_costs_nothing() -> None:
    """Every part may be said again: nothing of it is tried in all orders."""
    assert not asks_in_short("那能还会" * 7 + "x")
    assert not asks_in_short("那" * 300)
