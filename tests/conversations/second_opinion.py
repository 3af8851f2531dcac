"""What somebody else's reading of the Bot API says about every call of every story.

The Telegram in memory is ours, and a rule that we have misread is misread in it as well as in the shop. teremok checks the
same calls by rules of its own: sizes, markup, buttons.
"""

from typing import Any

from aiogram import Bot, methods
from aiogram.methods import EditMessageMedia, SendMediaGroup, SendPhoto, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputMediaPhoto
from teremok.validation import ApiRuleViolation, validate_method

from bot.calls import Call
from bot.demo.session import WorldSession
from bot.demo.world import World


class DoublyChecked(WorldSession):
    """*checked* calls went through it, and *objections* is what teremok has against them."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.checked = 0
        self.objections: list[str] = []

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's signature
    ) -> TelegramType:
        typed = _typed(method)
        self._check(bot, typed)
        for picture in _captions(typed):
            self._check(bot, picture)
        return await super().make_request(bot, method, timeout)

    def _check(self, bot: Bot, method: TelegramMethod[Any]) -> None:
        self.checked += 1
        try:
            validate_method(bot, method)
        except ApiRuleViolation as violation:
            self.objections.append(f"{method.__api_method__}: {violation.description}\n{method!r}")


def _typed(method: TelegramMethod[Any]) -> TelegramMethod[Any]:
    """A call of plain values, as aiogram's own object for it: teremok knows nothing else."""
    if not isinstance(method, Call):
        return method
    name = method.__api_method__
    kind = getattr(methods, name[0].upper() + name[1:])
    typed: TelegramMethod[Any] = kind.model_validate(method.__pydantic_extra__ or {})
    return typed


def _captions(method: TelegramMethod[Any]) -> list[SendPhoto]:
    """teremok looks at the captions of messages, not at those inside a list or an edit: these become messages for it."""
    pictures: list[object] = []
    if isinstance(method, EditMessageMedia):
        pictures = [method.media]
    elif isinstance(method, SendMediaGroup):
        pictures = list(method.media)
    return [
        SendPhoto(chat_id=1, photo="file", caption=picture.caption, parse_mode=picture.parse_mode)
        for picture in pictures
        if isinstance(picture, InputMediaPhoto)
    ]
