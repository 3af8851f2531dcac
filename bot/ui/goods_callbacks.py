"""What the buttons of the staff's product screens carry. *version* is the product's as it was shown: at another one nothing is changed."""

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.ui.callbacks import Cursor, RowId, Version
from bot.ui.i18n import LANGUAGES

LanguageCode = Annotated[str, Field(min_length=2, max_length=8, pattern=f"^({'|'.join(LANGUAGES)})$")]
Place = Annotated[int, Field(ge=0, le=99)]


class Shelf(StrEnum):
    """Which products a list shows."""

    ALL = "all"
    DRAFTS = "draft"
    HIDDEN = "hidden"
    ARCHIVE = "archived"


class Ask(StrEnum):
    """What is asked for as a typed text."""

    PRICE = "price"
    SIZES = "sizes"
    PICTURE = "picture"
    STOCK = "stock"
    SKU = "sku"
    WEIGHT = "weight"
    CONTENT = "content"
    VARIANT_PRICE = "vprice"
    STARS = "stars"


class Turn(StrEnum):
    """Where a product is put by one press."""

    PUBLISH = "active"
    HIDE = "hidden"
    ARCHIVE = "archived"


class ListGoods(CallbackData, prefix="spl"):
    shelf: Shelf = Shelf.ALL
    before: Cursor = 0


class FindGoods(CallbackData, prefix="spw"):
    """Asks for words of a title, or a SKU."""


class AddGoods(CallbackData, prefix="spb"):
    """Says how a product is added."""


class ShowGoods(CallbackData, prefix="spc"):
    product_id: RowId


class AskGoods(CallbackData, prefix="spa"):
    product_id: RowId
    version: Version
    ask: Ask


class AskTitle(CallbackData, prefix="spt"):
    product_id: RowId
    version: Version
    language: LanguageCode


class AskDescription(CallbackData, prefix="spd"):
    product_id: RowId
    version: Version
    language: LanguageCode


class ClearDescription(CallbackData, prefix="spq"):
    product_id: RowId
    version: Version
    language: LanguageCode


class ShowTexts(CallbackData, prefix="spg"):
    product_id: RowId


class TurnGoods(CallbackData, prefix="sps"):
    product_id: RowId
    version: Version
    turn: Turn


class AskArchive(CallbackData, prefix="spx"):
    product_id: RowId


class SetDigital(CallbackData, prefix="spj"):
    product_id: RowId
    version: Version
    is_digital: bool


class ChooseCategory(CallbackData, prefix="spk"):
    product_id: RowId


class MoveGoods(CallbackData, prefix="spm"):
    product_id: RowId
    version: Version
    category_id: RowId


class PreviewGoods(CallbackData, prefix="spp"):
    product_id: RowId


class ShowHistory(CallbackData, prefix="sph"):
    product_id: RowId


class ShowPicture(CallbackData, prefix="spi"):
    product_id: RowId
    place: Place = 0


class MakeCover(CallbackData, prefix="spy"):
    product_id: RowId
    version: Version
    place: Place


class RemovePicture(CallbackData, prefix="spz"):
    product_id: RowId
    version: Version
    place: Place


class ShowSizes(CallbackData, prefix="spu"):
    product_id: RowId


class ShowSize(CallbackData, prefix="spv"):
    variant_id: RowId


class AskSize(CallbackData, prefix="spf"):
    variant_id: RowId
    version: Version
    ask: Ask


class AskSizeTitle(CallbackData, prefix="spr"):
    variant_id: RowId
    version: Version
    language: LanguageCode


class SellSize(CallbackData, prefix="spo"):
    variant_id: RowId
    version: Version
    is_sold: bool


class CountSize(CallbackData, prefix="spn"):
    variant_id: RowId
    is_counted: bool
