"""What PayPal would know: orders, captures, refunds, disputes, and the notifications about them. No network, no shop."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

Object = dict[str, Any]
_WHOLE = ("HUF", "JPY", "TWD")
_numbers = itertools.count(1)


class Refused(Exception):
    """PayPal answers with this status and issue."""

    def __init__(self, status: int, issue: str) -> None:
        super().__init__(f"{status} {issue}")
        self.status, self.issue = status, issue


@dataclass
class Notice:
    """An event as it is sent, every time word for word."""

    kind: str
    body: bytes
    at: datetime


@dataclass
class Books:
    """`captures_end` and `refunds_end` say what becomes of the next ones; an "INSTRUMENT_DECLINED" capture is refused."""

    clock: Callable[[], datetime]
    orders: dict[str, Object] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    captures_end: str = "COMPLETED"
    refunds_end: str = "COMPLETED"
    lines: list[Object] = field(default_factory=list)

    # --- what the shop asks

    def create(self, asked: Object) -> Object:
        unit = json.loads(json.dumps(asked["purchase_units"][0]))
        _check_amount(unit["amount"])
        order_id = number()
        self.orders[order_id] = order = {
            "id": order_id,
            "intent": asked["intent"],
            "status": "PAYER_ACTION_REQUIRED",
            "payment_source": {"paypal": {}},
            "purchase_units": [{"reference_id": "default", **unit}],
            "create_time": self._now(),
            "links": [
                _link(f"/v2/checkout/orders/{order_id}", "self"),
                {"href": f"https://www.sandbox.paypal.com/checkoutnow?token={order_id}", "rel": "payer-action"},
            ],
        }
        return order

    def order(self, order_id: str) -> Object:
        if order_id not in self.orders:
            raise Refused(404, "INVALID_RESOURCE_ID")
        return self.orders[order_id]

    def capture(self, order_id: str) -> Object:
        order = self.order(order_id)
        if order["status"] == "COMPLETED":
            raise Refused(422, "ORDER_ALREADY_CAPTURED")
        if order["status"] != "APPROVED":
            raise Refused(422, "ORDER_NOT_APPROVED")
        if self.captures_end == "INSTRUMENT_DECLINED":
            order["status"] = "PAYER_ACTION_REQUIRED"
            raise Refused(422, "INSTRUMENT_DECLINED")
        order["status"] = "COMPLETED"
        unit, capture_id = order["purchase_units"][0], number()
        capture = {
            "id": capture_id,
            "status": self.captures_end,
            "amount": unit["amount"],
            "custom_id": unit["custom_id"],
            "invoice_id": unit["invoice_id"],
            "final_capture": True,
            "create_time": self._now(),
            "update_time": self._now(),
            "links": [
                _link(f"/v2/payments/captures/{capture_id}", "self"),
                _link(f"/v2/checkout/orders/{order_id}", "up"),
            ],
        }
        unit["payments"] = {"captures": [capture], "refunds": []}
        self._tell_of_capture(capture)
        return order

    def capture_of(self, capture_id: str) -> Object:
        return self._payment(capture_id)[0]

    def refund(self, capture_id: str, asked: Object) -> Object:
        capture, payments = self._payment(capture_id)
        amount = asked.get("amount") or capture["amount"]
        _check_amount(amount)
        if capture["status"] == "PENDING":
            raise Refused(422, "PENDING_CAPTURE")
        left = Decimal(capture["amount"]["value"]) - sum(
            Decimal(made["amount"]["value"])
            for made in payments["refunds"]
            if made["status"] in ("COMPLETED", "PENDING")
        )
        if amount["currency_code"] != capture["amount"]["currency_code"]:
            raise Refused(422, "REFUND_CAPTURE_CURRENCY_MISMATCH")
        if Decimal(amount["value"]) > left:
            raise Refused(422, "REFUND_AMOUNT_EXCEEDED" if left else "CAPTURE_FULLY_REFUNDED")
        refund_id = number()
        refund = {
            "id": refund_id,
            "status": self.refunds_end,
            "amount": amount,
            "custom_id": asked.get("custom_id", capture["custom_id"]),
            "invoice_id": asked.get("invoice_id", capture["invoice_id"]),
            "create_time": self._now(),
            "links": [
                _link(f"/v2/payments/refunds/{refund_id}", "self"),
                _link(f"/v2/payments/captures/{capture_id}", "up"),
            ],
        }
        payments["refunds"].append(refund)
        self._tell_of_refund(capture, payments, refund)
        return refund

    def refund_of(self, refund_id: str) -> Object:
        for order in self.orders.values():
            for refund in order["purchase_units"][0].get("payments", {}).get("refunds", []):
                if refund["id"] == refund_id:
                    return dict(refund)
        raise Refused(404, "INVALID_RESOURCE_ID")

    # --- what the buyer, PayPal and the merchant's back office do

    def approve(self, order_id: str) -> None:
        order = self.order(order_id)
        order["status"] = "APPROVED"
        self._tell("CHECKOUT.ORDER.APPROVED", "checkout-order", order)

    def withdraw(self, order_id: str) -> None:
        """The approval came to nothing."""
        order = self.order(order_id)
        order["status"] = "VOIDED"
        kept = {key: order["purchase_units"][0][key] for key in ("reference_id", "custom_id", "invoice_id")}
        self._tell(
            "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
            "payment-approval",
            {"order_id": order_id, "purchase_units": [kept], "create_time": order["create_time"]},
        )

    def settle(self, capture_id: str, status: str) -> None:
        """A pending capture comes to its end."""
        capture = self.capture_of(capture_id)
        capture["status"] = status
        self._tell_of_capture(capture)

    def settle_refund(self, refund_id: str, status: str) -> None:
        for order in self.orders.values():
            payments = order["purchase_units"][0].get("payments", {"captures": [], "refunds": []})
            for refund in payments["refunds"]:
                if refund["id"] == refund_id:
                    refund["status"] = status
                    self._tell_of_refund(payments["captures"][0], payments, refund)

    def reverse(self, capture_id: str) -> None:
        """The buyer's bank has taken the money."""
        capture = self.capture_of(capture_id)
        links = [_link(f"/v2/payments/captures/{capture_id}", "up")]
        reversal = {"id": number(), "amount": capture["amount"], "status": "COMPLETED", "links": links}
        self._tell("PAYMENT.CAPTURE.REVERSED", "refund", {**reversal, "create_time": self._now()})
        self._book("T1201", capture, f"-{capture['amount']['value']}", reference_id=capture_id)

    def dispute(
        self, capture_id: str, stage: str, *, outcome: str | None = None, knows: bool = True, value: str | None = None
    ) -> None:
        """About *value*, or all of it; without *knows* it does not say whose money that was."""
        capture = self.capture_of(capture_id)
        amount = {"currency_code": capture["amount"]["currency_code"], "value": value or capture["amount"]["value"]}
        transaction = {"seller_transaction_id": capture_id, "gross_amount": capture["amount"]}
        if knows:
            transaction |= {"custom": capture["custom_id"], "invoice_number": capture["invoice_id"]}
        dispute = {
            "dispute_id": f"PP-D-{number()}",
            "create_time": self._now(),
            "disputed_transactions": [transaction],
            "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
            "status": "RESOLVED" if outcome else "OPEN",
            "dispute_amount": amount,
            "dispute_life_cycle_stage": stage,
        }
        if outcome:
            dispute["dispute_outcome"] = {"outcome_code": outcome}
        self._tell(f"CUSTOMER.DISPUTE.{'RESOLVED' if outcome else 'CREATED'}", "dispute", dispute)

    def statement(self, since: datetime, until: datetime) -> list[Object]:
        def moment(line: Object) -> datetime:
            return datetime.fromisoformat(line["transaction_info"]["transaction_initiation_date"])

        return [line for line in self.lines if since <= moment(line) <= until]

    # --- the notifications

    def _tell_of_capture(self, capture: Object) -> None:
        word = {"COMPLETED": "COMPLETED", "PENDING": "PENDING"}.get(capture["status"], "DENIED")
        self._tell(f"PAYMENT.CAPTURE.{word}", "capture", capture)
        if word == "COMPLETED":
            self._book("T0006", capture, capture["amount"]["value"])

    def _tell_of_refund(self, capture: Object, payments: Object, refund: Object) -> None:
        if refund["status"] == "COMPLETED":
            given = sum(Decimal(r["amount"]["value"]) for r in payments["refunds"] if r["status"] == "COMPLETED")
            is_all = given == Decimal(capture["amount"]["value"])
            capture["status"] = "REFUNDED" if is_all else "PARTIALLY_REFUNDED"
            self._book("T1107", refund, f"-{refund['amount']['value']}", reference_id=capture["id"])
            self._tell("PAYMENT.CAPTURE.REFUNDED", "refund", refund)
        elif refund["status"] in ("PENDING", "FAILED"):
            self._tell(f"PAYMENT.REFUND.{refund['status']}", "refund", refund)

    def _tell(self, kind: str, resource_type: str, resource: Object) -> None:
        event = {
            "id": f"WH-{number()}-{number()}",
            "event_version": "1.0",
            "create_time": self._now(),
            "resource_type": resource_type,
            "event_type": kind,
            "summary": f"{kind} für Ann 安",
            "resource": resource,
        }
        self.notices.append(Notice(kind, json.dumps(event, ensure_ascii=False).encode(), self.clock()))

    def _book(self, code: str, thing: Object, value: str, *, reference_id: str | None = None) -> None:
        line = {
            "transaction_id": thing["id"],
            "transaction_event_code": code,
            "transaction_initiation_date": self.clock().strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "transaction_amount": {"currency_code": thing["amount"]["currency_code"], "value": value},
            "transaction_status": "S",
            "custom_field": thing["custom_id"],
            "invoice_id": thing["invoice_id"],
        }
        if reference_id:
            line |= {"paypal_reference_id": reference_id, "paypal_reference_id_type": "TXN"}
        self.lines.append({"transaction_info": line})

    def _payment(self, capture_id: str) -> tuple[Object, Object]:
        for order in self.orders.values():
            payments = order["purchase_units"][0].get("payments", {"captures": []})
            for capture in payments["captures"]:
                if capture["id"] == capture_id:
                    return capture, payments
        raise Refused(404, "INVALID_RESOURCE_ID")

    def _now(self) -> str:
        return (self.clock() - timedelta(microseconds=self.clock().microsecond)).strftime("%Y-%m-%dT%H:%M:%SZ")


def number() -> str:
    return f"{next(_numbers):017d}"


def _link(path: str, rel: str) -> Object:
    return {"href": f"https://api.sandbox.paypal.com{path}", "rel": rel, "method": "GET"}


def _check_amount(amount: Object) -> None:
    value, currency = amount["value"], amount["currency_code"]
    decimals = len(value.partition(".")[2])
    if currency in _WHOLE and decimals:
        raise Refused(422, "DECIMALS_NOT_SUPPORTED")
    if currency not in _WHOLE and decimals != 2:
        raise Refused(422, "DECIMAL_PRECISION")
    if Decimal(value) <= 0:
        raise Refused(422, "CANNOT_BE_ZERO_OR_NEGATIVE")
