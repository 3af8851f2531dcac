"""Somebody who presses only what is in front of them, for a long time: no press is for nothing, and there is always a next one."""

from collections import Counter

import pytest

from bot.demo.people import Person
from tests.conversations.conftest import Shop
from tests.conversations.crawl import ANY, GOOD, awaited, kind
from tests.conversations.lived_in import in_private, lives
from tests.conversations.watching import Look, Watch, watches

STEPS = 300


class Wanderer:
    """Takes the button that was pressed least of those on the newest screen, and answers what is asked."""

    def __init__(self, shop: Shop, person: Person, watch: Watch) -> None:
        self.shop, self.person, self.watch = shop, person, watch
        self.pressed: Counter[str] = Counter()
        self.in_vain: list[str] = []

    async def wanders(self, steps: int) -> None:
        await self.person.sends("/start")
        for _ in range(steps):
            if not await self._answers_first():
                await self._presses(self._newest())

    async def _answers_first(self) -> bool:
        """A question that was not asked before is answered; at the next time the person presses something instead."""
        state = await awaited(self.shop, self.person)
        if state is None or self.pressed[state]:
            return False
        self.pressed[state] += 1
        for text in GOOD.get(state, ANY):
            await self.person.sends(text)
        return True

    def _newest(self) -> Look:
        """The newest screen that can be pressed."""
        return next(look for message in reversed(self.person.from_bot) if (look := Look(message)).presses)

    async def _presses(self, look: Look) -> None:
        data = min(look.presses, key=lambda data: (self.pressed[kind(data)], self.pressed[data]))
        self.pressed[data] += 1
        self.pressed[kind(data)] += 1
        seen = len(self.watch.looks)
        await self.person.taps_data(look.message_id, data)
        is_silent = len(self.watch.looks) == seen
        if is_silent and not self.person.toast and data not in _chosen(look):
            self.in_vain.append(f"{data} on\n{look}")


def _chosen(look: Look) -> set[str]:
    """Choosing again what is ticked may do nothing: the tick says so."""
    return {button["callback_data"] for button in look.buttons if button["text"].startswith("✅ ")}


@pytest.mark.slow
async def test_no_press_of_a_customer_is_for_nothing(shop: Shop) -> None:
    """Something changes on the screen, or a toast says why not; Telegram never hears of a screen that stands already."""
    await lives(shop)
    wanderer = Wanderer(shop, shop.ann, watches(shop.world))
    await wanderer.wanders(STEPS)
    assert not wanderer.in_vain


@pytest.mark.slow
async def test_no_press_of_the_owner_is_for_nothing(shop: Shop) -> None:
    await lives(shop)
    wanderer = Wanderer(shop, in_private(shop.max), watches(shop.world))
    await wanderer.wanders(STEPS)
    assert not wanderer.in_vain
