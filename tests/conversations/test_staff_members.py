"""Roles are given and taken in the chat, by owners; a command proves nothing, whoever types it."""

import asyncio

import pytest

from bot.demo.people import Person
from bot.profile import furnish_staff_chat
from store import staff
from store.db import Database
from store.errors import NotAllowedNow
from store.staff import Role
from tests.builders import NOW, a_shop
from tests.conversations.conftest import Shop
from tests.conversations.test_staff import a_paid_order, cards, presses

COMMANDS = ("staff", "staff owner", "threads", "replies", "save hi Hello", "new", "products", "qr mug")


async def roles(shop: Shop) -> dict[int, str]:
    async with shop.app.db.read() as session:
        return {member.telegram_id: member.role for member in await staff.members(session)}


def a_newcomer(shop: Shop, name: str = "Nina") -> Person:
    user = shop.world.add_user(name, language_code="en")
    shop.world.chats[shop.staff_chat].members[user.id] = "member"
    return Person(shop.world, user.id, chat_id=shop.staff_chat)


def last_message(shop: Shop) -> int:
    return shop.world.chats[shop.staff_chat].last_message_id


def menu(shop: Shop, person: Person) -> set[str]:
    return {each["command"] for each in shop.world.commands_for(person.id, shop.staff_chat)}


async def test_an_owner_gives_a_role_by_replying_and_takes_it_by_a_press(shop: Shop) -> None:
    """Nina can pack from one moment on, and cannot from another; her menu goes with it."""
    nina = a_newcomer(shop)
    await nina.sends("hello")
    await shop.max.sends("/staff support", reply_to=last_message(shop))
    assert (await roles(shop))[nina.id] == Role.SUPPORT
    assert menu(shop, nina) == {"threads", "replies", "qr", "help"}
    await shop.max.sends("/staff")
    await presses(shop, shop.max, "Nina", "packer")
    assert (await roles(shop))[nina.id] == Role.PACKER
    await a_paid_order(shop)
    await presses(shop, nina, "Accept")
    assert "Nina accepted" in cards(shop)[0]
    await shop.max.sends("/staff")
    await presses(shop, shop.max, "Nina", "Take the role", "Take it")
    assert nina.id not in await roles(shop)
    assert menu(shop, nina) == set()
    await presses(shop, nina, "📦 Pack")
    assert "Nina packed" not in cards(shop)[0]


async def test_the_last_owner_stays_an_owner(shop: Shop) -> None:
    await shop.max.sends("/staff")
    await presses(shop, shop.max, "Max", "manager")
    assert "last owner" in (shop.max.toast or "")
    await presses(shop, shop.max, "Take the role", "Take it")
    assert "last owner" in (shop.max.toast or "")
    assert (await roles(shop))[shop.max.id] == Role.OWNER


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("who", ["customer", "stranger", "packer"])
async def test_a_command_that_is_typed_grants_nothing(shop: Shop, command: str, who: str) -> None:
    """Menus do not guard anything: whoever knows a command can type it, in private and in the group, replying to anybody."""
    nina = a_newcomer(shop)
    await nina.sends("hello")
    at = last_message(shop)
    before = await roles(shop)
    person = {"customer": shop.ann, "stranger": nina, "packer": shop.petra}[who]
    if who != "customer":
        await person.sends(f"/{command}", reply_to=at)
        await person.sends(f"/{command}@dukkan_demo_bot")
    private = person.at(person.id)
    await private.starts()
    await private.sends(f"/{command}")
    assert await roles(shop) == before
    shown = str(private.chat) + str(shop.world.chats[shop.staff_chat].messages)
    assert "Who may do what" not in shown
    assert private.from_bot


@pytest.mark.parametrize(
    ("suffix", "is_ours"), [("@dukkan_demo_bot", True), ("@DUKKAN_DEMO_BOT", True), ("@other_bot", False)]
)
async def test_a_command_for_another_bot_is_not_ours(shop: Shop, suffix: str, is_ours: bool) -> None:
    """In a group several bots may know the same command."""
    await shop.max.sends(f"/staff{suffix}")
    assert shop.max.sees("Who may do what") is is_ours


async def test_menus_are_set_at_the_start_and_only_where_they_differ(shop: Shop) -> None:
    for _ in range(2):
        await furnish_staff_chat(shop.app.bot, shop.app.db, shop.app.settings, now=shop.clock())
    assert menu(shop, shop.max) == {"products", "new", "coupons", "shop", "threads", "replies", "qr", "staff", "help"}
    assert menu(shop, shop.petra) == {"products", "qr", "help"}
    assert shop.world.counts["setMyCommands"] == 2


async def two_owners_leave(db: Database) -> list[object]:
    await a_shop(db)
    async with db.begin() as session:
        for telegram_id in (1, 2):
            await staff.grant(session, telegram_id, Role.OWNER, now=NOW)

    async def leaves(telegram_id: int) -> None:
        async with db.begin() as session:
            await staff.keep_an_owner(session, besides=telegram_id)
            await staff.revoke(session, telegram_id, now=NOW)

    return list(await asyncio.gather(leaves(1), leaves(2), return_exceptions=True))


async def owners(db: Database) -> int:
    async with db.read() as session:
        return len(await staff.members(session))


async def test_of_two_owners_who_leave_at_once_one_stays(db: Database) -> None:
    assert sorted(type(each).__name__ for each in await two_owners_leave(db)) == ["NoneType", "NotAllowedNow"]
    assert await owners(db) == 1


async def test_an_owner_is_kept_only_by_asking(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: who does not ask leaves the shop without anybody."""

    async def nobody_asks(_session: object, *, besides: int) -> None:
        return None

    monkeypatch.setattr(staff, "keep_an_owner", nobody_asks)
    assert not [each for each in await two_owners_leave(db) if isinstance(each, NotAllowedNow)]
    assert await owners(db) == 0
