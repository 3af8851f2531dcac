"""What SF Express's codes mean.

Source: its manual of the route query and the route push, and logged pushes. Tables of other operation codes are in circulation in which 80 is an arrival
and 50 a departure: they contradict SF's own example, in which 50 is the collection and 80 the signature.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from store.parcels.carrier import Mark, Stage

S = Stage
Meaning = tuple[Stage, Mark | None]

# First-level status, then its second level; a second level that is not here means what the first does.
FIRST: Mapping[str, Stage] = {
    "7": S.INFO_RECEIVED,
    "1": S.HANDED_OVER,
    "2": S.IN_TRANSIT,
    "3": S.OUT_FOR_DELIVERY,
    "11": S.READY_FOR_PICKUP,
    "13": S.FAILED_ATTEMPT,
    "4": S.DELIVERED,
    "5": S.CANCELLED,
}
_CUSTOMS = ("清关中", "已清关")
OPERATIONS: Mapping[str, Meaning] = {
    "50": (S.HANDED_OVER, None),
    "54": (S.HANDED_OVER, None),
    **dict.fromkeys(("30", "31", "36", "105", "302", "305", "310", "648"), (S.IN_TRANSIT, None)),
    "106": (S.IN_TRANSIT, Mark.NEAR),
    **dict.fromkeys(("44", "204", "634"), (S.OUT_FOR_DELIVERY, None)),
    **dict.fromkeys(("125", "218", "642"), (S.READY_FOR_PICKUP, None)),
    "126": (S.EXCEPTION, None),
    "70": (S.FAILED_ATTEMPT, None),
    "33": (S.FAILED_ATTEMPT, None),
    "80": (S.DELIVERED, None),
    "8000": (S.DELIVERED, None),
    "99": (S.IN_TRANSIT, Mark.FORWARDED),
    "517": (S.IN_TRANSIT, Mark.FORWARDED),
    "655": (S.INFO_RECEIVED, None),
}
# Operation and reason together, from a log of pushes.
REASONS: Mapping[tuple[str, str], Stage] = {
    ("8000", "6"): S.LOST,
    ("8000", "2"): S.LOST,  # destroyed: it will not arrive either
    ("70", "46"): S.CANCELLED,
    ("70", "83"): S.READY_FOR_PICKUP,
    ("70", "85"): S.READY_FOR_PICKUP,
    ("33", "83"): S.READY_FOR_PICKUP,
    ("33", "85"): S.READY_FOR_PICKUP,
    ("99", "2"): S.RETURNING,
}
_BACK, _VOID, _LOCKER, _TAKEN_OUT = "退回", "作废", "自助柜", ("取出", "取走", "已取")


@dataclass(frozen=True, slots=True)
class Route:
    """The codes of one event, and the words that decide where a code has two meanings."""

    operation: str
    first: str = ""
    second_name: str = ""
    reason: str = ""
    remark: str = ""


def meaning(route: Route) -> Meaning:
    stage, mark = _by_code(route)
    if stage is S.DELIVERED and _LOCKER in route.remark and not any(word in route.remark for word in _TAKEN_OUT):
        return S.READY_FOR_PICKUP, mark  # left in a locker is told under the code of a signature
    return stage, mark


def _by_code(route: Route) -> Meaning:
    """The first-level status where there is one: SF maintains it, and agrees on it in writing."""
    if route.first in FIRST:
        is_customs = any(name in route.second_name for name in _CUSTOMS)
        stage = S.CUSTOMS if is_customs else FIRST[route.first]
        return stage, OPERATIONS.get(route.operation, (stage, None))[1]
    if (route.operation, route.reason) in REASONS:
        return REASONS[route.operation, route.reason], None
    if route.operation == "99" and _BACK in route.remark:
        return S.RETURNING, None
    if route.operation == "99" and _VOID in route.remark:
        return S.CANCELLED, None
    return OPERATIONS.get(route.operation, (S.UNKNOWN, None))
