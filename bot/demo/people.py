"""People in the Telegram in memory: tests and the demo page act and look through them.

ann = Person(world, world.add_user("Ann", language_code="en").id)
await ann.sends("/start")
await ann.taps("Add to cart")
assert ann.sees("1 × Mug")
"""

import io

from PIL import Image

from bot.demo import markup
from bot.demo.methods_chats import member_json
from bot.demo.methods_inline import open_question
from bot.demo.methods_media import document, photo_size, store
from bot.demo.methods_params import Upload
from bot.demo.paying import Payer
from bot.demo.rules import TEXT_MAX
from bot.demo.sight import Button
from bot.demo.state import Chat, InlineQuestion, Json
from bot.demo.world import World

# What her phone says when she is asked: Lisbon, Praça do Comércio.
WHERE_SHE_IS = (38.70775, -9.13659)


class Person(Payer):
    """Someone in one chat: her own with the bot, or with `at(chat_id)` or `chat=` a group that she is in."""

    def __init__(self, world: World, user_id: int, *, chat_id: int | None = None, phone: str = "+15550100") -> None:
        super().__init__(world, user_id, chat_id or user_id)
        self.phone = phone

    def at(self, chat_id: int | None) -> "Person":
        """The same person in another chat; None means where she is."""
        if chat_id is None:
            return self
        return Person(self.world, self.id, chat_id=chat_id, phone=self.phone)

    # ---- writing

    async def starts(self, payload: str = "") -> None:
        """Press Start, or follow a deep link with *payload*."""
        await self.sends(f"/start {payload}".strip())

    async def sends(self, text: str, *, chat: int | None = None, reply_to: int | None = None) -> None:
        """Write a message; what does not fit into one travels as several, as apps do."""
        assert text.strip(), "an app does not send an empty message"
        for start in range(0, len(text), TEXT_MAX):
            part, entities = markup.formatted(text[start : start + TEXT_MAX], "")
            await self.at(chat).sends_content({"text": part, "entities": entities}, reply_to=reply_to)

    async def edits(self, message_id: int, text: str) -> None:
        """Change the words of a message of her own: its text, or what stands below its picture."""
        message = self.here.messages[message_id]
        part, entities = markup.formatted(text, "")
        words = {"text": part, "entities": entities} if "text" in message else {"caption": part}
        message |= words | {"edit_date": self.world.now()}
        await self._tell("edited_message", message)

    async def shares_contact(self, phone: str | None = None, *, of_user_id: int | None = None) -> None:
        """Share a card from the address book: her own, unless *of_user_id* is somebody else's."""
        owner = self.world.users[of_user_id or self.id]
        card = {"phone_number": phone or self.phone, "first_name": owner.first_name, "user_id": owner.id}
        await self.sends_content({"contact": card})

    async def sends_location(
        self, latitude: float, longitude: float, *, live_s: int | None = None, forwards: bool = False
    ) -> None:
        """A point on the map; *live_s*: it follows her for so many seconds. *forwards*: somebody else sent it to her before."""
        location: Json = {"latitude": latitude, "longitude": longitude} | ({"live_period": live_s} if live_s else {})
        origin: Json = {"type": "hidden_user", "date": self.world.now(), "sender_user_name": "Somebody"}
        await self.sends_content({"location": location} | ({"forward_origin": origin} if forwards else {}))

    async def sends_venue(self, title: str, address: str, latitude: float, longitude: float) -> None:
        """A place from the app's list; it carries its point twice, as Telegram's do."""
        location = {"latitude": latitude, "longitude": longitude}
        venue = {"location": location, "title": title, "address": address}
        await self.sends_content({"location": location, "venue": venue})

    async def sends_photo(
        self, content: bytes | None = None, caption: str = "", *, reply_to: int | None = None, album: str | None = None
    ) -> None:
        """*album*: it stands together with others of the same name."""
        together = {"media_group_id": album} if album else {}
        await self.sends_content(self._photo(content) | {"caption": caption} | together, reply_to=reply_to)

    async def sends_album(self, count: int, caption: str = "") -> None:
        """Several pictures at once: each is a message of its own, the words stand below the first."""
        album = {"media_group_id": f"{self.id}-{self._chat_to_write_in().last_message_id}"}
        for number in range(count):
            await self.sends_content(self._photo() | album | {"caption": "" if number else caption})

    def _photo(self, content: bytes | None = None) -> Json:
        upload = Upload("photo.png", content or _a_picture(), "image/png")
        return {"photo": [photo_size(store(self.world, "photo", upload))]}

    async def sends_document(
        self,
        content: bytes,
        name: str,
        mime: str = "application/octet-stream",
        *,
        caption: str = "",
        reply_to: int | None = None,
    ) -> None:
        stored = store(self.world, "document", Upload(name, content, mime))
        await self.sends_content({"document": document(stored), "caption": caption}, reply_to=reply_to)

    async def sends_sticker(self, emoji: str = "👍", *, reply_to: int | None = None) -> None:
        stored = store(self.world, "sticker", Upload("sticker.webp", b"sticker", "image/webp"))
        look = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        ids = {"file_id": stored.file_id, "file_unique_id": stored.file_unique_id}
        await self.sends_content({"sticker": ids | look | {"emoji": emoji}}, reply_to=reply_to)

    async def sends_voice(self, duration_s: int = 3, *, reply_to: int | None = None) -> None:
        stored = store(self.world, "voice", Upload("voice.ogg", b"voice", "audio/ogg"))
        ids = {"file_id": stored.file_id, "file_unique_id": stored.file_unique_id}
        await self.sends_content({"voice": ids | {"duration": duration_s}}, reply_to=reply_to)

    async def sends_content(self, content: Json, *, reply_to: int | None = None) -> None:
        """Send a message of any kind: *content* is the part of a Bot API Message that makes the kind."""
        chat = self._chat_to_write_in()
        replied = {"reply_to_message": chat.messages[reply_to]} if reply_to else {}
        if thread_id := chat.messages.get(reply_to or 0, {}).get("message_thread_id"):
            where: Json = {"message_thread_id": thread_id, "is_topic_message": True}
            replied |= where
        message = self.world.post(chat, self.world.user_json(self.id), content | replied)
        await self._tell("message", message)

    def deletes_topic(self, name: str) -> None:
        """With all that was said in it; bots are not told."""
        thread_id = next(thread_id for thread_id, topic in self.here.topics.items() if topic.name == name)
        self.here.forget_topic(thread_id)
        self.world.touch()

    async def _tell(self, kind: str, message: Json) -> None:
        if _reaches_bot(self.world, self.here, message):
            await self.world.emit(kind, message)

    def _chat_to_write_in(self) -> Chat:
        if self.chat_id == self.id:
            self.world.private_chat(self.id)
            assert not self.world.users[self.id].has_blocked_bot, f"{self.name} has blocked the bot"
        assert self.id in self.here.members, f"{self.name} is not in {self.here.title}"
        return self.here

    # ---- pressing

    async def taps(self, label: str, *, chat: int | None = None) -> str | None:
        """Press the newest button whose label is, or contains, *label*; answers what a link or copy button gives.

        Raises: AssertionError with all that she sees, when there is none, or not just one.
        """
        me = self.at(chat)
        return await me._press(me.button(label))

    async def taps_data(self, message_id: int, data: str, *, chat: int | None = None) -> None:
        """Press a callback button; it may be long gone from the message, or the message from the chat."""
        me = self.at(chat)
        query = self.world.open_query(self.id, me.chat_id, message_id, data)
        gone = {"chat": self.world.chat_json(me.here), "message_id": message_id, "date": 0}
        press = {
            "id": query.id,
            "from": self.world.user_json(self.id),
            "message": me.here.messages.get(message_id, gone),
            "chat_instance": str(me.chat_id),
            "data": data,
        }
        await self.world.emit("callback_query", press)

    async def _press(self, pressed: Button) -> str | None:
        match pressed.look:
            case {"callback_data": str(data)}:
                await self.taps_data(pressed.message_id, data)
            case {"url": str(url)} | {"web_app": {"url": str(url)}} | {"login_url": {"url": str(url)}}:
                return url
            case {"copy_text": {"text": str(text)}}:
                return text
            case {"switch_inline_query": str(query)} | {"switch_inline_query_current_chat": str(query)}:
                return query
            case {"switch_inline_query_chosen_chat": {"query": str(query)}}:
                return query
            case {"request_contact": True}:
                await self.shares_contact()
            case {"request_location": True}:
                await self.sends_location(*WHERE_SHE_IS)
            case {"text": str(text)} if pressed.is_reply:
                await self.sends(text)
            case _:
                raise AssertionError(f"nothing happens when {self.name} presses {pressed.look}")
        self._hide_used_keyboard(pressed)
        return None

    def _hide_used_keyboard(self, pressed: Button) -> None:
        keyboard = self.here.reply_keyboards.get(self.id, {})
        if pressed.is_reply and keyboard.get("one_time_keyboard"):
            del self.here.reply_keyboards[self.id]

    # ---- in any chat, by the bot's name

    async def asks(self, text: str, *, offset: str = "") -> InlineQuestion:
        """Type @bot and *text* into a chat; the question, with the cards that the bot has for it. *offset*: she has scrolled to the end of the ones before."""
        question = open_question(self.world, self.id, text, offset)
        asked = {"id": question.id, "from": self.world.user_json(self.id), "query": text, "offset": offset}
        await self.world.emit("inline_query", asked | {"chat_type": "sender" if self.chat_id == self.id else "group"})
        return question

    async def chooses(self, question: InlineQuestion, title: str) -> Json:
        """Put a card into the chat. Raises: AssertionError when there is none of that title."""
        cards = question.results or []
        card = next((each for each in cards if title.casefold() in each["title"].casefold()), None)
        assert card is not None, f"no card {title!r} among {[each['title'] for each in cards]}"
        chat = self._chat_to_write_in()
        message = self.world.post(chat, self.world.user_json(self.id), card["content"] | {"via_bot": self.world.bot})
        await self._tell("message", message)
        return message

    # ---- the bot and the groups

    async def blocks_bot(self) -> None:
        self.world.users[self.id].has_blocked_bot = True
        await self._bot_becomes(self.world.chats[self.id], "member", "kicked")

    async def unblocks_bot(self) -> None:
        self.world.users[self.id].has_blocked_bot = False
        await self._bot_becomes(self.world.chats[self.id], "kicked", "member")

    async def adds_bot(self, chat_id: int, status: str = "member") -> None:
        """Put the bot into a group, or with *status* "administrator" raise it."""
        chat = self.world.chats[chat_id]
        before = chat.members.get(self.world.bot_id, "left")
        chat.members[self.world.bot_id] = status
        await self._bot_becomes(chat, before, status)

    async def removes_bot(self, chat_id: int) -> None:
        chat = self.world.chats[chat_id]
        before = chat.members[self.world.bot_id]
        chat.members[self.world.bot_id] = "kicked"
        await self._bot_becomes(chat, before, "kicked")

    async def upgrades_group(self, chat_id: int) -> int:
        """Turn a basic group into a supergroup; answers the new id."""
        old = self.world.chats[chat_id]
        new = self.world.add_group(old.title or "", [])
        new.members = dict(old.members)
        me = self.world.user_json(self.id)
        leaves = self.world.post(old, me, {"migrate_to_chat_id": new.id})
        arrives = self.world.post(new, me, {"migrate_from_chat_id": old.id})
        old.migrated_to = new.id
        await self.world.emit("message", leaves)
        await self.world.emit("message", arrives)
        return new.id

    async def _bot_becomes(self, chat: Chat, before: str, after: str) -> None:
        change = {
            "chat": self.world.chat_json(chat),
            "from": self.world.user_json(self.id),
            "date": self.world.now(),
            "old_chat_member": member_json(self.world, self.world.bot_id, before),
            "new_chat_member": member_json(self.world, self.world.bot_id, after),
        }
        await self.world.emit("my_chat_member", change)


def _reaches_bot(world: World, chat: Chat, message: Json) -> bool:
    """In groups privacy mode shows a bot only what is meant for it, unless it is an administrator."""
    status = chat.members.get(world.bot_id, "left")
    if status in {"left", "kicked"}:
        return False
    if chat.is_private or status == "administrator" or not world.has_privacy_mode or "via_bot" in message:
        return True
    if message.get("reply_to_message", {}).get("from", {}).get("id") == world.bot_id:
        return True
    text = str(message.get("text") or message.get("caption") or "").casefold()
    mention = f"@{world.bot['username']}".casefold()
    command, _, addressee = text.split(maxsplit=1)[0].partition("@") if text else ("", "", "")
    return mention in text or (command.startswith("/") and not addressee)


def _a_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "#4a90d9").save(file, "PNG")
    return file.getvalue()
