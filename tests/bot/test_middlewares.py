import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiogram.types import CallbackQuery, Message
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from bot.ui.i18n import Translator
from bot.ui.screen import Screen, Toast
from bot.ui.states import Awaiting
from handlers.routing import AudienceRouter, everyone_router
from store import living
from store.db import Database, counting_commits
from store.errors import BadInput, CartEmpty
from store.models import Customer
from tests.apps import Stage, a_stage


def calls_of(stage: Stage, method: str) -> list[dict[str, Any]]:
    return [params for name, params in stage.world.calls if name == method]


async def customers_in(stage: Stage) -> list[Customer]:
    async with stage.app.db.read() as session:
        return list(await session.scalars(select(Customer)))


async def test_whoever_writes_in_private_becomes_a_customer_in_their_language(stage: Stage) -> None:
    stage.world.users[stage.ann.id].language_code = "ru"
    await stage.ann.starts()
    [customer] = await customers_in(stage)
    assert (customer.telegram_id, customer.name, customer.language) == (stage.ann.id, "Ann", "ru")


async def test_whoever_talks_in_the_staff_chat_is_no_customer(stage: Stage) -> None:
    """They have not come to buy."""
    await stage.max.sends("/start")
    assert await customers_in(stage) == []


async def test_a_known_customers_look_around_writes_nothing(stage: Stage) -> None:
    """On SQLite every write waits for every other."""
    await stage.ann.starts()
    with counting_commits() as commits:
        await stage.ann.sends("/catalog")
    assert commits.count == 0


async def test_a_new_name_is_taken_over(stage: Stage) -> None:
    await stage.ann.starts()
    stage.world.users[stage.ann.id].first_name = "Annette"
    await stage.ann.starts()
    assert [customer.name for customer in await customers_in(stage)] == ["Annette"]


async def test_whoever_comes_back_after_blocking_the_bot_is_written_to_again(stage: Stage) -> None:
    await stage.ann.starts()
    await stage.ann.blocks_bot()
    assert (await customers_in(stage))[0].blocked_at == stage.clock()
    await stage.ann.unblocks_bot()
    await stage.ann.starts()
    assert (await customers_in(stage))[0].blocked_at is None


async def test_before_there_is_a_shop_people_are_asked_to_come_back(sqlite_url: str, tmp_path: Path) -> None:
    async with a_stage(sqlite_url, tmp_path, has_shop=False) as stage:
        await stage.ann.starts()
        assert stage.ann.sees("The shop is not open yet")
        await stage.max.sends("/start")
        assert not stage.max.from_bot  # a group does not hear it


async def test_a_screen_answers_the_press_and_takes_the_place_of_the_old_one(stage: Stage, says: Any) -> None:
    async def press(query: CallbackQuery) -> Screen:
        return Screen(Markup("Done"), toast="Saved")

    says(press)
    await stage.ann.sends("/menu")
    await stage.ann.taps("Go")
    assert (stage.ann.screen, stage.ann.toast, len(stage.ann.from_bot)) == ("Done", "Saved", 1)


async def test_a_toast_leaves_the_screen_alone(stage: Stage, says: Any) -> None:
    async def press(query: CallbackQuery) -> Toast:
        return Toast("Nothing to do", alert=True)

    says(press)
    await stage.ann.sends("/menu")
    await stage.ann.taps("Go")
    assert (stage.ann.screen, stage.ann.alert) == ("Menu", "Nothing to do")


async def test_a_handler_without_an_answer_still_stops_the_spinner(stage: Stage, says: Any) -> None:
    async def press(query: CallbackQuery) -> None:
        pass

    says(press)
    await stage.ann.sends("/menu")
    await stage.ann.taps("Go")
    assert len(calls_of(stage, "answerCallbackQuery")) == 1


async def test_a_situation_is_told_in_words_over_the_screen(stage: Stage, says: Any) -> None:
    async def press(query: CallbackQuery) -> None:
        raise CartEmpty

    says(press)
    await stage.ann.sends("/menu")
    await stage.ann.taps("Go")
    assert (stage.ann.screen, stage.ann.alert) == ("Menu", "Your cart is empty.")


async def test_a_wrong_answer_is_asked_for_again(stage: Stage, router: AudienceRouter) -> None:
    """A mistyped postcode does not end the question."""

    @router.message()
    async def typed(message: Message, raw_state: str | None = None) -> Screen:
        if raw_state != Awaiting.ADDRESS_POSTCODE:
            return Screen(Markup("Postcode?"), awaits=Awaiting.ADDRESS_POSTCODE)
        if message.text == "1100":
            return Screen(Markup("Thank you"))
        raise BadInput(field="postcode", reason="unreadable")

    stage.listens_to(router)
    for text, answer in (("hi", "Postcode?"), ("€€", "A postcode has"), ("1100", "Thank you"), ("hi", "Postcode?")):
        await stage.ann.sends(text)
        assert stage.ann.screen.startswith(answer)


async def test_a_fault_is_apologised_for_under_the_number_in_the_log(
    stage: Stage, says: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """And the next update is handled as if nothing had been."""

    async def press(query: CallbackQuery) -> None:
        raise ZeroDivisionError

    says(press)
    await stage.ann.sends("/menu")
    await stage.ann.taps("Go")
    [logged] = [record for record in caplog.records if record.levelname == "ERROR"]
    reference = logged.getMessage().rpartition(" ")[2]
    assert reference in stage.ann.alert
    await stage.ann.sends("/menu")
    assert stage.ann.screen == "Menu"


async def test_a_fault_after_a_typed_text_is_apologised_for_in_a_message(stage: Stage, router: AudienceRouter) -> None:
    @router.message()
    async def typed(message: Message) -> None:
        raise ZeroDivisionError

    stage.listens_to(router)
    await stage.ann.sends("hello")
    assert stage.ann.screen.startswith("Sorry, something went wrong")


async def test_the_press_is_answered_even_when_the_database_is_gone(stage: Stage, says: Any) -> None:
    """Before the handler is reached at all: the state cannot be read. When the database is back, what was asked for is done."""

    async def press(query: CallbackQuery) -> Screen:
        return Screen(Markup("Done"))

    says(press)
    await stage.ann.sends("/menu")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "read", _gone)
        pressing = asyncio.create_task(stage.ann.taps("Go"))
        async with asyncio.timeout(10):
            while not stage.ann.alert:  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0)
    await pressing
    assert "Sorry" in stage.ann.alert
    assert stage.ann.screen == "Done"


def _gone(_db: Database) -> AsyncIterator[None]:
    raise OSError("the disk is gone")


async def test_a_button_nobody_knows_is_answered(stage: Stage) -> None:
    """From an older program, or from a changed client."""
    await stage.ann.starts()
    await stage.ann.taps_data(stage.ann.from_bot[-1]["message_id"], "zz:999:drop table")
    assert not stage.world.unanswered
    assert stage.ann.toast


class Deadlock(Exception):
    """What asyncpg raises."""

    sqlstate = "40P01"


async def test_a_handler_that_met_a_deadlock_runs_again(stage: Stage, says: Any) -> None:
    runs = []

    async def press(query: CallbackQuery, db: Database, t: Translator) -> Screen:
        runs.append(query)
        if len(runs) < 3:
            raise DBAPIError("UPDATE", {}, Deadlock())
        return Screen(Markup("Done"))

    says(press)
    await stage.ann.sends("/menu")
    await stage.ann.taps("Go")
    assert (len(runs), stage.ann.screen) == (3, "Done")


async def test_a_handler_that_has_committed_does_not_run_again(stage: Stage, says: Any) -> None:
    """It would act twice."""
    runs = []

    async def press(query: CallbackQuery, db: Database) -> Screen:
        runs.append(query)
        async with db.begin() as session:
            await session.execute(select(func.now()))
        raise DBAPIError("UPDATE", {}, Deadlock())

    says(press)
    await stage.ann.sends("/menu")
    await stage.ann.taps("Go")
    assert len(runs) == 1
    assert "Sorry" in stage.ann.alert


@pytest.mark.parametrize("locks", [True, False])
async def test_one_persons_presses_take_turns(sqlite_url: str, tmp_path: Path, locks: bool) -> None:
    """Unless a test has switched that off, to prove that the database needs no such help."""
    busy = most = 0
    router = everyone_router("tests")

    @router.message()
    async def slow(message: Message) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.02)
        busy -= 1

    async with a_stage(sqlite_url, tmp_path, locks=locks) as stage:
        await stage.ann.starts()
        stage.listens_to(router)
        await asyncio.gather(*(stage.ann.sends("hi") for _ in range(5)))
    assert (most == 1) is locks


async def test_going_elsewhere_from_a_living_message_leaves_it_standing(stage: Stage, says: Any) -> None:
    """The receipt will be written into the message that asks for the money, not over the catalogue."""

    async def press(query: CallbackQuery) -> Screen:
        return Screen(Markup("Catalogue"))

    says(press)
    await stage.ann.sends("/menu")
    async with stage.app.db.begin() as session:
        message_id = stage.ann.from_bot[-1]["message_id"]
        await living.stands(session, stage.ann.id, living.pay_slot(5), message_id, now=stage.clock())
    await stage.ann.taps("Go")
    assert [message["text"] for message in stage.ann.from_bot] == ["Menu", "Catalogue"]


async def test_the_keyboard_that_shares_the_phone_number_goes_when_it_has_served(
    stage: Stage, router: AudienceRouter
) -> None:
    """Also when the number was typed."""

    @router.message()
    async def typed(message: Message, raw_state: str | None = None) -> Screen:
        if raw_state == Awaiting.CONTACT_PHONE:
            return Screen(Markup("Thank you"))
        return Screen(Markup("Your number?"), awaits=Awaiting.CONTACT_PHONE, asks_contact="Share")

    stage.listens_to(router)
    await stage.ann.sends("hi")
    assert stage.ann.keyboard == ["Share"]
    await stage.ann.sends("+351912345678")
    assert (stage.ann.keyboard, stage.ann.screen) == ([], "Thank you")
