"""The doctor and `dukkan carriers` say how carriers stand."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot import cli, doctor_carriers
from bot.finding import Finding, Patient, State
from bot.settings import load
from store.db import Database, run_again
from store.parcels import budget
from store.parcels.carrier import CarrierRefused
from tests.builders import NOW
from tests.store.parcels.obliging import Obliging

ACCOUNT = {"main": {"app_key": "an-app", "app_secret": "zto-secret-1"}}


async def examined(db: Database, **given: Any) -> dict[str, Finding]:
    patient = Patient(load(database_url=db.url, **given), lambda: NOW)
    return {finding.check: finding for finding in await doctor_carriers.findings(patient)}


async def test_without_an_account_there_is_nothing_to_say(sqlite_db: Database) -> None:
    assert await examined(sqlite_db) == {}


async def test_a_carrier_that_was_never_asked_is_told_with_its_calls(sqlite_db: Database) -> None:
    found = await examined(sqlite_db, zto=ACCOUNT)
    assert (found["carrier zto"].state, found["carrier zto"].told) == (
        State.OK,
        "has not been asked yet (0 calls today)",
    )
    assert found["pushes"].state is State.LOOK


async def test_a_carrier_that_refuses_is_wrong_and_says_why(sqlite_db: Database) -> None:
    error = CarrierRefused("ZTO: the keys are wrong")
    await run_again(sqlite_db, partial(budget.failed, carrier=Obliging("zto"), error=error, now=NOW))
    found = await examined(sqlite_db, zto=ACCOUNT, public_url="https://shop.test")
    assert found.keys() == {"carrier zto"}
    assert found["carrier zto"].state is State.WRONG and "the keys are wrong" in found["carrier zto"].told


def test_the_command_prints_where_pushes_go(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = {"DATABASE_URL": sqlite_url.replace("sqlite+aiosqlite", "sqlite"), "PUBLIC_URL": "https://shop.test"}
    settings |= {"ZTO__MAIN__APP_KEY": "an-app", "ZTO__MAIN__APP_SECRET": "zto-secret-1"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert int(cli.app(["carriers"], result_action="return_value") or 0) == 0
    told = capsys.readouterr().out
    assert told.startswith("zto  ZTO Express  has not been asked yet")
    assert "https://shop.test/carriers/zto/push/" in told and "zto-secret-1" not in told
