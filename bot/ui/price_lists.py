"""The further currencies for the owner: which there are, what each lacks, and how a list is filled."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from markupsafe import Markup

from bot.ui.buttons import back, filled, in_rows, shortened
from bot.ui.currency import currency_name
from bot.ui.errors import who_takes
from bot.ui.format import money
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen, Style
from bot.ui.seller import SellerView
from bot.ui.shop import asking
from bot.ui.shop_callbacks import (
    AskList,
    AskShop,
    AskWithdrawList,
    ListField,
    OfferList,
    ShopField,
    ShowList,
    ShowLists,
    ShowShop,
    WithdrawList,
)
from store.payments.takers import Taken
from store.price_lists import ListView


def lists_screen(
    seller: SellerView, lists: Sequence[ListView], t: Translator, who: Mapping[str, Taken] = MappingProxyType({})
) -> Screen:
    """All of them, with what keeps customers from buying in each. *who* takes which."""
    intro = t(
        "<b>💱 Currencies</b>\nYour own is {currency}. In each further one you have prices of your own: nothing is converted when somebody buys.",
        currency=seller.currency,
    )
    lines = [
        t("• {currency}: {state}", currency=each.currency, state=_state(each, who.get(each.currency, Taken.PAID), t))
        for each in lists
    ]
    buttons = [
        Button(shortened(f"{each.currency} · {currency_name(each.currency, t)}"), ShowList(currency=each.currency))
        for each in lists
    ]
    add = Button(t.label("➕ Currency"), AskShop(field=ShopField.LIST))
    text = Markup("\n").join([intro, *([Markup(""), *lines] if lines else [])])
    return Screen(text, filled((*in_rows(buttons, 1), (add,), (back(ShowShop(), t),))))


def _state(each: ListView, who: Taken, t: Translator) -> str:
    if who is Taken.BY_NOBODY:
        return t.label("none of your ways to pay takes it")
    if not each.delivers:
        return t.label("no courier has a price in it")
    if each.missing:
        return t.label("products without a price: {n}", n=each.missing)
    if who is Taken.IN_CASH:
        return t.label("only cash on delivery takes it")
    return t.label("complete")


def list_screen(
    seller: SellerView, each: ListView, t: Translator, who: Taken = Taken.PAID, *, note: str = ""
) -> Screen:
    """One of them. *who* takes its currency."""
    caution = who_takes(who, each.currency, t)
    least = money(each.minimum_minor, each.currency, t.language) if each.minimum_minor else t.label("none")
    delivery = t.label("priced") if each.delivers else t.label("no courier has a price in it")
    parts = [
        t("<i>{note}</i>\n", note=note) if note else None,
        t("<b>{currency} · {name}</b>", currency=each.currency, name=currency_name(each.currency, t)),
        t("Products without a price in it, not sold in it: {n}", n=each.missing),
        t("Delivery: {state}", state=delivery),
        t("Smallest order: {price}", price=least),
        t("⚠️ {caution}", caution=caution) if caution else None,
        t(
            "\nA price is sent with its currency, such as <code>18 {currency}</code>, where a product or a delivery asks for its price. "
            "A file has the column <code>price:{column}</code>.",
            currency=each.currency,
            column=each.currency.lower(),
        ),
    ]
    rows = (
        (
            Button(t.label("Fill from a rate"), AskList(currency=each.currency, field=ListField.RATE)),
            Button(t.label("Smallest order"), AskList(currency=each.currency, field=ListField.MINIMUM)),
        ),
        (
            Button(
                t.label("Stop selling in {currency}", currency=each.currency), AskWithdrawList(currency=each.currency)
            ),
        ),
        (back(ShowLists(), t),),
    )
    return Screen(Markup("\n").join(part for part in parts if part is not None), rows)


def offer_screen(currency: str, t: Translator) -> Screen:
    """Asks before customers may choose it."""
    text = t(
        "<b>Sell in {currency}, too?</b>\nCustomers may choose it from then on, and see what has a price in it.",
        currency=currency,
    )
    sure = Button(t.label("Sell in {currency}, too", currency=currency), OfferList(currency=currency))
    return Screen(text, ((back(ShowLists(), t), sure),))


def withdraw_screen(currency: str, t: Translator) -> Screen:
    """Asks before carts change."""
    text = t(
        "<b>Stop selling in {currency}?</b>\nWhoever chose it sees your own currency again, in their carts too. Prices are kept, orders stay as they are.",
        currency=currency,
    )
    sure = Button(
        t.label("Stop selling in {currency}", currency=currency), WithdrawList(currency=currency), style=Style.DANGER
    )
    return Screen(text, ((back(ShowList(currency=currency), t),), (sure,)))


def ask_list_screen(seller: SellerView, currency: str, field: ListField, t: Translator) -> Screen:
    question = {
        ListField.RATE: t(
            "How much {currency} is one {own}? Send it, such as <code>0.92</code>. It is counted once, for all that has no price in it yet, deliveries too.",
            currency=currency,
            own=seller.currency,
        ),
        ListField.MINIMUM: t(
            "From which sum on do you take orders in {currency}? Send it, or <code>0</code> for any.", currency=currency
        ),
    }[field]
    return asking(question, t, back(ShowList(currency=currency), t))


def filled_note(prices: int, zones: int, t: Translator) -> str:
    return t.label("Prices written: {prices}. Deliveries: {zones}.", prices=prices, zones=zones)
