import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from bot.logs import JsonLines, TextLines, about, configure_logging
from bot.redaction import Redactor
from bot.settings import SettingsError, load

TOKEN = "123456789:AAExampleExampleExampleExampleExample1"


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test makes of logging is undone."""
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    for module, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    before = root.level
    yield
    root.setLevel(before)
    logging.captureWarnings(False)


def a_record(text: str, *args: object, **more: Any) -> logging.LogRecord:
    record = logging.LogRecord("bot.intake", logging.WARNING, "x.py", 1, text, args, more.pop("exc_info", None))
    record.__dict__.update(more)
    return record


def as_text(record: logging.LogRecord) -> str:
    return TextLines(Redactor()).format(record).partition(" WARNING ")[2]


def as_json(record: logging.LogRecord) -> dict[str, Any]:
    line = JsonLines(Redactor()).format(record)
    assert "\n" not in line
    told: dict[str, Any] = json.loads(line)
    return told


def test_a_line_says_what_it_is_about() -> None:
    record = a_record("slow: %s s", 3, update_id=7, chat_id=-1001234567890, reference="3fa9c1")
    assert as_text(record) == "bot.intake: slow: 3 s [update_id=7 chat_id=-1001234567890 reference=3fa9c1]"
    told = as_json(record)
    assert (told["level"], told["logger"], told["msg"]) == ("WARNING", "bot.intake", "slow: 3 s")
    assert (told["update_id"], told["chat_id"], told["reference"]) == (7, -1001234567890, "3fa9c1")
    assert told["ts"].endswith("+00:00")


def test_a_token_in_a_traceback_stays_unsaid() -> None:
    try:
        raise ValueError(TOKEN)
    except ValueError as error:
        record = a_record("broke", exc_info=(ValueError, error, error.__traceback__))
    for told in (as_text(record), as_json(record)["exc"]):
        assert "ValueError: <token>" in told and TOKEN not in told


def test_nobody_forges_a_line() -> None:
    """A name may hold whatever people type."""
    record = a_record("hello %s", "Ann\n2026-11-25 ERROR dukkan: the till is open\r")
    assert "\n" not in as_text(record) and "\r" not in as_text(record)


def test_only_numbers_are_taken_along() -> None:
    """An `extra` of another kind could be anything."""
    assert as_text(a_record("x", chat_id="Ann", phone="+351912345678")) == "bot.intake: x"


def test_parameters_that_do_not_fit_are_told_with_the_line() -> None:
    assert as_text(a_record("%d of %s", TOKEN)) == "bot.intake: %d of %s ('<token>',)"


@pytest.mark.usefixtures("configured")
def test_lines_in_hand_say_whose_update_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(load(log_format="json"))
    with about(update_id=7, chat_id=None), about(person_id=501):
        logging.getLogger("bot.replies").warning("no answer")
    logging.getLogger("bot.replies").warning("outside")
    inside, outside = map(json.loads, capsys.readouterr().err.splitlines())
    assert (inside["update_id"], inside["person_id"]) == (7, 501)
    assert "chat_id" not in inside and "update_id" not in outside


@pytest.mark.usefixtures("configured")
def test_warnings_and_broken_threads_are_lines_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(load())
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    thread = threading.Thread(target=lambda: 1 / 0, name="worker")
    thread.start()
    thread.join()
    said = capsys.readouterr().err
    assert "py.warnings: " in said and "DeprecationWarning: old" in said
    assert "thread worker broke" in said and "ZeroDivisionError" in said


@pytest.mark.usefixtures("configured")
def test_the_chatty_are_quiet_and_the_shop_speaks() -> None:
    configure_logging(load(log_level="info"))
    assert logging.getLogger("dukkan").isEnabledFor(logging.INFO)
    assert not logging.getLogger("aiogram.event").isEnabledFor(logging.INFO)


def test_another_format_is_refused_in_one_line() -> None:
    with pytest.raises(SettingsError, match="LOG_FORMAT is none of 'text' or 'json'"):
        load(log_format="xml")
