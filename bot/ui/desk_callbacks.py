"""What the staff's buttons carry where pieces of an order are chosen, and where an order has several parcels."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.ui.callbacks import RowId, Version
from bot.ui.pieces import LINES_MAX
from bot.ui.staff_callbacks import CarrierName
from store.piece_returns import Fate
from store.staff import Role

# One letter a line of the order, in the lines' order: how many of it are chosen.
Chosen = Annotated[str, Field(max_length=LINES_MAX, pattern=r"^[0-9a-z]*$")]
TelegramId = Annotated[int, Field(ge=1, le=2**52)]
ListPage = Annotated[int, Field(ge=0, le=9)]


class ChooseParcel(CallbackData, prefix="shc"):
    """The stepper: *version* is the order's, *chosen* what would lie in the parcel."""

    order_id: RowId
    version: Version
    page: ListPage
    chosen: Chosen


class PackPieces(CallbackData, prefix="shp"):
    """An order that has changed since *version* is looked at again first."""

    order_id: RowId
    version: Version
    chosen: Chosen


class AskParcelPieces(CallbackData, prefix="shq"):
    order_id: RowId


class ShowStaffParcels(CallbackData, prefix="shl"):
    order_id: RowId


class AskParcel(CallbackData, prefix="sha"):
    shipment_id: RowId


class ShipParcelWithLabel(CallbackData, prefix="shk"):
    shipment_id: RowId
    carrier: CarrierName


class AskParcelNumber(CallbackData, prefix="shn"):
    shipment_id: RowId


class AskCarrier(CallbackData, prefix="shw"):
    shipment_id: RowId


class ChooseCarrier(CallbackData, prefix="shv"):
    """*who* is a carrier of the shop's and, behind a slash, its code for who carries the parcel."""

    shipment_id: RowId
    who: Annotated[str, Field(max_length=39)]


class UseNumber(CallbackData, prefix="shy"):
    """The number that was meant, or the one that was typed, after the shop has asked which."""

    order_id: RowId
    number: Annotated[str, Field(min_length=6, max_length=36, pattern=r"^[A-Z0-9]+$")]


class FollowAgain(CallbackData, prefix="shf"):
    shipment_id: RowId


class UnpackParcel(CallbackData, prefix="shu"):
    shipment_id: RowId


class ChooseRefund(CallbackData, prefix="sdr"):
    """The stepper for pieces whose money goes back; *fate* says what becomes of them."""

    order_id: RowId
    version: Version
    page: ListPage
    fate: Fate
    chosen: Chosen


class AskRefundPieces(CallbackData, prefix="sdq"):
    order_id: RowId


class RefundPieces(CallbackData, prefix="sdx"):
    """An order that has changed since *version* is looked at again first: no piece is paid back twice."""

    order_id: RowId
    version: Version
    fate: Fate
    chosen: Chosen


class AskStaffNote(CallbackData, prefix="sdn"):
    order_id: RowId


class ClearStaffNote(CallbackData, prefix="sdc"):
    order_id: RowId


class ShowMembers(CallbackData, prefix="sdm"):
    pass


class ShowMember(CallbackData, prefix="sdt"):
    telegram_id: TelegramId


class SetRole(CallbackData, prefix="sds"):
    telegram_id: TelegramId
    role: Role


class AskRevoke(CallbackData, prefix="sdv"):
    telegram_id: TelegramId


class RevokeRole(CallbackData, prefix="sdw"):
    telegram_id: TelegramId


class BringCard(CallbackData, prefix="sdo"):
    """The order's card as a new message, below a list of orders."""

    order_id: RowId


class ConfirmStaffChat(CallbackData, prefix="sdg"):
    """The group in which it is pressed is the staff chat from now on."""


class HandBack(CallbackData, prefix="sdb"):
    """Whoever had accepted the order leaves it to somebody else."""

    order_id: RowId
