"""The gateways a shop takes money through, by name."""

import re
from collections.abc import Mapping

from store.payments.gateway import PaymentGateway

Gateways = Mapping[str, PaymentGateway]
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")  # part of a notification's address and of a button


def registry(*gateways: PaymentGateway) -> Gateways:
    """The gateways by name. Raises: ValueError for a name that cannot stand in an address, or that two of them have."""
    found: dict[str, PaymentGateway] = {}
    for gateway in gateways:
        if not _NAME.fullmatch(gateway.name) or gateway.name in found:
            raise ValueError(f"not a gateway's name, or taken: {gateway.name!r}")
        found[gateway.name] = gateway
    return found


def base_name(gateway: str) -> str:
    """`telegram_second` is another account of `telegram`."""
    return gateway.partition("_")[0]


def gateway_of(gateways: Gateways, name: str, account: str) -> PaymentGateway | None:
    """The gateway that can speak of an attempt. None when the shop has left it, or has another account there today: asking that one would be wrong."""
    gateway = gateways.get(name)
    return gateway if gateway is not None and gateway.account == account else None
