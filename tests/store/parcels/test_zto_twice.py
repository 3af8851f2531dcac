"""ZTO tells an event twice, in other words each time."""

from datetime import timedelta

from store import wire
from store.parcels import tracking, zto_codes
from store.parcels.carrier import ScanReport, Stage, TrackingRequest
from tests.builders import NOW
from tests.doubles.carriers import Event
from tests.doubles.zto import ZtoDouble
from tests.sockets import served

HOUR = timedelta(hours=1)
# (in an answer, in a push) of one event each.
ZTO_TWICE = [
    ("收件", "GOT"),
    ("发件", "DEPARTURE"),
    ("到件", "ARRIVAL"),
    ("派件", "DISPATCH"),
    ("ARRIVAL", "INBOUND"),
    ("签收", "SIGNED"),
]


async def test_what_zto_pushes_and_answers_is_one_event() -> None:
    """In other words, with another place and to the millisecond: the timeline shows it once, and nothing that happened besides is lost."""
    number, at = "73123456789012", [NOW + n * HOUR for n in range(len(ZTO_TWICE))]
    events = [
        Event(word, at[n] + timedelta(milliseconds=417), f"【上海】{word}", "上海市")
        for n, (word, _) in enumerate(ZTO_TWICE)
    ]
    async with wire.new_client() as client:
        answering, pushing = ZtoDouble(client), ZtoDouble(client)
        answering.shelf.knows(number, *events, Event("事件", at[0], "delayed by rain"))
        async with served(answering.app) as url:
            carrier = answering.carrier(url)
            (told,) = await carrier.track([TrackingRequest(number, NOW, phone_last4="4711")], now=NOW)
    pushed: list[ScanReport] = []
    for n, (_, word) in enumerate(ZTO_TWICE):
        pushing.shelf.knows(number, Event(word, at[n], "your parcel", "Shanghai"))
        push = pushing.push(number)
        (heard,) = carrier.read_push(push.headers, push.body, {}, now=NOW)
        pushed += heard.scans
    by_answer, by_push = ([tracking.dedupe_hash(scan) for scan in scans] for scans in (told.scans, pushed))
    assert by_answer[:-1] == by_push and len({*by_answer}) == len(ZTO_TWICE) + 1


def test_every_word_of_zto_for_one_event_means_one_thing() -> None:
    """The two tables of meanings and those of events may not part."""
    for table, events in ((zto_codes.QUERY, zto_codes.QUERY_EVENT), (zto_codes.PUSH, zto_codes.PUSH_EVENT)):
        stages: dict[str, set[Stage]] = {}
        for word in table.keys() & events.keys():
            stages.setdefault(events[word], set()).add(zto_codes.meaning(word, table)[0])
        assert all(len(each) == 1 for each in stages.values()), stages
