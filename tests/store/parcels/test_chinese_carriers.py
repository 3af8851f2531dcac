"""Kuaidi100, SF and ZTO: every code of their manuals, their signatures by example, and what only one of them does."""

import base64
import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from store import wire
from store.parcels import kuaidi100_codes, sf_codes, zto_codes
from store.parcels.carrier import (
    BadPush,
    CarrierError,
    CarrierRefused,
    Mark,
    Stage,
    TrackingRequest,
    Trouble,
)
from store.parcels.kuaidi100 import Kuaidi100
from store.parcels.line import Line
from store.parcels.sf import SfExpress, digest
from store.parcels.sf_codes import Route
from store.parcels.zto import Zto
from tests.builders import NOW
from tests.doubles.carriers import Event, md5
from tests.doubles.kuaidi100 import Kuaidi100Double
from tests.doubles.sf import SfDouble, java_encoded
from tests.doubles.zto import ZtoDouble
from tests.sockets import served

HOUR = timedelta(hours=1)
S = Stage
KUAIDI100 = {
    S.INFO_RECEIVED: "101 102",
    S.HANDED_OVER: "1 103",
    S.IN_TRANSIT: "0 1002 1001 1003 7",
    S.OUT_FOR_DELIVERY: "5",
    S.READY_FOR_PICKUP: "501 205",
    S.DELIVERED: "3 301 302 303 304",
    S.CUSTOMS: "8 10 11 12",
    S.CUSTOMS_HOLD: "13",
    S.EXCEPTION: "2 207 208",
    S.DELAYED: "201 202",
    S.FAILED_ATTEMPT: "203 14 204 206",
    S.DAMAGED: "209",
    S.CANCELLED: "210 401",
    S.RETURNING: "6",
    S.RETURNED: "4",
}
SF = {
    S.HANDED_OVER: "50 54",
    S.IN_TRANSIT: "30 31 36 105 106 302 305 310 648 99 517",
    S.OUT_FOR_DELIVERY: "44 204 634",
    S.READY_FOR_PICKUP: "125 218 642",
    S.EXCEPTION: "126",
    S.FAILED_ATTEMPT: "70 33",
    S.DELIVERED: "80 8000",
    S.INFO_RECEIVED: "655",
}
# OLTS's words for what this interface says, in ours (../shared/data/carrier_codes).
OLTS = {
    "picked_up": S.HANDED_OVER,
    "departed_from_hub": S.IN_TRANSIT,
    "arrived_at_hub": S.IN_TRANSIT,
    "transferred_to_carrier": S.IN_TRANSIT,
    "customs_inspection": S.CUSTOMS,
    "out_for_delivery": S.OUT_FOR_DELIVERY,
    "delivery_to_locker": S.READY_FOR_PICKUP,
    "delivered": S.DELIVERED,
    "signed_by_third_party": S.DELIVERED,
    "returned_to_sender": S.RETURNING,
    "exception": S.EXCEPTION,
}


def by_code(table: dict[Stage, str]) -> dict[str, Stage]:
    return {code: stage for stage, codes in table.items() for code in codes.split()}


def test_every_code_of_kuaidi100_has_its_stage() -> None:
    wanted = by_code(KUAIDI100)
    assert {code: stage for code, (stage, _) in kuaidi100_codes.CODES.items()} == wanted
    marks = {code: mark for code, (_, mark) in kuaidi100_codes.CODES.items() if mark}
    assert marks == {"1001": Mark.NEAR, "1003": Mark.FORWARDED, "7": Mark.FORWARDED, "205": Mark.OVERDUE}
    assert kuaidi100_codes.meaning("999")[0] is S.UNKNOWN


def test_every_operation_of_sf_has_its_stage() -> None:
    assert {code: sf_codes.meaning(Route(code))[0] for code in sf_codes.OPERATIONS} == by_code(SF)
    assert sf_codes.meaning(Route("160"))[0] is S.UNKNOWN


@pytest.mark.parametrize(
    ("route", "stage"),
    [
        (Route("30", "7", ""), S.INFO_RECEIVED),
        (Route("80", "1", ""), S.HANDED_OVER),
        (Route("", "2", "运送中"), S.IN_TRANSIT),
        (Route("", "2", "清关中"), S.CUSTOMS),
        (Route("", "2", "已清关"), S.CUSTOMS),
        (Route("", "3"), S.OUT_FOR_DELIVERY),
        (Route("", "11"), S.READY_FOR_PICKUP),
        (Route("", "13"), S.FAILED_ATTEMPT),
        (Route("", "4"), S.DELIVERED),
        (Route("", "5"), S.CANCELLED),
        (Route("31", "99"), S.IN_TRANSIT),
        (Route("8000", reason="6"), S.LOST),
        (Route("8000", reason="2"), S.LOST),
        (Route("8000", reason="7"), S.DELIVERED),
        (Route("70", reason="46"), S.CANCELLED),
        (Route("70", reason="83"), S.READY_FOR_PICKUP),
        (Route("33", reason="85"), S.READY_FOR_PICKUP),
        (Route("33", reason="1"), S.FAILED_ATTEMPT),
        (Route("99", reason="2"), S.RETURNING),
        (Route("99", remark="快件已退回"), S.RETURNING),
        (Route("99", remark="运单作废"), S.CANCELLED),
        (Route("80", remark="快件已存放至自助柜，请及时取件"), S.READY_FOR_PICKUP),
        (Route("80", remark="已从自助柜取出"), S.DELIVERED),
        (Route("", "4", remark="已放入自助柜"), S.READY_FOR_PICKUP),
    ],
)
def test_what_sf_says_beside_the_code_decides(route: Route, stage: Stage) -> None:
    """The first-level status where there is one, then the reason, then the words."""
    assert sf_codes.meaning(route)[0] is stage


def test_the_same_word_of_zto_means_two_things() -> None:
    """A query tells of lockers where a push tells of hubs."""
    words = {word: (zto_codes.QUERY[word][0], zto_codes.PUSH[word][0]) for word in ("ARRIVAL", "DEPARTURE", "SIGNED")}
    assert words == {
        "ARRIVAL": (S.READY_FOR_PICKUP, S.IN_TRANSIT),
        "DEPARTURE": (S.EXCEPTION, S.IN_TRANSIT),
        "SIGNED": (S.DELIVERED, S.DELIVERED),
    }
    pushed = {"INBOUND": S.READY_FOR_PICKUP, "HANDOVERSCAN_SIGNED": S.READY_FOR_PICKUP, "DEPARTURE_SIGNED": S.DELIVERED}
    pushed |= {
        "GOT": S.HANDED_OVER,
        "DISPATCH": S.OUT_FOR_DELIVERY,
        "DELIVERY": S.OUT_FOR_DELIVERY,
        "44": S.READY_FOR_PICKUP,
    }
    assert {word: zto_codes.PUSH[word][0] for word in pushed} == pushed
    assert zto_codes.meaning("新", zto_codes.PUSH)[0] is S.UNKNOWN


def test_ztos_query_means_what_the_published_table_says(shared_data: Path) -> None:
    with (shared_data / "carrier_codes" / "zto.csv").open(encoding="utf-8") as file:
        published = {row["carrier_code"]: OLTS[row["olts_code"]] for row in csv.DictReader(file)}
    assert {code: zto_codes.QUERY[code][0] for code in published} == published


def test_sf_signs_what_java_would_write() -> None:
    """Every sign there is; a space, an asterisk and a tilde are what other languages write differently."""
    text = "".join(map(chr, range(32, 127))) + "深圳 1700000000000word"
    assert digest(text) == base64.b64encode(md5(java_encoded(text).encode())).decode()


REQUEST = TrackingRequest("SF1234567890123", NOW, phone_last4="4711")


async def test_a_station_that_signed_has_not_delivered_while_the_parcel_lies_there() -> None:
    """304 is written when the courier leaves it, and when the recipient takes it."""
    async with wire.new_client() as client:
        double = Kuaidi100Double(client)
        async with served(double.app) as url:
            carrier, request = double.carrier(url), TrackingRequest("JT1", NOW, slug="jtexpress")
            told = []
            for events in (
                [Event("304", NOW, "已签收")],
                [Event("304", NOW, "已签收"), Event("501", NOW + HOUR, "在站点")],
                [Event("501", NOW, "在站点"), Event("304", NOW + HOUR, "已签收")],
                [Event("304", NOW, "快件已暂存至驿站，请及时取件")],
                [Event("304", NOW, "已从暂存柜取出")],
            ):
                double.shelf.knows("JT1", *events)
                ((answer),) = await carrier.track([request], now=NOW)
                told.append([scan.stage for scan in answer.scans if scan.raw_code == "304"])
    at_station, delivered = [S.READY_FOR_PICKUP], [S.DELIVERED]
    assert told == [delivered, at_station, delivered, at_station, delivered]


async def test_kuaidi100_finds_out_who_carries_it_or_asks() -> None:
    """One possibility is taken, two are asked about, and nothing is guessed."""
    async with wire.new_client() as client:
        double = Kuaidi100Double(client)
        double.detected = {"YT1": ["yuantong"], "YT2": ["yuantong", "yunda"]}
        double.shelf.knows("YT1", Event("0", NOW))
        async with served(double.app) as url:
            carrier = double.carrier(url)
            told = [
                (await carrier.track([TrackingRequest(number, NOW)], now=NOW))[0] for number in ("YT1", "YT2", "YT3")
            ]
            assert [each.code for each in await carrier.slugs("YT2")] == ["yuantong", "yunda"]
    assert [(each.slug, each.trouble) for each in told] == [
        ("yuantong", None),
        (None, Trouble.WHICH_CARRIER),
        (None, Trouble.WHICH_CARRIER),
    ]


@pytest.mark.parametrize(
    ("status", "message", "trouble", "is_over"),
    [
        ("polling", "", None, False),
        ("shutdown", "", None, True),
        ("abort", "3天查询无记录", None, True),
        ("abort", "60天无变化", Trouble.OVER, True),
    ],
)
async def test_kuaidi100_says_when_it_pushes_no_more(
    status: str, message: str, trouble: Trouble | None, is_over: bool
) -> None:
    async with wire.new_client() as client:
        double = Kuaidi100Double(client)
        carrier = double.carrier("http://localhost")
        double.shelf.knows("YT1", Event("0", NOW))
        double.salts["YT1"] = carrier._salt("YT1")
        push = double.push("YT1", status=status, message=message, autoCheck="1", comNew="yunda")
        (told,) = carrier.read_push(push.headers, push.body, {}, now=NOW)
    assert (told.trouble, told.is_unsubscribed, told.slug) == (trouble, is_over, "yunda")


def test_another_parcels_salt_proves_nothing() -> None:
    carrier = Kuaidi100(Line(httpx.AsyncClient(), "x"), "customer", "key-of-tests")
    assert carrier._salt("A1") != carrier._salt("A2") and len(carrier._salt("A1")) == 32
    with pytest.raises(BadPush):
        carrier.read_push({}, urlencode({"param": '{"lastResult":{"nu":"A1"}}', "sign": ""}).encode(), {}, now=NOW)


@pytest.mark.parametrize(
    "code", ["A1001", "A1003", "A1004", "A1006", "A1007", "A1008", "A1009", "A1010", "A1011", "A1099", "B9"]
)
async def test_every_answer_of_sfs_platform_is_somebodys(code: str) -> None:
    """Keys and permissions are the operator's; the rest passes."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"apiResultCode": code, "apiErrorMsg": "x"}))
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(CarrierError) as caught:
            await SfExpress(Line(client, "SF"), "shop", "word-of-tests").track([REQUEST], now=NOW)
    assert isinstance(caught.value, CarrierRefused) == (code in ("A1003", "A1004", "A1006", "A1008", "A1011"))


async def test_sf_wraps_its_answer_as_text_or_not() -> None:
    async with wire.new_client() as client:
        for wraps in (True, False):
            double = SfDouble(client, wraps_as_text=wraps)
            double.shelf.knows(REQUEST.number, Event("50", NOW), phone="4711")
            async with served(double.app) as url:
                (told,) = await double.carrier(url).track([REQUEST], now=NOW)
            assert [scan.stage for scan in told.scans] == [S.HANDED_OVER]


def test_sf_pushes_one_event_or_many_and_states_of_orders() -> None:
    carrier = SfExpress(Line(httpx.AsyncClient(), "SF"), "shop", "word-of-tests")
    one = b'{"Body":{"WaybillRoute":{"mailno":"sf1","opCode":"50","acceptTime":"2026-11-02 18:00:00"}}}'
    (told,) = carrier.read_push({}, one, {}, now=NOW)
    assert (told.number, told.scans[0].occurred_at) == ("SF1", datetime(2026, 11, 2, 10, tzinfo=UTC))
    state = b'{"requestId":"1","orderState":[{"orderNo":"1","waybillNo":"SF2","orderStateCode":"04-40001"}]}'
    assert [each.number for each in carrier.read_push({}, state, {}, now=NOW)] == ["SF2"]


async def test_a_plus_sign_of_ztos_digest_may_arrive_as_a_space() -> None:
    async with wire.new_client() as client:
        double = ZtoDouble(client)
        carrier: Zto = double.carrier("http://localhost")
        for n in range(60):
            double.shelf.knows("73123456789012", Event("GOT", NOW, f"第{n}步"))
            push = double.push("73123456789012")
            if b"%2B" in push.body:
                (told,) = carrier.read_push({}, push.body.replace(b"%2B", b"+"), {}, now=NOW)
                assert told.scans[0].stage is S.HANDED_OVER
                return
    raise AssertionError("none of sixty digests had a plus sign")
