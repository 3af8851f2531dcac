import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiogram.types import CallbackQuery, Message
from pydantic import SecretStr

from bot import throttle
from bot.redis import Redis
from bot.throttle import Counter, Limit, OwnCounter, SharedCounter, Verdict
from bot.ui.callbacks import ShowHome
from handlers.routing import everyone_router
from store.db import Database
from tests.apps import MENU, Stage, a_stage
from tests.redis_servers import RedisServer

ANN, BEN = 7, 8
# One tap, and the next in ten seconds: what a test does in between is too much.
SLOW = Limit(0.1)
PASS, TELL, DROP = Verdict.PASS, Verdict.TELL, Verdict.DROP


@contextlib.asynccontextmanager
async def shared(server: RedisServer) -> AsyncIterator[SharedCounter]:
    redis = Redis(SecretStr(server.url), prefix="test")
    yield SharedCounter(redis, OwnCounter())
    await redis.close()


async def verdicts(counter: Counter, person: int, times: int, limit: Limit = SLOW) -> list[Verdict]:
    return [await counter.count(person, limit) for _ in range(times)]


@pytest.fixture(params=["own", "shared"])
async def counter(request: pytest.FixtureRequest) -> AsyncIterator[Counter]:
    if request.param == "own":
        yield OwnCounter()
        return
    async with shared(request.getfixturevalue("redis_server")) as counter:
        yield counter


async def test_what_is_too_much_is_told_once_and_dropped_then(counter: Counter) -> None:
    assert await verdicts(counter, ANN, 4) == [PASS, TELL, DROP, DROP]


async def test_somebody_who_pages_fast_is_let_through(counter: Counter) -> None:
    """Twenty at once, as after a tunnel."""
    assert set(await verdicts(counter, ANN, 21, Limit(3))) == {PASS}


async def test_nobody_pays_for_somebody_else(counter: Counter) -> None:
    await verdicts(counter, ANN, 50)
    assert await verdicts(counter, BEN, 1) == [PASS]


async def test_whoever_waits_may_go_on() -> None:
    """And whoever does not is told again, not at once but before they think that the shop is broken."""
    now = 100.0
    counter = OwnCounter(lambda: now)
    await verdicts(counter, ANN, 21, Limit(3))
    assert await verdicts(counter, ANN, 2, Limit(3)) == [TELL, DROP]
    now += 1
    assert await verdicts(counter, ANN, 4, Limit(3)) == [PASS, PASS, PASS, DROP]
    now += throttle.TELL_EVERY_S
    assert (await verdicts(counter, ANN, 22, Limit(3)))[-1] is TELL


async def test_redis_fills_the_allowance_as_time_goes_on(redis_server: RedisServer) -> None:
    """By its own clock."""
    async with shared(redis_server) as counter, asyncio.timeout(5):
        limit = Limit(10)
        assert (await verdicts(counter, ANN, 100, limit)).count(PASS) < 100
        while await counter.count(ANN, limit) is not PASS:  # noqa: ASYNC110 - it is Redis' clock that goes on
            await asyncio.sleep(0.01)


async def test_two_processes_count_together(redis_server: RedisServer) -> None:
    async with shared(redis_server) as first, shared(redis_server) as second:
        assert [await first.count(ANN, SLOW), await second.count(ANN, SLOW)] == [PASS, TELL]


async def test_without_redis_each_counts_alone(redis_server: RedisServer) -> None:
    async with shared(redis_server) as first, shared(redis_server) as second:
        redis_server.is_killed()
        assert await verdicts(first, ANN, 2) == [PASS, TELL]
        assert await verdicts(second, ANN, 2) == [PASS, TELL]


async def test_no_more_people_are_remembered_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one who has been away for longest goes first."""
    monkeypatch.setattr(throttle, "PEOPLE_MAX", 100)
    counter = OwnCounter()
    for person in range(1000):
        await counter.count(person, SLOW)
    assert list(counter._people) == list(range(900, 1000))


@pytest.fixture
async def strict(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A shop where one tap in ten seconds is enough; /start was not counted."""
    async with a_stage(sqlite_url, tmp_path, throttle_per_s=SLOW.per_s) as stage:
        router = everyone_router("tests")
        router.message()(show_menu)
        router.callback_query(ShowHome.filter())(press)
        stage.listens_to(router)
        yield stage


async def show_menu(message: Message) -> Any:
    return MENU


async def press(query: CallbackQuery) -> None:
    """Nothing but the answer."""


def texts(stage: Stage) -> list[str]:
    return [message["text"] for message in stage.ann.from_bot]


def answers(stage: Stage) -> list[str | None]:
    return [params.get("text") for name, params in stage.world.calls if name == "answerCallbackQuery"]


async def test_a_person_who_writes_too_much_is_told_in_a_message_once(strict: Stage) -> None:
    for _ in range(5):
        await strict.ann.sends("hello")
    assert [text.partition(".")[0] for text in texts(strict)] == ["Menu", "That was a lot at once"]


async def test_every_press_is_answered_the_first_of_too_many_with_words(strict: Stage) -> None:
    await strict.ann.sends("hello")
    for _ in range(4):
        await strict.ann.taps("Go")
    assert [bool(text) for text in answers(strict)] == [True, False, False, False]
    assert not strict.world.unanswered


async def test_what_is_too_much_costs_no_look_into_the_database(strict: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await strict.ann.sends("hello")
    await strict.ann.taps("Go")
    for door in ("read", "begin"):
        monkeypatch.setattr(Database, door, None)
    for _ in range(20):
        await strict.ann.taps("Go")
        await strict.ann.sends("hello")
    assert len(answers(strict)) == 21


async def test_the_staff_works_ten_times_as_fast(strict: Stage) -> None:
    """SLOW lets a customer do one thing at once, and the staff seven."""
    for _ in range(20):
        await strict.max.sends("/hello")
    assert len(strict.max.from_bot) == 7


async def test_nobody_is_told_off_in_a_group(strict: Stage) -> None:
    for _ in range(20):
        await strict.max.sends("/hello")
    assert not strict.max.sees("at once")


MONEY = {
    "successful_payment": {
        "currency": "USD",
        "total_amount": 100,
        "invoice_payload": "x",
        "telegram_payment_charge_id": "t",
        "provider_payment_charge_id": "p",
    }
}


@pytest.mark.parametrize(
    "kind",
    [
        lambda stage: stage.ann.sends_content(MONEY),
        lambda stage: stage.ann.blocks_bot(),
        lambda stage: asks_before_checkout(stage),
    ],
    ids=["money that was paid", "shut out", "the question before it is paid"],
)
async def test_what_must_be_heard_always_passes(strict: Stage, kind: Callable[[Stage], Awaitable[None]]) -> None:
    heard = list[str]()
    strict.app.dp.update.outer_middleware(note_what_passes(heard))
    await strict.ann.sends("hello")
    await strict.ann.sends("hello")
    heard.clear()
    await kind(strict)
    assert heard


def note_what_passes(heard: list[str]) -> Any:
    """Stands behind the throttle."""

    async def middleware(handler: Any, event: Any, data: dict[str, Any]) -> Any:
        heard.append(event.event_type)
        return await handler(event, data)

    return middleware


async def asks_before_checkout(stage: Stage) -> None:
    person = stage.world.user_json(stage.ann.id)
    query = {"id": "1", "from": person, "currency": "USD", "total_amount": 100, "invoice_payload": "x"}
    await stage.app.feed({"update_id": 10**6, "pre_checkout_query": query})
