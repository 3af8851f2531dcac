"""Telegram brings one update to two programs at once: it was slow to hear from the first, or the load balancer was."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.app import App, build
from bot.demo.session import WorldSession
from bot.ui.callbacks import AddToCart
from store import updates
from store.models import BotUpdate, CartLine
from tests.apps import Stage, a_stage, settings
from tests.builders import a_variant

AT_ONCE = 6


@dataclass
class Two:
    """Two programs on one database, and the press that both get, *AT_ONCE* times in all."""

    stage: Stage
    apps: tuple[App, App]
    press: dict[str, Any]

    async def press_at_once(self) -> int:
        """How many pieces are in the cart afterwards."""
        await asyncio.gather(*(app.feed(dict(self.press)) for app in self.apps * (AT_ONCE // 2)))
        async with self.stage.app.db.read() as session:
            return int(await session.scalar(select(func.sum(CartLine.quantity))) or 0)


@pytest.fixture
async def two(db_url: str, tmp_path: Path) -> AsyncIterator[Two]:
    async with a_stage(db_url, tmp_path, locks=False) as stage:
        variant = await a_variant(stage.app.db, stock=50)
        await stage.ann.starts()
        press = await _a_press(stage, AddToCart(variant_id=variant.id, quantity=1, seen_minor=1500).pack())
        second = build(settings(db_url, tmp_path), session=WorldSession(stage.world), clock=stage.clock, locks=False)
        yield Two(stage, (stage.app, second), press)
        await second.stop()


async def _a_press(stage: Stage, data: str) -> dict[str, Any]:
    caught: list[dict[str, Any]] = []

    async def catch(update: dict[str, Any]) -> None:
        caught.append(update)

    stage.world.deliver = catch
    await stage.ann.taps_data(stage.ann.from_bot[-1]["message_id"], data)
    stage.world.deliver = stage.app.feed
    return caught[0]


@pytest.fixture
def separately(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errands in hand are known by their number: here each is its own, as on machines that know nothing of each other."""
    monkeypatch.setattr("bot.errands.Errands._known", lambda self, update: None)


async def test_one_update_acts_once(two: Two, separately: None) -> None:
    assert await two.press_at_once() == 1
    async with two.stage.app.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(BotUpdate)) == 1


async def test_without_the_mark_it_acts_each_time(two: Two, separately: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""

    async def no_mark(*_: object, **__: object) -> None:
        """As before there was one."""

    monkeypatch.setattr(updates, "mark", no_mark)
    assert await two.press_at_once() > 1


async def test_everybody_is_answered(two: Two, separately: None) -> None:
    """Those that came too late to act show what stands: the cart with one piece in it."""
    await two.press_at_once()
    assert two.stage.ann.sees("1 × ")
    assert not two.stage.world.unanswered
