"""What ZTO's words mean. Its query and its push use some of the same English words for different things: a table each.

Source: its open platform's manual. The query's words were compared with OLTS, the Open Logistics Tracking Schema (CC BY 4.0, OLTS contributors); status code
dictionary and mappings derived from it, mapped to our own statuses.
"""

from collections.abc import Mapping

from store.parcels.carrier import Mark, Stage

S = Stage
Meaning = tuple[Stage, Mark | None]

QUERY: Mapping[str, Meaning] = {
    "收件": (S.HANDED_OVER, None),
    "GOT": (S.HANDED_OVER, None),
    "1": (S.HANDED_OVER, None),
    "发件": (S.IN_TRANSIT, None),
    "2": (S.IN_TRANSIT, None),
    "到件": (S.IN_TRANSIT, None),
    "3": (S.IN_TRANSIT, None),
    "安检": (S.CUSTOMS, None),
    "派件": (S.OUT_FOR_DELIVERY, None),
    "DISPATCH": (S.OUT_FOR_DELIVERY, None),
    "DELIVERY": (S.OUT_FOR_DELIVERY, None),  # to the door
    "4": (S.OUT_FOR_DELIVERY, None),
    "ARRIVAL": (S.READY_FOR_PICKUP, None),  # into a locker of somebody else's
    "44": (S.READY_FOR_PICKUP, None),
    "45": (S.OUT_FOR_DELIVERY, None),  # out of the station again
    "签收": (S.DELIVERED, None),
    "SIGNED": (S.DELIVERED, None),  # taken out of the locker
    "5": (S.DELIVERED, None),
    "7": (S.DELIVERED, None),
    "退件": (S.RETURNING, None),
    "8": (S.RETURNING, None),
    "转单": (S.IN_TRANSIT, Mark.FORWARDED),
    "9": (S.IN_TRANSIT, Mark.FORWARDED),
    "DEPARTURE": (S.EXCEPTION, None),  # out of the locker against the rules
    "问题件": (S.EXCEPTION, None),
    "事件": (S.EXCEPTION, None),
}
PUSH: Mapping[str, Meaning] = {
    **{word: told for word, told in QUERY.items() if not word.isascii() or word.isdigit()},
    "GOT": (S.HANDED_OVER, None),
    "DEPARTURE": (S.IN_TRANSIT, None),  # from a hub
    "ARRIVAL": (S.IN_TRANSIT, None),  # at a hub
    "DISPATCH": (S.OUT_FOR_DELIVERY, None),
    "DELIVERY": (S.OUT_FOR_DELIVERY, None),
    "INBOUND": (S.READY_FOR_PICKUP, None),
    "HANDOVERSCAN_SIGNED": (S.READY_FOR_PICKUP, None),
    "SIGNED": (S.DELIVERED, None),
    "DEPARTURE_SIGNED": (S.DELIVERED, None),  # with the code that opens the locker
}


# What happened, in one word for both: an event that is pushed is found again in the answer to a question, in other words. Apart from the meanings
# above: a table that is mended must not make known events new ones.
_SAME: Mapping[str, str] = {
    "got": "收件 GOT 1",
    "out": "发件 2",
    "in": "到件 3",
    "dispatch": "派件 DISPATCH DELIVERY 4",
    "waits": "44 INBOUND HANDOVERSCAN_SIGNED",
    "fetched out": "45",
    "signed": "签收 SIGNED DEPARTURE_SIGNED 5",
    "signed by another": "7",
    "returned": "退件 8",
    "forwarded": "转单 9",
}
_IN_BOTH = {word: event for event, words in _SAME.items() for word in words.split()}
QUERY_EVENT: Mapping[str, str] = _IN_BOTH | {"ARRIVAL": "waits", "DEPARTURE": "taken out"}
PUSH_EVENT: Mapping[str, str] = _IN_BOTH | {"ARRIVAL": "in", "DEPARTURE": "out"}


def meaning(code: str, table: Mapping[str, Meaning]) -> Meaning:
    return table.get(code, (Stage.UNKNOWN, None))
