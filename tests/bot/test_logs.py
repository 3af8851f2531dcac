import logging

import pytest

from bot.logs import WithoutSecrets, configure_logging
from bot.settings import load

TOKEN = "123456789:AAExampleExampleExampleExampleExample1"


def formatted(record: logging.LogRecord) -> str:
    return WithoutSecrets("%(message)s").format(record)


@pytest.mark.parametrize("text", [f"https://api.telegram.org/bot{TOKEN}/getMe failed", f"token={TOKEN}", TOKEN])
def test_a_token_never_reaches_the_log(text: str) -> None:
    """Whoever wrote the line, and wherever in it the token stands."""
    told = formatted(logging.LogRecord("x", logging.INFO, "x", 1, "%s", (text,), None))
    assert TOKEN not in told and "<token>" in told


def test_a_token_in_a_traceback_does_not_either() -> None:
    try:
        raise ValueError(TOKEN)
    except ValueError as error:
        told = formatted(logging.LogRecord("x", logging.ERROR, "x", 1, "broke", (), (ValueError, error, None)))
    assert "ValueError" in told and TOKEN not in told


def test_the_chatty_are_quiet_and_the_shop_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    before = root.level
    try:
        configure_logging(load(log_level="info"))
        assert logging.getLogger("dukkan").isEnabledFor(logging.INFO)
        assert not logging.getLogger("aiogram.event").isEnabledFor(logging.INFO)
    finally:
        root.setLevel(before)
