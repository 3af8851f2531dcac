"""Facts about the questions of customers, and what the shop says to them."""

from dataclasses import dataclass
from typing import ClassVar

from store.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportEvent(Event):
    thread_id: int

    @property
    def subject(self) -> str:
        return f"support:{self.thread_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportMessageEvent(SupportEvent):
    message_id: int


class SupportAsked(SupportMessageEvent):
    """A customer has written to the people of the shop."""

    type = "support.asked"


class SupportAnswered(SupportMessageEvent):
    """Somebody of the shop has written to the customer."""

    type = "support.answered"


class SupportLost(SupportMessageEvent):
    """What the shop wrote could not be brought to the customer."""

    type = "support.lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportEdited(SupportMessageEvent):
    """Either side has changed what it wrote. *is_new_file*: not only the words, so that the copy cannot be changed in place."""

    type: ClassVar[str] = "support.edited"
    is_new_file: bool = False


class SupportChanged(SupportEvent):
    """Somebody takes care of it, it was opened again, or the customer has closed it: only the card shows it."""

    type = "support.changed"


class SupportClosed(SupportEvent):
    """The shop has closed it, and the customer is told."""

    type = "support.closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportCall(SupportEvent):
    """*at* tells one call from another."""

    at: str


class SupportWaits(SupportCall):
    """Nobody has answered for too long."""

    type = "support.waits"


class SupportCalled(SupportCall):
    """Somebody of the shop wants to have the thread at the bottom of the staff chat."""

    type = "support.called"
