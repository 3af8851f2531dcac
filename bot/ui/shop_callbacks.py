"""What the buttons of the shop's settings carry: the shop itself, its hours, its deliveries, its categories."""

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.ui.callbacks import RowId
from bot.ui.goods_callbacks import LanguageCode


class ShopField(StrEnum):
    """What is asked for as a typed text about the shop."""

    CURRENCY = "currency"
    ZONE = "zone"
    MINIMUM = "minimum"
    LOW_AT = "low"
    HOLIDAY = "holiday"
    CATEGORY = "category"
    LIST = "list"


class ShopText(StrEnum):
    """What the shop says, in each language."""

    NAME = "name"
    ABOUT = "about"
    MESSAGE = "msg"


class Days(StrEnum):
    """Which days a span of opening hours is for: one, the working week, or all."""

    MON = "0"
    TUE = "1"
    WED = "2"
    THU = "3"
    FRI = "4"
    SAT = "5"
    SUN = "6"
    WORKING = "01234"
    EVERY = "0123456"


class MethodKind(StrEnum):
    COURIER = "courier"
    PICKUP = "pickup"
    DIGITAL = "digital"


class ZoneField(StrEnum):
    PRICE = "price"
    PER_KG = "kg"
    FREE_OVER = "free"
    DAYS = "days"
    POSTCODES = "post"
    WEIGHT = "max"


class ShowShop(CallbackData, prefix="sea"):
    pass


class ShowPayments(CallbackData, prefix="sex"):
    pass


class AskShop(CallbackData, prefix="seb"):
    field: ShopField


class ShowShopTexts(CallbackData, prefix="sec"):
    text: ShopText


class AskShopText(CallbackData, prefix="sed"):
    text: ShopText
    language: LanguageCode


class PickZone(CallbackData, prefix="see"):
    zone: Annotated[str, Field(min_length=1, max_length=48, pattern=r"^[A-Za-z0-9_+/-]+$")]


class SetCurrency(CallbackData, prefix="sef"):
    currency: Annotated[str, Field(min_length=3, max_length=3, pattern=r"^[A-Z]{3}$")]


Code = Annotated[str, Field(min_length=3, max_length=3, pattern=r"^[A-Z]{3}$")]


class ListField(StrEnum):
    """What is asked for as a typed text about a further currency."""

    RATE = "rate"
    MINIMUM = "min"


class ShowLists(CallbackData, prefix="sla"):
    pass


class ShowList(CallbackData, prefix="slb"):
    currency: Code


class OfferList(CallbackData, prefix="slc"):
    currency: Code


class AskList(CallbackData, prefix="sld"):
    currency: Code
    field: ListField


class AskWithdrawList(CallbackData, prefix="sle"):
    currency: Code


class WithdrawList(CallbackData, prefix="slf"):
    currency: Code


class ShowHours(CallbackData, prefix="seg"):
    pass


class AskHours(CallbackData, prefix="seh"):
    days: Days


class CloseDays(CallbackData, prefix="sei"):
    days: Days


class OpenAlways(CallbackData, prefix="sej"):
    pass


class ShowHoliday(CallbackData, prefix="sek"):
    pass


class TakeHoliday(CallbackData, prefix="sel"):
    days: Annotated[int, Field(ge=1, le=60)]


class EndHoliday(CallbackData, prefix="sem"):
    pass


class ShowDeliveries(CallbackData, prefix="sen"):
    pass


class AddDelivery(CallbackData, prefix="seo"):
    kind: MethodKind


class ShowDelivery(CallbackData, prefix="sep"):
    method_id: RowId


class SwitchDelivery(CallbackData, prefix="seq"):
    method_id: RowId
    is_active: bool


class AskDeliveryTitle(CallbackData, prefix="ser"):
    method_id: RowId
    language: LanguageCode


class AskDeliveryDetails(CallbackData, prefix="ses"):
    method_id: RowId
    language: LanguageCode


class AskNewZone(CallbackData, prefix="set"):
    method_id: RowId


class ShowZone(CallbackData, prefix="seu"):
    zone_id: RowId


class AskZone(CallbackData, prefix="sev"):
    zone_id: RowId
    field: ZoneField


class RemoveZone(CallbackData, prefix="sew"):
    zone_id: RowId


class ListCategories(CallbackData, prefix="ska"):
    pass


class ShowShelf(CallbackData, prefix="skb"):
    category_id: RowId


class AskCategoryTitle(CallbackData, prefix="skc"):
    category_id: RowId
    language: LanguageCode


class AskEmoji(CallbackData, prefix="skd"):
    category_id: RowId


class MoveCategory(CallbackData, prefix="ske"):
    category_id: RowId
    is_up: bool


class HideCategory(CallbackData, prefix="skf"):
    category_id: RowId
    is_hidden: bool


class RemoveCategory(CallbackData, prefix="skg"):
    category_id: RowId


class ChooseTarget(CallbackData, prefix="skh"):
    """Where the products of a category should go."""

    category_id: RowId


class EmptyInto(CallbackData, prefix="ski"):
    category_id: RowId
    other_id: RowId
