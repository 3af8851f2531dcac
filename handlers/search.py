"""Looking for something to buy: by the button, by /search, or by words that nobody else understood. Who only greets is shown the front door."""

from datetime import datetime
from typing import Any

from aiogram.filters import Command, CommandObject, Filter
from aiogram.types import CallbackQuery, Message

from bot.ui import links
from bot.ui.account import expected_screen
from bot.ui.i18n import Translator
from bot.ui.links import Link
from bot.ui.screen import Screen
from bot.ui.search import nothing_screen, results_screen, search_screen
from bot.ui.search_callbacks import AskSearch, ShowResults, ShowResultsFrom
from bot.ui.seller import SellerView
from bot.ui.states import Awaiting
from handlers.awaits import Awaits, is_plain_text
from handlers.greetings import Greets
from handlers.routing import customers_router
from handlers.start import home, linked
from store import search, searches, typed
from store.db import Database
from store.errors import NotFound
from store.models import Customer
from store.search_query import TEXT_MAX

router = customers_router(__name__)


class LooksForSomething(Filter):
    """Words, while nothing is being asked. Whoever has something better to do with them is asked before."""

    async def __call__(self, message: Message, raw_state: str | None = None) -> bool:
        return raw_state is None and _is_their_own(message) and looks_for_something(message)


def _is_their_own(message: Message) -> bool:
    """Not forwarded, and not an inline result."""
    return message.via_bot is None and message.forward_origin is None


def looks_for_something(message: Message) -> bool:
    text = message.text or ""
    return is_plain_text(message) and len(text) <= TEXT_MAX and bool(search.read(text))


class ChosenCard(Filter):
    """A card of the shop's, put into the chat with it: whoever searched while typing has found something."""

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        if message.via_bot is None or message.reply_markup is None:
            return False
        urls = [button.url or "" for row in message.reply_markup.inline_keyboard for button in row]
        payload = next((url.partition("?start=")[2] for url in urls if "?start=" in url), "")
        link = links.read(payload)
        return {"link": link} if link is not None else False


@router.message(ChosenCard())
async def show_chosen(
    message: Message, link: Link, db: Database, customer: Customer, seller: SellerView, currency: str, t: Translator
) -> Screen:
    """What the card's button would have led to."""
    async with db.read() as session:
        try:
            return await linked(session, link, customer, seller, currency, t)
        except NotFound:
            return search_screen(t)


@router.callback_query(AskSearch.filter())
async def ask_search(query: CallbackQuery, t: Translator) -> Screen:
    return search_screen(t)


@router.message(Command("search"))
async def type_search(
    message: Message,
    command: CommandObject,
    db: Database,
    customer: Customer,
    currency: str,
    t: Translator,
    now: datetime,
) -> Screen:
    """/search, or /search with the words."""
    if not command.args:
        return search_screen(t)
    return await searched(db, customer, currency, command.args, t, now)


@router.message(Awaits(Awaiting.SEARCH))
async def type_words(
    message: Message, db: Database, customer: Customer, currency: str, t: Translator, now: datetime
) -> Screen:
    if not looks_for_something(message):
        return expected_screen(Awaiting.SEARCH, t)
    return await searched(db, customer, currency, message.text or "", t, now)


@router.message(Greets())
async def greet(
    message: Message, db: Database, customer: Customer, seller: SellerView, t: Translator, now: datetime
) -> Screen:
    async with db.read() as session:
        return await home(session, customer, seller, t, now)


@router.message(LooksForSomething())
async def say_words(
    message: Message, db: Database, customer: Customer, currency: str, t: Translator, now: datetime
) -> Screen:
    return await searched(db, customer, currency, message.text or "", t, now)


async def searched(db: Database, customer: Customer, currency: str, text: str, t: Translator, now: datetime) -> Screen:
    """The first page of what fits the words; they are remembered for its buttons, if it has any."""
    words = typed.readable(text, maximum=TEXT_MAX)
    if not (query := search.read(words)):
        return nothing_screen(words, t)
    async with db.read() as session:
        found = await search.find(session, query, currency)
    if not found.cards:
        return nothing_screen(words, t)
    async with db.begin() as session:
        search_id = await searches.remember(session, customer.id, words, now=now)
    return results_screen(found, words, t, search_id=search_id)


@router.callback_query(ShowResults.filter())
async def show_results(
    query: CallbackQuery, callback_data: ShowResults, db: Database, customer: Customer, currency: str, t: Translator
) -> Screen:
    cursor = callback_data.cursor
    after, before = (cursor or None, None) if cursor >= 0 else (None, -cursor)
    return await _page(db, customer, currency, callback_data.search_id, t, after=after, before=before)


@router.callback_query(ShowResultsFrom.filter())
async def show_results_from(
    query: CallbackQuery, callback_data: ShowResultsFrom, db: Database, customer: Customer, currency: str, t: Translator
) -> Screen:
    return await _page(db, customer, currency, callback_data.search_id, t, starting=callback_data.product_id)


async def _page(
    db: Database,
    customer: Customer,
    currency: str,
    search_id: int,
    t: Translator,
    *,
    after: int | None = None,
    before: int | None = None,
    starting: int | None = None,
) -> Screen:
    """A search that is forgotten is asked for anew."""
    async with db.read() as session:
        try:
            words = await searches.text_of(session, customer.id, search_id)
        except NotFound:
            return search_screen(t)
        found = await search.find(session, search.read(words), currency, after=after, before=before, starting=starting)
    return results_screen(found, words, t, search_id=search_id)
