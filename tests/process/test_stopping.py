import signal
from collections import Counter
from pathlib import Path
from time import monotonic

import pytest

from bot.demo.faults import Fault
from bot.demo.people import Person
from bot.demo.world import World
from tests.programs import TOKEN, Starts, Telegram, a_seeded_file, asked

pytestmark = pytest.mark.slow

RESTARTS = 4
# What docs/operating.md tells people to give a process manager.
KILLED_AFTER_S = 30
NEWCOMERS = 80


async def test_a_process_with_the_web_alone_needs_no_token_and_no_telegram(dukkan: Starts, tmp_path: Path) -> None:
    """It tells a load balancer that it goes before it goes."""
    await a_seeded_file(tmp_path)
    program = await dukkan("--roles", "web", CLOSING_NOTICE_S="2")
    ready = f"{await program.web()}/health/ready"

    async def is_told(status: int) -> bool:
        answer = await asked(ready)
        return answer is not None and answer.status_code == status

    await program.comes_to(lambda: is_told(200))
    program.process.send_signal(signal.SIGTERM)
    await program.comes_to(lambda: is_told(503))
    assert await program.ends() == 0
    assert await asked(ready) is None


async def test_a_second_signal_ends_it_at_once(telegram: Telegram, dukkan: Starts, tmp_path: Path) -> None:
    """Whoever presses Ctrl+C twice does not want to wait."""
    await a_seeded_file(tmp_path)
    program = await dukkan(BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url, CLOSING_NOTICE_S="60")
    await program.says("web on ")
    program.process.send_signal(signal.SIGTERM)
    await program.says("closing")
    assert await program.ends(by=signal.SIGINT) == 128 + signal.SIGINT
    assert "ended at once by a second signal" in program.said[-1]


async def newcomers_write(world: World) -> list[int]:
    """Eighty people who press Start at the same moment."""
    ids = [world.add_user("Ann", language_code="en").id for _ in range(NEWCOMERS)]
    for person_id in ids:
        await Person(world, person_id).starts()
    return ids


def answers(world: World) -> Counter[int]:
    sent = [params for name, params in world.calls if name in ("sendMessage", "sendPhoto")]
    return Counter(int(params["chat_id"]) for params in sent)


async def test_nobody_is_lost_or_answered_twice_when_it_is_restarted_under_load(
    telegram: Telegram, dukkan: Starts, tmp_path: Path
) -> None:
    """Each time it is told to stop while it answers the first of eighty, and the next one goes on."""
    await a_seeded_file(tmp_path)
    world, everybody = telegram.world, list[int]()
    for is_last in [False] * RESTARTS + [True]:
        program = await dukkan(BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url)
        await program.says("open as")
        everybody += (newcomers := await newcomers_write(world))
        enough = NEWCOMERS if is_last else 1
        await program.shows(lambda: len(answers(world).keys() & set(newcomers)) >= enough)  # noqa: B023 - called at once
        assert await program.ends(by=signal.SIGTERM) == 0
    assert answers(world) == Counter(everybody)
    assert len(world.updates) == 0  # all confirmed


async def test_an_answer_that_takes_too_long_is_given_by_the_next_start(
    telegram: Telegram, dukkan: Starts, tmp_path: Path
) -> None:
    """Telegram hangs while the shop is told to stop: it waits for a while, goes, and nobody is forgotten."""
    await a_seeded_file(tmp_path)
    for method in ("sendMessage", "sendPhoto"):
        telegram.world.faults.add(method, Fault.SLOW, delay_s=600, chat_id=telegram.ann.chat_id)
    await telegram.ann.starts()
    program = await dukkan(BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url)
    await program.shows(lambda: telegram.world.faults.met[Fault.SLOW] > 0)
    begun = monotonic()
    assert await program.ends(by=signal.SIGTERM) == 0
    assert monotonic() - begun < KILLED_AFTER_S
    assert not telegram.ann.screen
    telegram.world.faults.clear()
    program = await dukkan(BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url)
    await program.shows(lambda: bool(telegram.ann.screen))
    assert await program.ends(by=signal.SIGTERM) == 0
