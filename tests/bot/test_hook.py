"""One setWebhook where it is needed, none where it is not, and another program's is left alone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.faults import Fault
from bot.hook import PATH
from bot.settings import SettingsError, load
from tests.apps import Stage, a_stage

URL = "https://shop.example"


@pytest.fixture
async def stage(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr("bot.intake.FIRST_PAUSE_S", 0)
    monkeypatch.setattr("bot.hook.FIRST_PAUSE_S", 0)
    async with a_stage(sqlite_url, tmp_path, public_url=URL) as stage:
        yield stage


async def stands(stage: Stage) -> list[str]:
    """What was asked of Telegram to make it stand."""
    stage.world.calls.clear()
    stage.clock.goes_on(seconds=5)
    assert stage.app.incoming is not None
    async with asyncio.timeout(10):
        await stage.app.incoming.hook.stand(asyncio.Event())
    return [name for name, _ in stage.world.calls]


async def test_the_webhook_is_set_once(stage: Stage) -> None:
    """With all that it needs."""
    assert await stands(stage) == ["getWebhookInfo", "setWebhook"]
    assert await stands(stage) == ["getWebhookInfo"]
    hook, allowed = stage.world.state.webhook, set(stage.world.state.allowed_updates)
    assert (hook.url, hook.max_connections, len(hook.secret_token)) == (URL + PATH, 40, 64)
    assert {"message", "callback_query", "pre_checkout_query"} <= allowed and "poll_answer" not in allowed


@pytest.mark.parametrize("change", ["url", "max_connections", "allowed_updates"])
async def test_what_differs_is_set_again(stage: Stage, change: str) -> None:
    await stands(stage)
    if change == "allowed_updates":
        stage.world.state.allowed_updates = ["message"]
    else:
        setattr(stage.world.state.webhook, change, {"url": "https://elsewhere.example", "max_connections": 1}[change])
    assert await stands(stage) == ["getWebhookInfo", "setWebhook"]
    assert stage.world.state.webhook.url == URL + PATH


async def test_one_that_another_program_set_at_our_address_gets_our_secret(stage: Stage) -> None:
    """The secret cannot be read back: what we did not set is set."""
    await stage.world.call("setWebhook", {"url": URL + PATH, "secret_token": "theirs"})
    await stands(stage)
    assert len(stage.world.state.webhook.secret_token) == 64


async def test_a_bad_line_is_waited_out(stage: Stage) -> None:
    stage.world.faults.add("getWebhookInfo", Fault.GATEWAY)
    stage.world.faults.add("setWebhook", Fault.SERVER_ERROR)
    assert (await stands(stage))[-1] == "setWebhook"


async def polls_until(stage: Stage, looks: int) -> None:
    """Until Ann has been answered, or Telegram was asked so often about the webhook."""
    stage.world.calls.clear()
    polling = asyncio.create_task(stage.app.intake.poll())
    async with asyncio.timeout(20):
        while not stage.ann.screen and sum(name == "getWebhookInfo" for name, _ in stage.world.calls) < looks:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
        stage.app.intake.stop()
        await polling


async def test_who_fetches_takes_the_shops_own_webhook_away(stage: Stage) -> None:
    await stands(stage)
    stage.world.deliver = None
    await stage.ann.starts()
    await polls_until(stage, looks=5)
    assert stage.ann.screen and not stage.world.state.webhook.url


async def test_another_programs_webhook_is_left_alone(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    await stage.world.call("setWebhook", {"url": "https://elsewhere.example"})
    stage.world.private_chat(stage.ann.id)
    await polls_until(stage, looks=2)
    assert stage.world.state.webhook.url == "https://elsewhere.example"
    assert "webhook that another program has set" in caplog.text


@pytest.mark.parametrize(
    ("intake", "url", "has_webhook"),
    [
        ("auto", None, False),
        ("auto", "http://127.0.0.1:8080", False),
        ("auto", "https://shop.example", True),
        ("polling", "https://shop.example", False),
        ("webhook", "http://127.0.0.1:8080", True),
    ],
)
def test_how_updates_come_in(intake: str, url: str | None, has_webhook: bool) -> None:
    assert load(telegram_intake=intake, public_url=url).has_webhook is has_webhook


@pytest.mark.parametrize("url", [None, "http://shop.example"])
def test_a_webhook_needs_an_address_that_telegram_can_reach(url: str | None) -> None:
    with pytest.raises(SettingsError, match="TELEGRAM_INTAKE webhook needs a PUBLIC_URL"):
        load(telegram_intake="webhook", public_url=url)
