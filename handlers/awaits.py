"""Filters for what people send without pressing a button."""

from aiogram.filters import Filter
from aiogram.types import Message

from bot.ui.states import Awaiting


class Awaits(Filter):
    """A text while the chat waits for an answer of this kind. A command is never an answer."""

    def __init__(self, awaiting: Awaiting) -> None:
        self.awaiting = awaiting

    async def __call__(self, message: Message, raw_state: str | None = None) -> bool:
        return raw_state == self.awaiting and is_plain_text(message)


class SharesContact(Filter):
    """A contact card, her own or somebody else's."""

    async def __call__(self, message: Message) -> bool:
        return message.contact is not None


class SendsPlace(Filter):
    """A point on the map: her own, a friend's that is forwarded, a place from the app's list."""

    async def __call__(self, message: Message) -> bool:
        return message.location is not None


def is_plain_text(message: Message) -> bool:
    """What somebody typed: a card that they chose from the shop's is no answer to a question."""
    return bool(message.text) and message.via_bot is None and not (message.text or "").startswith("/")
