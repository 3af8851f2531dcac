import json
from pathlib import Path

import pytest

from bot import cli, doctor
from bot.commands import utc_now
from bot.finding import Patient, State, fine, look, wrong
from bot.settings import load
from tests.programs import TOKEN, a_seeded_file


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_only_what_is_wrong_makes_the_shop_unwell() -> None:
    assert doctor.is_well([fine("a", "x"), look("b", "y")])
    assert not doctor.is_well([fine("a", "x"), wrong("b", "y", "z")])


def test_each_finding_is_a_sentence_and_what_to_do() -> None:
    told = doctor.as_text([fine("disk", "5 GB are free"), wrong("token", "is missing", "get one")], load())
    assert told == "ok     disk: 5 GB are free\nWRONG  token: is missing\n       → get one"


def test_what_a_server_quotes_is_not_repeated() -> None:
    secret = load(sandbox_secret="hunter2-hunter2-hunter2")
    found = [look("webhook", f"https://x/?{TOKEN} hunter2-hunter2-hunter2")]
    for told in (doctor.as_text(found, secret), doctor.as_json(found, secret)):
        assert TOKEN not in told and "hunter2" not in told


def test_a_shop_that_stands_on_nothing_is_told_all_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.app(["doctor"], result_action="return_value") == 1
    told = capsys.readouterr().out
    assert "WRONG  database: there is no shop at" in told and "WRONG  token: BOT_TOKEN is missing" in told
    assert list(folder.iterdir()) == []


async def test_programs_read_it_too(
    folder: Path,
) -> None:
    await a_seeded_file(folder)
    found = await doctor.findings(Patient(load(), utc_now))
    told = {each["check"]: each for each in json.loads(doctor.as_json(found, load()))}
    assert told["shop"]["state"] == State.OK
    assert set(told["token"]) == {"check", "state", "told", "todo"}
