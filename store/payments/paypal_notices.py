"""What a notification of PayPal's says, once it is proven: by the type of its event."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping

from store.payments.gateway import BadSignature, ProviderEvent
from store.payments.paypal_facts import Object, Teller, capture_id_of, is_reference, moment_of, unit_of

# Looks up whose money a capture was.
Lookup = Callable[[str], Awaitable[str | None]]
_Told = Callable[[Teller, Object, str], Iterator[ProviderEvent]]


async def told_by(teller: Teller, body: bytes, look_up: Lookup) -> list[ProviderEvent]:
    """The facts in a proven notification; none in one about something else, or about what the account sells elsewhere.

    Raises: BadSignature for one that makes no sense, and what *look_up* raises.
    """
    try:
        event = json.loads(body)
        kind, resource = event["event_type"], {"create_time": event["create_time"], **event["resource"]}
        if kind in _DISPUTES:
            return await _disputed(teller, resource, look_up)
        if (told := _KINDS.get(kind)) is None:
            return []
        reference = _reference_in(resource)
        if reference is None and (capture_id := capture_id_of(resource)) is not None:
            reference = await look_up(capture_id)
        return list(told(teller, resource, reference)) if reference is not None else []
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        raise BadSignature("proven, but makes no sense") from None


def reference_of(thing: Object) -> str | None:
    """The attempt's reference that the shop gave to PayPal; None for what is none of the shop's."""
    reference = thing.get("custom_id")
    return reference if is_reference(reference) else None


def _reference_in(resource: Object) -> str | None:
    return reference_of(unit_of(resource) if "purchase_units" in resource else resource)


async def _disputed(teller: Teller, dispute: Object, look_up: Lookup) -> list[ProviderEvent]:
    found: list[ProviderEvent] = []
    for transaction in dispute["disputed_transactions"]:
        reference = transaction.get("custom")
        if not is_reference(reference):
            reference = await look_up(transaction["seller_transaction_id"])
        if reference is not None:
            found += teller.dispute(dispute, transaction, reference)
    return found


def _approved(teller: Teller, order: Object, _reference: str) -> Iterator[ProviderEvent]:
    yield teller.approved(order)


def _withdrawn(teller: Teller, notice: Object, reference: str) -> Iterator[ProviderEvent]:
    """The buyer's approval came to nothing, and so did the order."""
    yield teller.voided(notice["order_id"], reference, moment_of(notice))


def _captured(teller: Teller, capture: Object, reference: str) -> Iterator[ProviderEvent]:
    yield teller.capture({**capture, "custom_id": reference})


def _refunded(teller: Teller, refund: Object, reference: str) -> Iterator[ProviderEvent]:
    yield from teller.refund(refund, reference)


def _reversed(teller: Teller, reversal: Object, reference: str) -> Iterator[ProviderEvent]:
    capture_id = capture_id_of(reversal)
    if capture_id is not None:
        yield teller.charged_back(capture_id, reference, reversal["amount"], moment_of(reversal))


_KINDS: Mapping[str, _Told] = {
    "CHECKOUT.ORDER.APPROVED": _approved,
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED": _withdrawn,
    "PAYMENT.CAPTURE.COMPLETED": _captured,
    "PAYMENT.CAPTURE.PENDING": _captured,
    "PAYMENT.CAPTURE.DENIED": _captured,
    "PAYMENT.CAPTURE.DECLINED": _captured,
    "PAYMENT.CAPTURE.REFUNDED": _refunded,
    "PAYMENT.CAPTURE.REVERSED": _reversed,
    "PAYMENT.REFUND.PENDING": _refunded,
    "PAYMENT.REFUND.FAILED": _refunded,
}
_DISPUTES = frozenset({"CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.UPDATED", "CUSTOMER.DISPUTE.RESOLVED"})
