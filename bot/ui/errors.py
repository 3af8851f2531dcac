"""What stands in a person's way, in their words: what happened and what to do about it. Plain text, for toasts and messages alike."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.ui.format import moment, money
from bot.ui.i18n import Translator, noop
from store.coupons import Trouble
from store.errors import (
    BadInput,
    BelowMinimum,
    CartChanged,
    CouponGone,
    CurrencyInUse,
    OutOfStock,
    RefundTooLarge,
    ShopClosed,
    StoreError,
)
from store.payments.takers import Taken

NOT_TAKEN = noop("None of your ways to pay takes {currency}: set up one that does.")
IN_CASH_ONLY = noop("Of your ways to pay only cash on delivery takes {currency}.")
SENTENCES: Mapping[str, str] = {
    "error": noop("That did not work. Please send /start and try again."),
    "not_found": noop("This is not here any more."),
    "not_for_sale": noop("This is not for sale any more."),
    "out_of_stock": noop("There is not enough of it left."),
    "quantity_out_of_range": noop("Please choose a quantity from {minimum} to {maximum}."),
    "cart_empty": noop("Your cart is empty."),
    "cart_changed": noop("Something in your cart has changed. Please look at it once more."),
    "checkout_incomplete": noop("Something is still missing in your order."),
    "bad_input": noop("I cannot use that. Please check it and send it again."),
    "no_delivery": noop(
        "We cannot deliver this to your address. Please choose another address or another way of delivery."
    ),
    "payment_unavailable": noop("This way to pay does not answer right now. Please try again, or choose another one."),
    "not_allowed_now": noop("This cannot be done any more: the order has moved on."),
    "edited_meanwhile": noop("Somebody has changed this meanwhile. Here is how it stands now."),
    "shop_closed": noop("We are closed now. Your cart stays as it is."),
    "below_minimum": noop("That is too little for an order. Please add something."),
    "currency_not_taken": NOT_TAKEN,
    "currency_in_use": noop("The shop cannot change its currency yet."),
    "not_permitted": noop("Your role does not include this."),
    "refund_too_large": noop("That is more than can be given back."),
    "too_many_unpaid_orders": noop(
        "You have {limit} orders waiting to be paid. Please pay or cancel one of them first."
    ),
    "coupon_gone": noop("This coupon cannot be used any more."),
    "too_many_parcels": noop("That is more than we can do for one person: {limit}. Leave one, or try again tomorrow."),
}

# (field, reason) of a typed value that cannot be used; a reason alone where the field does not matter.
BAD_INPUT: Mapping[tuple[str, str], str] = {
    ("", "empty"): noop("Please send it as text."),
    ("", "too_long"): noop("That is too long: at most {maximum} characters, please."),
    ("", "unreadable"): noop("There are characters in it that I cannot use. Please send it again without them."),
    ("country", "unknown"): noop("I do not know this country. Please send its name, or its two-letter code."),
    ("postcode", "unreadable"): noop("A postcode has only letters, digits, blanks and dashes."),
    ("choice", "unknown"): noop(
        "I do not know which one you mean. Send its name or its number in the list, or press its button."
    ),
    ("point", "unreadable"): noop(
        "I find no place in this. Send a location, or its coordinates, like 38.70775, -9.13659."
    ),
    ("point", "nowhere"): noop("There is no such place on Earth. Please send it again."),
    ("phone", "not_a_number"): noop("This is no phone number. Please send it like +351 912 345 678."),
    ("phone", "no_country_code"): noop("Please send the number with its country code, like +351 912 345 678."),
    ("phone", "not_yours"): noop("This is somebody else's number. Please share your own, or type the one to call."),
    ("phone", "not_in_use"): noop("There is no such phone number. Please check it and send it again."),
    ("phone", "digits"): noop("Please send the last four digits of the phone number, such as 5678."),
    ("cart", "too_many_lines"): noop("A cart holds at most {maximum} different things."),
    ("tracking_number", "format"): noop(
        "This is no tracking number of that carrier. Please check it and send it again."
    ),
    ("amount", "whole_only"): noop("Stars go back whole: cancel the order, or refund all of it."),
    ("amount", "too_high"): noop("This amount has too many digits. Please send it again."),
    ("amount", "not_positive"): noop("Please send an amount above zero."),
    ("picture", "too_large"): noop("This picture is too large. Please send a smaller one."),
    ("picture", "not_a_picture"): noop("I cannot open this picture. Please send it as a photo."),
    ("picture", "too_many"): noop("A product has at most {maximum} pictures."),
    ("timezone", "unknown"): noop("I do not know this time zone. Please send a city, such as Lisbon."),
    ("currency", "unknown"): noop("I do not know this currency. Please send its three letters, such as EUR."),
    ("currency", "own"): noop("That is the shop's own currency already."),
    ("currency", "too_many"): noop("At most {maximum} further currencies, please."),
    ("currency", "not_offered"): noop("Prices in this currency are not offered any more."),
    ("rate", "out_of_range"): noop(
        "Please send a rate such as 0.92: with this one a price would be nothing, or too high."
    ),
    ("hours", "format"): noop("Please send the hours like 9:00-13:00, 14:00-18:00."),
    ("hours", "overlap"): noop("These hours overlap. Please send them once more."),
    ("hours", "too_many"): noop("At most {maximum} spans a day, please."),
    ("date", "past"): noop("Please send a day within the next year, such as 24.12."),
    ("date", "too_far"): noop("Please send a day within the next five years."),
    ("date", "format"): noop("Please send a day, such as 24.12."),
    ("zone", "format"): noop("Please send a country and a price, like PT 5.00, or * 12 for everywhere else."),
    ("days", "format"): noop("Please send the days it takes, like 2-4."),
    ("categories", "too_many"): noop("At most {maximum} categories, please."),
    ("category", "not_empty"): noop("There are products in it. Move them to another category first."),
    ("emoji", "format"): noop("Please send one emoji."),
    ("title", "missing"): noop("A product needs a title before it is published."),
    ("stars", "digital_only"): noop("Stars pay for digital goods only."),
    ("price", "missing"): noop("A product needs a price before it is published."),
    ("content", "missing"): noop("Write down first what the buyer is sent."),
    ("price", "format"): noop("Please send a price in the shop's currency, such as 12.50."),
    ("stars", "out_of_range"): noop("A price in Stars is a whole number from 1 to {maximum}."),
    ("price", "too_high"): noop("This price has too many digits. Please send it again."),
    ("stock", "format"): noop("Please send a number, such as 12, +5 or -2 broken."),
    ("stock", "out_of_range"): noop("At most {maximum} pieces can lie on the shelf."),
    ("weight", "format"): noop("Please send the weight in grams, such as 350."),
    ("weight", "out_of_range"): noop("At most {maximum} grams, please."),
    ("variants", "format"): noop("Please send each with its number of pieces, like S 10, M 5."),
    ("variants", "repeated"): noop("One of them is there twice. Please send each once."),
    ("variants", "too_many"): noop("At most {maximum} of them, please."),
    ("sku", "taken"): noop("Another product has this SKU already."),
    ("picture", "missing"): noop("Please send a picture."),
    ("coupon", "format"): noop("A code has Latin letters, digits and dashes, such as WELCOME10."),
    ("coupon", Trouble.UNKNOWN): noop("I do not know this code. Please check it and send it again."),
    ("coupon", Trouble.OVER): noop("This coupon is over."),
    ("coupon", Trouble.USED_UP): noop("This coupon is used up: others were faster."),
    ("coupon", Trouble.USED): noop("You have used this coupon already."),
    ("coupon", "too_many_tries"): noop("That were too many codes. Please try again in an hour."),
    ("coupon", "words"): noop("Please send it like /coupon WELCOME10 10% from 30 x100 until 24.12."),
    ("coupon", "percent"): noop("Please send a percentage from 1 to 100."),
    ("coupon", "uses"): noop("At most {maximum} orders, please."),
    ("coupon", "taken"): noop("There is a coupon with this code already."),
    ("coupon", "too_many"): noop("At most {maximum} coupons, please."),
    ("price", "negative"): noop("A price cannot be below zero."),
}


def in_words(error: StoreError, t: Translator) -> str:
    """One or two sentences; never empty."""
    tell = _TELLERS.get(type(error))
    return (tell and tell(error, t)) or _sentence(error, t)


def who_takes(how: Taken, currency: str, t: Translator) -> str | None:
    """Beside prices in a currency that not everybody can pay in; None where they can."""
    words = {Taken.BY_NOBODY: NOT_TAKEN, Taken.IN_CASH: IN_CASH_ONLY}.get(how)
    return words and t.label(words, currency=currency)


def apology(reference: str, t: Translator) -> str:
    """For a fault of ours; *reference* finds it in the log."""
    return t.label(
        "Sorry, something went wrong on our side. Please try again in a moment. If you write to us, name {reference}.",
        reference=reference,
    )


def _sentence(error: StoreError, t: Translator) -> str:
    return t.label(SENTENCES.get(error.key, SENTENCES["error"]), **error.params)


def _out_of_stock(error: StoreError, t: Translator) -> str | None:
    title, free = error.params.get("title"), error.params.get("free")
    if not isinstance(title, Mapping) or not isinstance(free, int):
        return None
    if free <= 0:
        return t.label("{product} is sold out.", product=t.pick(title))
    return t.label("Only {n} of {product} left.", n=free, product=t.pick(title))


def _cart_changed(error: StoreError, t: Translator) -> str | None:
    total, currency = error.params.get("total_minor"), error.params.get("currency")
    if not isinstance(total, int) or not isinstance(currency, str) or total == error.params.get("expected_minor"):
        return None
    return t.label(
        "The total has changed to {total}. Please look at it once more.", total=money(total, currency, t.language)
    )


def _refund_too_large(error: StoreError, t: Translator) -> str | None:
    most, currency = error.params.get("refundable_minor"), error.params.get("currency")
    if not isinstance(most, int) or not isinstance(currency, str):
        return None
    return t.label("At most {amount} can be given back.", amount=money(most, currency, t.language))


def _bad_input(error: StoreError, t: Translator) -> str | None:
    field, reason = str(error.params.get("field", "")), str(error.params.get("reason", ""))
    words = BAD_INPUT.get((field, reason)) or BAD_INPUT.get(("", reason))
    return t.label(words, **error.params) if words else None


def _coupon_gone(error: StoreError, t: Translator) -> str | None:
    words = BAD_INPUT.get(("coupon", str(error.params.get("reason", ""))))
    return t.label(words) if words else None


def _shop_closed(error: StoreError, t: Translator) -> str | None:
    opens_at, zone = error.params.get("opens_at"), error.params.get("zone")
    if not isinstance(opens_at, datetime) or not isinstance(zone, str):
        return None
    time = moment(opens_at, t.language, zone)
    return t.label("We are closed now and take orders again from {time}. Your cart stays as it is.", time=time)


def _below_minimum(error: StoreError, t: Translator) -> str | None:
    minimum, currency = error.params.get("minimum_minor"), error.params.get("currency")
    if not isinstance(minimum, int) or not isinstance(currency, str):
        return None
    return t.label("Orders begin at {least}. Please add something.", least=money(minimum, currency, t.language))


def _currency_in_use(error: StoreError, t: Translator) -> str | None:
    """And what has to be done first."""
    orders, products = error.params.get("orders"), error.params.get("products")
    currency = error.params.get("currency")
    todo = []
    if isinstance(orders, int) and orders:
        todo.append(t.label("Finish or cancel the open orders first: {n}.", n=orders))
    if isinstance(products, int) and products:
        todo.append(
            t.label(
                "Products without a price in {currency}: {n}. Import their prices, or archive them, first.",
                currency=currency,
                n=products,
            )
        )
    return " ".join(todo) or None


_TELLERS: Mapping[type[StoreError], Callable[[StoreError, Translator], str | None]] = {
    OutOfStock: _out_of_stock,
    CartChanged: _cart_changed,
    RefundTooLarge: _refund_too_large,
    BadInput: _bad_input,
    CouponGone: _coupon_gone,
    ShopClosed: _shop_closed,
    BelowMinimum: _below_minimum,
    CurrencyInUse: _currency_in_use,
}
