"""What a customer's buttons carry: ids and what was seen (a quantity, a price), never the truth. Every press re-reads it.

Telegram's servers do not check the data of a press: a changed client can send anything, so numbers are bounded to what the database can hold.
Prefixes that start with "s" belong to the staff (`staff_callbacks.py`).
"""

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from store.parcels.asking.intents import Intent

_LARGEST = 2**63 - 1
RowId = Annotated[int, Field(ge=1, le=_LARGEST)]
# A place in a list that is read by keyset: n is "after row n", -n is "before row n", 0 is the beginning.
Cursor = Annotated[int, Field(ge=-_LARGEST, le=_LARGEST)]
Quantity = Annotated[int, Field(ge=0, le=9999)]
SeenMinor = Annotated[int, Field(ge=0, le=10**14)]
PageNumber = Annotated[int, Field(ge=0, le=999)]
Version = Annotated[int, Field(ge=0, le=10**9)]
GatewayName = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z0-9_]+$")]


class Question(StrEnum):
    """What the checkout can ask; several questions may belong to one of its steps."""

    NAME = "name"
    PHONE = "phone"
    DELIVERY = "delivery"
    ADDRESS = "address"
    PAYMENT = "payment"
    NOTE = "note"
    COUPON = "coupon"
    REVIEW = "review"


class ShowHome(CallbackData, prefix="h"):
    pass


class ShowCategories(CallbackData, prefix="cs"):
    pass


class ShowCategory(CallbackData, prefix="c"):
    category_id: RowId
    cursor: Cursor = 0


class ShowProduct(CallbackData, prefix="p"):
    product_id: RowId
    cursor: Cursor = 0


class ShowVariant(CallbackData, prefix="v"):
    """The product screen with this variant and quantity chosen; also the stepper's buttons."""

    variant_id: RowId
    quantity: Quantity
    cursor: Cursor = 0


class AskQuantity(CallbackData, prefix="vq"):
    variant_id: RowId
    cursor: Cursor = 0


class AddToCart(CallbackData, prefix="a"):
    """*seen_minor* is the unit price on the screen: at another price nothing is added unasked."""

    variant_id: RowId
    quantity: Quantity
    seen_minor: SeenMinor
    cursor: Cursor = 0


class ShowCart(CallbackData, prefix="k"):
    page: PageNumber = 0


class SetLine(CallbackData, prefix="kq"):
    """Absolute, so that a press that arrives twice does the same thing once."""

    variant_id: RowId
    quantity: Quantity
    page: PageNumber = 0


class AskEmptyCart(CallbackData, prefix="ke"):
    pass


class EmptyCart(CallbackData, prefix="kx"):
    cart_id: RowId
    version: Version


class StartCheckout(CallbackData, prefix="o"):
    """Goes on where the customer left it."""


class AskQuestion(CallbackData, prefix="oq"):
    """Back and Edit: shows one question again; what was answered stays until it is answered anew."""

    question: Question


class KeepAnswer(CallbackData, prefix="ok"):
    """Goes on to what comes after *question*, with the answer that is there."""

    question: Question


class UseTelegramName(CallbackData, prefix="on"):
    pass


class ChooseDelivery(CallbackData, prefix="od"):
    method_id: RowId


class UseAddress(CallbackData, prefix="oa"):
    address_id: RowId


class NewAddress(CallbackData, prefix="ow"):
    pass


class ChoosePayment(CallbackData, prefix="op"):
    gateway: GatewayName


class ClearNote(CallbackData, prefix="ox"):
    pass


class PlaceOrder(CallbackData, prefix="oo"):
    """One press, one order: the cart's id and version are its idempotency key. *seen_minor* is the total that the button named."""

    cart_id: RowId
    version: Version
    seen_minor: SeenMinor


class ShowOrders(CallbackData, prefix="ls"):
    cursor: Cursor = 0


class ShowOrder(CallbackData, prefix="l"):
    order_id: RowId


class PayOrder(CallbackData, prefix="y"):
    order_id: RowId


class CheckPayment(CallbackData, prefix="yc"):
    order_id: RowId


class AskPayment(CallbackData, prefix="ym"):
    """Which other way to pay an order that is already placed."""

    order_id: RowId


class SwitchPayment(CallbackData, prefix="yx"):
    order_id: RowId
    gateway: GatewayName


class AskCancel(CallbackData, prefix="x"):
    order_id: RowId


class CancelOrder(CallbackData, prefix="xx"):
    """*has_paid* is what the confirmation said: somebody who paid meanwhile is asked again, with the refund named."""

    order_id: RowId
    has_paid: bool


class ShowParcels(CallbackData, prefix="t"):
    order_id: RowId


class RefreshParcels(CallbackData, prefix="tr"):
    order_id: RowId


class AskOwnCarrier(CallbackData, prefix="tw"):
    shipment_id: RowId


class ChooseOwnCarrier(CallbackData, prefix="tv"):
    """*who* is a carrier of the shop's and, behind a slash, its code for who carries the parcel."""

    shipment_id: RowId
    who: Annotated[str, Field(max_length=39)]


class FindParcels(CallbackData, prefix="tf"):
    """Where is my parcel: the newest order on its way, a choice of several, or an honest nothing."""


class AnswerAbout(CallbackData, prefix="ta"):
    """What was asked in plain words, about the one of several orders that was meant."""

    intent: Intent
    order_id: RowId


class ShowLanguages(CallbackData, prefix="g"):
    pass


class SetLanguage(CallbackData, prefix="gs"):
    language: Annotated[str, Field(min_length=2, max_length=8, pattern=r"^[a-z-]+$")]


class ShowHelp(CallbackData, prefix="i"):
    pass
