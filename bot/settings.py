"""Everything a merchant can set, read from the environment and from `.env`; nobody else reads either. `.env.example` documents each field."""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from bot.settings_parcels import ParcelSettings
from bot.settings_payments import PaymentSettings

DOTENV = ".env"

# A bare URL says which database; which driver is our business.
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "mysql": "mysql+asyncmy",
    "mariadb": "mysql+asyncmy",
}
_ASYNC_DRIVERS = frozenset(_DRIVERS.values()) | {"mariadb+asyncmy"}
SECRET_MIN = 16
CLOSING_NOTICE_S = 5
WEBHOOK_PATH = "/telegram/webhook"
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - an address to recognise, nobody listens here
_TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{10,}")
_DAY = "(mon|tue|wed|thu|fri|sat|sun)"
_HOURS = rf"(?i)^({_DAY}(-{_DAY})?\s+)?([01]?\d|2[0-3]):[0-5]\d\s*-\s*([01]?\d|2[0-4]):[0-5]\d$"
_URL = re.compile(r"https?://[^\s/]+[^\s]*")


class SettingsError(Exception):
    """What is wrong, in one line for the person who starts the program; never holds a secret's value."""


def _unset(value: object) -> object:
    """`OWNER_ID=` in a file means that it is not set."""
    return None if isinstance(value, str) and not value.strip() else value


# Telegram's numbers for people and chats have at most 52 bits.
_TelegramId = Annotated[int, Field(ge=-(2**52), le=2**52)]
OptionalId = Annotated[_TelegramId | None, BeforeValidator(_unset)]
_Seconds = Annotated[float, Field(ge=0, le=60)]
OptionalSeconds = Annotated[_Seconds | None, BeforeValidator(_unset)]
OptionalText = Annotated[str | None, BeforeValidator(_unset)]


class Settings(PaymentSettings, ParcelSettings):
    model_config = SettingsConfigDict(
        env_file=DOTENV,
        env_file_encoding="utf-8",
        env_nested_delimiter="__",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    bot_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    owner_id: OptionalId = None
    staff_chat_id: OptionalId = None

    data_dir: Path = Path("data")
    secret_key: SecretStr | None = None
    database_url: Annotated[OptionalText, Field(repr=False)] = None
    redis_url: SecretStr | None = None
    pictures_dir: Annotated[Path | None, BeforeValidator(_unset)] = None

    web_host: str = "127.0.0.1"
    web_port: int = Field(8080, ge=0, le=65535)
    public_url: OptionalText = None
    telegram_intake: Literal["auto", "polling", "webhook"] = "auto"
    closing_notice_s: OptionalSeconds = None

    sandbox_payments: bool = False
    sandbox_parcels: bool = False
    sandbox_secret: SecretStr | None = None

    terms_url: OptionalText = None
    privacy_url: OptionalText = None
    support_hours: Annotated[Annotated[str, Field(pattern=_HOURS)] | None, BeforeValidator(_unset)] = None
    support_names: bool = False

    throttle_per_s: float = Field(3, ge=0, le=1000)

    log_level: str = "INFO"
    log_format: Literal["text", "json"] = "text"

    @field_validator("bot_token")
    @classmethod
    def _looks_like_a_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value().strip():
            return None
        if not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("is no bot token; @BotFather gives one like 123456789:AAE…")
        return value

    @field_validator("telegram_api_url", "public_url", "terms_url", "privacy_url")
    @classmethod
    def _is_a_web_address(cls, value: str | None) -> str | None:
        if value is not None and not _is_web_address(value):
            raise ValueError("is no address; it starts with https:// or http://")
        return value.rstrip("/") if value else value

    @field_validator("telegram_intake")
    @classmethod
    def _can_be_reached(cls, value: str, others: ValidationInfo) -> str:
        if value == "webhook" and not _is_reachable(others.data.get("public_url")):
            raise ValueError("webhook needs a PUBLIC_URL that starts with https://")
        return value

    @field_validator("owner_id")
    @classmethod
    def _is_a_person(cls, value: int | None) -> int | None:
        if value is not None and value <= 0:
            raise ValueError("is no person's id; a person's id is positive (ask @userinfobot for yours)")
        return value

    @field_validator("sandbox_secret", "secret_key")
    @classmethod
    def _is_long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        if len(value.get_secret_value()) < SECRET_MIN:
            raise ValueError(f"is too short: at least {SECRET_MIN} characters")
        return value

    @field_validator("log_level")
    @classmethod
    def _is_a_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("is none of DEBUG, INFO, WARNING, ERROR")
        return value.upper()

    @field_validator("database_url")
    @classmethod
    def _has_an_async_driver(cls, value: str | None) -> str | None:
        return with_async_driver(value) if value else None

    @field_validator("redis_url")
    @classmethod
    def _names_a_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value().strip():
            return None
        if not _is_redis(value.get_secret_value()):
            raise ValueError(
                "is no address of a Redis; it looks like redis://:password@host:6379/0, rediss://… or unix:///path"
            )
        return value

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in use: DATABASE_URL, else a SQLite file in DATA_DIR."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'shop.sqlite3'}"

    @property
    def pictures(self) -> Path:
        return self.pictures_dir or self.data_dir / "pictures"

    @property
    def pay_base(self) -> str:
        """What pay links and the providers' notifications start with."""
        host = "127.0.0.1" if self.web_host in _EVERYWHERE else self.web_host
        host = f"[{host}]" if ":" in host else host
        return self.public_url or f"http://{host}:{self.web_port}"

    @property
    def has_webhook(self) -> bool:
        """Whether Telegram brings updates to PUBLIC_URL; else they are fetched."""
        if self.telegram_intake == "auto":
            return (self.public_url or "").startswith("https://")
        return self.telegram_intake == "webhook"

    @property
    def webhook_url(self) -> str | None:
        """Where Telegram brings updates; None where they are fetched."""
        return f"{self.public_url}{WEBHOOK_PATH}" if self.has_webhook else None

    @property
    def closing_notice(self) -> float:
        """For how many seconds a process that closes still takes connections: nobody stands in front of one without a public address."""
        if self.closing_notice_s is not None:
            return self.closing_notice_s
        return CLOSING_NOTICE_S if self.public_url else 0

    @property
    def staff_chat(self) -> int | None:
        """Where the merchant is told: the staff chat, else the owner's private chat."""
        return self.staff_chat_id or self.owner_id


def with_async_driver(url: str) -> str:
    """`postgresql://…` → `postgresql+asyncpg://…`. Raises: ValueError for a database that Dukkan does not run on."""
    scheme, separator, rest = url.partition("://")
    driver = _DRIVERS.get(scheme, scheme)
    if not separator or driver not in _ASYNC_DRIVERS:
        raise ValueError("starts with none of sqlite:///, postgresql://, mysql://, mariadb://")
    return f"{driver}://{rest}"


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return is_port and bool(parts.hostname) and _URL.fullmatch(value) is not None


def _is_redis(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme == "unix":
        return len(parts.path) > 1 and not parts.hostname
    is_database = parts.path.strip("/") == "" or parts.path.strip("/").isdecimal()
    return parts.scheme in ("redis", "rediss") and bool(parts.hostname) and port != 0 and is_database


def _is_reachable(url: str | None) -> bool:
    """By Telegram; or, for a Bot API server of one's own, from this machine."""
    is_local = url is not None and urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")
    return url is not None and (url.startswith("https://") or is_local)


def load(**overrides: Any) -> Settings:
    """The settings in force; *overrides* win over the environment, and that over `.env`. Raises: SettingsError."""
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise SettingsError(_in_one_line(error)) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{DOTENV} is not text in UTF-8: save it as such") from None
    except OSError as error:
        raise SettingsError(f"{DOTENV} cannot be read: {error.strerror}") from None
    _refuse_typing_errors(Path(DOTENV))
    return settings


def require_token(settings: Settings) -> SecretStr:
    """Raises: SettingsError."""
    if settings.bot_token is None:
        raise SettingsError("BOT_TOKEN is missing: @BotFather gives you one; put it into .env (see .env.example)")
    return settings.bot_token


def _in_one_line(error: ValidationError) -> str:
    return "; ".join(_told(problem) for problem in error.errors(include_url=False, include_input=False))


def _told(problem: Mapping[str, Any]) -> str:
    reason = str(problem["msg"]).removeprefix("Value error, ")
    name = "__".join(str(part) for part in problem["loc"])
    explained = _REASONS.get(str(problem["type"]), reason)
    return f"{name.upper()} {explained.format(**problem.get('ctx', {}))}"


_REASONS = {
    "int_parsing": "is no whole number",
    "int_type": "is no whole number",
    "float_parsing": "is no number",
    "bool_parsing": "is neither true nor false",
    "bool_type": "is neither true nor false",
    "string_pattern_mismatch": "does not look like its example in .env.example",
    "less_than_equal": "is more than {le}",
    "literal_error": "is none of {expected}",
    "extra_forbidden": "is no setting (see .env.example)",
    "missing": "is missing (see .env.example)",
    "dict_type": "needs the name of an account and of a setting behind it: …__MAIN__… (see .env.example)",
    "greater_than_equal": "is less than {ge}",
}


def _refuse_typing_errors(dotenv: Path) -> None:
    """A name in `.env` that is nearly one of ours was meant to be it. Other programs' names may stand there too. Raises: SettingsError."""
    if not dotenv.is_file():
        return
    known = [name.upper() for name in Settings.model_fields]
    for line in dotenv.read_text(encoding="utf-8").splitlines():
        name = line.partition("=")[0].removeprefix("export ").strip()
        # Behind "__" stand an account's name and its setting, which the account itself knows.
        name = name.partition("__")[0]
        if "=" not in line or not name.isidentifier() or name.upper() in known:
            continue
        if near := difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.85):
            raise SettingsError(f"{name} in {dotenv} is no setting; did you mean {near[0]}?")
