from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import doctor_telegram
from bot.demo.faults import Fault
from bot.doctor_telegram import Answer, clock_is_right, may_write, token_is_known, webhook_is_ours
from bot.finding import Finding, Patient, State
from bot.settings import load
from tests.programs import TOKEN, Telegram, a_telegram

OURS = "https://shop.example.com/telegram/webhook"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with a_telegram() as telegram:
        yield telegram


async def examined(telegram: Telegram, folder: Path, **given: Any) -> dict[str, Finding]:
    options = {"bot_token": TOKEN, "telegram_api_url": telegram.url, "data_dir": folder} | given
    found = await doctor_telegram.findings(Patient(load(**options), lambda: datetime.now(UTC)))
    return {finding.check: finding for finding in found}


async def test_a_bot_in_order_is_told_by_name(telegram: Telegram, tmp_path: Path) -> None:
    group = telegram.world.add_group("Staff", [telegram.ann.id])
    found = await examined(telegram, tmp_path, staff_chat_id=group.id)
    assert {finding.state for finding in found.values()} == {State.OK}
    assert set(found) == {"token", "clock", "webhook", "staff chat"}
    assert found["token"].told == f"it is @{telegram.world.bot['username']}'s"
    assert found["staff chat"].told == "the bot may write to Staff"


async def test_a_missing_and_a_wrong_token_are_told_apart(telegram: Telegram, tmp_path: Path) -> None:
    assert (await examined(telegram, tmp_path, bot_token=None))["token"].told == "BOT_TOKEN is missing"
    found = await examined(telegram, tmp_path, bot_token="123456:AAwrongwrongwrongwrongwrongwrongwr")
    assert found["token"].told == "Telegram does not accept BOT_TOKEN"
    assert found["token"].todo == "copy it once more from @BotFather"


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.GATEWAY, Fault.GARBAGE])
async def test_a_line_that_is_down_is_told_without_the_token(telegram: Telegram, tmp_path: Path, fault: Fault) -> None:
    telegram.world.faults.add("getMe", fault)
    found = await examined(telegram, tmp_path)
    assert found["telegram"].state is State.WRONG and "cannot be reached" in found["telegram"].told
    assert TOKEN not in str(found)


def test_a_server_that_is_busy_is_asked_again_later() -> None:
    assert token_is_known(Answer(429, description="Too Many Requests")).todo == "wait a little and ask again"


@pytest.mark.parametrize(
    ("off", "state", "told"),
    [(29, State.OK, "is right"), (31, State.WRONG, "31 s ahead of"), (-95, State.WRONG, "95 s behind")],
)
def test_a_clock_that_is_off_is_told(off: int, state: State, told: str) -> None:
    found = clock_is_right(NOON + timedelta(seconds=off), NOON)
    assert (found.state, told in found.told) == (state, True)


async def test_a_webhook_of_another_program_is_told(telegram: Telegram, tmp_path: Path) -> None:
    telegram.world.state.webhook.url = "https://other.example/hook"
    found = (await examined(telegram, tmp_path))["webhook"]
    assert found.state is State.WRONG
    assert "updates are brought to https://other.example/hook" in found.told


@pytest.mark.parametrize(
    ("told", "state", "said"),
    [
        ({"url": OURS}, State.OK, f"updates are brought to {OURS}; 0 wait"),
        ({}, State.LOOK, f"no webhook is set yet; {OURS} is to be"),
        ({"url": "https://other.example/x"}, State.LOOK, "instead of"),
        (
            {"url": OURS, "last_error_date": NOON.timestamp() - 60, "last_error_message": "Connection refused"},
            State.WRONG,
            "Telegram could not bring updates: Connection refused",
        ),
        ({"url": OURS, "last_error_date": 1, "last_error_message": "Connection refused"}, State.OK, "0 wait"),
    ],
)
def test_a_webhook_that_does_not_work_is_told(told: dict[str, Any], state: State, said: str) -> None:
    """An error of long ago is over, though Telegram remembers it for ever."""
    wanted = load(public_url="https://shop.example.com")
    found = webhook_is_ours(Answer(200, told), wanted, now=NOON)
    assert (found.state, said in found.told) == (state, True)


async def test_updates_that_pile_up_are_told(telegram: Telegram, tmp_path: Path) -> None:
    for _ in range(101):
        await telegram.ann.starts()
    found = (await examined(telegram, tmp_path))["webhook"]
    assert found.state is State.LOOK and "101 wait" in found.told


async def test_nobody_to_tell_of_orders_is_told(telegram: Telegram, tmp_path: Path) -> None:
    assert (await examined(telegram, tmp_path))["staff chat"].state is State.LOOK


async def test_a_group_without_the_bot_is_told(telegram: Telegram, tmp_path: Path) -> None:
    found = (await examined(telegram, tmp_path, staff_chat_id=-1009999999999))["staff chat"]
    assert found.state is State.WRONG and "chat not found" in found.told
    gone = telegram.world.add_group("Staff", [telegram.ann.id], bot_status="kicked")
    assert (await examined(telegram, tmp_path, staff_chat_id=gone.id))["staff chat"].state is State.WRONG


async def test_an_owner_who_has_not_pressed_start_is_told(telegram: Telegram, tmp_path: Path) -> None:
    before = (await examined(telegram, tmp_path, owner_id=telegram.ann.id))["staff chat"]
    assert before.state is State.WRONG and "must press Start" in (before.todo or "")
    await telegram.ann.starts()
    assert (await examined(telegram, tmp_path, owner_id=telegram.ann.id))["staff chat"].state is State.OK


@pytest.mark.parametrize(
    ("member", "chat", "may"),
    [
        ({"status": "administrator"}, {"permissions": {"can_send_messages": False}}, True),
        ({"status": "member"}, {"permissions": {"can_send_messages": False}}, False),
        ({"status": "member"}, {}, True),
        ({"status": "restricted", "can_send_messages": False}, {}, False),
        ({"status": "restricted", "can_send_messages": True}, {}, True),
        ({"status": "left"}, {}, False),
        ({}, {}, False),
    ],
)
def test_the_right_to_write_can_be_taken_from_all_or_from_one(
    member: dict[str, Any], chat: dict[str, Any], may: bool
) -> None:
    assert may_write(member, chat) is may
