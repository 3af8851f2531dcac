"""What must hold after every step, and what must hold besides when everything has come to rest."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row

from store.order_status import AttemptStatus, OrderStatus, RefundStatus
from store.order_sums import payment_status
from store.payments.gateway import RefundOutcome
from store.payments.sandbox_books import Books
from tests.machine.books import Snapshot, counted, grouped

Wrong = Iterator[str]
ALIVE = (OrderStatus.CONFIRMED, OrderStatus.COMPLETED)
OVER = (OrderStatus.CANCELLED, OrderStatus.EXPIRED)
OPEN_REFUND = (RefundStatus.REQUESTED, RefundStatus.SUBMITTING, RefundStatus.UNKNOWN, RefundStatus.PENDING)
# Money that was never the shop's: whoever gives it back does not touch what the order is paid with.
SURPLUS = ("duplicate", "over", "late", "short")
ONCE_AN_ORDER = (
    "order.placed",
    "order.confirmed",
    "order.revived",
    "order.expired",
    "order.cancelled",
    "order.completed",
)


def always(now: Snapshot, bank: Books) -> list[str]:
    """Everything that is wrong with the shop's books at this moment."""
    rules = (
        _shelf(now),
        _reservations(now),
        _ledger(now),
        _orders(now),
        _coupons(now),
        _outbox(now),
        _against_the_bank(now, bank),
    )
    return [wrong for rule in rules for wrong in rule]


def at_rest(now: Snapshot, bank: Books, gifts: Mapping[int, bool]) -> list[str]:
    """What is wrong besides when nothing is left to do: something is still open, or money is where nobody decided it should be.

    *gifts* are the refunds that staff gave for orders which were paid, by id.
    """
    rules = (unfinished(now, bank), _the_bank_agrees(now, bank), _no_money_is_lost(now, gifts))
    return [wrong for rule in rules for wrong in rule]


def _shelf(now: Snapshot) -> Wrong:
    """0 ≤ reserved ≤ on_hand; both are the sums of the moves; what is set aside is the sum of the reservations."""
    moved = {row.variant_id: (int(row.on_hand), int(row.reserved)) for row in now.moves}
    held = counted((row.variant_id, row.quantity) for row in now.reservations if row.state in ("held", "committed"))
    for level in now.levels:
        if not 0 <= level.reserved <= level.on_hand:
            yield f"variant {level.variant_id}: {level.reserved} of {level.on_hand} are set aside"
        if (level.on_hand, level.reserved) != moved[level.variant_id]:
            yield f"variant {level.variant_id}: the moves say {moved[level.variant_id]}, not {tuple(level)}"
        if level.reserved != held[level.variant_id]:
            yield f"variant {level.variant_id}: {held[level.variant_id]} reserved by orders, not {level.reserved}"


def _reservations(now: Snapshot) -> Wrong:
    """An unpaid order holds, a confirmed one has committed or shipped, one that is over keeps nothing back."""
    states = grouped(now.reservations, "order_id")
    for order in now.orders:
        live = {row.state for row in states[order.id]} - {"released"}
        allowed = {"held"} if order.status == OrderStatus.PENDING_PAYMENT else {"committed", "shipped"}
        allowed = {"shipped"} if order.status in OVER else allowed
        if not live <= allowed:
            yield f"order {order.id} is {order.status} and its goods are {live}"
    for line in now.lines:
        gone = sum(
            row.quantity for row in states[line.order_id] if (row.order_line_id, row.state) == (line.id, "shipped")
        )
        if gone != line.shipped_quantity:
            yield f"line {line.id}: {line.shipped_quantity} shipped, {gone} taken from the shelf"


def _ledger(now: Snapshot) -> Wrong:
    """An attempt's sums are those of its entries; what is claimed for refunds is the sum of the refunds; never more than was captured."""
    entries = counted(((row.attempt_id, row.kind), row.amount_minor) for row in now.entries)
    claimed = counted((row.attempt_id, row.amount_minor) for row in now.refunds if row.status != RefundStatus.FAILED)
    for row in now.attempts:
        sums = (row.captured_minor, row.refunded_minor)
        if sums != (entries[row.id, "captured"], entries[row.id, "refunded"]):
            yield f"attempt {row.id}: the ledger does not say {sums}"
        if row.refund_reserved_minor != claimed[row.id]:
            yield f"attempt {row.id}: {row.refund_reserved_minor} claimed, the refunds say {claimed[row.id]}"
        if not row.refunded_minor <= row.refund_reserved_minor <= row.captured_minor:
            yield f"attempt {row.id}: more goes back than came in: {tuple(row)}"
        if row.captured_minor >= row.amount_minor and row.status != AttemptStatus.SUCCEEDED:
            yield f"attempt {row.id} is paid and {row.status}"


def _orders(now: Snapshot) -> Wrong:
    """Confirmed means paid or on terms; the derived status is what the sums say; what is cancelled has not left the house."""
    for order in now.orders:
        tries = now.attempts_of(order)
        captured, back = sum(row.captured_minor for row in tries), sum(row.refunded_minor for row in tries)
        surplus = sum(row.amount_minor for row in now.refunds_of(order) if _is_surplus(row))
        if order.status in ALIVE and order.payment_method != "cash" and captured - surplus < order.total_minor:
            yield f"order {order.id} is {order.status}, {captured - surplus} of {order.total_minor} came in for it"
        if order.payment_status != payment_status(order.total_minor, captured, back):
            yield f"order {order.id} is {order.payment_status} with {captured} in and {back} back of {order.total_minor}"
        has_left = any(
            line.shipped_quantity for line in now.lines if line.order_id == order.id and line.kind == "physical"
        )
        if order.status in OVER and has_left and order.fulfilment_status != "returned":
            yield f"order {order.id} is {order.status} and its goods have left"
        if sum(1 for row in tries if row.active_slot) > 1:
            yield f"order {order.id} can be paid on two pages"
    for cart_id, count in Counter(order.cart_id for order in now.orders).items():
        if count > 1:
            yield f"cart {cart_id} has become {count} orders"


def _coupons(now: Snapshot) -> Wrong:
    """What is counted is what orders have; an order has a coupon for just what came off it, and none once it is over; nobody has one twice."""
    having = {row.order_id: row for row in now.coupon_uses if row.given_back_at is None}
    late = sum(1 for row in now.outbox if row.type == "order.revived")
    for coupon in now.coupons:
        count = sum(1 for row in having.values() if row.coupon_id == coupon.id)
        if coupon.used != count:
            yield f"coupon {coupon.id}: counted {coupon.used} times, on {count} orders"
        # Money that comes late is for the price that was promised.
        if coupon.used > coupon.max_uses + late:
            yield f"coupon {coupon.id}: on {coupon.used} orders instead of {coupon.max_uses}"
    for order in now.orders:
        off_minor = having[order.id].amount_minor if order.id in having else 0
        if off_minor != (0 if order.status in OVER else order.discount_minor):
            yield f"order {order.id} is {order.status}, costs {order.discount_minor} less and has a coupon for {off_minor}"
    for whose, count in Counter((row.coupon_id, row.customer_id) for row in now.coupon_uses if row.slot).items():
        if count > 1:
            yield f"coupon and customer {whose}: {count} times"


def _outbox(now: Snapshot) -> Wrong:
    """Each fact is told once, and the facts are those of the rows."""
    told = Counter((row.type, row.payload.get("refund_id") or row.payload.get("order_id")) for row in now.outbox)
    for order in now.orders:
        if more := [name for name in ONCE_AN_ORDER if told[name, order.id] > 1]:
            yield f"order {order.id}: told twice: {more}"
        lives = told["order.confirmed", order.id] + told["order.revived", order.id]
        if order.status in ALIVE and lives != 1:
            yield f"order {order.id} is {order.status}, which was told {lives} times"
        if order.status in (*OVER, OrderStatus.COMPLETED) and told[f"order.{order.status}", order.id] != 1:
            yield f"order {order.id} is {order.status}, and nobody was told"
    for refund in now.refunds:
        end = "succeeded" if refund.status == RefundStatus.SUCCEEDED else "failed"
        is_over = refund.status not in OPEN_REFUND
        counts = (
            told["refund.requested", refund.id],
            told["refund.succeeded", refund.id] + told["refund.failed", refund.id],
        )
        if counts != (1, int(is_over)) or (is_over and not told[f"refund.{end}", refund.id]):
            yield f"refund {refund.id} is {refund.status}, told {counts}"


def _against_the_bank(now: Snapshot, bank: Books) -> Wrong:
    """Nothing is in our books that did not happen at the bank, and what an honest bank says is never quarantined."""
    for row in now.attempts:
        page = bank.pages.get(row.merchant_ref)
        if row.gateway == "sandbox" and row.captured_minor > (page.captured_minor if page else 0):
            yield f"attempt {row.id}: {row.captured_minor} in the books, {page and page.captured_minor} at the bank"
    paid_out = counted((made.ref, made.amount_minor) for made in _paid_out(bank))
    for ref, page in bank.pages.items():
        if paid_out[ref] > page.captured_minor:
            yield f"page {ref}: the bank paid {paid_out[ref]} out of {page.captured_minor}"
    for row in now.provider_events:
        if row.status == "quarantined":
            yield f"provider event {row.id} ({row.kind}) is quarantined: {row.reason}"


def unfinished(now: Snapshot, bank: Books) -> list[str]:
    """What still waits for somebody: for a customer, a bank or a job."""
    waiting = [f"order {row.id}" for row in now.orders if row.status == OrderStatus.PENDING_PAYMENT]
    waiting += [f"attempt {row.id}" for row in now.attempts if row.active_slot]
    waiting += [f"provider event {row.id}" for row in now.provider_events if row.status == "new"]
    waiting += [f"refund {row.id}" for row in now.refunds if row.status in OPEN_REFUND]
    waiting += [f"the bank's {notice.fact['type']}" for notice in bank.notices if notice.due_at]
    return [f"{what} is still open" for what in waiting]


def _the_bank_agrees(now: Snapshot, bank: Books) -> Wrong:
    """What people have paid is in our books to the last cent, and what went back did so once."""
    captured = {row.merchant_ref: row.captured_minor for row in now.attempts}
    for ref, page in bank.pages.items():
        if captured.get(ref) != page.captured_minor:
            yield f"page {ref}: {page.captured_minor} paid, {captured.get(ref)} in the books"
    ours = counted((row.attempt_id, row.amount_minor) for row in now.refunds if row.status == RefundStatus.SUCCEEDED)
    theirs = counted((made.ref, made.amount_minor) for made in _paid_out(bank))
    for row in now.attempts:
        if row.gateway == "sandbox" and ours[row.id] != theirs[row.merchant_ref]:
            yield f"attempt {row.id}: {ours[row.id]} refunded, the bank paid out {theirs[row.merchant_ref]}"


def _no_money_is_lost(now: Snapshot, gifts: Mapping[int, bool]) -> Wrong:
    """Σ received = Σ applied + Σ given back: an order keeps its total less what staff gave back, or nothing. A refused refund waits for a person."""
    for order in now.orders:
        kept = sum(row.captured_minor - row.refund_reserved_minor for row in now.attempts_of(order))
        back = now.refunds_of(order)
        given = sum(row.amount_minor for row in back if _is_gift(row, gifts))
        refused = sum(row.amount_minor for row in back if row.status == RefundStatus.FAILED)
        owed = order.total_minor - given if order.status in ALIVE else 0
        least = 0 if order.payment_method == "cash" else owed
        if not least <= kept <= owed + refused:
            yield f"order {order.id} ({order.status}): {kept} kept, {owed} due, {refused} refused by the bank"


def _paid_out(bank: Books) -> Iterator[Any]:
    return (made for made in bank.refunds.values() if made.outcome is RefundOutcome.SUCCEEDED)


def _is_gift(refund: Row[Any], gifts: Mapping[int, bool]) -> bool:
    """A number that died before its commit is given again, perhaps to somebody's surplus."""
    return refund.reason == "staff" and gifts.get(refund.id, False) and refund.status != RefundStatus.FAILED


def _is_surplus(refund: Row[Any]) -> bool:
    return refund.reason in SURPLUS and refund.status != RefundStatus.FAILED
