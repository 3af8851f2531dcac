"""The shop with one of its guards taken out: what the machine must find."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Update, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import coupon_uses, coupons, order_life, order_status, placing, stock_levels
from store.models import Cart, StockLevel
from store.payments import ledger, reconcile, refund_job, settle
from store.payments.gateway import PaymentGateway, ProviderEvent, RefundResult
from store.stock_levels import Values

# What else would stop a mutant, further down: the database itself.
BEHIND_THEM = ("ck_stock_levels_not_oversold", "pk_idempotency_keys", "uq_orders_cart_id")

_numbers = itertools.count()
_record = ledger.record
_look = placing._look


def take_whatever(variant_id: int, quantity: int) -> tuple[Update, Values]:
    level = update(StockLevel).where(*stock_levels.at(variant_id))
    return _unchecked(level, reserved=StockLevel.reserved + quantity), {}


def claim_whatever(_customer_id: int, cart_id: int, _version: int, _now: object) -> tuple[Update, Values]:
    return _unchecked(update(Cart).where(Cart.id == cart_id), status="placed"), {}


async def no_order_yet(session: AsyncSession, customer_id: int, cart_id: int) -> tuple[None, Sequence[Any]]:
    return None, (await _look(session, customer_id, cart_id))[1]


def cancel_whenever(_actor: object) -> ColumnElement[bool]:
    return true()


def from_anywhere(model: Any, _to: object) -> frozenset[Any]:
    return frozenset(order_status._TABLES[model])


async def record_each_time(session: AsyncSession, event: ProviderEvent, *, now: Any) -> int | None:
    return await _record(session, replace(event, event_key=f"{event.event_key}:{next(_numbers)}"), now=now)


async def apply_none(_db: object, **_when: object) -> int:
    return 0


async def under_a_new_key(gateway: PaymentGateway, refund: Any) -> RefundResult:
    return await gateway.refund(replace(refund.request, refund_ref=f"{refund.request.refund_ref}{next(_numbers)}"))


async def keep_it(*_of_what: object, **_how_much: object) -> None:
    return None


async def let_none_go(*_of_what: object, **_when: object) -> dict[int, int]:
    return {}


Mutant = Mapping[tuple[Any, str], Any]
MUTANTS: dict[str, Mutant] = {
    "late money takes goods that are gone": {(stock_levels, "take"): take_whatever},
    "one cart, two orders": {(placing, "_claim"): claim_whatever, (placing, "_look"): no_order_yet},
    "what has left the house is cancelled": {(order_life, "_may_cancel"): cancel_whenever},
    "a status is reached from anywhere": {(order_status, "sources"): from_anywhere},
    "a repeated notification counts again": {(ledger, "record"): record_each_time},
    "what was stored is not applied after a crash": {(reconcile, "apply_waiting"): apply_none},
    "a refund is repeated under a new key": {(refund_job, "_ask"): under_a_new_key},
    "a surplus is kept": {(settle, "_give_back"): keep_it},
    "a coupon for two is everybody's": {(coupons, "is_open"): lambda _now: true()},
    "an order that is over keeps its coupon": {(coupon_uses, "let_go"): let_none_go},
    "late money forgets the coupon": {(coupon_uses, "take_again"): keep_it},
}


def _unchecked(statement: Update, **values: Any) -> Update:
    return statement.values(**values).execution_options(synchronize_session=False)
