"""The chats as the page draws them: plain JSON, no markup; what may be pressed says how."""

from typing import Any

from bot.demo.scenes import CAST, Figure
from bot.demo.state import Chat, Json
from bot.demo.world import World
from bot.ui import format as fmt

LATEST = 120
"""How many messages of a chat the page gets."""


def people(world: World, staff_chat: int) -> list[Json]:
    """Everybody on the page, with the newest message in their chat, for the unread dots."""
    return [_person(world, figure, staff_chat) for figure in CAST]


def _person(world: World, figure: Figure, staff_chat: int) -> Json:
    user, chat_id = figure.user, staff_chat if figure.is_staff_side else figure.user.id
    chat = world.chats.get(chat_id)
    from_others = [m["message_id"] for m in chat.messages.values() if m["from"]["id"] != user.id] if chat else []
    return {
        "id": user.id,
        "name": user.first_name,
        "full_name": " ".join(name for name in (user.first_name, user.last_name) if name),
        "language": (user.language_code or "").partition("-")[0],
        "part": figure.part,
        "chat": chat_id,
        "newest": max(from_others, default=0),
    }


def chat(world: World, chat_id: int, viewer: int) -> Json:
    """One chat as *viewer* sees it."""
    here = world.chats.get(chat_id)
    language = world.users[viewer].language_code or ""
    shown: Json = {
        "id": chat_id,
        "viewer": viewer,
        "is_group": chat_id != viewer,
        "bot": world.bot["username"],
        "title": here.title if here and here.title else world.bot["first_name"],
        "members": len(here.members) if here else 2,
        "about": _about(world, language),
        "has_started": here is not None,
        "messages": [],
        "keyboard": None,
        "action": None,
        "commands": [],
    }
    return shown | _contents(world, here, viewer) if here else shown


def _contents(world: World, here: Chat, viewer: int) -> Json:
    latest = list(here.messages.values())[-LATEST:]
    return {
        "messages": [_message(message, viewer, world.bot_id) for message in latest],
        "keyboard": _reply_keyboard(here.reply_keyboards.get(viewer)),
        "action": world.action_in(here.id),
        "commands": world.commands_for(viewer, here.id),
    }


def _about(world: World, language: str) -> str:
    told = world.state.profile.descriptions
    return told.get(language) or told.get(language.partition("-")[0]) or told.get("", "")


def _message(message: Json, viewer: int, bot_id: int) -> Json:
    sender = message["from"]
    shown: Json = {
        "id": message["message_id"],
        "from": sender["id"],
        "name": sender["first_name"],
        "is_mine": sender["id"] == viewer,
        "is_service": "successful_payment" in message or "refunded_payment" in message,
        "is_bot": sender["id"] == bot_id,
        "date": message["date"],
        "edited": message.get("edit_date"),
        "text": message.get("text") or message.get("caption") or _stand_in(message),
        "entities": message.get("entities") or message.get("caption_entities") or [],
        "rows": [[_button(look) for look in row] for row in message.get("reply_markup", {}).get("inline_keyboard", [])],
    }
    return shown | _attachments(message) | _quoted(message)


def _stand_in(message: Json) -> str:
    """What the page draws in words because it does not play it."""
    if sticker := message.get("sticker"):
        return str(sticker.get("emoji") or "🖼")
    if paid := message.get("successful_payment"):
        return f"✅ You paid {_price(paid)}"
    if back := message.get("refunded_payment"):
        return f"↩️ {_price(back)} came back to you"
    voice = message.get("voice")
    return f"🎤 {voice['duration'] // 60}:{voice['duration'] % 60:02}" if voice else ""


def _price(money: Json) -> str:
    return fmt.money(money["total_amount"], money["currency"], "en")


def _attachments(message: Json) -> Json:
    shown: Json = {}
    if photo := message.get("photo"):
        shown["photo"] = {key: photo[-1][key] for key in ("file_id", "width", "height")}
    if invoice := message.get("invoice"):
        shown["invoice"] = {"title": invoice["title"], "text": invoice["description"], "price": _price(invoice)}
    if document := message.get("document"):
        shown["document"] = {"file_id": document["file_id"], "name": document.get("file_name", "file")}
    if contact := message.get("contact"):
        shown["contact"] = {"name": contact.get("first_name", ""), "phone": contact.get("phone_number", "")}
    if location := message.get("location"):
        name = message.get("venue", {}).get("title", "Location")
        shown["location"] = {"name": name, "at": f"{location['latitude']:.5f}, {location['longitude']:.5f}"}
    return shown


def _quoted(message: Json) -> Json:
    original = message.get("reply_to_message")
    if not original:
        return {}
    text = original.get("text") or original.get("caption") or "…"
    return {"reply_to": {"id": original["message_id"], "name": original["from"]["first_name"], "text": text[:120]}}


_KINDS = {
    "callback_data": ("press", None),
    "url": ("url", None),
    "copy_text": ("copy", "text"),
    "web_app": ("url", "url"),
    "login_url": ("url", "url"),
    "pay": ("pay", None),
    "switch_inline_query": ("inline", None),
    "switch_inline_query_current_chat": ("inline", None),
    "switch_inline_query_chosen_chat": ("inline", "query"),
}


def _button(look: Json) -> Json:
    shown: Json = {"label": look["text"], "style": look.get("style")}
    for name, (kind, field) in _KINDS.items():
        if name in look:
            value: Any = look[name] if field is None else look[name][field]
            return shown | {"kind": kind, "value": value}
    return shown | {"kind": "other", "value": None}


def _reply_kind(look: Json) -> str:
    if look.get("request_location"):
        return "location"
    return "contact" if look.get("request_contact") else "say"


def _reply_keyboard(markup: Json | None) -> Json | None:
    if markup is None:
        return None
    return {
        "rows": [
            [{"label": look["text"], "kind": _reply_kind(look)} for look in row] for row in markup.get("keyboard", [])
        ],
        "placeholder": markup.get("input_field_placeholder"),
        "is_reply_forced": bool(markup.get("force_reply")),
    }
