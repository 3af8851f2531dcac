from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from bot.settings import Settings, SettingsError, load, require_token, with_async_driver
from bot.settings_accounts import Account, Accounts, provider_name
from bot.settings_secrets import secrets_of

TOKEN = "123456789:AAExampleExampleExampleExampleExample1"


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a `.env`, and an environment without our names."""
    monkeypatch.chdir(tmp_path)
    for name in ("BOT_TOKEN", "DATABASE_URL", "OWNER_ID", "STAFF_CHAT_ID", "DATA_DIR", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u:p@db/shop", "postgresql+asyncpg://u:p@db/shop"),
        ("postgres://u:p@db/shop", "postgresql+asyncpg://u:p@db/shop"),
        ("mysql://u:p@db/shop", "mysql+asyncmy://u:p@db/shop"),
        ("mariadb://u:p@db/shop", "mysql+asyncmy://u:p@db/shop"),
        ("sqlite:///shop.db", "sqlite+aiosqlite:///shop.db"),
        ("postgresql+asyncpg://u:p@db/shop", "postgresql+asyncpg://u:p@db/shop"),
    ],
)
def test_a_bare_address_of_a_database_gets_its_driver(given: str, used: str) -> None:
    """Nobody needs to know which driver is used."""
    assert with_async_driver(given) == used
    assert load(database_url=given).database == used


def test_without_an_address_the_database_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    """A shop starts with nothing installed."""
    assert load(data_dir=tmp_path).database == f"sqlite+aiosqlite:///{tmp_path}/shop.sqlite3"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BOT_TOKEN", "secret-but-no-token", "BOT_TOKEN is no bot token"),
        ("DATABASE_URL", "oracle://u:secret@db/x", "DATABASE_URL starts with none of"),
        ("DATABASE_URL", "secret", "DATABASE_URL starts with none of"),
        ("OWNER_ID", "secret", "OWNER_ID is no whole number"),
        ("OWNER_ID", "-5", "OWNER_ID is no person's id"),
        ("STAFF_CHAT_ID", "secret", "STAFF_CHAT_ID is no whole number"),
        ("WEB_PORT", "70000", "WEB_PORT is more than 65535"),
        ("SANDBOX_PAYMENTS", "secret", "SANDBOX_PAYMENTS is neither true nor false"),
        ("TELEGRAM_API_URL", "secret", "TELEGRAM_API_URL is no address"),
        ("SANDBOX_SECRET", "secret", "SANDBOX_SECRET is too short"),
        ("LOG_LEVEL", "secret", "LOG_LEVEL is none of"),
        ("STAFF_CHAT_ID", "-99999999999999999999", "STAFF_CHAT_ID is less than -4503599627370496"),
        ("TELEGRAM_API_URL", "http://secret:99999", "TELEGRAM_API_URL is no address"),
        ("PUBLIC_URL", "https://[::1", "PUBLIC_URL is no address"),
        ("REDIS_URL", "http://:secret@host", "REDIS_URL is no address of a Redis"),
        ("REDIS_URL", "redis://:secret@host:99999", "REDIS_URL is no address of a Redis"),
        ("REDIS_URL", "redis://:secret@", "REDIS_URL is no address of a Redis"),
        ("REDIS_URL", "redis://host/secret", "REDIS_URL is no address of a Redis"),
        ("REDIS_URL", "unix://secret", "REDIS_URL is no address of a Redis"),
        ("THROTTLE_PER_S", "secret", "THROTTLE_PER_S is no number"),
        ("THROTTLE_PER_S", "-1", "THROTTLE_PER_S is less than 0"),
    ],
)
def test_a_wrong_setting_is_told_by_name_and_never_by_value(
    name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, which may be shown to anybody."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as wrong:
        load()
    assert told in str(wrong.value)
    assert "secret" not in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_all_that_is_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody mends one line after the other."""
    monkeypatch.setenv("OWNER_ID", "x")
    monkeypatch.setenv("WEB_PORT", "x")
    with pytest.raises(SettingsError, match=r"OWNER_ID.*; WEB_PORT"):
        load()


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As everywhere else."""
    (tmp_path / ".env").write_text(f"BOT_TOKEN={TOKEN}\nOWNER_ID=5\nSTAFF_CHAT_ID=\n")
    monkeypatch.setenv("OWNER_ID", "6")
    settings = load()
    assert require_token(settings).get_secret_value() == TOKEN
    assert (settings.owner_id, settings.staff_chat_id) == (6, None)


def test_a_name_that_is_nearly_a_setting_is_a_typing_error(tmp_path: Path) -> None:
    """A merchant who mistyped STAFF_CHAT_ID would wait for orders in silence."""
    (tmp_path / ".env").write_text("STAF_CHAT_ID=-100\n")
    with pytest.raises(SettingsError, match=r"STAF_CHAT_ID in .env is no setting; did you mean STAFF_CHAT_ID\?"):
        load()


def test_names_of_other_programs_may_stand_in_the_file(tmp_path: Path) -> None:
    """One `.env` often serves a whole folder."""
    (tmp_path / ".env").write_text("# OWNER=me\nCOMPOSE_PROJECT_NAME=shop\nexport EDITOR=vi\n")
    assert load().owner_id is None


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    """Saved by an editor that has its own idea of letters."""
    (tmp_path / ".env").write_bytes(b"BOT_TOKEN=\xff\xfe")
    with pytest.raises(SettingsError, match="not text in UTF-8"):
        load()


def test_a_missing_token_says_where_to_get_one() -> None:
    with pytest.raises(SettingsError, match="BOT_TOKEN is missing: @BotFather"):
        require_token(load())


@pytest.mark.parametrize(("chat", "owner", "told"), [(-100, 5, -100), (None, 5, 5), (None, None, None)])
def test_without_a_staff_chat_the_owner_is_told(chat: int | None, owner: int | None, told: int | None) -> None:
    assert load(staff_chat_id=chat, owner_id=owner).staff_chat == told


def test_the_token_is_in_no_picture_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings end up in logs."""
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    assert TOKEN not in repr(load())


@pytest.mark.parametrize("url", ["redis://:hush@db:6379/1", "rediss://ann:hush@db", "unix://:hush@/run/redis?db=1"])
def test_the_password_of_redis_is_in_no_picture_of_the_settings(url: str) -> None:
    """Nor is the rest of its address."""
    settings = load(redis_url=url)
    assert settings.redis_url is not None
    assert settings.redis_url.get_secret_value() == url
    assert "hush" not in repr(settings)


@pytest.mark.parametrize(
    ("host", "public", "base"),
    [
        ("0.0.0.0", None, "http://127.0.0.1:8080"),
        ("10.0.0.5", None, "http://10.0.0.5:8080"),
        ("::1", None, "http://[::1]:8080"),
        ("0.0.0.0", "https://shop.example/", "https://shop.example"),
    ],
)
def test_pay_links_lead_where_a_browser_can_go(host: str, public: str | None, base: str) -> None:
    """Nobody can open http://0.0.0.0."""
    assert load(web_host=host, public_url=public).pay_base == base


def test_a_misspelt_setting_of_an_account_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for money at an account whose key was never read."""

    class OneKey(Account):
        key: SecretStr

    class Shop(Settings):
        bank: Accounts[OneKey] = {}

    def loaded(**overrides: Any) -> Shop:
        return Shop(**overrides)

    monkeypatch.setenv("BANK__MAIN__KEY", "a secret")
    assert list(secrets_of(loaded())) == ["a secret"]
    assert provider_name("bank", "main") == "bank"
    assert provider_name("bank", "eu") == "bank_eu"
    monkeypatch.setenv("BANK__MAIN__KEI", "another")
    with pytest.raises(ValidationError, match="Extra inputs"):
        loaded()
