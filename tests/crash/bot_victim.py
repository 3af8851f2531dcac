"""A warm process that forks whole shops, bot and all: `python -m tests.crash.bot_victim`. The Telegram they speak to lives elsewhere, and so survives them.

A line of JSON begins a shop; further lines are for that shop, until it ends or is killed. It answers "done" after each, and its parent says how it ended.
A shop that warms lives in the parent, so that those after it find their statements compiled.
"""

import asyncio
import json
import os
import sys
import traceback
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from bot.app import App, build
from bot.incoming import routers
from bot.session import Line
from bot.settings import load
from tests import statements
from tests.crash import failpoints
from tests.crash.failpoints import Door

# Unbuffered: what one process reads too much, the next one would never see.
_lines: BinaryIO = open(0, "rb", buffering=0)  # noqa: SIM115 - for good
# Asking for updates neither says nor changes anything.
TELEGRAM = Door(Line, "make_request", lambda _line, _bot, call, **_: _telling(call.__api_method__))


def _telling(method: str) -> str | None:
    return None if method == "getUpdates" else method


def _must_not_break(polling: asyncio.Task[None]) -> None:
    if not polling.cancelled() and (error := polling.exception()) is not None:
        traceback.print_exception(error)
        os._exit(1)


@dataclass
class Clock:
    at: datetime

    def __call__(self) -> datetime:
        return self.at


async def live(wanted: dict[str, Any]) -> None:
    """A shop from its start to its end: it hears people, and does what its lines say."""
    clock, folder = Clock(datetime.fromisoformat(wanted["now"])), Path(wanted["folder"])
    passed, target = folder / "passed", wanted["target"]
    point = failpoints.Killer(passed, target) if target else failpoints.Recorder(passed)
    app = build(load(**wanted["settings"]), clock=clock, sleep=_no_sleep)
    with failpoints.watched(point, TELEGRAM):
        app.intake.errands.begin()
        await app.intake.errands.take_up(everybodys=True)
        polling = asyncio.create_task(app.intake.poll())
        polling.add_done_callback(_must_not_break)
        while (line := await _next_line())["do"] != "end":
            clock.at = datetime.fromisoformat(line["now"])
            await _do(app, line)
            _say("done")
        app.intake.stop()
        await polling
    await app.stop()


async def _do(app: App, line: dict[str, Any]) -> None:
    """Whatever people asked for is done; then, if the line says so, Ann pays at the bank, or tries to; then all that is due."""
    while in_hand := list(app.intake.errands._in_hand.values()):
        await asyncio.wait({errand.running for errand in in_hand})
    if line["do"] != "jobs" and app.bank is not None:
        page = app.bank.page(line["ref"])
        if page.is_open(app.clock()):  # not when the bank has it in its books, and only the shop has not heard
            await {"pay": app.bank.pay, "fail": app.bank.fail}[line["do"]](page.ref, now=app.clock())
    await app.run_jobs_due()


async def _next_line() -> dict[str, Any]:
    line: dict[str, Any] = json.loads(await asyncio.to_thread(_lines.readline))
    return line


async def _no_sleep(_seconds: float) -> None:
    """What would be waited for has passed."""
    await asyncio.sleep(0)


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def serve() -> None:
    while line := _lines.readline():
        wanted = json.loads(line)
        if "do" in wanted:  # for a shop that died before it had read it
            continue
        if wanted["warms"]:
            _say(str(_live(wanted)))
        elif child := os.fork():
            _, status = os.waitpid(child, 0)
            _say(str(os.waitstatus_to_exitcode(status)))
        else:
            os._exit(_live(wanted))


def _live(wanted: dict[str, Any]) -> int:
    try:
        asyncio.run(live(wanted))
    except:  # noqa: E722 - a child that goes on would be a second parent
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    statements.share()
    routers()  # imported once, for all shops
    serve()
