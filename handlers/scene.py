"""What a repeated update is answered from: all that its handler could have asked for, and the button that was pressed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiogram.types import CallbackQuery

from bot.ui.screen import Screen


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a handler may ask for; *pressed* is the data of the button, unpacked."""

    given: Mapping[str, Any]
    pressed: Any = None

    def __getitem__(self, name: str) -> Any:
        return self.given[name]


Stand = Callable[[CallbackQuery, Scene], Awaitable[Screen]]
