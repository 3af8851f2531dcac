"""What the staff types about a product: the question is asked by a button, remembered with the product's version, and answered by a text."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.errors import in_words
from bot.ui.goods_callbacks import (
    AddGoods,
    Ask,
    AskDescription,
    AskGoods,
    AskSize,
    AskSizeTitle,
    AskTitle,
    FindGoods,
)
from bot.ui.goods_lists import found_screen
from bot.ui.goods_questions import (
    add_screen,
    ask_description_screen,
    ask_goods_screen,
    ask_size_screen,
    ask_size_title_screen,
    ask_title_screen,
    find_screen,
)
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from handlers.awaits import Awaits
from handlers.goods_desk import GoodsDesk, goods_router, shown, size_shown
from store import captions, currencies, goods, goods_edits, goods_variants, shelf, stars, typed
from store.db import Database
from store.errors import BadInput, EditedMeanwhile
from store.goods import Goods
from store.staff import Permission

router = goods_router(__name__)


@router.message(Command("new"))
async def type_new(message: Message, db: Database, desk: GoodsDesk) -> Screen:
    return await _ask_to_add(db, desk)


@router.callback_query(AddGoods.filter())
async def ask_to_add(query: CallbackQuery, db: Database, desk: GoodsDesk) -> Screen:
    return await _ask_to_add(db, desk)


async def _ask_to_add(db: Database, desk: GoodsDesk) -> Screen:
    async with db.begin() as session:
        await desk.requires(session)
        await desk.asks(session, ask="new")
    return desk.question(add_screen(desk.t))


@router.callback_query(FindGoods.filter())
async def ask_to_find(query: CallbackQuery, db: Database, desk: GoodsDesk) -> Screen:
    async with db.begin() as session:
        await desk.requires(session, Permission.STOCK)
        await desk.asks(session, ask="find")
    return desk.question(find_screen(desk.t))


@router.callback_query(AskGoods.filter())
async def ask_goods(query: CallbackQuery, callback_data: AskGoods, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data
    async with db.begin() as session:
        await desk.requires(session)
        found = await goods.goods(session, wanted.product_id)
        await desk.asks(session, ask=wanted.ask.value, product_id=found.id, version=found.version)
    return desk.question(ask_goods_screen(found, wanted.ask, desk.t))


@router.callback_query(AskTitle.filter())
async def ask_title(query: CallbackQuery, callback_data: AskTitle, db: Database, desk: GoodsDesk) -> Screen:
    found = await _ask_text(callback_data, "title", db, desk)
    return desk.question(ask_title_screen(found, callback_data.language, desk.t))


@router.callback_query(AskDescription.filter())
async def ask_description(query: CallbackQuery, callback_data: AskDescription, db: Database, desk: GoodsDesk) -> Screen:
    found = await _ask_text(callback_data, "description", db, desk)
    return desk.question(ask_description_screen(found, callback_data.language, desk.t))


async def _ask_text(wanted: AskTitle | AskDescription, ask: str, db: Database, desk: GoodsDesk) -> Goods:
    async with db.begin() as session:
        await desk.requires(session)
        found = await goods.goods(session, wanted.product_id)
        await desk.asks(session, ask=ask, product_id=found.id, version=found.version, language=wanted.language)
    return found


@router.callback_query(AskSize.filter())
async def ask_size(query: CallbackQuery, callback_data: AskSize, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data
    async with db.begin() as session:
        await desk.requires(session, Permission.STOCK if wanted.ask == Ask.STOCK else Permission.CATALOGUE)
        found = await goods.goods(session, await goods.product_of(session, wanted.variant_id))
        variant = goods.variant_of(found, wanted.variant_id)
        about = {"product_id": found.id, "version": found.version, "variant_id": variant.id, "seen": variant.on_hand}
        await desk.asks(session, ask=wanted.ask.value, **about)
    return desk.question(ask_size_screen(found, variant, wanted.ask, desk.t))


@router.callback_query(AskSizeTitle.filter())
async def ask_size_title(query: CallbackQuery, callback_data: AskSizeTitle, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data
    async with db.begin() as session:
        await desk.requires(session)
        found = await goods.goods(session, await goods.product_of(session, wanted.variant_id))
        variant = goods.variant_of(found, wanted.variant_id)
        about = {"product_id": found.id, "version": found.version, "variant_id": variant.id}
        await desk.asks(session, ask="size_title", language=wanted.language, **about)
    return desk.question(ask_size_title_screen(found, variant, wanted.language, desk.t))


@router.message(Awaits(Awaiting.GOODS))
async def answer(message: Message, db: Database, desk: GoodsDesk) -> Screen:
    """What was asked is written down, and the card shows it; what cannot be used stays asked. Who comes second sees what the first has made of it."""
    try:
        async with db.begin() as session:
            asked = await desk.asked(session)
            screen = await _answered(session, asked, message.text or "", desk)
            await desk.asks(session, **_about(asked), answered_by=message.message_id)
            return screen
    except EditedMeanwhile as error:
        async with db.read() as session:
            return await _card(session, await desk.asked(session), desk, note=in_words(error, desk.t))


async def answered_before(session: AsyncSession, message_id: int, desk: GoodsDesk) -> Screen | None:
    """The card, if just this message has changed it. Raises: NotPermitted."""
    asked = await desk.asked(session)
    if asked.get("answered_by") != message_id or "product_id" not in asked:
        return None
    await desk.requires(session, Permission.STOCK)
    return await _card(session, asked, desk)


def _about(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {key: asked[key] for key in ("product_id", "variant_id") if key in asked}


async def _answered(session: AsyncSession, asked: Mapping[str, Any], text: str, desk: GoodsDesk) -> Screen:
    """Raises: NotPermitted, NotFound, EditedMeanwhile, BadInput, OutOfStock."""
    ask = str(asked.get("ask", ""))
    await desk.requires(session, Permission.STOCK if ask in (Ask.STOCK, "find") else Permission.CATALOGUE)
    if ask == "find":
        words = typed.line(text, "title", maximum=100)
        return found_screen(await goods.named(session, words), words, desk.t)
    if ask in ("new", Ask.PICTURE):
        raise BadInput(field="picture", reason="missing")
    write = _WRITES.get(ask)
    if write is None:  # it was answered, and nothing is asked any more
        return await _card(session, asked, desk)
    await write(session, asked, text, desk)
    return await _card(session, asked, desk, note=desk.t.label("Written down."))


async def _card(session: AsyncSession, asked: Mapping[str, Any], desk: GoodsDesk, *, note: str = "") -> Screen:
    """Where somebody came from: the product, or one of its variants."""
    product_id = int(asked.get("product_id", 0))
    found = await goods.goods(session, product_id)
    if "variant_id" in asked and len(found.variants) > 1:
        return await size_shown(session, asked["variant_id"], desk, note=note)
    return await shown(session, product_id, desk, note=note)


Write = Callable[[AsyncSession, Mapping[str, Any], str, GoodsDesk], Awaitable[None]]


async def _title(session: AsyncSession, asked: Mapping[str, Any], text: str, desk: GoodsDesk) -> None:
    at = asked["product_id"], asked["version"], asked["language"]
    await goods_edits.set_title(session, *at, text, actor=desk.actor, now=desk.now)


async def _description(session: AsyncSession, asked: Mapping[str, Any], text: str, desk: GoodsDesk) -> None:
    at = asked["product_id"], asked["version"], asked["language"]
    await goods_edits.set_description(session, *at, text, actor=desk.actor, now=desk.now)


async def _price(session: AsyncSession, asked: Mapping[str, Any], text: str, desk: GoodsDesk) -> None:
    found = await goods.goods(session, asked["product_id"])
    price = captions.price_in(text, await currencies.offered(session))
    await goods_edits.set_price(session, found.id, asked["version"], price, actor=desk.actor, now=desk.now)


async def _size_price(session: AsyncSession, asked: Mapping[str, Any], text: str, desk: GoodsDesk) -> None:
    at = asked["variant_id"], asked["version"], captions.price_in(text, await currencies.offered(session))
    await goods_edits.set_variant_price(session, *at, actor=desk.actor, now=desk.now)


async def _sizes(session: AsyncSession, asked: Mapping[str, Any], text: str, desk: GoodsDesk) -> None:
    sizes, language = goods_variants.read_sizes(text), captions.language_of(text, desk.language)
    at = asked["product_id"], asked["version"], sizes
    await goods_variants.set_sizes(session, *at, language=language, actor=desk.actor, now=desk.now)


async def _stock(session: AsyncSession, asked: Mapping[str, Any], text: str, desk: GoodsDesk) -> None:
    counted = shelf.read(text)
    await shelf.count(session, asked["variant_id"], counted, seen=asked["seen"], actor=desk.actor, now=desk.now)


async def _sku(session: AsyncSession, asked: Mapping[str, Any], text: str, desk: GoodsDesk) -> None:
    await goods_variants.set_sku(session, asked["variant_id"], asked["version"], text, actor=desk.actor, now=desk.now)


async def _weight(session: AsyncSession, asked: Mapping[str, Any], text: str, desk: GoodsDesk) -> None:
    weight_g = goods_variants.read_weight(text)
    await goods_variants.set_weight(
        session, asked["variant_id"], asked["version"], weight_g, actor=desk.actor, now=desk.now
    )


async def _content(session: AsyncSession, asked: Mapping[str, Any], text: str, desk: GoodsDesk) -> None:
    await goods_variants.set_content(
        session, asked["variant_id"], asked["version"], text, actor=desk.actor, now=desk.now
    )


async def _stars(session: AsyncSession, asked: Mapping[str, Any], text: str, desk: GoodsDesk) -> None:
    at = asked["variant_id"], asked["version"], stars.read(text)
    await goods_edits.set_stars(session, *at, actor=desk.actor, now=desk.now)


async def _size_title(session: AsyncSession, asked: Mapping[str, Any], text: str, desk: GoodsDesk) -> None:
    at = asked["variant_id"], asked["version"], asked["language"]
    await goods_variants.set_title(session, *at, text, actor=desk.actor, now=desk.now)


_WRITES: Mapping[str, Write] = {
    "title": _title,
    "description": _description,
    "size_title": _size_title,
    Ask.PRICE: _price,
    Ask.VARIANT_PRICE: _size_price,
    Ask.SIZES: _sizes,
    Ask.STOCK: _stock,
    Ask.SKU: _sku,
    Ask.WEIGHT: _weight,
    Ask.CONTENT: _content,
    Ask.STARS: _stars,
}
