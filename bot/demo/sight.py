"""What a person sees in a chat of the Telegram in memory."""

from dataclasses import dataclass

from bot.demo.state import Chat, Json
from bot.demo.world import World


@dataclass(frozen=True)
class Button:
    """*look* is the button as the Bot API writes it; a reply button stands under the input field, in no message."""

    look: Json
    message_id: int = 0
    is_reply: bool = False

    @property
    def label(self) -> str:
        return str(self.look["text"])


class Sight:
    def __init__(self, world: World, user_id: int, chat_id: int) -> None:
        self.world = world
        self.id = user_id
        self.chat_id = chat_id

    @property
    def name(self) -> str:
        return self.world.users[self.id].first_name

    @property
    def here(self) -> Chat:
        return self.world.chats[self.chat_id]

    @property
    def chat(self) -> list[Json]:
        """All messages, oldest first."""
        return list(self.here.messages.values()) if self.chat_id in self.world.chats else []

    @property
    def from_bot(self) -> list[Json]:
        return [message for message in self.chat if message["from"]["id"] == self.world.bot_id]

    @property
    def screen(self) -> str:
        """The text of the bot's newest message."""
        return shown_text(self.from_bot[-1]) if self.from_bot else ""

    @property
    def buttons(self) -> list[str]:
        """The labels under the bot's newest message."""
        return [button.label for button in _inline_buttons(self.from_bot[-1])] if self.from_bot else []

    @property
    def keyboard(self) -> list[str]:
        """The labels of the buttons under the input field."""
        return [button.label for button in self._reply_buttons()]

    @property
    def toast(self) -> str:
        """What her latest press was answered with, as a toast or as an alert."""
        query = self.world.latest_query(self.id)
        return query.text if query else ""

    @property
    def alert(self) -> str:
        """The same, if it came as an alert to close."""
        query = self.world.latest_query(self.id)
        return query.text if query and query.show_alert else ""

    def sees(self, text: str, *, chat: int | None = None) -> bool:
        """Whether *text* stands in a message of the bot, on a button, or in the latest toast."""
        me = self if chat is None else Sight(self.world, self.id, chat)
        shown = [shown_text(message) for message in me.from_bot]
        labels = [button.label for message in me.from_bot for button in _inline_buttons(message)]
        return any(text in place for place in [*shown, *labels, *me.keyboard, me.toast])

    def button(self, label: str) -> Button:
        """The newest button with this label, or with a label that contains it. Raises: AssertionError."""
        places = [_inline_buttons(message) for message in reversed(self.from_bot)]
        for buttons in [*places, self._reply_buttons()]:
            if found := _matching(buttons, label):
                if len(found) > 1:
                    raise AssertionError(f"{len(found)} buttons contain {label!r}:\n{self.description()}")
                return found[0]
        raise AssertionError(f"{self.name} finds no button {label!r}. On the screen:\n{self.description()}")

    def description(self, *, last: int = 5) -> str:
        """The last messages with their buttons, for people who read a failed test."""
        lines = []
        for message in self.chat[-last:]:
            lines.append(f"  {message['from']['first_name']}: {shown_text(message)}")
            lines += [f"      [{button.label}]" for button in _inline_buttons(message)]
        return "\n".join([*lines, *(f"  keyboard [{label}]" for label in self.keyboard)]) or "  an empty chat"

    def _reply_buttons(self) -> list[Button]:
        if self.chat_id not in self.world.chats:
            return []
        rows = self.here.reply_keyboards.get(self.id, {}).get("keyboard", [])
        return [Button(look, is_reply=True) for row in rows for look in row]


def shown_text(message: Json) -> str:
    return str(message.get("text") or message.get("caption") or "")


def _inline_buttons(message: Json) -> list[Button]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [Button(look, message["message_id"]) for row in rows for look in row]


def _matching(buttons: list[Button], label: str) -> list[Button]:
    exact = [button for button in buttons if button.label == label]
    return exact or [button for button in buttons if label.casefold() in button.label.casefold()]
