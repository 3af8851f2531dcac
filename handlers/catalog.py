"""Looking around, and putting things into the cart. Every press reads the shelf again."""

import unicodedata
from datetime import datetime

from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cache import Pages
from bot.ui.account import expected_screen
from bot.ui.callbacks import AddToCart, AskQuantity, ShowCategories, ShowCategory, ShowProduct, ShowVariant
from bot.ui.cart import cart_screen
from bot.ui.catalog import categories_screen, category_screen, product_screen, quantity_screen
from bot.ui.doors import notice
from bot.ui.errors import in_words
from bot.ui.format import money
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from bot.ui.states import Awaiting
from handlers.awaits import Awaits
from handlers.routing import customers_router
from store import carts, catalog, drafts, favourites
from store.catalog import ProductView, VariantView
from store.db import Database
from store.drafts import Draft
from store.errors import NotForSale, NotFound, OutOfStock, QuantityOutOfRange, StoreError
from store.models import Customer

router = customers_router(__name__)


@router.callback_query(ShowCategories.filter())
async def show_categories(query: CallbackQuery, pages: Pages, t: Translator) -> Screen:
    return categories_screen(await pages.categories(), t)


@router.callback_query(ShowCategory.filter())
async def show_category(query: CallbackQuery, callback_data: ShowCategory, pages: Pages, t: Translator) -> Screen:
    category_id, cursor = callback_data.category_id, callback_data.cursor
    after, before = (cursor or None, None) if cursor >= 0 else (None, -cursor)
    try:
        page = await pages.page(category_id, after=after, before=before)
    except NotFound as error:
        return categories_screen(await pages.categories(), t).with_toast(in_words(error, t))
    return category_screen(page, t, cursor=cursor)


@router.callback_query(ShowProduct.filter())
async def show_product(
    query: CallbackQuery, callback_data: ShowProduct, db: Database, customer: Customer, currency: str, t: Translator
) -> Screen:
    async with db.read() as session:
        try:
            product = await catalog.product(session, callback_data.product_id, currency)
        except NotFound as error:
            return categories_screen(await catalog.categories(session, currency), t).with_toast(in_words(error, t))
        regard = await favourites.regard(session, customer.id, product)
    screen = product_screen(product, t, cursor=callback_data.cursor, regard=regard)
    is_told = product.is_for_sale or product.is_elsewhere
    return screen if is_told else screen.with_toast(in_words(NotForSale(), t))


@router.callback_query(ShowVariant.filter())
async def show_variant(
    query: CallbackQuery, callback_data: ShowVariant, db: Database, customer: Customer, currency: str, t: Translator
) -> Screen:
    return await shown_product(db, customer, currency, callback_data, t)


@router.callback_query(AskQuantity.filter())
async def ask_quantity(
    query: CallbackQuery,
    callback_data: AskQuantity,
    db: Database,
    customer: Customer,
    currency: str,
    t: Translator,
    now: datetime,
) -> Screen:
    asked = {"variant_id": callback_data.variant_id, "cursor": callback_data.cursor}
    try:
        async with db.begin() as session:
            product, variant = await catalog.variant(session, callback_data.variant_id, currency)
            if not _buyable(product, variant):
                raise NotForSale(variant_id=variant.id)
            await drafts.keep(session, customer.id, Draft.QUANTITY, asked, now=now)
    except StoreError:
        return await shown_product(db, customer, currency, ShowVariant(quantity=1, **asked), t)
    return quantity_screen(product, variant, t, cursor=callback_data.cursor)


@router.message(Awaits(Awaiting.QUANTITY))
async def type_quantity(message: Message, db: Database, customer: Customer, currency: str, t: Translator) -> Screen:
    quantity = _number(message.text or "")
    if quantity is None:
        return expected_screen(Awaiting.QUANTITY, t)
    async with db.read() as session:
        asked = await drafts.kept(session, customer.id, Draft.QUANTITY)
        if not asked:
            return categories_screen(await catalog.categories(session, currency), t)
        product, variant = await catalog.variant(session, asked["variant_id"], currency)
        regard = await favourites.regard(session, customer.id, product)
    if _buyable(product, variant) and not 1 <= quantity <= variant.free:
        raise QuantityOutOfRange(minimum=1, maximum=variant.free)
    return product_screen(product, t, variant_id=variant.id, quantity=quantity, cursor=asked["cursor"], regard=regard)


@router.callback_query(AddToCart.filter())
async def add_to_cart(
    query: CallbackQuery,
    callback_data: AddToCart,
    db: Database,
    customer: Customer,
    currency: str,
    seller: SellerView,
    t: Translator,
    now: datetime,
) -> Screen:
    """Back leads to the product again; at another price than the button said, nothing is added."""
    wanted = callback_data
    here = ShowVariant(variant_id=wanted.variant_id, quantity=max(wanted.quantity, 1), cursor=wanted.cursor)
    try:
        async with db.begin() as session:
            product, variant = await catalog.variant(session, wanted.variant_id, currency)
            is_current = not _buyable(product, variant) or variant.price_minor == wanted.seen_minor
            if is_current:
                cart = await carts.add(session, customer.id, variant.id, quantity=wanted.quantity, now=now)
    except StoreError as error:
        return (await shown_product(db, customer, currency, here, t)).with_toast(in_words(error, t))
    if not is_current:
        price = money(variant.price_minor, variant.currency, t.language)
        return (await shown_product(db, customer, currency, here, t)).with_toast(
            t.label("The price has changed: it is {price} now", price=price)
        )
    added = t.label("Added: {quantity} × {title}", quantity=wanted.quantity, title=t.pick(product.title))
    return cart_screen(cart, t, came_from=here, notice=notice(seller, customer, t, now)).with_toast(added)


async def shown_product(
    db: Database, customer: Customer, currency: str, wanted: ShowVariant, t: Translator, *, number: int = 1
) -> Screen:
    """The product as it is now, with a word about why it is not as the button said."""
    async with db.read() as session:
        try:
            product, variant = await catalog.variant(session, wanted.variant_id, currency)
        except NotForSale as error:
            return await _unpriced(session, error, currency, wanted.cursor, t)
        except NotFound as error:
            return categories_screen(await catalog.categories(session, currency), t).with_toast(in_words(error, t))
        regard = await favourites.regard(session, customer.id, product)
    chosen = {"variant_id": variant.id, "quantity": wanted.quantity, "cursor": wanted.cursor}
    screen = product_screen(product, t, **chosen, regard=regard, number=number)
    difference = _difference(product, variant, wanted.quantity, t)
    return screen.with_toast(difference) if difference else screen


async def _unpriced(session: AsyncSession, error: NotForSale, currency: str, cursor: int, t: Translator) -> Screen:
    """The variant has no price in this currency; another one of its product may have."""
    product = await catalog.product(session, int(str(error.params["product_id"])), currency)
    screen = product_screen(product, t, cursor=cursor)
    return screen if product.is_elsewhere else screen.with_toast(in_words(error, t))


def _difference(product: ProductView, variant: VariantView, quantity: int, t: Translator) -> str | None:
    if not product.is_for_sale or not variant.is_active:
        return in_words(NotForSale(), t)
    if variant.free < max(quantity, 1):
        return in_words(OutOfStock(variant_id=variant.id, title=product.title, wanted=quantity, free=variant.free), t)
    return t.label("One is the least") if quantity < 1 else None


def _buyable(product: ProductView, variant: VariantView) -> bool:
    return product.is_for_sale and variant.is_active and variant.free > 0


def _number(text: str) -> int | None:
    """Digits of any script, up to four of them."""
    digits = unicodedata.normalize("NFKC", text).strip()
    return int(digits) if digits.isdecimal() and len(digits) <= 4 else None
