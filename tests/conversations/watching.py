"""Everything that was ever put on the wire, as Telegram took it, and everything that Telegram refused."""

import copy
from dataclasses import dataclass, field
from typing import Any

from bot.demo.rules import BotApiError
from bot.demo.state import Json
from bot.demo.world import World
from bot.ui.buttons import columns

# A copy is what somebody else has written, no screen of ours.
ASIDE = frozenset({"answerCallbackQuery", "deleteMessage", "copyMessage"})


@dataclass(frozen=True)
class Look:
    """One screen as a person sees it: a message of the bot, at the moment when it was sent or edited."""

    message: Json

    @property
    def chat_id(self) -> int:
        return int(self.message["chat"]["id"])

    @property
    def message_id(self) -> int:
        return int(self.message["message_id"])

    @property
    def text(self) -> str:
        return str(self.message.get("text") or self.message.get("caption") or "")

    @property
    def entities(self) -> list[Json]:
        return list(self.message.get("entities") or self.message.get("caption_entities") or [])

    @property
    def rows(self) -> list[list[Json]]:
        return list(self.message.get("reply_markup", {}).get("inline_keyboard", []))

    @property
    def buttons(self) -> list[Json]:
        return [button for row in self.rows for button in row]

    @property
    def presses(self) -> list[str]:
        """The data of its buttons."""
        return [button["callback_data"] for button in self.buttons if "callback_data" in button]

    @property
    def structure(self) -> tuple[Any, ...]:
        """What must not depend on anybody's words: the kinds of entities in their order, and how the buttons stand."""
        kinds = tuple(entity["type"] for entity in self.entities)
        return kinds, tuple(tuple(_what_it_does(button) for button in row) for row in self.rows)

    def __str__(self) -> str:
        rows = ["  ".join(f"[{button['text']}]" for button in row) for row in self.rows]
        return "\n".join([self.text, *rows])


def _what_it_does(button: Json) -> str:
    data = button.get("callback_data")
    return str(data) if data else next(key for key in button if key not in ("text", "style"))


@dataclass
class Watch:
    """*looks* are the screens in their order, *refused* what Telegram would not do, in its words."""

    looks: list[Look] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def since(self, mark: int) -> list[Look]:
        return self.looks[mark:]

    def wide_labels(self, most: int) -> list[str]:
        """The labels that a phone would cut off."""
        found = {button["text"] for look in self.looks for button in look.buttons}
        return sorted(label for label in found if columns(label) > most)


def _is_keyboard(params: Json) -> bool:
    """A message that only puts a keyboard under the input field, or takes it away."""
    markup = str(params.get("reply_markup") or "")
    return '"keyboard"' in markup or "remove_keyboard" in markup


def watches(world: World) -> Watch:
    """From now on every screen of this Telegram is kept."""
    watch, call = Watch(), world.call

    async def watched(method: str, params: Json) -> Any:
        try:
            result = await call(method, params)
        except BotApiError as refused:
            watch.refused.append(f"{method}: {refused.description}")
            raise
        if method not in ASIDE and isinstance(result, dict) and "message_id" in result and not _is_keyboard(params):
            watch.looks.append(Look(copy.deepcopy(result)))
        return result

    world.call = watched  # type: ignore[method-assign]  # put in its place on purpose
    return watch
