"""What Kuaidi100's codes mean, and its names for the carriers of China.

Source: its manual of the query and subscription interfaces (basic states of one digit, advanced ones of three or four).
"""

from collections.abc import Mapping
from dataclasses import replace

from store.parcels.carrier import Mark, ScanReport, Stage

S = Stage
CODES: Mapping[str, tuple[Stage, Mark | None]] = {
    "101": (S.INFO_RECEIVED, None),
    "102": (S.INFO_RECEIVED, None),
    "1": (S.HANDED_OVER, None),
    "103": (S.HANDED_OVER, None),
    "0": (S.IN_TRANSIT, None),
    "1002": (S.IN_TRANSIT, None),
    "1001": (S.IN_TRANSIT, Mark.NEAR),
    "1003": (S.IN_TRANSIT, Mark.FORWARDED),
    "7": (S.IN_TRANSIT, Mark.FORWARDED),
    "5": (S.OUT_FOR_DELIVERY, None),
    "501": (S.READY_FOR_PICKUP, None),
    "3": (S.DELIVERED, None),
    "301": (S.DELIVERED, None),
    "302": (S.DELIVERED, None),
    "303": (S.DELIVERED, None),
    "304": (S.DELIVERED, None),
    "8": (S.CUSTOMS, None),
    "10": (S.CUSTOMS, None),
    "11": (S.CUSTOMS, None),
    "12": (S.CUSTOMS, None),
    "13": (S.CUSTOMS_HOLD, None),
    "2": (S.EXCEPTION, None),
    "201": (S.DELAYED, None),
    "202": (S.DELAYED, None),
    # Refused: what follows is its way back, which has codes of its own.
    "203": (S.FAILED_ATTEMPT, None),
    "14": (S.FAILED_ATTEMPT, None),
    "204": (S.FAILED_ATTEMPT, None),
    "206": (S.FAILED_ATTEMPT, None),
    "205": (S.READY_FOR_PICKUP, Mark.OVERDUE),
    "207": (S.EXCEPTION, None),
    "208": (S.EXCEPTION, None),
    "209": (S.DAMAGED, None),
    "210": (S.CANCELLED, None),
    "401": (S.CANCELLED, None),
    "6": (S.RETURNING, None),
    "4": (S.RETURNED, None),
}
# Which of its carriers is which brand (store.parcels.brands).
BRAND_CODES: Mapping[str, str | None] = {
    "sf": "shunfeng",
    "zto": "zhongtong",
    "yto": "yuantong",
    "sto": "shentong",
    "yunda": "yunda",
    "jt": "jtexpress",
    "jd": "jd",
    "ems": "ems",
    "deppon": "debangkuaidi",
}
NEED_PHONE = frozenset({"shunfeng", "shunfengkuaiyun", "zhongtong", "fengwang"})

_AT_STATION, _BY_STATION = "501", "304"
# "Signed by a station or locker" is written both when the courier leaves a parcel there and when its recipient takes it out.
_LEFT_THERE = ("存放", "暂存", "投递到", "投柜", "放置", "交由", "请及时", "待取")
_TAKEN_OUT = ("取出", "取走", "已取", "本人签收")


def meaning(code: str) -> tuple[Stage, Mark | None]:
    return CODES.get(code, (Stage.UNKNOWN, None))


def at_stations(scans: list[ScanReport]) -> list[ScanReport]:
    """What a station signed for counts as delivered only where nothing says that the parcel still lies there."""
    put_in = max((scan.occurred_at for scan in scans if scan.raw_code == _AT_STATION), default=None)
    return [
        _lying_there(scan)
        if scan.raw_code == _BY_STATION and ((put_in is not None and put_in > scan.occurred_at) or _is_left(scan.text))
        else scan
        for scan in scans
    ]


def _is_left(text: str) -> bool:
    return any(word in text for word in _LEFT_THERE) and not any(word in text for word in _TAKEN_OUT)


def _lying_there(scan: ScanReport) -> ScanReport:
    return replace(scan, stage=Stage.READY_FOR_PICKUP)
