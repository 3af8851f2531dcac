"""The shop's settings for its owner: what it is called, where its money and its clock are, from which sum on it sells."""

from datetime import datetime

from aiogram.filters.callback_data import CallbackData
from markupsafe import Markup

from bot.ui.buttons import back, filled, shortened
from bot.ui.format import moment, money
from bot.ui.goods_callbacks import ListGoods
from bot.ui.hours import hours_in_short
from bot.ui.i18n import LANGUAGE_NAMES, Translator, noop
from bot.ui.screen import Button, Screen, Style
from bot.ui.seller import SellerView
from bot.ui.shop_callbacks import (
    AskShop,
    AskShopText,
    EndHoliday,
    ListCategories,
    PickZone,
    SetCurrency,
    ShopField,
    ShopText,
    ShowDeliveries,
    ShowHoliday,
    ShowHours,
    ShowLists,
    ShowShop,
    ShowShopTexts,
    TakeHoliday,
)
from bot.ui.states import Awaiting
from store import doors
from store.shelf import LOW_AT

_QUESTION = {
    ShopField.CURRENCY: noop("In which currency do you sell? Send its three letters, such as <code>EUR</code>."),
    ShopField.ZONE: noop("Where does your shop stand? Send a city, such as <code>Lisbon</code>."),
    ShopField.MINIMUM: noop("From which sum on do you take orders? Send it, or <code>0</code> for any."),
    ShopField.LOW_AT: noop("At how many pieces shall I warn you? This is for products you add from now on."),
    ShopField.HOLIDAY: noop("On which day do you open again? Send it, such as <code>24.12</code>."),
    ShopField.LIST: noop("In which further currency do you sell? Send its three letters, such as <code>EUR</code>."),
    ShopField.CATEGORY: noop("What is the new category called? Send its name, an emoji first if you like."),
}
_ASKED_FROM: dict[ShopField, CallbackData] = {
    ShopField.CATEGORY: ListCategories(),
    ShopField.HOLIDAY: ShowHoliday(),
    ShopField.LIST: ShowLists(),
}
_TEXT = {
    ShopText.NAME: noop("The shop's name"),
    ShopText.ABOUT: noop("About the shop"),
    ShopText.MESSAGE: noop("What customers read in the holidays"),
}


def shop_screen(seller: SellerView, t: Translator, now: datetime, *, note: str = "") -> Screen:
    """Everything at a glance."""
    head = t("<i>{note}</i>\n", note=note) if note else None
    parts = [head, t("<b>⚙️ {shop}</b>", shop=t.pick(seller.name)), _state(seller, t, now), Markup("")]
    minimum = money(seller.minimum_minor, seller.currency, t.language) if seller.minimum_minor else t.label("none")
    parts += [
        t("Currency: {currency}", currency=seller.currency),
        t("Time zone: {zone}, it is {time}", zone=seller.timezone, time=moment(now, t.language, seller.timezone)),
        t("Smallest order: {price}", price=minimum),
        t("Stock is low at: {n}", n=LOW_AT if seller.low_at is None else seller.low_at),
        t("Open: {hours}", hours=hours_in_short(seller.opening_hours, t)),
    ]
    return Screen(Markup("\n").join(part for part in parts if part is not None), _rows(t))


def _state(seller: SellerView, t: Translator, now: datetime) -> Markup:
    shut = doors.closed(seller, now)
    if shut is None:
        return t("🟢 takes orders now")
    return t("🔒 closed until {time}", time=moment(shut.opens_at, t.language, seller.timezone))


def _rows(t: Translator) -> tuple[tuple[Button, ...], ...]:
    def ask(label: str, field: ShopField) -> Button:
        return Button(label, AskShop(field=field))

    return (
        (
            Button(t.label("Name"), ShowShopTexts(text=ShopText.NAME)),
            Button(t.label("About"), ShowShopTexts(text=ShopText.ABOUT)),
        ),
        (ask(t.label("Currency"), ShopField.CURRENCY), ask(t.label("Time zone"), ShopField.ZONE)),
        (Button(t.label("💱 Further currencies"), ShowLists()),),
        (ask(t.label("Smallest order"), ShopField.MINIMUM), ask(t.label("Low stock"), ShopField.LOW_AT)),
        (Button(t.label("🕐 Hours"), ShowHours()), Button(t.label("🏖 Holiday"), ShowHoliday())),
        (Button(t.label("🚚 Delivery"), ShowDeliveries()), Button(t.label("🗂 Categories"), ListCategories())),
        (Button(t.label("📦 Products"), ListGoods()),),
    )


def ask_shop_screen(seller: SellerView, field: ShopField, t: Translator) -> Screen:
    """Something about the shop that is typed."""
    return asking(t(_QUESTION[field]), t, back(_ASKED_FROM.get(field, ShowShop()), t))


def asking(question: Markup, t: Translator, *ways: Button) -> Screen:
    """A question with the ways out of it."""
    return Screen(question, (ways,), awaits=Awaiting.SHOP)


def shop_texts_screen(seller: SellerView, text: ShopText, t: Translator) -> Screen:
    """One of the shop's texts in all languages."""
    texts = texts_of(seller, text)
    lines = [
        t("<b>{language}</b>: {text}", language=name, text=texts.get(code) or t.label("missing"))
        for code, name in LANGUAGE_NAMES.items()
    ]
    buttons = tuple(Button(f"✏️ {name}", AskShopText(text=text, language=code)) for code, name in LANGUAGE_NAMES.items())
    head = t("<b>{title}</b>\n", title=t(_TEXT[text]))
    to = ShowHoliday() if text == ShopText.MESSAGE else ShowShop()
    return Screen(Markup("\n").join([head, *lines]), (buttons, (back(to, t),)))


def texts_of(seller: SellerView, text: ShopText) -> dict[str, str]:
    return {
        ShopText.NAME: seller.name,
        ShopText.ABOUT: seller.about,
        ShopText.MESSAGE: seller.closed_message or {},
    }[text]


def ask_shop_text_screen(text: ShopText, language: str, t: Translator) -> Screen:
    question = t("<b>{title}</b>\nSend it in {language}.", title=t(_TEXT[text]), language=LANGUAGE_NAMES[language])
    return asking(question, t, back(ShowShopTexts(text=text), t))


def zones_screen(zones: tuple[str, ...], t: Translator) -> Screen:
    """Several zones fit what was typed."""
    buttons = [(Button(shortened(_city(zone)), PickZone(zone=zone)),) for zone in zones]
    return Screen(t("<b>Which one do you mean?</b>"), (*buttons, (back(ShowShop(), t),)))


def _city(zone: str) -> str:
    """Asia/Ho_Chi_Minh → Ho Chi Minh"""
    return zone.rpartition("/")[2].replace("_", " ")


def currency_screen(seller: SellerView, currency: str, t: Translator) -> Screen:
    """Asks before the shop sells in another currency."""
    text = t(
        "<b>Sell in {currency} from now on?</b>\nWhat a delivery costs keeps its number: 5.00 {before} becomes 5.00 {currency}. Please look at it afterwards.",
        currency=currency,
        before=seller.currency,
    )
    sure = Button(t.label("Sell in {currency}", currency=currency), SetCurrency(currency=currency), style=Style.DANGER)
    return Screen(text, ((back(ShowShop(), t),), (sure,)))


def holiday_screen(seller: SellerView, t: Translator, now: datetime, *, note: str = "") -> Screen:
    """When the shop is closed for a while: browsing and carts stay."""
    head = t("<i>{note}</i>\n", note=note) if note else None
    is_on = seller.closed_until is not None and now < seller.closed_until
    if is_on and seller.closed_until is not None:
        time = moment(seller.closed_until, t.language, seller.timezone)
        state = t("<b>🏖 Holiday until {time}</b>\nCustomers browse and fill carts; orders wait until then.", time=time)
    else:
        state = t("<b>🏖 Holiday</b>\nCustomers go on browsing and filling carts; nobody can order until you are back.")
    said = t.pick(seller.closed_message or {})
    parts = [head, state, t("\n<blockquote>{text}</blockquote>", text=said) if said else None]
    end = (Button(t.label("Open again now"), EndHoliday(), style=Style.SUCCESS),) if is_on else ()
    spans = ((t.label("Until tomorrow"), 1), (t.label("A week"), 7), (t.label("Two weeks"), 14))
    rows = (
        end,
        tuple(Button(label, TakeHoliday(days=days)) for label, days in spans[:2]),
        (Button(spans[2][0], TakeHoliday(days=14)), Button(t.label("A date"), AskShop(field=ShopField.HOLIDAY))),
        (Button(t.label("What customers read"), ShowShopTexts(text=ShopText.MESSAGE)),),
        (back(ShowShop(), t),),
    )
    return Screen(Markup("\n").join(part for part in parts if part is not None), filled(rows))
