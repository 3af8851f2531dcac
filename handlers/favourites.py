"""What somebody likes, waits for, and looks at more closely."""

from dataclasses import replace
from datetime import datetime

from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.ui.callbacks import ShowVariant
from bot.ui.catalog import categories_screen, product_screen
from bot.ui.errors import in_words
from bot.ui.favourites import favourites_screen
from bot.ui.gallery import album_screen
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from bot.ui.wish_callbacks import SetFavourite, SetWatch, ShowAllPictures, ShowFavourites, ShowPicture
from handlers.catalog import shown_product
from handlers.routing import customers_router
from store import catalog, favourites
from store.db import Database
from store.errors import NotForSale, NotFound, StoreError
from store.models import Customer

router = customers_router(__name__)


@router.message(Command("favourites"))
async def type_favourites(message: Message, db: Database, customer: Customer, currency: str, t: Translator) -> Screen:
    return await _page(db, customer, currency, 0, t)


@router.callback_query(ShowFavourites.filter())
async def show_favourites(
    query: CallbackQuery, callback_data: ShowFavourites, db: Database, customer: Customer, currency: str, t: Translator
) -> Screen:
    return await _page(db, customer, currency, callback_data.page, t)


async def _page(db: Database, customer: Customer, currency: str, number: int, t: Translator) -> Screen:
    async with db.read() as session:
        page = await favourites.page(session, customer.id, currency, number=number)
        if not page.cards and number:  # the last ones of a page were taken out
            page = await favourites.page(session, customer.id, currency)
    return favourites_screen(page, t)


@router.callback_query(SetFavourite.filter())
async def set_favourite(
    query: CallbackQuery,
    callback_data: SetFavourite,
    db: Database,
    customer: Customer,
    currency: str,
    t: Translator,
    now: datetime,
) -> Screen:
    pressed = callback_data
    here = ShowVariant(variant_id=pressed.variant_id, quantity=pressed.quantity, cursor=pressed.cursor)
    try:
        async with db.begin() as session:
            product, _ = await catalog.variant(session, pressed.variant_id, currency)
            await favourites.set_favourite(session, customer.id, product.id, wanted=pressed.wanted, now=now)
    except StoreError as error:
        return (await shown_product(db, customer, currency, here, t)).with_toast(in_words(error, t))
    said = t.label("You hear when it costs less") if pressed.wanted else t.label("No favourite any more")
    return (await shown_product(db, customer, currency, here, t)).with_toast(said)


@router.callback_query(SetWatch.filter())
async def set_watch(
    query: CallbackQuery,
    callback_data: SetWatch,
    db: Database,
    customer: Customer,
    currency: str,
    t: Translator,
    now: datetime,
) -> Screen:
    """What came back meanwhile needs no waiting: the product's screen sells it."""
    pressed = callback_data
    here = ShowVariant(variant_id=pressed.variant_id, quantity=1, cursor=pressed.cursor)
    async with db.begin() as session:
        try:
            product, variant = await catalog.variant(session, pressed.variant_id, currency)
        except (NotFound, NotForSale) as error:
            return categories_screen(await catalog.categories(session, currency), t).with_toast(in_words(error, t))
        is_back = variant.free > 0
        wanted = pressed.wanted and product.is_for_sale and not is_back
        await favourites.set_watch(session, customer.id, variant.id, wanted=wanted, now=now)
    screen = await shown_product(db, customer, currency, here, t)
    if is_back or not product.is_for_sale:
        return screen
    return screen.with_toast(t.label("We tell you when it is back") if wanted else t.label("We shall not tell you"))


@router.callback_query(ShowPicture.filter())
async def show_picture(
    query: CallbackQuery, callback_data: ShowPicture, db: Database, customer: Customer, currency: str, t: Translator
) -> Screen:
    here = ShowVariant(
        variant_id=callback_data.variant_id, quantity=callback_data.quantity, cursor=callback_data.cursor
    )
    return replace(await shown_product(db, customer, currency, here, t, number=callback_data.number), toast=None)


@router.callback_query(ShowAllPictures.filter())
async def show_all_pictures(
    query: CallbackQuery, callback_data: ShowAllPictures, db: Database, customer: Customer, currency: str, t: Translator
) -> Screen:
    async with db.read() as session:
        try:
            product = await catalog.product(session, callback_data.product_id, currency)
        except NotFound as error:
            return categories_screen(await catalog.categories(session, currency), t).with_toast(in_words(error, t))
        regard = await favourites.regard(session, customer.id, product)
    if not product.is_for_sale:
        return product_screen(product, t).with_toast(in_words(NotForSale(), t))
    return album_screen(product, regard, t)
