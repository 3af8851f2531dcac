"""What the buttons around likes, wishes and pictures carry. Prefixes start with "f" and "j"."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.ui.callbacks import Cursor, PageNumber, Quantity, RowId

PictureNumber = Annotated[int, Field(ge=1, le=10)]


class ShowFavourites(CallbackData, prefix="f"):
    page: PageNumber = 0


class SetFavourite(CallbackData, prefix="fl"):
    """The variant's product is liked, or not; the screen with this variant and quantity comes again."""

    variant_id: RowId
    wanted: bool
    quantity: Quantity = 1
    cursor: Cursor = 0


class SetWatch(CallbackData, prefix="fw"):
    """Tell me when it is back, or do not."""

    variant_id: RowId
    wanted: bool
    cursor: Cursor = 0


class ShowPicture(CallbackData, prefix="j"):
    """The product screen with its picture *number*, counted from one."""

    variant_id: RowId
    number: PictureNumber
    quantity: Quantity = 1
    cursor: Cursor = 0


class ShowAllPictures(CallbackData, prefix="ja"):
    """All pictures below one another, as an album."""

    product_id: RowId
