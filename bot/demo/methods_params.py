"""A call's parameters, whether they came as JSON values or as the strings of a form."""

import json
from dataclasses import dataclass
from typing import Any

from bot.demo import markup
from bot.demo.markup import Formatted
from bot.demo.rules import BotApiError, bad_request
from bot.demo.state import Json

UPLOAD_MAX_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes
    mime: str = "application/octet-stream"

    def __post_init__(self) -> None:
        if len(self.content) > UPLOAD_MAX_BYTES:
            raise BotApiError(413, "Request Entity Too Large")


class Params:
    """Empty strings count as absent, as they do for Telegram."""

    def __init__(self, values: Json) -> None:
        self._values = {key: value for key, value in values.items() if value is not None and value != ""}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        value = self._values.get(name, "")
        if isinstance(value, str):
            return value
        return "" if isinstance(value, Upload) else json.dumps(value)

    def required(self, name: str) -> str:
        if name not in self._values:
            raise bad_request(f'parameter "{name}" is required')
        return self.text(name)

    def integer(self, name: str, default: int = 0) -> int:
        try:
            return int(self._values.get(name, default))
        except (TypeError, ValueError, OverflowError):
            return default

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"true", "1", "yes"}

    def json(self, name: str, what: str = "") -> Any:
        """The value of a parameter that is an object or a list, or None. Raises: BotApiError."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise bad_request(f"can't parse {what or name} JSON object") from None

    def objects(self, name: str) -> list[Json]:
        """A list of objects; absent is empty. Raises: BotApiError."""
        value = self.json(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise bad_request(f"can't parse {name}: expected an Array of Objects")
        return value

    def mapping(self, name: str) -> Json | None:
        """An object; None when absent. Raises: BotApiError."""
        value = self.json(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"can't parse {name}: expected an Object")
        return value

    def markup(self) -> Json | None:
        value = self.json("reply_markup", "reply keyboard markup")
        if value is not None and not isinstance(value, dict):
            raise bad_request("object expected as reply markup")
        return value

    def formatted(self, text: str, entities: str) -> Formatted:
        """The text parameter as it will be shown. Raises: BotApiError."""
        return markup.formatted(self.text(text), self.text("parse_mode"), self.objects(entities))

    def file(self, source: object) -> Upload | str:
        """What a file parameter means: an upload, or the text of a file id or address."""
        if isinstance(source, str) and source.startswith("attach://"):
            source = self._values.get(source.removeprefix("attach://"))
        if isinstance(source, Upload | str):
            return source
        raise bad_request("wrong file identifier/HTTP URL specified")

    def raw(self, name: str) -> object:
        return self._values.get(name)

    def without_files(self) -> Json:
        return {key: value for key, value in self._values.items() if not isinstance(value, Upload)}
