"""The window at which a customer speaks with the people of the shop."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram.types import Message, TelegramObject
from markupsafe import Markup

from bot.ui import support_hours
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from bot.ui.support import ask_screen, asked_screen, not_passed_on_screen, passed_on_screen
from handlers.routing import AudienceRouter, customers_router
from handlers.support_words import words_of
from store import drafts, saved_replies, support
from store.db import Database
from store.drafts import Draft
from store.models import Customer
from store.support import Words


@dataclass(frozen=True, slots=True)
class Window:
    """Who stands at it, and when they can expect an answer."""

    db: Database
    customer: Customer
    t: Translator
    hours: Markup
    now: datetime

    async def question(self) -> Screen:
        """What is to be written?"""
        async with self.db.read() as session:
            is_open = await support.open_thread_of(session, self.customer.id) is not None
            faqs = await saved_replies.faqs(session, self.t.language)
        return ask_screen(self.t, self.hours, is_open=is_open, faqs=faqs)

    async def take(self, message: Message, *, answers_id: int | None = None) -> Screen | None:
        """The message is in the customer's thread, if a bot may pass it on at all."""
        words = words_of(message)
        return await self.pass_on(words, answers_id=answers_id) if words else not_passed_on_screen(self.t)

    async def pass_on(self, words: Words, *, answers_id: int | None = None) -> Screen | None:
        """The words are in the customer's thread. Of an album only the first part is acknowledged."""
        async with self.db.begin() as session:
            about = await drafts.kept(session, self.customer.id, Draft.SUPPORT)
            about_order = {"order_id": about.get("order_id"), "answers_id": answers_id}
            asked = await support.ask(session, self.customer.id, words, **about_order, now=self.now)
            await drafts.drop(session, self.customer.id, Draft.SUPPORT)
        if asked.is_first:
            return asked_screen(self.t, self.hours)
        return None if asked.is_more_of_album else passed_on_screen(self.t)


def window_router(name: str) -> AudienceRouter:
    """A customers' router whose handlers may ask for `window`."""
    router = customers_router(name)
    router.message.middleware(_at_the_window)
    router.callback_query.middleware(_at_the_window)
    return router


async def _at_the_window(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]], event: TelegramObject, data: dict[str, Any]
) -> Any:
    return await handler(event, data | {"window": window_of(data)})


def window_of(data: Mapping[str, Any]) -> Window:
    seller, t, now = data["seller"], data["t"], data["now"]
    hours = support_hours.parse(data["settings"].support_hours)
    told = support_hours.told(hours, t, zone=seller.timezone, now=now)
    return Window(data["db"], data["customer"], t, told, now)
