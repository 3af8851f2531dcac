"""Tracking numbers as people type them, and carriers' texts as people may see them."""

import pytest

from store.parcels import numbers
from store.parcels.carrier import Carrier
from store.parcels.masking import mask
from store.parcels.registry import OtherCarrier
from store.parcels.sandbox import SandboxCarrier


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("sb 7k2m-4q9x", "SB7K2M4Q9X"),
        ("ＳＦ１２３４５６７８９０", "SF1234567890"),
        ("  1Z 999 AA1 01 2345 6784 ", "1Z999AA10123456784"),
        ("where is it", None),
        ("12345", None),
        ("'; DROP TABLE", None),
        ("7" * 300, None),
        ("", None),
    ],
)
def test_a_typed_number_is_brought_to_one_form_or_refused(typed: str, number: str | None) -> None:
    assert numbers.normalise(typed) == number


@pytest.mark.parametrize(
    "text", ["1Z 999 AA1 01 2345 6784", "RR 123 456 785 PT", "JJD 0146 0000 1234", "SB7K2M4Q9X", "CHILEEXPRESS1"]
)
def test_a_number_in_groups_is_no_remark(text: str) -> None:
    assert not numbers.is_a_remark(text)


@pytest.mark.parametrize(
    "text", ["packed 2 boxes", "all 4 gone", "call 912345678 at noon", "уже 1234567 отдал", "it is SB34SVWHM2K8"]
)
def test_words_with_a_figure_among_them_are_a_remark(text: str) -> None:
    """A colleague's answer below a card must not ship the order."""
    assert numbers.is_a_remark(text)


def test_short_words_before_a_number_are_none_of_it() -> None:
    """ "it is" and a label with four figures are not one long number; a label's own groups are."""
    assert numbers.pasted_in("it is SB34SVWHM2K8") is None
    assert numbers.pasted_in("RR 123 456 785 PT") == "RR123456785PT"


async def test_every_carrier_that_knows_the_format_is_a_candidate(now_label: str) -> None:
    carriers: dict[str, Carrier] = {"sandbox": SandboxCarrier(), "other": OtherCarrier()}
    assert numbers.candidates(carriers, now_label) == ["sandbox", "other"]
    assert numbers.candidates(carriers, "1Z999AA10123456784") == ["other"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Courier Wang, call 13812345678", "Courier Wang, call •••78"),
        ("电话:138 1234 5678", "电话:•••78"),
        ("+351 912 345 678 at the door", "•••78 at the door"),
        ("Arrived 2026-11-02 14:03", "Arrived 2026-11-02 14:03"),
        ("Locker 12, code 4711", "Locker 12, code 4711"),
    ],
)
def test_phone_numbers_in_carriers_texts_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked
