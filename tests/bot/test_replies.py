from typing import Any

import pytest
from aiogram.types import CallbackQuery
from markupsafe import Markup

from bot.demo.faults import Fault
from bot.ui.screen import Screen
from tests.apps import Stage


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.GATEWAY, Fault.RESET_BEFORE])
async def test_a_reply_that_met_a_broken_line_comes_all_the_same(stage: Stage, fault: Fault) -> None:
    stage.world.faults.add("sendPhoto", fault, times=2)
    await stage.ann.sends("/catalog")
    assert "Nothing here yet" in stage.ann.screen
    assert stage.slept == [0.5, 1]


async def test_a_short_flood_limit_is_waited_out(stage: Stage) -> None:
    stage.world.faults.add("sendMessage", Fault.FLOOD, retry_after=3)
    await stage.ann.sends("/help")
    assert (stage.slept, bool(stage.ann.screen)) == ([3], True)


async def test_a_long_flood_limit_holds_up_no_press(stage: Stage) -> None:
    """Nobody waits a minute for the answer to a tap, and the next update must not wait either; the screen comes in the end."""
    stage.world.faults.add("sendMessage", Fault.FLOOD, retry_after=60)
    stage.time_passes.clear()
    await stage.ann.sends("/help")
    assert (stage.slept, stage.ann.screen) == ([60], "")
    stage.time_passes.set()
    await stage.app.speaker.finish()
    assert "/orders" in stage.ann.screen


async def test_a_press_is_shown_even_when_its_answer_was_lost(stage: Stage) -> None:
    await stage.ann.sends("/help")
    stage.world.faults.add("answerCallbackQuery", Fault.SERVER_ERROR, times=3)
    await stage.ann.taps("Home")
    assert "Shop" in stage.ann.screen


async def test_a_screen_that_telegram_refuses_is_a_fault_of_ours(stage: Stage, says: Any) -> None:
    """Nobody is left with a button that did nothing."""

    async def press(query: CallbackQuery) -> Screen:
        return Screen(Markup("<br>"))

    says(press)
    await stage.ann.sends("/menu")
    await stage.ann.taps("Go")
    assert stage.ann.screen.startswith("Sorry, something went wrong")


async def test_whoever_has_blocked_the_bot_meanwhile_is_no_fault(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.ann.starts()
    stage.world.users[stage.ann.id].has_blocked_bot = True
    await stage.app.feed(_a_message_of(stage))
    assert "was not sent: Forbidden: bot was blocked by the user" in caplog.text


def _a_message_of(stage: Stage) -> dict[str, Any]:
    """One that was on its way when she blocked the bot."""
    sent = stage.ann.chat[0] | {"text": "/help"}
    return {"update_id": 999, "message": sent | {"entities": [{"type": "bot_command", "offset": 0, "length": 5}]}}


async def test_what_a_person_was_told_is_not_in_the_log(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """Only Telegram's words about it."""
    caplog.set_level("INFO")
    stage.world.faults.add("sendMessage", Fault.SERVER_ERROR, times=3)
    await stage.ann.sends("/help")
    assert "/orders" not in caplog.text and "Internal Server Error" in caplog.text
