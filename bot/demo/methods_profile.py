"""Calls about how the bot presents itself: commands, names, descriptions, the menu button."""

import re
from typing import TYPE_CHECKING

from bot.demo import rules
from bot.demo.methods_params import Params
from bot.demo.rules import bad_request
from bot.demo.state import Json

if TYPE_CHECKING:
    from bot.demo.world import World

COMMANDS_MAX = 100
NAME_MAX = 64
DESCRIPTION_MAX = 512
SHORT_DESCRIPTION_MAX = 120
SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
"""Scope types and the fields that they need."""


def get_me(world: "World", params: Params) -> Json:
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.has_privacy_mode,
        "supports_inline_queries": world.has_inline_mode,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return world.bot | {"first_name": get_my_name(world, params)["name"]} | abilities


def set_my_commands(world: "World", params: Params) -> bool:
    params.required("commands")
    commands = [_command(each) for each in params.objects("commands")]
    if len(commands) > COMMANDS_MAX:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    world.state.profile.commands[_commands_key(world, params)] = commands
    world.touch()
    return True


def get_my_commands(world: "World", params: Params) -> list[Json]:
    return world.state.profile.commands.get(_commands_key(world, params), [])


def delete_my_commands(world: "World", params: Params) -> bool:
    world.state.profile.commands.pop(_commands_key(world, params), None)
    world.touch()
    return True


def _command(given: Json) -> Json:
    name = str(given.get("command", "")).removeprefix("/")
    description = str(given.get("description", "")).strip()
    if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _commands_key(world: "World", params: Params) -> str:
    scope: Json = params.mapping("scope") or {"type": "default"}
    needs = SCOPES.get(str(scope.get("type")))
    if needs is None:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if needs:
        rules.known_chat(world, Params(scope))
    parts = [str(scope["type"]), *(str(scope.get(field)) for field in needs)]
    return f"{':'.join(parts)}/{_language(params)}"


def _language(params: Params) -> str:
    language = params.text("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    return language


def set_my_name(world: "World", params: Params) -> bool:
    return _set(world, params, world.state.profile.names, "name", NAME_MAX)


def set_my_description(world: "World", params: Params) -> bool:
    return _set(world, params, world.state.profile.descriptions, "description", DESCRIPTION_MAX)


def set_my_short_description(world: "World", params: Params) -> bool:
    return _set(world, params, world.state.profile.short_descriptions, "short_description", SHORT_DESCRIPTION_MAX)


def _set(world: "World", params: Params, texts: dict[str, str], field: str, most: int) -> bool:
    """An empty text removes the language's own one."""
    text = params.text(field)
    if len(text) > most:
        raise bad_request(f"BOT_{'TITLE' if field == 'name' else 'INFO'}_INVALID")
    texts[_language(params)] = text
    world.touch()
    return True


def get_my_name(world: "World", params: Params) -> Json:
    name = _localized(world.state.profile.names, params)
    return {"name": name or world.bot["first_name"]}


def get_my_description(world: "World", params: Params) -> Json:
    return {"description": _localized(world.state.profile.descriptions, params)}


def get_my_short_description(world: "World", params: Params) -> Json:
    return {"short_description": _localized(world.state.profile.short_descriptions, params)}


def _localized(texts: dict[str, str], params: Params) -> str:
    return texts.get(_language(params)) or texts.get("", "")


def set_chat_menu_button(world: "World", params: Params) -> bool:
    button = params.mapping("menu_button") or {"type": "default"}
    if button.get("type") not in {"default", "commands", "web_app"}:
        raise bad_request("can't parse menu button: Unsupported type specified")
    if button["type"] == "web_app":
        _check_web_app(button)
    if "chat_id" in params:
        rules.known_chat(world, params).menu_button = None if button["type"] == "default" else button
    else:
        world.state.profile.menu_button = {"type": "commands"} if button["type"] == "default" else button
    world.touch()
    return True


def _check_web_app(button: Json) -> None:
    app = button.get("web_app")
    url = str(app.get("url", "")) if isinstance(app, dict) else ""
    if not button.get("text"):
        raise bad_request("can't parse menu button: Can't find field \"text\"")
    try:
        rules.checked_url(url, https_only=True)
    except ValueError as wrong:
        raise bad_request(f"menu button Web App URL '{url}' is invalid: {wrong}") from None


def get_chat_menu_button(world: "World", params: Params) -> Json:
    if "chat_id" in params:
        return rules.known_chat(world, params).menu_button or {"type": "default"}
    return world.state.profile.menu_button
