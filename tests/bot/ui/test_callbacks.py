"""What buttons carry."""

import pytest
from aiogram.filters.callback_data import CallbackData
from pydantic import ValidationError

from bot.ui import callbacks

CLASSES = [
    thing
    for thing in vars(callbacks).values()
    if isinstance(thing, type) and issubclass(thing, CallbackData) and thing is not CallbackData
]
LARGEST = {"quantity": 9999, "page": 999, "version": 10**9, "seen_minor": 10**14, "cursor": -(2**63 - 1)}
WORDS = {
    "gateway": "g" * 32,
    "language": "zh-hans",
    "question": "delivery",
    "has_paid": True,
    "who": "w" * 39,
    "intent": "delivery_time_before_purchase",
}


def _largest(cls: type[CallbackData]) -> CallbackData:
    return cls(**{name: (LARGEST | WORDS).get(name, 2**63 - 1) for name in cls.model_fields})


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_button_fits_into_64_bytes_with_the_largest_ids(cls: type[CallbackData]) -> None:
    packed = _largest(cls).pack()

    assert len(packed.encode()) <= 64
    assert cls.unpack(packed) == _largest(cls)


def test_no_two_kinds_of_buttons_share_a_prefix() -> None:
    prefixes = [cls.__prefix__ for cls in CLASSES]

    assert len(set(prefixes)) == len(prefixes)
    assert not [prefix for prefix in prefixes if prefix.startswith("s")]  # those are the staff's


@pytest.mark.parametrize("forged", ["v:0:1:0", "v:9223372036854775808:1:0", "v:1:-1:0", "v:1:99999:0", "v:x:1:0"])
def test_a_forged_number_is_not_a_button(forged: str) -> None:
    """A changed client can send any data; what the database cannot hold must not reach it."""
    with pytest.raises(ValidationError):
        callbacks.ShowVariant.unpack(forged)
