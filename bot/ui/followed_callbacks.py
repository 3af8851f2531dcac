"""What the buttons around parcels from elsewhere carry. Prefixes start with "b"."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.ui.callbacks import RowId
from store.parcels.following import NUMBER_MAX

WHO_MAX = 24


class AskNumber(CallbackData, prefix="ba"):
    """The number of a parcel from elsewhere is asked for."""


class FollowNumber(CallbackData, prefix="bn"):
    """*who* is a carrier of the shop's and, behind a slash, its code for who carries the parcel."""

    number: Annotated[str, Field(min_length=6, max_length=NUMBER_MAX, pattern=r"^[A-Z0-9]+$")]
    who: Annotated[str, Field(min_length=1, max_length=WHO_MAX)]


class ShowFollowed(CallbackData, prefix="b"):
    parcel_id: RowId


class RefreshFollowed(CallbackData, prefix="br"):
    parcel_id: RowId


class DropFollowed(CallbackData, prefix="bd"):
    """Not followed any more."""

    parcel_id: RowId
