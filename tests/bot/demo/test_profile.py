"""Commands, names, the menu button, and who is where."""

import pytest

from bot.demo.people import Person
from bot.demo.state import Json
from bot.demo.world import World

from .conftest import Refusal


def commands(*names: str) -> list[Json]:
    return [{"command": name, "description": name.title()} for name in names]


async def names_for(world: World, person: Person, chat_id: int) -> list[str]:
    return [command["command"] for command in world.commands_for(person.id, chat_id)]


async def test_commands_come_from_the_narrowest_scope_in_ones_language(world: World, ann: Person) -> None:
    """Language before scope's default, chat before all chats."""
    await world.call("setMyCommands", {"commands": commands("help")})
    await world.call("setMyCommands", {"commands": commands("hilfe"), "language_code": "de"})
    private = {"type": "all_private_chats"}
    assert await names_for(world, ann, ann.id) == ["help"]
    world.users[ann.id].language_code = "de"
    assert await names_for(world, ann, ann.id) == ["hilfe"]
    await world.call("setMyCommands", {"commands": commands("cart"), "scope": private})
    assert await names_for(world, ann, ann.id) == ["cart"]
    await world.call("deleteMyCommands", {"scope": private})
    assert await names_for(world, ann, ann.id) == ["hilfe"]


async def test_administrators_of_a_group_may_have_more_commands(world: World, ann: Person) -> None:
    """Scopes are what people see, never a permission."""
    max_ = Person(world, world.add_user("Max").id)
    group = world.add_group("Staff", [ann.id, max_.id])
    admins = {"type": "chat_administrators", "chat_id": group.id}
    await world.call("setMyCommands", {"commands": commands("refund"), "scope": admins})
    await world.call("setMyCommands", {"commands": commands("help"), "scope": {"type": "all_group_chats"}})
    assert await names_for(world, ann, group.id) == ["refund"]
    assert await names_for(world, max_, group.id) == ["help"]


async def test_commands_read_back_as_they_were_set(world: World) -> None:
    """Per scope and language, without falling back."""
    await world.call("setMyCommands", {"commands": commands("help")})
    assert await world.call("getMyCommands", {}) == commands("help")
    assert await world.call("getMyCommands", {"language_code": "de"}) == []


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"commands": commands("Help")}, "BOT_COMMAND_INVALID"),
        ({"commands": commands("a" * 33)}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": commands(*["a"] * 101)}, "BOT_COMMANDS_TOO_MUCH"),
        ({}, 'parameter "commands" is required'),
        ({"commands": [], "language_code": "english"}, "invalid language code specified"),
        ({"commands": [], "scope": {"type": "x"}}, "can't parse BotCommandScope: Unsupported type specified"),
        ({"commands": [], "scope": {"type": "chat", "chat_id": 5}}, "chat not found"),
    ],
)
async def test_wrong_commands_are_refused(refusal: Refusal, params: Json, reason: str) -> None:
    """Names of [a-z0-9_], described, at most 100."""
    assert await refusal("setMyCommands", **params) == f"Bad Request: {reason}"


@pytest.mark.parametrize(
    ("what", "field", "most"),
    [("Name", "name", 64), ("Description", "description", 512), ("ShortDescription", "short_description", 120)],
)
async def test_a_profile_text_has_a_language_and_a_limit(
    world: World, refusal: Refusal, what: str, field: str, most: int
) -> None:
    """Without a text of its own a language shows the default."""
    await world.call(f"setMy{what}", {field: "x" * most})
    await world.call(f"setMy{what}", {field: "y", "language_code": "de"})
    assert await world.call(f"getMy{what}", {"language_code": "de"}) == {field: "y"}
    assert await world.call(f"getMy{what}", {"language_code": "fr"}) == {field: "x" * most}
    assert (await refusal(f"setMy{what}", **{field: "x" * (most + 1)})).endswith("_INVALID")


async def test_the_bot_introduces_itself(world: World) -> None:
    """With the name that was set last."""
    await world.call("setMyName", {"name": "Harbor Goods"})
    me = await world.call("getMe", {})
    assert (me["id"], me["is_bot"], me["first_name"]) == (world.bot_id, True, "Harbor Goods")


async def test_a_chat_may_have_a_menu_button_of_its_own(world: World, ann: Person, refusal: Refusal) -> None:
    """The default is for all others."""
    shop = {"type": "web_app", "text": "Shop", "web_app": {"url": "https://x.org/"}}
    await world.call("setChatMenuButton", {"chat_id": ann.id, "menu_button": shop})
    assert world.menu_button(ann.id) == shop
    assert await world.call("getChatMenuButton", {}) == {"type": "commands"}
    await world.call("setChatMenuButton", {"chat_id": ann.id, "menu_button": {"type": "default"}})
    assert world.menu_button(ann.id) == {"type": "commands"}
    insecure = shop | {"web_app": {"url": "http://x.org/"}}
    assert (await refusal("setChatMenuButton", menu_button=insecure)).endswith("Only HTTPS links are allowed")


async def test_members_of_a_group_are_known(world: World, ann: Person, refusal: Refusal) -> None:
    """The owner, the bot, a stranger; a private chat has no administrators."""
    group = world.add_group("Staff", [ann.id], bot_status="administrator")
    eve = world.add_user("Eve")
    asked = {"chat_id": group.id}
    admins = await world.call("getChatAdministrators", asked)
    assert [(each["user"]["id"], each["status"]) for each in admins] == [
        (ann.id, "creator"),
        (world.bot_id, "administrator"),
    ]
    assert (await world.call("getChatMember", asked | {"user_id": eve.id}))["status"] == "left"
    assert await refusal("getChatMember", **asked, user_id=5) == "Bad Request: user not found"
    reason = await refusal("getChatAdministrators", chat_id=ann.id)
    assert reason == "Bad Request: there are no administrators in the private chat"
