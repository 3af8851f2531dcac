"""The bot's list of Stars, oldest first: where in it a moment stands, and what came since. Telegram hands out a hundred at a time, by position."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from store.payments.gateway import GatewayError

Page = Callable[[int, int], Awaitable[Any]]
PAGE = 100
_ID_MAX = 255
# A list that never ends is no list.
_MOST = 10**7


@dataclass(frozen=True, slots=True)
class Entry:
    """`payload` is the invoice's, None for what no invoice brought; a refund has the number of its payment, and no payload."""

    id: str
    amount: int
    at: datetime
    payload: str | None
    is_refund: bool
    raw: bytes


class StarList:
    """*page* answers getStarTransactions for an offset and a limit."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._length = 0  # as far as is known

    async def since(self, moment: datetime) -> list[Entry]:
        """The payments of people and what went back to them, from *moment* on. Raises: GatewayError."""
        offset, found = await self._begin(moment), list[Entry]()
        while page := await self._entries(offset, PAGE):
            offset += len(page)
            self._length = max(self._length, offset)
            found += [each for each in page if each is not None and each.at >= moment]
            if len(page) < PAGE:
                break
        return found

    async def _begin(self, moment: datetime) -> int:
        """Most questions are about the last minutes: the last page that is known holds them."""
        last = max(0, self._length - PAGE)
        is_there = last > 0 and await self._is_before(last, moment)
        return last if is_there else await self._first_since(moment)

    async def _first_since(self, moment: datetime) -> int:
        """Found by halving: a shop that has sold for years is not read from its first day."""
        low, high = 0, max(self._length, PAGE)
        while await self._is_before(high, moment):
            low, high = high + 1, high * 2
        while low < high:
            middle = (low + high) // 2
            if await self._is_before(middle, moment):
                low = middle + 1
            else:
                high = middle
        return low

    async def _is_before(self, offset: int, moment: datetime) -> bool:
        """Whether something stands there, and is older."""
        if offset > _MOST:
            raise GatewayError("the list of Stars has no end")
        rows = _rows(await self._page(offset, 1))
        return bool(rows) and _moment(rows[0]) < moment

    async def _entries(self, offset: int, limit: int) -> list[Entry | None]:
        return [_entry(row) for row in _rows(await self._page(offset, limit))]


def _rows(answer: Any) -> list[dict[str, Any]]:
    rows = answer.get("transactions") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise GatewayError("Telegram's list of Stars makes no sense")
    return rows


def _entry(row: dict[str, Any]) -> Entry | None:
    """None for what is no payment of a person: a withdrawal, a gift, an advertisement."""
    partner, is_refund = row.get("source"), False
    if partner is None:
        partner, is_refund = row.get("receiver"), True
    if not isinstance(partner, dict) or partner.get("type") != "user":
        return None
    if partner.get("transaction_type") != "invoice_payment":
        return None
    number, amount, payload = row.get("id"), row.get("amount"), partner.get("invoice_payload")
    if not isinstance(number, str) or not 0 < len(number) <= _ID_MAX or type(amount) is not int or amount <= 0:
        raise GatewayError("Telegram's list of Stars makes no sense")
    kept = {"id": number, "amount": amount, "date": row["date"], "is_refund": is_refund}
    paid_for = payload if isinstance(payload, str) and not is_refund else None
    return Entry(number, amount, _moment(row), paid_for, is_refund, json.dumps(kept).encode())


def _moment(row: dict[str, Any]) -> datetime:
    seconds = row.get("date")
    if type(seconds) is not int or not 0 <= seconds < 10**11:
        raise GatewayError("Telegram's list of Stars makes no sense")
    return datetime.fromtimestamp(seconds, UTC)
