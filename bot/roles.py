"""What one process of the shop does. All of it by default; on several machines each process has its own part."""

from enum import StrEnum

from bot.settings import Settings, SettingsError


class Role(StrEnum):
    WEB = "web"  # answers over HTTP: the webhook, payment notifications, pay pages, health
    BOT = "bot"  # handles what people write and press
    RELAY = "relay"  # says what the shop says unasked
    TIMETABLE = "timetable"  # runs the jobs


ALL = frozenset(Role)
# Only these speak with Telegram; the others do without aiogram, seconds and 130 MB.
TALKING = frozenset({Role.BOT, Role.RELAY})


def parse(text: str) -> frozenset[Role]:
    """`web,bot` → the two. Raises: SettingsError."""
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in set(Role):
            raise SettingsError(f"--roles {text}: {name or 'nothing'} is no role; there are {', '.join(Role)}")
    return frozenset(Role(name) for name in names)


def check(roles: frozenset[Role], settings: Settings) -> None:
    """Raises: SettingsError for what several processes cannot share."""
    if settings.sandbox_payments and roles != ALL:
        raise SettingsError(
            "SANDBOX_PAYMENTS needs all roles in one process: the sandbox bank keeps its books in the process's memory"
        )
    if settings.has_webhook and Role.BOT in roles and Role.WEB not in roles:
        raise SettingsError(
            "Telegram brings updates to PUBLIC_URL: the role bot needs the role web in the same process; or set TELEGRAM_INTAKE=polling"
        )
