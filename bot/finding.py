"""What the doctor says about one thing: how it stands, in a sentence, and what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.settings import Settings


class State(StrEnum):
    OK = "ok"
    LOOK = "look"  # works, and a person should know
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    state: State
    told: str
    todo: str | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at, and when."""

    settings: Settings
    clock: Callable[[], datetime]


def fine(check: str, told: str) -> Finding:
    return Finding(check, State.OK, told)


def look(check: str, told: str, todo: str | None = None) -> Finding:
    return Finding(check, State.LOOK, told, todo)


def wrong(check: str, told: str, todo: str) -> Finding:
    return Finding(check, State.WRONG, told, todo)
