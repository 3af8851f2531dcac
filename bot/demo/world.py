"""Telegram in memory: people, chats, messages and files, one bot in them, and the Bot API calls that it makes."""

import asyncio
import copy
import hashlib
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from bot.demo.faults import Faults, Sleep
from bot.demo.floods import FloodLimits
from bot.demo.methods import METHODS, Method, is_of_the_bot_api
from bot.demo.methods_params import Params, Upload
from bot.demo.rules import BotApiError, Unsupported, bad_request
from bot.demo.state import CallbackQuery, Chat, Json, RenderedCallback, State, StoredFile, User
from bot.demo.updates import UpdateQueue

Deliver = Callable[[Json], Awaitable[None]]
ACTION_LASTS_S = 5


class World:
    """One bot's Telegram.

    Updates go to *deliver* and are awaited to the end, so that a test is deterministic; without it they wait for
    getUpdates or a Courier. *state* is all that a restart needs; *calls* are the latest calls, for tests and the
    demo's third pane, *counts* how many there were of each method. *sleep* is waited with where a call is slow.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        bot_username: str = "dukkan_demo_bot",
        bot_name: str = "Dukkan",
        bot_id: int = 4_000_000_001,
        callback_deadline_s: float = 15,
        has_privacy_mode: bool = True,
        has_inline_mode: bool = True,
        state: State | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.clock = clock
        self.bot_id = bot_id
        self.bot: Json = {"id": bot_id, "is_bot": True, "first_name": bot_name, "username": bot_username}
        self.callback_deadline_s = callback_deadline_s
        self.has_privacy_mode = has_privacy_mode
        self.has_inline_mode = has_inline_mode
        self.state = state or State()
        self.updates = UpdateQueue(self.state, clock)
        self.faults = Faults(sleep)
        self.floods: FloodLimits | None = None
        self.deliver: Deliver | None = None
        self.calls: deque[tuple[str, Json]] = deque(maxlen=10_000)
        self.counts: Counter[str] = Counter()
        self._changed = asyncio.Event()

    # ---- the bot's side

    async def call(self, method: str, params: Json) -> Any:
        """The result of a Bot API call. Raises: BotApiError, Unsupported, GatewayError, LineReset."""
        name, act = _method(method)
        given = Params(params)
        self._note(name, given)
        await self.faults.before(name, given.text("chat_id"))
        if self.floods:
            self.floods.count(name, given.integer("chat_id"), self.clock().timestamp())
        result = await self._act(act, given)
        self.faults.after(name, given.text("chat_id"))
        return result

    async def call_in_answer(self, method: str, params: Json) -> None:
        """Execute a call that stood in a webhook's answer: it came over no line that could break. Raises: BotApiError, Unsupported."""
        name, act = _method(method)
        given = Params(params)
        self._note(name, given)
        await self._act(act, given)

    def _note(self, name: str, given: Params) -> None:
        self.calls.append((name, given.without_files()))
        self.counts[name] += 1

    async def _act(self, act: Method, given: Params) -> Any:
        try:
            result = act(self, given)
        except UnicodeEncodeError:
            raise bad_request("strings must be encoded in UTF-8") from None
        if isinstance(result, Awaitable):
            result = await result
        return copy.deepcopy(result)

    # ---- who is there

    @property
    def users(self) -> dict[int, User]:
        return self.state.users

    @property
    def chats(self) -> dict[int, Chat]:
        return self.state.chats

    def add_user(
        self,
        first_name: str,
        *,
        language_code: str | None = None,
        username: str | None = None,
        user_id: int | None = None,
    ) -> User:
        new_id = user_id or 700_000_001 + len(self.users)
        user = User(new_id, first_name, username=username, language_code=language_code)
        self.users[user.id] = user
        self.touch()
        return user

    def add_group(
        self,
        title: str,
        members: list[int],
        *,
        kind: str = "supergroup",
        bot_status: str = "member",
        is_forum: bool = False,
    ) -> Chat:
        """A group of people and the bot; the first member owns it."""
        number = 1 + sum(not chat.is_private for chat in self.chats.values())
        chat = Chat(-number if kind == "group" else -1_000_000_000_000 - number, kind, title)
        chat.is_forum = is_forum
        chat.members = dict.fromkeys(members, "member") | {self.bot_id: bot_status}
        if members:
            chat.members[members[0]] = "creator"
        self.chats[chat.id] = chat
        self.touch()
        return chat

    def private_chat(self, user_id: int) -> Chat:
        """The person's chat with the bot; from now on the bot may write there."""
        if user_id not in self.chats:
            self.chats[user_id] = Chat(user_id, "private", members={user_id: "member", self.bot_id: "member"})
        return self.chats[user_id]

    def user_json(self, user_id: int) -> Json:
        return self.bot if user_id == self.bot_id else self.users[user_id].as_json()

    def chat_json(self, chat: Chat) -> Json:
        if not chat.is_private:
            forum = {"is_forum": True} if chat.is_forum else {}
            return {"id": chat.id, "type": chat.type, "title": chat.title, **forum}
        person = self.users[chat.id].as_json()
        names: Json = {key: person[key] for key in ("first_name", "last_name", "username") if key in person}
        return {"id": chat.id, "type": "private", **names}

    # ---- messages

    def post(self, chat: Chat, sender: Json, content: Json) -> Json:
        """Put a message into a chat; fields of *content* that are None or empty are left out."""
        chat.last_message_id += 1
        head = {"message_id": chat.last_message_id, "from": sender, "chat": self.chat_json(chat), "date": self.now()}
        message = head | {key: value for key, value in content.items() if value not in (None, "", [])}
        chat.messages[chat.last_message_id] = message
        if sender["id"] == self.bot_id:
            chat.action = None
            self.remember_callbacks(message)
        self.touch()
        return message

    def remember_callbacks(self, message: Json) -> None:
        """Tests press every button that was ever shown, long after its time."""
        chat_id = message["chat"]["id"]
        recipient = chat_id if message["chat"]["type"] == "private" else None
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if data := button.get("callback_data"):
                    shown = RenderedCallback(chat_id, message["message_id"], data, recipient)
                    self.state.rendered[f"{chat_id}/{shown.message_id}/{data}"] = shown

    @property
    def rendered_callbacks(self) -> list[RenderedCallback]:
        return list(self.state.rendered.values())

    def now(self) -> int:
        return int(self.clock().timestamp())

    # ---- files

    def store_file(self, upload: Upload, kind: str, *, width: int = 0, height: int = 0) -> StoredFile:
        number, digest = len(self.state.files) + 1, hashlib.sha256(upload.content).hexdigest()[:16]
        file_id = f"{kind}-{number}-{digest}"
        stored = StoredFile(file_id, digest, kind, upload.name, upload.mime, upload.content, width, height)
        self.state.files[file_id] = stored
        return stored

    def file_at(self, path: str) -> StoredFile | None:
        return next((stored for stored in self.state.files.values() if stored.path == path), None)

    # ---- presses

    def open_query(self, user_id: int, chat_id: int, message_id: int, data: str) -> CallbackQuery:
        query_id = str(5_000_000_001 + len(self.state.queries))
        query = CallbackQuery(query_id, user_id, chat_id, message_id, data, self.clock().timestamp())
        self.state.queries[query_id] = query
        self.touch()
        return query

    def is_open(self, query: CallbackQuery) -> bool:
        waited = self.clock().timestamp() - query.asked_at
        return query.answered_at is None and waited <= self.callback_deadline_s

    def latest_query(self, user_id: int) -> CallbackQuery | None:
        """The person's newest press, with the toast or alert that answered it."""
        return next((query for query in reversed(self.state.queries.values()) if query.user_id == user_id), None)

    @property
    def unanswered(self) -> list[CallbackQuery]:
        return [query for query in self.state.queries.values() if query.answered_at is None]

    # ---- what a person sees around the messages

    def action_in(self, chat_id: int) -> str | None:
        """What the bot is doing there right now, as in "typing"."""
        action = self.chats[chat_id].action
        return action[0] if action and action[1] > self.clock().timestamp() else None

    def commands_for(self, user_id: int, chat_id: int) -> list[Json]:
        """The command list in the person's menu: the narrowest scope that has one, own language first."""
        chat, profile = self.chats[chat_id], self.state.profile
        status = chat.members.get(user_id)
        code = self.users[user_id].language_code or ""
        languages = dict.fromkeys([code, code.partition("-")[0], ""])  # bots name two letters, apps may say zh-hans
        keys = [f"{scope}/{language}" for scope in _scopes(chat, user_id, status) for language in languages]
        return next((profile.commands[key] for key in keys if profile.commands.get(key)), [])

    def menu_button(self, chat_id: int) -> Json:
        return self.chats[chat_id].menu_button or self.state.profile.menu_button

    # ---- updates and changes

    async def emit(self, kind: str, payload: Json) -> None:
        """Tell the bot. Returns after its work where the world delivers, at once where the bot polls."""
        self.state.last_update_id += 1
        update = {"update_id": self.state.last_update_id, kind: copy.deepcopy(payload)}
        self.touch()
        if self.deliver:
            await self.deliver(update)
        else:
            self.updates.put(update, kind)

    def touch(self) -> None:
        self.state.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    @property
    def version(self) -> int:
        return self.state.version

    async def changed(self, since: int) -> int:
        """The version, as soon as it is not *since* any more."""
        while self.version == since:
            await self._changed.wait()
        return self.version

    # ---- surviving a restart

    def to_json(self) -> str:
        return self.state.to_json()

    @classmethod
    def from_json(cls, snapshot: str, clock: Callable[[], datetime], **settings: Any) -> "World":
        return cls(clock, state=State.from_json(snapshot), **settings)


def _method(method: str) -> tuple[str, Method]:
    """Raises: BotApiError for what Telegram does not know either, Unsupported for what only this one does not know."""
    if known := METHODS.get(method.lower()):
        return known
    if is_of_the_bot_api(method):
        raise Unsupported(f"the Telegram in memory does not know the method {method}")
    raise BotApiError(404, "Not Found: method not found")


def _scopes(chat: Chat, user_id: int, status: str | None) -> list[str]:
    own = [f"chat_member:{chat.id}:{user_id}"] if not chat.is_private else []
    if chat.is_private:
        return [f"chat:{chat.id}", "all_private_chats", "default"]
    if status in {"creator", "administrator"}:
        own += [f"chat_administrators:{chat.id}", f"chat:{chat.id}", "all_chat_administrators"]
    return [*own, f"chat:{chat.id}", "all_group_chats", "default"]
