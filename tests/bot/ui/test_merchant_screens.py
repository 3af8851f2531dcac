"""What the staff is shown about products and the shop fits a phone and Telegram, and leads on, in every language."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from bot.ui import (
    categories,
    deliveries,
    doors,
    first_hour,
    goods,
    goods_lists,
    goods_questions,
    goods_sizes,
    hours,
    price_lists,
    shop,
    staff_coupons,
)
from bot.ui.catalog import product_screen
from bot.ui.goods_callbacks import Ask, Shelf
from bot.ui.goods_preview import preview_screen
from bot.ui.i18n import LANGUAGES, Translator, translator
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from bot.ui.shop_callbacks import Days, ListField, ShopField, ShopText, ZoneField
from store import coupon_edits
from store.catalog import CategoryView
from store.categories import CategoryRow
from store.delivery_edits import MethodView, ZoneView
from store.doors import Closed
from store.first_hour import Progress
from store.goods import Goods, GoodsCard, GoodsPage, VariantOnShelf
from store.models import AuditEntry
from store.payments.takers import Taken
from store.price_lists import ListView
from tests.bot.ui import test_every_screen as rules

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LONG = "An extraordinarily long-winded stoneware mug of the third firing " * 2
HOSTILE = "<b>&\"'</i> {title}"
MUG = VariantOnShelf(11, "MUG-BLUE", {}, "active", 1550, None, 12, 2, 10, False, 3, 350, None)
SIZES = tuple(replace(MUG, id=n, sku=f"SHIRT-{n}", title={"en": f"{LONG}{n}"}) for n in range(1, 41))
CATEGORY = CategoryView(3, "home", "🏺", {"en": LONG})


def a_product(*variants: VariantOnShelf, title: str = "Mug", status: str = "active", kind: str = "physical") -> Goods:
    titles = {"en": title} if title else {}
    pictures = tuple(f"{n}.jpg" for n in range(10))
    told = {"en": f"{HOSTILE}\n{LONG * 20}"}
    return Goods(7, CATEGORY, kind, status, titles, told, pictures, "USD", 4, variants or (MUG,))


LIST = ListView("VES", 1200, delivers=False, minimum_minor=10_000)
ROW = CategoryRow(CATEGORY, True, 1, 3)
ZONE = ZoneView(5, "GB", "SW1", 20_000, "USD", 750, 200, 10_000, 1, 4)
METHOD = MethodView(2, "pickup", {"en": LONG}, {"en": HOSTILE}, False, (ZONE, replace(ZONE, country="*")))
SELLER = SellerView(
    1,
    "shop",
    {"en": HOSTILE},
    {"en": LONG},
    "USD",
    "en",
    "America/Argentina/ComodRivadavia",
    opening_hours={"0": [["09:00", "13:00"], ["14:00", "18:00"]], "1": [["09:00", "13:00"]]},
    closed_until=datetime(2026, 4, 1, tzinfo=UTC),
    closed_message={"en": HOSTILE},
    minimum_minor=2500,
)
DEEDS = [("drafted", {}), ("priced", {"before": None, "after": 15}), ("status_changed", {"after": "hidden"})]
DEEDS += [
    ("stock_adjust", {"difference": -2, "reason": HOSTILE}),
    ("edited", {"field": "sku"}),
    ("sized", {"after": "S 1"}),
]
HISTORY = [AuditEntry(at=NOW, actor="staff:1", actor_name=HOSTILE, action=name, details=told) for name, told in DEEDS]
CARDS = GoodsPage(tuple(GoodsCard(n, {"en": LONG}, "draft") for n in range(1, 9)), 8)

SCREENS: dict[str, Callable[[Translator], Screen]] = {
    "card": lambda t: goods.goods_screen(a_product(title=HOSTILE), t, note=HOSTILE),
    "draft": lambda t: goods.goods_screen(a_product(replace(MUG, price_minor=None), title="", status="draft"), t),
    "digital draft": lambda t: goods.goods_screen(a_product(status="draft", kind="digital"), t),
    "hidden": lambda t: goods.goods_screen(a_product(status="hidden"), t),
    "archived": lambda t: goods.goods_screen(a_product(status="archived"), t),
    "many sizes": lambda t: goods.goods_screen(a_product(*SIZES, title=LONG), t),
    "archive?": lambda t: goods.archive_screen(a_product(title=LONG), t),
    "preview": lambda t: preview_screen(a_product(), product_screen(a_product().as_customers_see_it, t), t),
    "sizes": lambda t: goods_sizes.sizes_screen(a_product(*SIZES), t),
    "size": lambda t: goods_sizes.size_screen(a_product(*SIZES), SIZES[0], t, note="x"),
    "only size": lambda t: goods_sizes.size_screen(a_product(kind="digital"), MUG, t),
    "list": lambda t: goods_lists.list_screen(CARDS, t, shelf=Shelf.DRAFTS),
    "empty list": lambda t: goods_lists.list_screen(GoodsPage((), None), t),
    "found": lambda t: goods_lists.found_screen(CARDS, HOSTILE * 9, t),
    "nothing found": lambda t: goods_lists.found_screen(GoodsPage((), None), "x", t),
    "category?": lambda t: goods_lists.choose_category_screen(a_product(), [CATEGORY] * 90, t),
    "texts": lambda t: goods_lists.texts_screen(a_product(title=LONG), t),
    "picture": lambda t: goods_lists.picture_screen(a_product(), 4, t),
    "no picture": lambda t: goods_lists.picture_screen(replace(a_product(), pictures=()), 0, t),
    "history": lambda t: goods_lists.history_screen(a_product(), HISTORY, t, "UTC"),
    "no history": lambda t: goods_lists.history_screen(a_product(), [], t, "UTC"),
    "description?": lambda t: goods_questions.ask_description_screen(a_product(), "en", t),
    "title?": lambda t: goods_questions.ask_title_screen(a_product(title=LONG), "ru", t),
    "size's name?": lambda t: goods_questions.ask_size_title_screen(a_product(*SIZES), SIZES[0], "zh", t),
    "find": goods_questions.find_screen,
    "add": goods_questions.add_screen,
    "shop": lambda t: shop.shop_screen(SELLER, t, NOW, note=HOSTILE),
    "open shop": lambda t: shop.shop_screen(replace(SELLER, opening_hours=None, closed_until=None), t, NOW),
    "zones": lambda t: shop.zones_screen(("America/Argentina/ComodRivadavia", "UTC"), t),
    "currency": lambda t: shop.currency_screen(SELLER, "EUR", t),
    "currencies": lambda t: price_lists.lists_screen(SELLER, [LIST, replace(LIST, currency="XPF", missing=0)], t),
    "no further currencies": lambda t: price_lists.lists_screen(SELLER, [], t),
    "currencies that not everybody can pay in": lambda t: price_lists.lists_screen(
        SELLER,
        [replace(LIST, delivers=True, missing=0), replace(LIST, currency="XPF")],
        t,
        {LIST.currency: Taken.IN_CASH, "XPF": Taken.BY_NOBODY},
    ),
    "price list that nobody could pay": lambda t: price_lists.list_screen(SELLER, LIST, t, Taken.BY_NOBODY),
    "price list": lambda t: price_lists.list_screen(SELLER, replace(LIST, delivers=True), t, note=HOSTILE),
    "sell in it?": lambda t: price_lists.offer_screen("EUR", t),
    "sell in it no more?": lambda t: price_lists.withdraw_screen("EUR", t),
    "rate?": lambda t: price_lists.ask_list_screen(SELLER, "EUR", ListField.RATE, t),
    "its smallest order?": lambda t: price_lists.ask_list_screen(SELLER, "EUR", ListField.MINIMUM, t),
    "holiday": lambda t: shop.holiday_screen(SELLER, t, NOW),
    "no holiday": lambda t: shop.holiday_screen(replace(SELLER, closed_until=None), t, NOW),
    "hours": lambda t: hours.hours_screen(SELLER, t),
    "always open": lambda t: hours.hours_screen(replace(SELLER, opening_hours=None), t),
    "deliveries": lambda t: deliveries.deliveries_screen([METHOD] * 20, t),
    "no delivery": lambda t: deliveries.deliveries_screen([], t),
    "delivery": lambda t: deliveries.delivery_card(METHOD, t),
    "empty courier": lambda t: deliveries.delivery_card(replace(METHOD, kind="courier", zones=()), t),
    "zone": lambda t: deliveries.zone_screen(METHOD, ZONE, t),
    "details?": lambda t: deliveries.ask_delivery_details_screen(METHOD, t),
    "way's name?": lambda t: deliveries.ask_delivery_title_screen(METHOD, "ru", t),
    "new zone?": lambda t: deliveries.ask_new_zone_screen(METHOD, t),
    "coupons": lambda t: staff_coupons.coupons_screen([rules.COUPON] * coupon_edits.MOST, t, now=NOW),
    "coupon": lambda t: staff_coupons.staff_coupon_screen(rules.COUPON, t, "UTC", bot_username="dukkan_bot", now=NOW),
    "categories": lambda t: categories.shelves_screen([ROW] * 40, t),
    "no categories": lambda t: categories.shelves_screen([], t),
    "category": lambda t: categories.shelf_screen(ROW, t),
    "empty category": lambda t: categories.shelf_screen(replace(ROW, count=0), t),
    "where to?": lambda t: categories.target_screen(ROW, [ROW, replace(ROW, view=replace(CATEGORY, id=4))], t),
    "emoji?": lambda t: categories.ask_emoji_screen(ROW, t),
    "first hour": lambda t: first_hour.first_hour_screen(
        Progress(True, False, True), has_payments=False, name=LONG, t=t
    ),
    "payments": lambda t: first_hour.payments_screen(["cash", "sandbox", HOSTILE], t),
    "no payments": lambda t: first_hour.payments_screen([], t),
    "closed": lambda t: doors.closed_screen(Closed(NOW, {"en": HOSTILE}), t, "UTC"),
}


def asked(ask: Ask, t: Translator) -> Screen:
    return goods_questions.ask_goods_screen(a_product(), ask, t)


def asked_of_one(ask: Ask, t: Translator) -> Screen:
    return goods_questions.ask_size_screen(a_product(), MUG, ask, t)


def asked_of_the_shop(field: ShopField, t: Translator) -> Screen:
    return shop.ask_shop_screen(SELLER, field, t)


def texts(text: ShopText, t: Translator) -> Screen:
    return shop.shop_texts_screen(SELLER, text, t)


def text(which: ShopText, t: Translator) -> Screen:
    return shop.ask_shop_text_screen(which, "ru", t)


def asked_of_a_zone(field: ZoneField, t: Translator) -> Screen:
    return deliveries.ask_zone_screen(METHOD, ZONE, field, t)


SCREENS |= {f"ask {each}": partial(asked, each) for each in Ask}
SCREENS |= {f"of one {each}": partial(asked_of_one, each) for each in Ask}
SCREENS |= {f"of the shop {each}": partial(asked_of_the_shop, each) for each in ShopField}
SCREENS |= {f"texts {each}": partial(texts, each) for each in ShopText}
SCREENS |= {f"text {each}": partial(text, each) for each in ShopText}
SCREENS |= {f"zone {each}": partial(asked_of_a_zone, each) for each in ZoneField}
SCREENS |= {f"days {each}": partial(hours.ask_hours_screen, each) for each in Days}


@pytest.fixture(params=LANGUAGES)
def t(request: pytest.FixtureRequest) -> Translator:
    return translator(request.param)


@pytest.fixture(params=list(SCREENS))
def screen(request: pytest.FixtureRequest, t: Translator) -> Screen:
    return SCREENS[request.param](t)


test_every_label_fits_a_phone = rules.test_every_label_fits_a_phone
test_every_keyboard_is_one_that_telegram_takes = rules.test_every_keyboard_is_one_that_telegram_takes
test_every_screen_leads_on = rules.test_every_screen_leads_on


def test_every_text_fits_and_nothing_in_it_is_markup_of_others(screen: Screen) -> None:
    """A card whose picture has no room for the words is shown without it: the words fit a message."""
    rules.test_every_text_fits_with_only_tags_that_telegram_knows(replace(screen, picture=None))
