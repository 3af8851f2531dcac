"""PayPal's list of what moved: the Transaction Search API, which an application needs a permission of its own for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from store.payments.gateway import EventKind, GatewayError, ProviderEvent
from store.payments.paypal_facts import Object, Teller, is_reference, moment_of
from store.payments.paypal_line import PaypalLine

_LONGEST = timedelta(days=31)
_PAGE_SIZE, _PAGES_MAX = 500, 100
# Source: PayPal's transaction statuses (done, and done but taken back since) and its transaction event codes.
_BOOKED = ("S", "V")
_PAYMENT_CODES, _REFUND_CODE = "T00", "T1107"
_CHARGEBACK_CODES = {
    "T1106": EventKind.CHARGEBACK,
    "T1201": EventKind.CHARGEBACK,
    "T1202": EventKind.CHARGEBACK_REVERSED,
}


async def listed(line: PaypalLine, teller: Teller, since: datetime, until: datetime) -> list[ProviderEvent]:
    """The facts of the time, oldest first. Raises: GatewayError."""
    found: list[ProviderEvent] = []
    while since < until:
        end = min(since + _LONGEST, until)
        found.extend(await _asked(line, teller, since, end))
        since = end
    return sorted(found, key=lambda event: event.occurred_at)


async def _asked(line: PaypalLine, teller: Teller, since: datetime, until: datetime) -> list[ProviderEvent]:
    found: list[ProviderEvent] = []
    for page in range(1, _PAGES_MAX + 1):
        asked = {
            "start_date": _as_text(since),
            "end_date": _as_text(until),
            "fields": "transaction_info",
            "page_size": _PAGE_SIZE,
            "page": page,
        }
        said = await line.get(f"/v1/reporting/transactions?{urlencode(asked)}")
        if not said.is_done:
            raise GatewayError(f"PayPal lists no transactions: {said.status} {said.issue}")
        try:
            for each in said.content["transaction_details"]:
                found += told_in(teller, each["transaction_info"])
            is_last = page >= int(said.content["total_pages"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise GatewayError("PayPal's answer makes no sense") from None
        if is_last:
            break
    return found


def told_in(teller: Teller, line: Object) -> Iterator[ProviderEvent]:
    """The fact in a line; none in one that is none of the shop's, or moves no money of an order."""
    reference, invoice, code = line.get("custom_field"), line.get("invoice_id"), line["transaction_event_code"]
    if not is_reference(reference) or line.get("transaction_status") not in _BOOKED:
        return
    amount = line["transaction_amount"]
    moved = {
        "id": line["transaction_id"],
        "status": "COMPLETED",
        "custom_id": reference,
        "invoice_id": invoice,
        "amount": {**amount, "value": amount["value"].removeprefix("-")},  # what went out has a minus
        "create_time": line["transaction_initiation_date"],
    }
    if code.startswith(_PAYMENT_CODES) and invoice == reference:
        yield teller.capture(moved)
    elif code == _REFUND_CODE:
        yield from teller.refund(moved, reference)
    elif (kind := _CHARGEBACK_CODES.get(code)) is not None:
        is_won = kind is EventKind.CHARGEBACK_REVERSED
        yield teller.charged_back(
            line["paypal_reference_id"], reference, moved["amount"], moment_of(moved), is_won=is_won
        )


def _as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
