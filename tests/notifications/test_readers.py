"""Whoever reads a message decides how it comes: silent at night by their own clock, and not at all what they do not want."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.format import moment_there
from bot.ui.screen import Screen
from notifications.relay import Relay
from notifications.telling import Recipient, Route, Telling
from store import customers, outbox, preferences
from store.events import Event, OrderCancelled, OrderPlaced
from store.models import Delivery
from store.preferences import Topic
from tests.apps import Stage, a_stage, settings

LISBON, NEW_YORK, SHANGHAI, SYDNEY = "Europe/Lisbon", "America/New_York", "Asia/Shanghai", "Australia/Sydney"
CHATS: list[int] = []


async def _everybody(_session: AsyncSession, _event: Event, *_: Any) -> list[Recipient]:
    return [Recipient(chat_id, "en") for chat_id in CHATS]


async def _news(_session: AsyncSession, _event: Event, tell: Telling) -> Screen:
    return Screen(escape(moment_there(tell.now, "en", tell.zone)))


ROUTES: dict[type[Event], tuple[Route, ...]] = {
    OrderPlaced: (Route("news", _everybody, _news),),
    OrderCancelled: (Route("offer", _everybody, _news, topic=Topic.OFFERS),),
}


@pytest.fixture
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(sqlite_url, tmp_path) as stage:
        await stage.ann.starts()
        stage.world.calls.clear()
        CHATS[:] = [stage.ann.id]
        yield stage


async def _told(stage: Stage, happened: Event) -> list[dict[str, Any]]:
    app = stage.app
    async with app.db.begin() as session:
        await outbox.write(session, happened, now=stage.clock())
    options = settings(app.settings.database, app.settings.data_dir)
    relay = Relay(app.db, app.speaker, pictures=app.pictures, settings=options, carriers=app.carriers, routes=ROUTES)
    while await relay.run_once(stage.clock()):
        pass
    return [call for name, call in stage.world.calls if name == "sendMessage"]


async def _lives_in(stage: Stage, zone: str) -> None:
    async with stage.app.db.begin() as session:
        ann = await customers.find(session, stage.ann.id)
        assert ann is not None
        await preferences.set_timezone(session, ann.id, zone)


@pytest.mark.parametrize(
    ("zone", "at", "shown", "is_silent"),
    [
        (LISBON, "2026-03-28T21:59Z", "28 Mar, 21:59 (UTC)", False),
        (LISBON, "2026-03-28T22:00Z", "28 Mar, 22:00 (UTC)", True),
        # The night of the clocks' change ends an hour earlier by Greenwich.
        (LISBON, "2026-03-29T06:59Z", "29 Mar, 07:59 (UTC+1)", True),
        (LISBON, "2026-03-29T07:00Z", "29 Mar, 08:00 (UTC+1)", False),
        (NEW_YORK, "2026-11-01T11:59Z", "1 Nov, 06:59 (UTC−5)", True),
        (NEW_YORK, "2026-11-01T13:00Z", "1 Nov, 08:00 (UTC−5)", False),
        (NEW_YORK, "2026-10-31T12:00Z", "31 Oct, 08:00 (UTC−4)", False),
        (SHANGHAI, "2026-07-01T14:00Z", "1 Jul, 22:00 (UTC+8)", True),
        (SHANGHAI, "2026-07-01T00:00Z", "1 Jul, 08:00 (UTC+8)", False),
        (SYDNEY, "2026-04-04T21:59Z", "5 Apr, 07:59 (UTC+10)", True),
        (SYDNEY, "2026-10-03T21:00Z", "4 Oct, 08:00 (UTC+11)", False),
    ],
)
async def test_nights_and_times_are_the_readers(stage: Stage, zone: str, at: str, shown: str, is_silent: bool) -> None:
    """In four zones, with the clocks' changes: from 22 to 8 without a sound, and every time by their clock."""
    await _lives_in(stage, zone)
    stage.clock.at = datetime.fromisoformat(at)
    [call] = await _told(stage, OrderPlaced(order_id=1))
    assert call["text"] == shown
    assert bool(call.get("disable_notification")) is is_silent


async def test_without_a_clock_of_their_own_the_country_of_their_parcels_counts(stage: Stage) -> None:
    """And before there is one, the shop's."""
    [first] = await _told(stage, OrderPlaced(order_id=1))
    async with stage.app.db.begin() as session:
        ann = await customers.find(session, stage.ann.id)
        assert ann is not None
        await customers.add_address(
            session, ann.id, country="CN", city="Shanghai", street="Nanjing Rd 1", now=stage.clock()
        )
    [_, second] = await _told(stage, OrderPlaced(order_id=2))
    assert "(UTC)" in first["text"] and "(UTC+8)" in second["text"]


async def test_what_somebody_does_not_want_is_not_told(stage: Stage) -> None:
    """It is skipped, not kept; what has no topic always comes."""
    async with stage.app.db.begin() as session:
        ann = await customers.find(session, stage.ann.id)
        assert ann is not None
        await preferences.stop_marketing(session, ann.id)
    assert not await _told(stage, OrderCancelled(order_id=1))
    assert len(await _told(stage, OrderPlaced(order_id=1))) == 1
    async with stage.app.db.read() as session:
        assert list(await session.scalars(select(Delivery.status).order_by(Delivery.id))) == ["skipped", "sent"]


async def test_many_readers_are_known_with_one_question(stage: Stage) -> None:
    """Not one a message."""
    for n in range(20):
        person = stage.world.add_user(f"P{n}", language_code="en")
        stage.world.private_chat(person.id)
        async with stage.app.db.begin() as session:
            await customers.identify(session, person.id, name="P", username=None, language="en", now=stage.clock())
        CHATS.append(person.id)
    asked: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "wants_offers" in statement and statement.startswith("SELECT"):
            asked.append(statement)

    engines = {stage.app.db._reader.sync_engine, stage.app.db._writer.sync_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", listen)
    assert len(await _told(stage, OrderPlaced(order_id=1))) == 21
    assert len(asked) == 1
