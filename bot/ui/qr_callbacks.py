"""The staff's buttons for QR codes. A target is the payload of a link ("p_12", "k_WELCOME10"), or "shop"."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

Target = Annotated[str, Field(min_length=3, max_length=34, pattern=r"^(shop|[pc]_[0-9]{1,19}|k_[A-Z0-9-]{3,32})$")]


class ShowQr(CallbackData, prefix="sq"):
    target: Target


class QrFile(CallbackData, prefix="sqf"):
    target: Target
