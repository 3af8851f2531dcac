"""Chinese follow-ups in a few letters, every part of which is known: 那明天能送到吗, 好的 货到哪了. Pure.

They ask for what was bought, since they name no other thing. What leaves a letter over is left to what was learned: 明天能到就好, 今天拍明天能到吗,
今天能到账吗. 几天能到 and 什么时候发货 are asked before buying as well and are no part of this.
"""

import re

_LONGEST = 30
_BESIDE_A_NUMBER = re.compile(r" ?9 ?")


def _any(words: str) -> str:
    return f"(?:{'|'.join(words.split())})"


_OPENING = _any(
    """那么 那 这样 哦 噢 喔 嗯 恩 额 呃 好吧 好的 好 行吧 行 所以 可是 但是 不过 不是 问题 关键 主要 就是 是说 是
    意思是 意思说 你好 您好 亲 在吗 客服 老板 请问 问 一下 下 只想 就想 我就想 我想 想 知道 到底 究竟 大概 大约 估计 应该 预计
    差不多 现在 目前 具体 已经 都 也 还 我这 我这边 帮我看看 帮我看 帮我查 看看 查 急 好滴 好哒 知道了 明白了"""
)
_OPENS = f"(?:{_OPENING} ?)*"
_GOODS = _any("快递 快件 包裹 货物 货 东西 宝贝 订单 商品 物流")
_WHOSE = _any("我们的 我的 我买的 我订的 我拍的 买的 我那个 我这个 那个 这个 这 那 它 他 我")
_WHAT = f"(?:{_WHOSE}?{_GOODS}|{_any('那单 这单 我那单 我的')}|{_WHOSE})? ?"
_DAY = _any(
    """今天 今晚 今日 今儿 明天 明早 明晚 明日 后天 大后天 下周[一二三四五六日天]? (?:周|星期|礼拜)[一二三四五六日天] 9月9[号日]? 9[号日点] 早上 上午 中午
    下午 晚上 夜里 年前 节前 月底 这两天 之前 以前 前 左右"""
)
_WHEN = _any("什么时候 啥时候 什么时间 啥时间 哪一天 哪天 几号 几点钟 几点 几时 何时 什么时侯 多会儿")
_MAY = _any("是不是 能不能 会不会 可不可以 可以 能够 能 会 应该 大概 预计 肯定 一定 确定 准时 按时 才 就 还 是 要")
_ARRIVES = _any("到货 到家 到手 到达 送达 送到 送来 送过来 派送 派件 配送 送货 收到货 收到 拿到 到 送")
_HERE = _any("我这里 我这边 我这 我们这 我家 家里 家 我手里 手里 我手上 手上 货 快递 包裹 东西")
_ASKS = _any(r"吗 么 嘛 不 没 是吧 对吧 是吗 对吗 是不是 对不对 \?")
_ENDS = f"(?: ?{_any('吧 呢 啊 呀 哈 哦 呐 现在 谢谢')})*"
_MOVES = _any("发货 出库 派送 配送 送货 送来 送过来 送到 到货 收到货 收到东西 收到快递 收到包裹")
_URGES = _any(
    """能不能 可不可以 可以 能否 可否 能 麻烦 请 拜托 辛苦 你们 您 你 再 赶紧 快点 尽快 帮忙 帮我 帮 给我 替我 去 务必 一定 多"""
)
_NOT = _any("没有 没 未 不 无")
_STILL = _any(
    """怎么 为什么 为啥 咋 到现在 至今 今天 昨天 还是 还 一直 都 也 根本 并 居然 就 长时间 好久 几天 两天 三天 9天 9小时 这么久 好几天 半天
    一天"""
)
_WAITS = _any("怎么 为什么 为啥 咋 到现在 至今 还是 还 一直 结果 都")
_GOT = _any("收到 拿到 见到 收着")
_NEWS = _any("物流信息 快递信息 配送信息 物流状态 订单状态 物流 快递 信息 状态 运单 单号")
_PLACE = _any("哪里 哪儿 哪个站 哪个城市 哪一站 什么地方 哪 那里 那")

_THEN = f"{_WHAT}{_OPENS}"
_SHORT = re.compile(
    f"{_OPENS}(?:"
    # 那今天能到 / 明天到吗 / 是下午送吗
    f"{_THEN}是?{_DAY}{{1,3}}(?:{_MAY}*{_any('能 可以 会 能不能 会不会 可不可以')}{_ARRIVES}{_HERE}?(?:吧|{_ASKS})?"
    f"|{_MAY}*{_ARRIVES}{_HERE}?了?{_ASKS})"
    # 什么时候能到 / 明天几点送; 什么时候到货 may be the shop's next delivery
    f"|{_THEN}{_DAY}{{0,3}}{_MAY}*{_WHEN}{_OPENING}?{_MAY}*(?!到货){_ARRIVES}{_HERE}?"
    # 到哪了 / 货在哪呢
    f"|{_THEN}(?:不知道|不清楚)?(?:走到|运到|跑到|到){_PLACE}(?:了|啦)?|{_THEN}(?:送到|发到){_PLACE}(?:了|啦)"
    f"|{_WHOSE}?{_GOODS}{_OPENS}在{_PLACE}"
    # 怎么还没发货 / 我到现在都没收到货 / 什么时候出库
    f"|{_THEN}{_any('怎么 为什么 为啥 咋 到现在 今天')}{{0,2}}{_any('还 一直 都 也 根本 并')}{{1,2}}{_any('没有 没 不')}(?:给我)?{_MOVES}"
    f"|{_THEN}{_MAY}*{_WHEN}{_MAY}*{_any('出库 揽收 揽件')}"
    # 能帮我催一下吗 / 那你们再催催快递
    f"|{_WHAT}{_URGES}{{0,4}} ?(?:催促|督促|催)(?:催|一催|一下|下|单|件|发货|快递|物流|送货|配送|派送)*(?:可以|行|好)?"
    # 我怎么还没收到 / 也没有收到货
    f"|{_WHAT}(?:我们|我)?{_STILL}{{1,3}}{_NOT}{_GOT}{_GOODS}?"
    f"|{_WHAT}(?:我们|我)?{_any('没有 没 未')}{_GOT}{_GOODS}"
    # 物流几天没更新 / 怎么查不到物流信息
    f"|{_WHOSE}?{_NEWS}{_STILL}{{0,3}}{_NOT}(?:有)?{_any('更新 动静 动 变化 反应 变 显示')}(?:过)?"
    f"|{_WHAT}{_STILL}{{0,3}}{_any('没有 没 无 查不到 看不到 查询不到')}(?:任何)?(?:物流|(?:物流|快递|配送){_any('信息 更新 记录 动态 状态')})"
    # 明天一定要给我送到 / 怎么都没给我送来
    f"|{_WHAT}{_DAY}{{1,3}}{_any('务必 一定 必须 千万')}{{1,2}}要?(?:给我|帮我)?{_ARRIVES}"
    f"|{_WHAT}{_WAITS}{{1,3}}(?:没有|没)(?:给我)?{_any('人 快递 快递员')}?(?:给我)?(?:{_MOVES}|{_any('发 送 到 揽收 寄出 寄 派件')})"
    f"|{_WHAT}{_WAITS}{{1,3}}不(?:给我)?{_any('发货 发 派送 配送 送货')}"
    # 送货是明天吗
    f"|{_any('到货 送货 派送 配送 送达')}(?:时间)?是?{_DAY}{{1,3}}{_ASKS}"
    f")(?:了|啦)?{_ENDS}(?: ?{_ASKS})*{_ENDS}"
)


def asks_in_short(said: str) -> bool:
    """Whether it is nothing but a question for what was bought; *said* is plain text."""
    return len(said) <= _LONGEST and _SHORT.fullmatch(_BESIDE_A_NUMBER.sub("9", said)) is not None
