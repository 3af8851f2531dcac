"""What surrounds every handler: who speaks, in which language and when; one more try after a deadlock; the screen, after the commit."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.dispatcher.middlewares.base import BaseMiddleware
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Chat, TelegramObject, Update, User
from sqlalchemy.exc import DBAPIError

from bot.cache import PageCache
from bot.errand import Errand
from bot.errors import told
from bot.fsm import DatabaseStorage, row_key
from bot.replies import Reply
from bot.ui.callbacks import (
    AskCancel,
    AskPayment,
    CancelOrder,
    CheckPayment,
    PayOrder,
    PlaceOrder,
    RefreshParcels,
    SwitchPayment,
)
from bot.ui.i18n import Translator, translator
from bot.ui.screen import Screen, Toast
from bot.ui.seller import SellerView
from bot.ui.states import Awaiting
from handlers import current
from notifications import telegram
from notifications.telegram import Shown
from store import arrivals, customers, living, shop, staff, typed, updates
from store.arrivals import Arrival
from store.audit import Actor
from store.db import Database, OutcomeUnknown, counting_commits, is_transient, run_again, writing_first
from store.errors import StoreError
from store.models import Customer
from store.staff import Role
from store.updates import AlreadyActed

log = logging.getLogger(__name__)

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

TRIES = 3
# Living messages by kind, and the buttons whose answer belongs into them. Staff cards are not here: their questions stand in the card itself.
STAYS_IN: Mapping[str, frozenset[str]] = {
    "order": frozenset({RefreshParcels.__prefix__}),
    # What somebody has written stays as it is, whatever is pressed below it.
    "say": frozenset(),
    "pay": frozenset(
        each.__prefix__
        for each in (PlaceOrder, PayOrder, CheckPayment, AskPayment, SwitchPayment, AskCancel, CancelOrder)
    ),
}
# The buttons whose answer belongs into some living message.
_STAYS = frozenset().union(*STAYS_IN.values())


class Identify(BaseMiddleware):
    """Adds `now`, `customer`, `t`, `seller`, `currency`, `pages` and `raw_state` to what a handler may ask for by name.

    Reads first and writes only what changed: most updates of a known customer write nothing.
    Only a private chat makes a customer: whoever talks in the staff chat has not come to buy.
    """

    def __init__(
        self, db: Database, clock: Callable[[], datetime], pages: PageCache, *, owner_id: int | None = None
    ) -> None:
        self._db = db
        self._clock = clock
        self._pages = pages
        self._owner_id = owner_id

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        now = self._clock()
        reply: Reply = data["reply"]
        seen = await self._look(reply, data)
        if seen is None and await self._founds(data, now):
            seen = await self._look(reply, data)
        if seen is None:
            # In a group nobody has asked.
            return await reply.give(_closed(reply.t) if _is_spoken_to(event, data.get("event_chat")) else None)
        customer = await self._met(seen.customer, data, now)
        if customer is not None:
            reply.t = translator(customer.language)
        known = {"now": now, "customer": customer, "seller": SellerView.of(seen.seller), "t": reply.t}
        awaited = await self._awaited(seen, data)
        stands = {
            "currency": seen.currency,
            "pages": self._pages.at(seen.edition, seen.currency),
            "slot": seen.slot,
            "raw_state": awaited,
        }
        return await handler(event, data | known | stands)

    async def _look(self, reply: Reply, data: dict[str, Any]) -> Arrival | None:
        user: User | None = data.get("event_from_user")
        state: FSMContext | None = data.get("state")
        pressed = telegram.pressed(reply.query) if reply.query is not None else None
        async with self._db.read() as session:
            return await arrivals.look(
                session,
                telegram_id=user.id if user else None,
                conversation=row_key(state.key) if state else None,
                chat_id=reply.chat_id if pressed else None,
                message_id=pressed.message_id if pressed else None,
            )

    async def _founds(self, data: dict[str, Any], now: datetime) -> bool:
        """Whether the owner has written to a bot without a shop: then there is one, with nothing in it yet."""
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        if user is None or user.id != self._owner_id or chat is None or chat.type != "private":
            return False
        actor = Actor.staff(user.id, user.full_name)
        language = translator(user.language_code).language
        async with self._db.begin() as session:
            await shop.found(session, name=user.full_name, language=language, actor=actor, now=now)
            await staff.grant(session, user.id, Role.OWNER, name=user.full_name, actor=actor, now=now)
        return True

    async def _awaited(self, seen: Arrival, data: dict[str, Any]) -> str | None:
        """The database has been asked already; another storage has not."""
        state: FSMContext | None = data.get("state")
        if state is None or isinstance(state.storage, DatabaseStorage):
            return seen.awaited
        return await state.get_state()

    async def _met(self, customer: Customer | None, data: dict[str, Any], now: datetime) -> Customer | None:
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        if user is None or user.is_bot or chat is None or chat.type != "private" or _is_current(customer, user):
            return customer
        return await self._meet(user, now)

    async def _meet(self, user: User, now: datetime) -> Customer:
        async with self._db.begin() as session:
            # Whoever writes to us has not blocked us (any more).
            await customers.mark_blocked(session, user.id, blocked=False, now=now)
            return await customers.identify(
                session, user.id, name=user.full_name, username=user.username, language=user.language_code, now=now
            )


def _is_spoken_to(event: TelegramObject, chat: Chat | None) -> bool:
    is_press = isinstance(event, Update) and event.callback_query is not None
    is_message = isinstance(event, Update) and event.message is not None
    return is_press or (is_message and chat is not None and chat.type == "private")


def _is_current(customer: Customer | None, user: User) -> bool:
    if customer is None or customer.blocked_at is not None:
        return False
    name, username = typed.readable(user.full_name, maximum=128), user.username and user.username[:64]
    return (customer.name, customer.username) == (name, username)


def _closed(t: Translator) -> Toast:
    return Toast(t.label("The shop is not open yet. Please come back a little later."), alert=True)


class Present(BaseMiddleware):
    """Answers the press and shows the screen that the handler returned, after its transaction; remembers which text the screen asks for."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        reply: Reply = data["reply"]
        # As it was before: the handler may make this very message a living one.
        leaves = _leaves_a_living_message(reply.query, data.get("slot"))
        if reply.chat_id is not None and _button(reply.query) in _STAYS:
            reply.moved = partial(self._moved, reply.chat_id)
        try:
            outcome = await handler(event, data)
        except StoreError as error:
            # What was asked stays asked: a wrong postcode is typed again.
            return await reply.give(told(error, reply.t, is_press=reply.query is not None, way_on=reply.way_home))
        if isinstance(outcome, Screen):
            await self._wait_for(outcome.awaits, data)
            outcome = replace(outcome, fresh=outcome.fresh or leaves)
        if outcome is UNHANDLED and reply.query is not None:
            outcome = Toast(reply.t.label("This button is out of date. Send /start to go on."))
        return await reply.give(outcome)

    async def _moved(self, chat_id: int, old: Shown, new: Shown) -> None:
        """Without a living message the relay's next word is one of its own: no reason to apologise for a screen that stands there."""
        try:
            await run_again(
                self._db,
                lambda session: living.moves(
                    session, chat_id, old.message_id, new.message_id, has_picture=new.has_picture
                ),
            )
        except (DBAPIError, OutcomeUnknown) as error:
            log.warning("where message %s of chat %s stands now was not noted: %s", old.message_id, chat_id, error)

    async def _wait_for(self, awaits: Awaiting | None, data: dict[str, Any]) -> None:
        state: FSMContext | None = data.get("state")
        before = data.get("raw_state")
        if before in (Awaiting.CONTACT_PHONE, Awaiting.POINT):
            data["reply"].has_keyboard = True
        if state is not None and before != awaits:
            await state.set_state(awaits)


def _leaves_a_living_message(query: CallbackQuery | None, slot: str | None) -> bool:
    """The message that asks for the money, or an order's timeline, goes on to be edited: whoever goes to the catalogue from there gets a new one."""
    stays = STAYS_IN.get((slot or "").partition(":")[0])
    return query is not None and stays is not None and _button(query) not in stays


def _button(query: CallbackQuery | None) -> str:
    """What the pressed button is for."""
    return ((query and query.data) or "").partition(":")[0]


class UnlessHurried(BaseMiddleware):
    """*inner* surrounds every update but those that nothing may delay: their handlers ask for nothing that it would have to wait for."""

    def __init__(self, inner: BaseMiddleware) -> None:
        self._inner = inner

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        if isinstance(event, Update) and (event.pre_checkout_query or event.shipping_query):
            return await handler(event, data)
        return await self._inner(handler, event, data)


class RunAgain(BaseMiddleware):
    """A handler whose transaction the database gave up, or whose connection was lost, is run again, if it has committed nothing yet: then nothing has happened.

    When the line broke during the commit itself, nobody knows. Then it runs again too: its first transaction bears the update's mark,
    which stands there if the commit went through, and the handler does not act twice.
    """

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        for remaining in reversed(range(TRIES)):
            with counting_commits() as commits:
                try:
                    return await handler(event, data)
                except (DBAPIError, OutcomeUnknown) as error:
                    if commits.count or not remaining or not _may_run_again(error):
                        raise
            await asyncio.sleep(random.uniform(0.01, 0.05))
        raise AssertionError("the last try returns or raises")


def _may_run_again(error: Exception) -> bool:
    return isinstance(error, OutcomeUnknown) or is_transient(error)


class ActOnce(BaseMiddleware):
    """An update acts once, however often it comes. The first transaction of its handler bears the mark; where it stands already, the person gets what stands now."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        if not isinstance(event, Update):
            return await handler(event, data)
        key = {"bot_id": data["bot"].id, "update_id": event.update_id}
        errand: Errand | None = data.get("errand")
        with writing_first(partial(updates.mark, **key, now=data["now"])) as mark:
            try:
                return await handler(event, data)
            except AlreadyActed:
                pass
            except StoreError:
                # What was right the first time may look wrong the second: "Lisbon" answered another question.
                if mark.is_committed or not await self._has_acted(**key):
                    raise
            finally:
                if errand is not None and mark.is_committed:
                    errand.has_acted = True
        return await current.screen(event, data)

    async def _has_acted(self, bot_id: int, update_id: int) -> bool:
        async with self._db.read() as session:
            return await updates.has_acted(session, bot_id, update_id)
