import signal
from pathlib import Path

import pytest

from tests.programs import TOKEN, Starts, Telegram, a_seeded_file, asked

pytestmark = pytest.mark.slow


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
