"""The demo as its own process, and Debian's Chromium before it."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from bot.demo.opening import open_demo
from bot.demo.scenes import CAST, person
from tests.browser.sight import DemoPage
from tests.conversations import walks

ROOT = Path(__file__).parents[2]
ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
)
Opens = Callable[..., DemoPage]


@pytest.fixture(
    scope="module"
)  # Playwright's event loop runs until its end: no other module's tests can have one meanwhile
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=list(ARGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a demo is open that nobody has used yet."""
    yield from process(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a demo is open in which Ann has one order on its way, and one to pay."""
    yield from lived(tmp_path_factory.mktemp("demo"), _lives)


def lived(folder: Path, lives: Callable[[Path], Coroutine[Any, Any, None]]) -> Iterator[str]:
    """Where a demo is open of what *lives* has left in the folder."""
    with ThreadPoolExecutor(1) as thread:  # this one has Playwright's loop running in it
        thread.submit(lambda: asyncio.run(lives(folder))).result()
    yield from process(folder)


async def _lives(folder: Path) -> None:
    demo = await open_demo(folder, port=8080)
    ann = person(demo.world, CAST[0].user.id, CAST[0].user.id)
    group = next(chat.id for chat in demo.world.chats.values() if not chat.is_private)
    packer = person(demo.world, next(f.user.id for f in CAST if f.part == "packer"), group)
    await walks.orders(ann, name="Ann Taylor", payment=walks.CASH)
    await demo.app.run_jobs_due()
    for label in ("Accept", "Ship", "Sandbox Post"):
        await packer.taps(label)
    await demo.levers.travel(6)
    await walks.takes(ann)
    await walks.answers(ann, first=False)
    await ann.taps("Place order")
    await demo.stop()


def process(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "bot", "demo", "--port", "0", "--folder", str(folder)]
    clean = {key: value for key, value in os.environ.items() if key not in ("BOT_TOKEN", "DATABASE_URL")}
    with subprocess.Popen(command, cwd=ROOT, env=clean, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        said = demo.stdout.readline()
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+", said)
            assert found, f"the demo did not open: {said!r}"
            yield found[0]
        finally:
            demo.send_signal(signal.SIGINT)
            code = demo.wait(30)
    assert code == 0, "the demo did not end by itself"


@pytest.fixture
def opens(browser: Browser) -> Iterator[Opens]:
    """Opens the page in a window; afterwards nothing may have gone wrong in any."""
    pages: list[DemoPage] = []

    def opened(address: str, *, width: int = 1440, height: int = 900, scheme: str = "light") -> DemoPage:
        page = DemoPage.opened(browser, address, width=width, height=height, scheme=scheme)
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert [line for page in pages for line in page.complaints] == []
