"""Calls that ask who is where."""

from typing import TYPE_CHECKING

from bot.demo import rules
from bot.demo.methods_params import Params
from bot.demo.rules import bad_request
from bot.demo.state import Json

if TYPE_CHECKING:
    from bot.demo.world import World

ADMINISTRATOR_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
)
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_chat(world: "World", params: Params) -> Json:
    chat = rules.known_chat(world, params)
    full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(GIFTS, False)}
    pinned = {"pinned_message": chat.messages[chat.pinned[-1]]} if chat.pinned else {}
    return world.chat_json(chat) | full | pinned


def get_chat_member(world: "World", params: Params) -> Json:
    chat = rules.known_chat(world, params)
    user_id = params.integer("user_id")
    if user_id != world.bot_id and user_id not in world.users:
        raise bad_request("invalid user_id specified" if user_id <= 0 else "user not found")
    return member_json(world, user_id, chat.members.get(user_id, "left"))


def get_chat_administrators(world: "World", params: Params) -> list[Json]:
    chat = rules.known_chat(world, params)
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    ranks = {"creator", "administrator"}
    return [member_json(world, user_id, status) for user_id, status in chat.members.items() if status in ranks]


def member_json(world: "World", user_id: int, status: str) -> Json:
    """A ChatMember with the fields that its status asks for."""
    member: Json = {"status": status, "user": world.user_json(user_id)}
    match status:
        case "creator":
            return member | {"is_anonymous": False}
        case "administrator":
            rights = dict.fromkeys(ADMINISTRATOR_RIGHTS, True) | {"can_manage_topics": True}
            return member | {"can_be_edited": False, "is_anonymous": False, **rights}
        case "kicked":
            return member | {"until_date": 0}
        case _:
            return member
