"""What the buttons below a staff card carry. Who may press is asked at every press; the chat proves nothing."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.ui.callbacks import RowId, SeenMinor

CarrierName = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z0-9_]+$")]


class ShowCard(CallbackData, prefix="so"):
    order_id: RowId


class AcceptOrder(CallbackData, prefix="sa"):
    order_id: RowId


class PackOrder(CallbackData, prefix="sp"):
    order_id: RowId


class AskShip(CallbackData, prefix="ss"):
    order_id: RowId


class ShipWithLabel(CallbackData, prefix="sl"):
    """The carrier makes the tracking number itself."""

    order_id: RowId
    carrier: CarrierName


class ShipWithNumber(CallbackData, prefix="sw"):
    """Asks to reply to the card with the tracking number."""

    order_id: RowId


class ReadyForPickup(CallbackData, prefix="sr"):
    order_id: RowId


class HandOver(CallbackData, prefix="sh"):
    order_id: RowId


class MarkDelivered(CallbackData, prefix="sd"):
    order_id: RowId
    shipment_id: RowId


class CashReceived(CallbackData, prefix="sm"):
    order_id: RowId


class AskTransfer(CallbackData, prefix="sb"):
    """Asks how much has come to the bank account."""

    order_id: RowId


class TransferReceived(CallbackData, prefix="sv"):
    """*seen_minor* is what had been written down when the question was asked: of two who answer it, one is right."""

    order_id: RowId
    amount_minor: SeenMinor
    seen_minor: SeenMinor


class AskRefund(CallbackData, prefix="sf"):
    order_id: RowId


class RefundOrder(CallbackData, prefix="sx"):
    """*amount_minor* is what the confirmation said; at another refundable sum it asks again."""

    order_id: RowId
    amount_minor: SeenMinor


class RefundedByHand(CallbackData, prefix="sn"):
    order_id: RowId
    refund_id: RowId


class AskStaffCancel(CallbackData, prefix="sc"):
    order_id: RowId


class StaffCancel(CallbackData, prefix="sk"):
    order_id: RowId
