"""A gateway is found by its name, and asked only about its own account."""

import pytest

from store.payments.cash import CashOnDelivery
from store.payments.registry import gateway_of, registry


class Named(CashOnDelivery):
    def __init__(self, name: str) -> None:
        self.name = name


def test_a_gateway_is_found_by_name_and_account() -> None:
    """An attempt that was made with another account is not this one's business."""
    gateways = registry(CashOnDelivery(), Named("other"))
    assert gateway_of(gateways, "cash", "") is gateways["cash"]
    assert gateway_of(gateways, "cash", "another shop's") is None
    assert gateway_of(gateways, "left", "") is None


@pytest.mark.parametrize("name", ["", "Cash", "pay pal", "../x", "1pay", "a" * 33, "cash"])
def test_a_name_stands_in_an_address_and_belongs_to_one(name: str) -> None:
    """A slip that is found when the program starts."""
    with pytest.raises(ValueError):
        registry(CashOnDelivery(), Named(name))
