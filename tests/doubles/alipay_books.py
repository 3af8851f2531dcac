"""What Alipay's double has in its books."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal

SELLER_ID = "2088000000000001"
BEIJING = timezone(timedelta(hours=8))


@dataclass
class Trade:
    """What was ordered; it begins when somebody scans the code or opens the page."""

    out_trade_no: str
    total: Decimal
    subject: str
    product: str
    notify_url: str
    expires_at: datetime | None
    trade_no: str = ""
    status: str = ""
    paid_at: datetime | None = None
    closed_at: datetime | None = None
    refunds: dict[str, Decimal] = field(default_factory=dict)
    refunded_at: dict[str, datetime] = field(default_factory=dict)
    listed_as: dict[str, str] = field(default_factory=dict)  # a refund's number in the bill, where that is another

    @property
    def given_back(self) -> Decimal:
        return sum(self.refunds.values(), Decimal(0))


class Refused(Exception):
    """Its first argument is the sub_code."""

    def __init__(self, sub_code: str, code: str = "40004") -> None:
        super().__init__(sub_code)
        self.code = code


def stamp(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
