"""Routers that say who may use them. Every conversation takes its router from here, so that nobody forgets to say it."""

from enum import StrEnum
from typing import Any

from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.types import CallbackQuery, TelegramObject


class Audience(StrEnum):
    """CUSTOMERS: anybody, in the private chat with the bot, where everything shown is their own.

    STAFF: in the staff chat or in private; each handler asks `staff.require` in the transaction of its change, because in a group anybody may press.
    EVERYONE: wherever the bot is; the handler shows nothing that belongs to a person.
    """

    CUSTOMERS = "customers"
    STAFF = "staff"
    EVERYONE = "everyone"


class AudienceRouter(Router):
    def __init__(self, name: str, audience: Audience) -> None:
        super().__init__(name=name)
        self.audience = audience
        self._prefixes: frozenset[str] | None = None  # looked up at the first press: handlers come after the router

    @property
    def parent_router(self) -> Router | None:
        return self._parent_router

    @parent_router.setter
    def parent_router(self, router: Router) -> None:
        """aiogram lets a router into one dispatcher only. One process may hold several shops, and a conversation belongs to none of them."""
        self._parent_router = router
        router.sub_routers.append(self)

    async def propagate_event(self, update_type: str, event: TelegramObject, **kwargs: Any) -> Any:
        """A press is offered only where its prefix is known: asking every button's filter in turn costs more than answering."""
        if isinstance(event, CallbackQuery) and not self.knows(event):
            return UNHANDLED
        return await super().propagate_event(update_type, event, **kwargs)

    def knows(self, press: CallbackQuery) -> bool:
        """Whether it may be one of its buttons."""
        prefixes = self._prefixes
        if prefixes is None:
            prefixes = self._prefixes = _prefixes(self)
        return not prefixes or (press.data or "").partition(":")[0] in prefixes


def _prefixes(router: Router) -> frozenset[str]:
    """The prefixes of the buttons that the router answers; none when it answers others too."""
    found = set[str]()
    for handler in router.callback_query.handlers:
        own = {
            each.callback.callback_data.__prefix__
            for each in handler.filters or ()
            if isinstance(each.callback, CallbackQueryFilter)
        }
        if not own:
            return frozenset()
        found |= own
    return frozenset(found)


class InPrivate(Filter):
    """Written or pressed in the person's own chat with the bot."""

    async def __call__(self, event: TelegramObject) -> bool | dict[str, Any]:
        message = event.message if isinstance(event, CallbackQuery) else event
        return getattr(getattr(message, "chat", None), "type", None) == "private"


def customers_router(name: str) -> AudienceRouter:
    router = AudienceRouter(name, Audience.CUSTOMERS)
    router.message.filter(InPrivate())
    router.callback_query.filter(InPrivate())
    return router


def staff_router(name: str) -> AudienceRouter:
    return AudienceRouter(name, Audience.STAFF)


def everyone_router(name: str) -> AudienceRouter:
    return AudienceRouter(name, Audience.EVERYONE)
