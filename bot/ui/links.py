"""Links into the shop: t.me/<bot>?start=p_12. A payload is 1 to 64 of A-Z, a-z, 0-9, _ and -."""

import re
from dataclasses import dataclass
from enum import StrEnum

PAYLOAD_MAX = 64
_PAYLOAD = re.compile(r"([a-z])_([A-Za-z0-9_-]{1,62})")
_LARGEST = 2**63 - 1


class Target(StrEnum):
    PRODUCT = "p"
    CATEGORY = "c"
    ORDER = "o"
    COUPON = "k"


@dataclass(frozen=True, slots=True)
class Link:
    """*name* is the number of a product or a category, the secret of an order, or the code of a coupon."""

    to: Target
    name: str

    @property
    def payload(self) -> str:
        return f"{self.to}_{self.name}"

    @property
    def row_id(self) -> int | None:
        """None where the name is no number that a row can have."""
        if not (self.name.isascii() and self.name.isdecimal()):
            return None
        number = int(self.name)
        return number if 1 <= number <= _LARGEST and str(number) == self.name else None


def to_product(product_id: int) -> Link:
    return Link(Target.PRODUCT, str(product_id))


def to_category(category_id: int) -> Link:
    return Link(Target.CATEGORY, str(category_id))


def to_order(order_secret: str) -> Link:
    return Link(Target.ORDER, order_secret)


def to_coupon(code: str) -> Link:
    return Link(Target.COUPON, code)


def read(payload: str) -> Link | None:
    """None for what no link of the shop says."""
    found = _PAYLOAD.fullmatch(payload)
    if found is None or found[1] not in set(Target):
        return None
    return Link(Target(found[1]), found[2])


def deep_link(username: str, payload: str) -> str:
    return f"https://t.me/{username}?start={payload}"
