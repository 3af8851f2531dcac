"""What the Telegram in memory remembers: plain values, so that a restart can write them down and read them back."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import ConfigDict, TypeAdapter

Json = dict[str, Any]
"""An object of the Bot API, as it travels."""


@dataclass
class User:
    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_premium: bool = False
    has_blocked_bot: bool = False
    is_deactivated: bool = False

    def as_json(self) -> Json:
        named = {"last_name": self.last_name, "username": self.username, "language_code": self.language_code}
        known = {key: value for key, value in named.items() if value is not None}
        premium = {"is_premium": True} if self.is_premium else {}
        return {"id": self.id, "is_bot": False, "first_name": self.first_name, **known, **premium}


@dataclass
class Topic:
    name: str
    is_closed: bool = False


@dataclass
class Chat:
    """A conversation. A private one exists once its person has written first; its id is the person's id.

    *members* maps user ids (the bot's too) to a ChatMember status; *reply_keyboards* holds what each person has
    under the input field; *action* is what the bot is doing ("typing") and the Unix time when that fades.
    """

    id: int
    type: str
    title: str | None = None
    members: dict[int, str] = field(default_factory=dict)
    migrated_to: int | None = None
    last_message_id: int = 0
    messages: dict[int, Json] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    reply_keyboards: dict[int, Json] = field(default_factory=dict)
    action: tuple[str, float] | None = None
    menu_button: Json | None = None
    is_forum: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)

    def forget_topic(self, thread_id: int) -> None:
        """The topic and all that was said in it are gone."""
        del self.topics[thread_id]
        gone = [number for number, message in self.messages.items() if message.get("message_thread_id") == thread_id]
        for number in gone:
            del self.messages[number]

    @property
    def is_private(self) -> bool:
        return self.type == "private"


@dataclass
class StoredFile:
    """*kind* is the field of Message that shows it (photo, document, …): an id of one kind cannot be sent as another."""

    __pydantic_config__ = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    file_id: str
    file_unique_id: str
    kind: str
    name: str
    mime: str
    content: bytes
    width: int = 0
    height: int = 0

    @property
    def path(self) -> str:
        return f"{self.kind}s/{self.file_id}"


@dataclass
class CallbackQuery:
    """A press waiting for, or holding, the bot's answer. Times are Unix seconds; *text* is the toast, or the alert."""

    id: str
    user_id: int
    chat_id: int
    message_id: int
    data: str
    asked_at: float
    answered_at: float | None = None
    text: str = ""
    show_alert: bool = False
    url: str | None = None


@dataclass
class Invoice:
    """What the bot asks money for. *asked* are the parameters of the call; *paid_by* the people who have paid it, once for each time.

    One that stands in a chat has *chat_id* and *message_id*; one behind a link can be paid by whoever has the link.
    """

    slug: str
    asked: Json
    chat_id: int | None = None
    message_id: int = 0
    paid_by: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(int(price["amount"]) for price in self.asked["prices"])

    @property
    def is_in_stars(self) -> bool:
        return bool(self.asked["currency"] == "XTR")


@dataclass
class Charge:
    """Money that was taken. *message* is the SuccessfulPayment that the bot was told of."""

    user_id: int
    message: Json
    is_refunded: bool = False


@dataclass
class PaymentQuestion:
    """Telegram's own form asks the bot before it takes the money. *is_ok* is None until the bot has answered.

    *options* are the ways of delivery that a shipping query was answered with; *charge_id* is that of the payment which followed.
    """

    id: str
    user_id: int
    asked_at: float
    is_ok: bool | None = None
    error: str = ""
    options: list[Json] = field(default_factory=list)
    charge_id: str = ""


@dataclass
class InlineQuestion:
    """Words typed after the bot's name, in any chat, and the cards that the bot has for them. *results* is None until it has answered."""

    id: str
    user_id: int
    text: str
    offset: str
    asked_at: float
    results: list[Json] | None = None
    next_offset: str = ""
    button: Json | None = None


class RenderedCallback(NamedTuple):
    """A callback button that was on a screen once. *recipient* is None where a whole group could press it."""

    chat_id: int
    message_id: int
    data: str
    recipient: int | None


@dataclass
class Profile:
    """How the bot presents itself. Keys are language codes ("" is the default), for commands "scope/language"."""

    commands: dict[str, list[Json]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_button: Json = field(default_factory=lambda: {"type": "commands"})


@dataclass
class Webhook:
    """What setWebhook was told. An empty url means that the bot polls."""

    url: str = ""
    secret_token: str = ""
    max_connections: int = 40
    set_at: float = 0
    last_error_date: int = 0
    last_error_message: str = ""

    def is_same_as(self, other: "Webhook") -> bool:
        mine, others = ((hook.url, hook.secret_token, hook.max_connections) for hook in (self, other))
        return mine == others


@dataclass
class QueuedUpdate:
    """*is_repeat*: the bot has had it once, and gets it once more."""

    update: Json
    kind: str
    queued_at: float
    is_repeat: bool = False


@dataclass
class State:
    users: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    queries: dict[str, CallbackQuery] = field(default_factory=dict)
    payment_questions: dict[str, PaymentQuestion] = field(default_factory=dict)
    invoices: dict[str, Invoice] = field(default_factory=dict)
    charges: dict[str, Charge] = field(default_factory=dict)
    stars: list[Json] = field(default_factory=list)
    inline_questions: dict[str, InlineQuestion] = field(default_factory=dict)
    rendered: dict[str, RenderedCallback] = field(default_factory=dict)
    profile: Profile = field(default_factory=Profile)
    webhook: Webhook = field(default_factory=Webhook)
    allowed_updates: list[str] = field(default_factory=list)
    queue: list[QueuedUpdate] = field(default_factory=list)
    last_update_id: int = 0
    version: int = 0

    def to_json(self) -> str:
        return _snapshots.dump_json(self).decode()

    @staticmethod
    def from_json(snapshot: str) -> "State":
        return _snapshots.validate_json(snapshot)


_snapshots: TypeAdapter[State] = TypeAdapter(State)
