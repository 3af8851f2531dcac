"""What holds for whatever a customer may be shown, in every language: it fits a phone, it fits Telegram, it leads on."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from markupsafe import Markup

from bot.ui import (
    account,
    address_form,
    addresses,
    cart,
    catalog,
    checkout,
    coupons,
    currency,
    delays,
    favourites,
    gallery,
    my_data,
    orders,
    parcel_numbers,
    parcels,
    payment,
    points,
    policies,
    reorder,
    review,
    settings,
    start,
    support,
    unexpected,
)
from bot.ui.buttons import LABEL_MAX, ROW_MAX, columns
from bot.ui.callbacks import ShowCart
from bot.ui.i18n import LANGUAGES, Translator, translator
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from store.address_drafts import AddressDraft
from store.catalog import Page, ProductCard
from store.coupons import Applied, Offer, Trouble
from store.favourites import FavouritesPage, Regard
from store.models import Coupon, Customer
from store.order_search import Arrived
from store.order_status import OrderStatus, ShipmentStatus
from store.orders import OrderCard, OrdersPage
from store.parcels.choosing import Choice
from store.payments.gateway import PaymentLink
from store.reorder import Missing, Reordered
from tests.bot.ui.views import (
    ADDRESS,
    NOW,
    PROMISED,
    a_cart,
    a_category,
    a_checkout,
    a_line,
    a_product,
    a_refund,
    a_shipment,
    a_story,
    a_variant,
    an_order,
)

REGARD = Regard(True, frozenset({11}), ("a.jpg", "b.jpg", "c.jpg"))
PERSON = Customer(wants_parcels=True, wants_reminders=False, wants_offers=True, quiet_from=22, quiet_until=8)
COUPON = Coupon(
    id=1,
    code="A" * 32,
    amount_minor=10**12,
    currency="USD",
    minimum_minor=10**12,
    max_uses=10**6,
    used=10**6,
    ends_at=NOW,
    is_active=True,
)
HOURS = Markup("From nine to five.")
MISSING = tuple(Missing({"en": "Mug <b>" * 9}, {}, 2, got, got == 2) for got in (0, 1, 2) * 5)
CARD = ProductCard(7, {"en": "Mug"}, None, 1500, True, "USD", False)
ORDER_CARD = OrderCard(12, "7K2Q-M9XD3", OrderStatus.CONFIRMED, "paid", "shipped", 3500, "USD", 2, NOW)
SHIPPED = an_order(status=OrderStatus.CONFIRMED, payment_status="paid", fulfilment_status="shipped")
SIZES = (a_variant(1, title={"en": "Small"}, free=0), a_variant(2, title={"en": "Large"}, compare_at_minor=2000))


def an_address_form(t: Translator, *, is_to_look_at: bool = False, pasted: str = "", **parts: str) -> Screen:
    draft = AddressDraft(parts, is_to_look_at=is_to_look_at, pasted=pasted)
    nearby = ("PT", "CN", "RU", "US", "GB", "BA")
    return address_form.form_screen(draft, t, head=Markup("<b>New</b>"), leaves_to=ShowCart(), nearby=nearby)


SCREENS: dict[str, Callable[[Translator], Screen | None]] = {
    "start": lambda t: start.start_screen(t, name={"en": "Shop"}, about={}, cart_quantity=12, has_checkout=True),
    "categories": lambda t: catalog.categories_screen([a_category()], t),
    "nothing yet": lambda t: catalog.categories_screen([], t),
    "category": lambda t: catalog.category_screen(Page((CARD,), a_category(), 1, 2), t),
    "product": lambda t: catalog.product_screen(a_product(*SIZES), t, quantity=3),
    "withdrawn": lambda t: catalog.product_screen(a_product(status="archived"), t),
    "quantity": lambda t: catalog.quantity_screen(a_product(), a_variant(), t),
    "cart": lambda t: cart.cart_screen(a_cart(a_line(), a_line(12, free=1), a_line(13, free=0)), t),
    "many lines": lambda t: cart.cart_screen(a_cart(*(a_line(n) for n in range(1, 31))), t, page=1),
    "empty cart": lambda t: cart.cart_screen(a_cart(), t),
    "empty it?": lambda t: cart.empty_cart_screen(a_cart(a_line()), t),
    "name": lambda t: checkout.name_screen(a_checkout(), t, telegram_name="Ann"),
    "phone": lambda t: checkout.phone_screen(a_checkout(), t),
    "delivery": lambda t: checkout.delivery_screen(a_checkout(), t, promised=PROMISED, zone="UTC", now=NOW),
    "no delivery": lambda t: checkout.delivery_screen(
        a_checkout(options=()), t, promised=PROMISED, zone="UTC", now=NOW
    ),
    "saved addresses": lambda t: checkout.saved_addresses_screen(a_checkout(), [ADDRESS], t),
    "country": lambda t: an_address_form(t),
    "region": lambda t: an_address_form(t, country="RU", city="Казань", street="ул. Ленина, 5"),
    "postcode": lambda t: an_address_form(t, country="PT", street="Rua Augusta 1"),
    "unusual postcode": lambda t: an_address_form(t, country="PT", street="Rua Augusta 1", postcode="1"),
    "unusual region": lambda t: an_address_form(t, country="US", street="1 Elm St", city="X", region="<b>" * 30),
    "look at it": lambda t: an_address_form(t, is_to_look_at=True, country="CN", city="深圳市", street="科" * 255),
    "country of pasted": lambda t: an_address_form(t, pasted="Elm Street"),
    "addresses": lambda t: addresses.addresses_screen([replace(ADDRESS, label="home")] * 10, t, has_checkout=True),
    "no addresses": lambda t: addresses.addresses_screen([], t),
    "address": lambda t: addresses.address_screen(replace(ADDRESS, latitude=38.7, longitude=-9.1), t),
    "name it": lambda t: addresses.label_screen(replace(ADDRESS, label="home"), t),
    "remove it": lambda t: addresses.remove_screen(ADDRESS, t),
    "where exactly": lambda t: points.point_screen(replace(ADDRESS, latitude=1.0), t, is_in_checkout=True),
    "no address": points.no_address_screen,
    "payment": lambda t: checkout.payment_screen(a_checkout(), ["sandbox", "cash"], t),
    "note": lambda t: checkout.note_screen(a_checkout(note="Ring"), t),
    "review": lambda t: review.review_screen(a_checkout(note="Ring"), t, zone="UTC", promised=PROMISED, seen_minor=1),
    "a code": lambda t: coupons.coupon_screen(a_checkout(coupon=Applied(1, "SORRY-" + "A" * 26, 150)), t),
    "review with a coupon": lambda t: review.review_screen(
        a_checkout(coupon=Applied(1, "LARGE", 0, Trouble.MINIMUM, 10**14, "USD")), t, zone="UTC", promised=PROMISED
    ),
    "review with an offer": lambda t: review.review_screen(
        a_checkout(), t, zone="UTC", promised=PROMISED, offer=Offer(COUPON, has_codes=True)
    ),
    "review with codes": lambda t: review.review_screen(
        a_checkout(), t, zone="UTC", promised=PROMISED, offer=Offer(None, has_codes=True)
    ),
    "coupon's link": lambda t: coupons.held_screen(COUPON, t, zone="UTC"),
    "coupon given": lambda t: coupons.given_screen(COUPON, Markup("<code>7K2Q-M9XD3</code>"), t, zone="UTC"),
    "pay": lambda t: payment.pay_screen(an_order(), PaymentLink("https://bank.example"), t, zone="UTC", now=NOW),
    "pay page closed": lambda t: payment.payment_unavailable_screen(an_order(), t),
    "methods": lambda t: payment.payment_methods_screen(an_order(), ["sandbox", "cash"], t),
    "failed": lambda t: payment.payment_failed_screen(an_order(), t),
    "nothing taken": lambda t: payment.nothing_taken_screen(an_order(), t),
    "short": lambda t: payment.payment_short_screen(an_order(), t, captured_minor=1, missing_minor=2),
    "orders": lambda t: orders.orders_screen(OrdersPage((ORDER_CARD,), 12, 12), t, zone="UTC"),
    "no orders": lambda t: orders.orders_screen(OrdersPage((), None, None), t, zone="UTC"),
    "order": lambda t: orders.order_screen(a_story(refunds=(a_refund(),)), t, zone="UTC"),
    "hold ends": lambda t: payment.hold_ending_screen(an_order(), t, zone="UTC", now=NOW),
    "again": lambda t: reorder.reordered_screen(Reordered(a_cart(a_line()), MISSING), t),
    "nothing again": lambda t: reorder.reordered_screen(Reordered(a_cart(), MISSING), t),
    "shipped": lambda t: orders.order_screen(a_story(SHIPPED, shipments=(a_shipment(),)), t, zone="UTC"),
    "receipt": lambda t: orders.receipt_screen(SHIPPED, t, zone="UTC"),
    "cancel?": lambda t: orders.cancel_screen(a_story(refundable_minor=3500), t),
    "expired": lambda t: orders.expired_screen(an_order(), t),
    "cancelled": lambda t: orders.cancelled_screen(SHIPPED, t),
    "revived": lambda t: orders.revived_screen(an_order(), t),
    "refund": lambda t: orders.refund_screen(an_order(), a_refund(), t),
    "completed": lambda t: orders.completed_screen(an_order(), t),
    "timeline": lambda t: parcels.timeline_screen(SHIPPED, (a_shipment(),), t, zone="UTC", now=NOW),
    "milestone": lambda t: parcels.milestone_screen(
        SHIPPED, a_shipment(), t, zone="UTC", status=ShipmentStatus.DELIVERED
    ),
    "delayed": lambda t: delays.delayed_screen(SHIPPED, a_shipment(), t, zone="UTC"),
    "renumbered": lambda t: parcel_numbers.renumbered_screen(SHIPPED, "RB123456785PT", "Post", t),
    "who carries it": lambda t: parcel_numbers.who_carries_screen(
        replace(a_shipment(), tracking_number="7" * 41), [Choice("sf", "SF Express " * 5)] * 3, t
    ),
    "arrived": lambda t: parcels.arrived_screen(Arrived(1, "7K2Q-M9XD3", NOW), t, zone="UTC"),
    "nothing comes": lambda t: parcels.nothing_on_the_way_screen(t, has_orders=True),
    "which number": parcels.unknown_number_screen,
    "language": account.language_screen,
    "help": account.help_screen,
    "not understood": account.not_understood_screen,
    "expected": lambda t: account.expected_screen(Awaiting.NOTE, t),
    "settings": lambda t: settings.settings_screen(PERSON, t, shop_zone="UTC", now=NOW),
    "quiet hours": lambda t: settings.quiet_hours_screen(PERSON, t),
    "clock": lambda t: settings.zone_screen(PERSON, t, shop_zone="Asia/Kolkata", now=NOW),
    "settings with money": lambda t: settings.settings_screen(PERSON, t, shop_zone="UTC", now=NOW, currency="EUR"),
    "currencies": lambda t: currency.currencies_screen(("USD", "EUR", "VES", "XPF"), "EUR", t, product_id=7),
    "not for this money": lambda t: catalog.product_screen(replace(a_product(), variants=()), t),
    "stopped": lambda t: settings.stopped_screen(t, was_told=True),
    "terms": lambda t: policies.terms_screen(t, shop="Shop", url="https://shop.example"),
    "privacy": lambda t: policies.privacy_screen(t, shop="Shop", url="https://shop.example"),
    "paysupport": policies.payment_help_screen,
    "write to us": lambda t: support.ask_screen(t, HOURS, order_number="7K2Q-M9XD3", order_id=12, is_open=True),
    "asked": lambda t: support.asked_screen(t, HOURS),
    "passed on": support.passed_on_screen,
    "not passed on": support.not_passed_on_screen,
    "settled": lambda t: support.settled_screen(t, was_open=True),
    "question closed": support.closed_screen,
    "voice": lambda t: unexpected.unexpected_screen("voice", t, awaiting=None),
    "forwarded": unexpected.forwarded_screen,
    "mistyped": lambda t: unexpected.unknown_command_screen(t, meant="orders"),
    "late": lambda t: unexpected.late_screen(unexpected.forwarded_screen(t), t),
    "card": lambda t: unexpected.card_number_screen(t, is_deleted=True, awaiting=None),
    "gallery": lambda t: catalog.product_screen(a_product(), t, regard=REGARD, number=2),
    "waits": lambda t: catalog.product_screen(a_product(a_variant(free=0)), t, regard=REGARD),
    "could wait": lambda t: catalog.product_screen(a_product(a_variant(free=0)), t),
    "album": lambda t: gallery.album_screen(a_product(), REGARD, t),
    "favourites": lambda t: favourites.favourites_screen(FavouritesPage((CARD,), 1, False), t),
    "no favourites": lambda t: favourites.favourites_screen(FavouritesPage((), 0, True), t),
    "back in stock": lambda t: favourites.back_in_stock_screen(a_product(), a_variant(), t),
    "costs less": lambda t: favourites.price_dropped_screen(a_product(), a_variant(), t, before_minor=2000),
    "cart left": lambda t: favourites.cart_left_screen(a_cart(*(a_line(n) for n in range(1, 9))), t),
    "data": lambda t: my_data.data_screen({"customers": [{"name": "Ann"}]}, t, now=NOW),
    "delete?": my_data.delete_screen,
    "not deletable": lambda t: my_data.not_deletable_screen(["7K2Q-M9XD3"] * 9, t),
    "staff's data": my_data.staff_data_screen,
    "deleted": my_data.deleted_screen,
    "left": lambda t: account.left_screen(t, was_asked=True, cart_quantity=1),
}


@pytest.fixture(params=LANGUAGES)
def t(request: pytest.FixtureRequest) -> Translator:
    return translator(request.param)


@pytest.fixture(params=list(SCREENS))
def screen(request: pytest.FixtureRequest, t: Translator) -> Screen:
    made = SCREENS[request.param](t)
    assert made is not None
    return made


def test_every_label_fits_a_phone(screen: Screen) -> None:
    widest = [(button.label, ROW_MAX if len(row) == 1 else LABEL_MAX) for row in screen.rows for button in row]
    assert not [label for label, most in widest if columns(label) > most]


def test_every_keyboard_is_one_that_telegram_takes(screen: Screen) -> None:
    """At most eight buttons in a row and a hundred in all; each does exactly one thing, in at most 64 bytes."""
    buttons = [button for row in screen.rows for button in row]
    assert all(0 < len(row) <= 8 for row in screen.rows)
    assert len(buttons) <= 100
    for button in buttons:
        assert sum(action is not None for action in (button.press, button.url, button.copy, button.share)) == 1
        assert button.press is None or len(button.press.pack().encode()) <= 64


def test_every_screen_leads_on(screen: Screen) -> None:
    assert [button for row in screen.rows for button in row if button.press is not None]


def test_every_text_fits_with_only_tags_that_telegram_knows(screen: Screen) -> None:
    tags = re.findall(r"</?(\w+)[^>]*>", screen.text)
    plain = re.sub(r"<[^>]+>", "", screen.text)
    assert set(tags) <= {"b", "i", "s", "code", "blockquote"}
    assert 0 < len(plain) <= (1024 if screen.picture else 4096)
    assert all(tags.count(tag) % 2 == 0 for tag in tags)
