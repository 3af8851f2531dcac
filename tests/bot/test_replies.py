import pytest

from bot.demo.faults import Fault
from tests.apps import Stage


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.GATEWAY, Fault.RESET_BEFORE])
async def test_a_reply_that_met_a_broken_line_comes_all_the_same(stage: Stage, fault: Fault) -> None:
    stage.world.faults.add("sendPhoto", fault, times=2)
    await stage.ann.sends("/catalog")
    assert "Nothing here yet" in stage.ann.screen
    assert stage.slept == [0.5, 0.5]


async def test_a_short_flood_limit_is_waited_out(stage: Stage) -> None:
    stage.world.faults.add("sendMessage", Fault.FLOOD, retry_after=3)
    await stage.ann.sends("/help")
    assert (stage.slept, bool(stage.ann.screen)) == ([3], True)


async def test_a_long_flood_limit_is_not(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody waits a minute for the answer to a tap, and the next update must not wait either."""
    stage.world.faults.add("sendMessage", Fault.FLOOD, retry_after=60)
    await stage.ann.sends("/help")
    assert (stage.slept, stage.ann.screen) == ([], "")
    assert "was not sent: " in caplog.text


async def test_a_press_is_shown_even_when_its_answer_was_lost(stage: Stage) -> None:
    await stage.ann.sends("/help")
    stage.world.faults.add("answerCallbackQuery", Fault.SERVER_ERROR, times=3)
    await stage.ann.taps("Home")
    assert "Shop" in stage.ann.screen


async def test_what_a_person_was_told_is_not_in_the_log(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """Only Telegram's words about it."""
    stage.world.faults.add("sendMessage", Fault.SERVER_ERROR, times=3)
    await stage.ann.sends("/help")
    assert "/orders" not in caplog.text and "Internal Server Error" in caplog.text
