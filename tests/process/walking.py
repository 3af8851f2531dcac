"""Somebody who buys from a shop in another process: acts once, waits for the answer, and goes on from what she sees."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from bot.demo.people import Person
from bot.demo.sight import shown_text
from bot.demo.state import Json
from tests.conversations.walks import CASH, COURIER, order_number

# How many of the newest messages somebody looks at.
IN_SIGHT = 3
LOOKS_EVERY_S = 0.05

Step = tuple[Callable[[], Awaitable[object]], str]
"""What she does, and what she then must see."""


class NoAnswer(AssertionError):
    """Somebody waited in vain."""


@dataclass
class Walker:
    """*waits* are the seconds that each answer took, *orders* the numbers that she was shown for what she placed."""

    person: Person
    patience_s: float = 60
    think: Callable[[], Awaitable[None]] | None = None
    waits: list[float] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    _has_bought: bool = False

    async def does(self, act: Callable[[], Awaitable[object]], then: str) -> None:
        """One tap or text; the answer with *then* on it has come. Nothing is repeated. Raises: NoAnswer."""
        if self.think:
            await self.think()
        before, began = self._in_sight(), time.monotonic()
        await act()
        try:
            async with asyncio.timeout(self.patience_s):
                while not self._has_come(before, then):  # noqa: ASYNC110 - the world tells of every chat's changes at once
                    await asyncio.sleep(LOOKS_EVERY_S)
        except TimeoutError:
            seen = self.person.description(last=IN_SIGHT)
            raise NoAnswer(f"{self.person.name} waits for {then!r} and sees\n{seen}") from None
        self.waits.append(time.monotonic() - began)

    async def walks(self, steps: list[Step]) -> None:
        for act, then in steps:
            await self.does(act, then)

    async def buys(self, product: str = "mug") -> str:
        """From the front door to an order that is confirmed, paid in cash; its number."""
        await self.walks(self.to_the_review(product))
        await self.places()
        return self.orders[-1]

    async def places(self) -> None:
        await self.does(self._taps("Place order"), "is confirmed")
        self.orders.append(order_number(self.person))
        self._has_bought = True

    def to_the_review(self, product: str = "mug") -> list[Step]:
        return [
            (self.person.starts, "Browse"),
            (self._taps("Browse"), "What are you looking for?"),
            (self._taps("Ceramics"), "Stoneware mug"),
            (self._taps(product), "Add to cart"),
            (self._taps("Add to cart"), "Your cart"),
            *(self._the_same_again() if self._has_bought else self._all_answers()),
            (self._taps(CASH), "Place order"),
        ]

    def _all_answers(self) -> list[Step]:
        return [
            (self._taps("Checkout"), "What name should be on the parcel?"),
            (self._says("Ann Lee"), "What is your phone number?"),
            (self.person.shares_contact, "How should it get to you?"),
            (self._taps(COURIER), "Which country"),
            (self._says("Portugal"), "Street, house"),
            (self._says("Rua Augusta 1"), "postcode?"),
            (self._says("1100-048"), "Which town"),
            (self._says("Lisboa"), "How would you like to pay?"),
        ]

    def _the_same_again(self) -> list[Step]:
        return [
            (self._taps("Checkout"), "How should it get to you?"),
            (self._taps(COURIER), "Rua Augusta"),
            (self._taps("Rua Augusta"), "How would you like to pay?"),
        ]

    def _taps(self, label: str) -> Callable[[], Awaitable[object]]:
        return partial(self.person.taps, label)

    def _says(self, text: str) -> Callable[[], Awaitable[object]]:
        return partial(self.person.sends, text)

    def _in_sight(self) -> list[Json]:
        messages = self.person.here.messages if self.person.chat_id in self.person.world.chats else {}
        newest = list(itertools.islice(reversed(messages.values()), IN_SIGHT))
        return [message for message in newest if message["from"]["id"] == self.person.world.bot_id]

    def _has_come(self, before: list[Json], then: str) -> bool:
        """An edited message is another object in the Telegram in memory; what stands unchanged is the same."""
        new = [message for message in self._in_sight() if not any(message is old for old in before)]
        return any(then in shown_text(message) or then in str(message.get("reply_markup")) for message in new)
