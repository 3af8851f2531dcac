"""Who carries it: decided where it is certain, asked otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from store.parcels.carrier import Carrier, CarrierCapabilities, Tracked, TrackingRequest
from store.parcels.choosing import Choice, who_carries
from store.parcels.plain import PlainCarrier
from store.parcels.registry import OtherCarrier


@dataclass
class Serving(PlainCarrier):
    name: str
    brands: Mapping[str, str | None] = field(default_factory=dict)
    capabilities: CarrierCapabilities = field(default=CarrierCapabilities())

    def __post_init__(self) -> None:
        self.title = self.name

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        return [Tracked(request.number) for request in requests]


class Anybody(Serving):
    """An aggregator that finds out by itself."""

    def recognises(self, number: str) -> bool:
        return True


def shop(*carriers: Carrier) -> dict[str, Carrier]:
    return {each.name: each for each in (*carriers, OtherCarrier())}


DIRECT = Serving("sf", {"sf": None})
AGGREGATE = Serving("kd", {"sf": "shunfeng", "zto": "zhongtong", "yto": "yuantong", "sto": "shentong", "ems": "ems"})
ABROAD = Serving("dhl", {"dhl": None})
MANY = shop(DIRECT, AGGREGATE, ABROAD)


@pytest.mark.parametrize(
    ("number", "text", "choice"),
    [
        ("SF1234567890123", "", Choice("sf", "SF Express")),
        ("YT1234567890123", "", Choice("kd", "YTO Express", "yuantong")),
        ("JVGL1234567890", "", Choice("dhl", "DHL")),
        ("73123456789012", "中通 73123456789012", Choice("kd", "ZTO Express", "zhongtong")),
        ("73123456789012", "sent by DHL: 73123456789012", Choice("dhl", "DHL")),
    ],
)
def test_letters_and_names_are_certain(number: str, text: str, choice: Choice) -> None:
    assert who_carries(MANY, number, text=text).sure == choice


def test_bare_digits_are_asked_about() -> None:
    """A number of ZTO reads like one of DHL's."""
    told = who_carries(MANY, "73123456789012")
    assert told.sure is None
    assert {choice.title for choice in told.choices} == {"ZTO Express", "DHL"}


def test_what_the_shop_mostly_sends_with_comes_first() -> None:
    for history in (["dhl", "kd"], ["kd", "dhl"]):
        assert who_carries(MANY, "73123456789012", history=history).choices[0].carrier == history[0]


def test_two_names_are_no_name() -> None:
    assert who_carries(MANY, "73123456789012", text="DHL or 顺丰? 73123456789012").sure is None


def test_never_more_than_three_buttons() -> None:
    assert len(who_carries(MANY, "771234567890123").choices) <= 3
    assert len(who_carries(shop(DIRECT, AGGREGATE, ABROAD, Anybody("any")), "73123456789012").choices) == 3


def test_what_nobody_recognises_is_nobodys() -> None:
    told = who_carries(MANY, "TBA000000000000")
    assert (told.sure, told.choices) == (None, ())


def test_an_aggregator_takes_what_nobody_else_knows() -> None:
    assert who_carries(shop(DIRECT, Anybody("any")), "TBA000000000000").sure == Choice("any", "any")


@pytest.mark.parametrize("text", ["upset", "hapless", "sfx", "jtx 1", "dhlish"])
def test_a_name_inside_a_word_is_no_name(text: str) -> None:
    assert who_carries(MANY, "73123456789012", text=text).sure is None
