"""Bad days on demand: what the next calls of a method meet instead of, or after, their answer."""

from dataclasses import dataclass
from enum import StrEnum

from bot.demo.rules import BotApiError, bad_request


class Fault(StrEnum):
    FLOOD = "429"
    SERVER_ERROR = "500"
    GATEWAY = "502"
    RESET_BEFORE = "reset before"
    RESET_AFTER = "reset after"
    WRONG_FILE = "wrong file id"


class GatewayError(Exception):
    """The proxy in front of Telegram answered, with a page instead of JSON."""

    status = 502
    page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>nginx</body></html>"


class LineReset(ConnectionError):
    """The connection broke before the answer arrived; whether the call acted, its caller cannot tell."""


@dataclass
class _Planned:
    method: str
    kind: Fault
    times: int
    retry_after: int
    chat_id: int | None

    def meets(self, method: str, chat_id: str) -> bool:
        is_meant = self.method in {"*", method.lower()} and self.times > 0
        return is_meant and (self.chat_id is None or str(self.chat_id) == chat_id)

    def error(self) -> Exception:
        match self.kind:
            case Fault.FLOOD:
                reason = f"Too Many Requests: retry after {self.retry_after}"
                return BotApiError(429, reason, {"retry_after": self.retry_after})
            case Fault.SERVER_ERROR:
                return BotApiError(500, "Internal Server Error")
            case Fault.GATEWAY:
                return GatewayError()
            case Fault.WRONG_FILE:
                return bad_request("wrong file identifier/HTTP URL specified")
            case _:
                return LineReset("Server disconnected")


class Faults:
    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def add(
        self, method: str, kind: Fault | str, times: int = 1, *, retry_after: int = 5, chat_id: int | None = None
    ) -> None:
        """The next *times* calls of *method* ("*": of any but getUpdates) fail so, in *chat_id* only if given."""
        self._planned.append(_Planned(method.lower(), Fault(str(kind)), times, retry_after, chat_id))

    def clear(self) -> None:
        self._planned.clear()

    def before(self, method: str, chat_id: str) -> None:
        """Raises: the planned error, for a call that shall not act."""
        self._meet(method, chat_id, acted=False)

    def after(self, method: str, chat_id: str) -> None:
        """Raises: LineReset, for a call that acted and whose answer is lost."""
        self._meet(method, chat_id, acted=True)

    def _meet(self, method: str, chat_id: str, *, acted: bool) -> None:
        for planned in self._planned:
            if planned.meets(method, chat_id) and (planned.kind is Fault.RESET_AFTER) == acted:
                if planned.method == "*" and method.lower() == "getupdates":
                    continue
                planned.times -= 1
                raise planned.error()
