"""What the buttons of coupons carry. Those of the staff begin with "s"; who may press is asked at every press."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.ui.callbacks import RowId


class UseCoupon(CallbackData, prefix="ou"):
    """The coupon that the review offers."""

    coupon_id: RowId


class DropCoupon(CallbackData, prefix="oz"):
    """The order shall have none."""


class ListCoupons(CallbackData, prefix="scl"):
    pass


class ShowCoupon(CallbackData, prefix="sco"):
    coupon_id: RowId


class SwitchCoupon(CallbackData, prefix="scs"):
    coupon_id: RowId
    is_active: bool


class AskApology(CallbackData, prefix="sca"):
    """Asks how much shall come off the next order of whoever waits for this parcel."""

    shipment_id: RowId


class Apologise(CallbackData, prefix="scy"):
    shipment_id: RowId
    percent: Annotated[int, Field(ge=1, le=100)]
