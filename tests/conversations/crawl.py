"""A person who presses every button that comes up, and answers every question that is asked, until there is nothing new.

The buttons come from the screens themselves: what lands tomorrow is walked over tomorrow.
"""

import re
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from aiogram.filters import Command
from sqlalchemy import select

from bot.demo.people import Person
from bot.incoming import routers
from store.models import ConversationState
from tests.conversations.conftest import Shop
from tests.conversations.watching import Look, Watch

# So many buttons that differ only in their numbers are pressed; the others would show the same with other goods.
MOST_OF_A_KIND = 4
MOST_STEPS = 1500
_NUMBER = re.compile(r"^-?\d+$")
# What answers a question. An unknown one gets all of them: one will do.
GOOD: dict[str, tuple[str, ...]] = {
    "contact_name": ("Ann Lee",),
    "contact_phone": ("+351 912 345 678",),
    "address_country": ("Portugal",),
    "address_city": ("Lisboa",),
    "address_street": ("Rua Augusta 1",),
    "address_postcode": ("1100-048",),
    "note": ("Ring twice",),
    "quantity": ("2",),
}
ANY = ("3", "Lisboa", "Portugal", "12.50", "Something for everybody")
BAD = ("0", "x" * 700)
# What is bought, or thrown away, comes when all else has been looked at.
_URGENCY = {"success": 1, "danger": 2}


@dataclass
class Step:
    """One press or text, and what the person saw of it."""

    what: str
    found_on: Look | None
    screens: list[Look]
    toast: str = ""

    @property
    def is_press(self) -> bool:
        return self.found_on is not None


@dataclass
class Crawl:
    """*depth*: how many presses a screen is away from a beginning. *answers*: what is typed into which question.

    *harmless*: nothing is bought, paid or thrown away.
    """

    shop: Shop
    person: Person
    watch: Watch
    steps: list[Step] = field(default_factory=list)
    pressed: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    harmless: bool = False
    answers: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(GOOD))
    depth: dict[str, int] = field(default_factory=dict)
    _queues: tuple[deque[tuple[Look, str, int]], ...] = field(default_factory=lambda: (deque(), deque(), deque()))

    async def everything(self, beginnings: Iterable[str]) -> None:
        """From what stands in the chat already, and from each of the commands."""
        for message in self.person.from_bot:
            self._finds(Look(message), 0)
        for text in beginnings:
            await self.types(text, 0)
            await self._is_asked(0)
            await self._presses_what_it_found()
        await self._presses_what_it_found()

    async def _presses_what_it_found(self) -> None:
        while (found := self._next()) and len(self.steps) < MOST_STEPS:
            look, data, depth = found
            await self.presses(look, data, depth)
            await self._is_asked(depth)

    def _next(self) -> tuple[Look, str, int] | None:
        """The most harmless button that nobody has pressed yet."""
        queues = self._queues[:1] if self.harmless else self._queues
        return next((queue.popleft() for queue in queues if queue), None)

    async def presses(self, found_on: Look, data: str, depth: int) -> None:
        mark = len(self.watch.looks)
        await self.person.taps_data(found_on.message_id, data)
        self._notes(Step(data, found_on, self._seen_since(mark), self.person.toast), depth)

    async def types(self, text: str, depth: int) -> None:
        await self._tells(text, lambda: self.person.sends(text), depth)

    async def sends(self, name: str, send: Callable[[], Awaitable[None]]) -> None:
        """Sends something that is no text, and goes on from whatever that brings up."""
        await self._tells(name, send, 0)
        await self._is_asked(0)
        await self._presses_what_it_found()

    async def _tells(self, what: str, send: Callable[[], Awaitable[None]], depth: int) -> None:
        mark = len(self.watch.looks)
        await send()
        self._notes(Step(what, None, self._seen_since(mark)), depth)

    def _seen_since(self, mark: int) -> list[Look]:
        """What stands in the chat now; a message that only took a keyboard away is gone already."""
        here = self.person.here.messages
        mine = [look for look in self.watch.since(mark) if look.chat_id == self.person.chat_id]
        return [look for look in mine if look.message_id in here]

    def _notes(self, step: Step, depth: int) -> None:
        self.steps.append(step)
        for look in step.screens:
            self.depth.setdefault(str(look), depth)
            self._finds(look, depth + 1)

    def _finds(self, look: Look, depth: int) -> None:
        for button in look.buttons:
            data = button.get("callback_data")
            if data is None or data in self.known or self.pressed[kind(data)] >= MOST_OF_A_KIND:
                continue
            self.known.add(data)
            self.pressed[kind(data)] += 1
            urgency = _URGENCY.get(button.get("style", ""), 0)
            self._queues[urgency].append((look, data, depth))

    async def _is_asked(self, depth: int) -> None:
        """A question is answered wrongly first, then rightly; each kind of question once."""
        while (state := await awaited(self.shop, self.person)) is not None and state not in self.asked:
            self.asked.add(state)
            for text in (*BAD, *self.answers.get(state, ANY)):
                await self.types(text, depth + 1)
                if await awaited(self.shop, self.person) != state:
                    break


def kind(data: str) -> str:
    """A button's kind: all that is no number of it."""
    prefix, *values = data.split(":")
    return ":".join([prefix, *("#" if _NUMBER.match(value) else value for value in values)])


async def awaited(shop: Shop, person: Person) -> str | None:
    """Which text the chat waits for from the person."""
    key = f"{shop.world.bot_id}:{person.chat_id}:{person.id}"
    async with shop.app.db.read() as session:
        found: str | None = await session.scalar(select(ConversationState.state).where(ConversationState.key == key))
    return found


def commands() -> list[str]:
    """Every command that some conversation answers, /start first."""
    found = {
        str(name)
        for router in routers()
        for handler in router.message.handlers
        for each in handler.filters or ()
        if isinstance(each.callback, Command)
        for name in each.callback.commands
    }
    return sorted((f"/{name}" for name in found), key=lambda name: (name != "/start", name))
