"""What among the settings nobody but this program may know."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from pydantic import BaseModel, SecretStr

from bot.settings import Settings


def secrets_of(settings: Settings) -> Iterator[str]:
    """Every value that nobody but this program may know, for whoever has to keep it out of what is shown."""
    for value in _values(settings):
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if isinstance(text, str) and (password := _password(text)):
            yield from {password, unquote(password)}
    if settings.bot_token is not None:
        yield settings.bot_token.get_secret_value().partition(":")[2]


def _values(settings: BaseModel) -> Iterator[object]:
    """Every single value, those of the accounts at providers included."""
    for value in vars(settings).values():
        for each in value.values() if isinstance(value, dict) else [value]:
            yield from _values(each) if isinstance(each, BaseModel) else [each]


def _password(address: str) -> str | None:
    """What stands in `scheme://user:password@host`."""
    found = re.match(r"[a-z][a-z0-9+.-]*://[^:/@]*:(.+)@", address, re.IGNORECASE)
    return found[1] if found else None
