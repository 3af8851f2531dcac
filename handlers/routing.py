"""Routers that say who may use them. Every conversation takes its router from here, so that nobody forgets to say it."""

from enum import StrEnum
from typing import Any

from aiogram import Router
from aiogram.filters import Filter
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

    @property
    def parent_router(self) -> Router | None:
        return self._parent_router

    @parent_router.setter
    def parent_router(self, router: Router) -> None:
        """aiogram lets a router into one dispatcher only. One process may hold several shops, and a conversation belongs to none of them."""
        self._parent_router = router
        router.sub_routers.append(self)


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
