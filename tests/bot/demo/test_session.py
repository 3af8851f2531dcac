"""aiogram on the Telegram in memory: results, files and exceptions are those of a real session."""

import asyncio
import io

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram import exceptions as aiogram_errors
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
)

from bot.demo.faults import Fault
from bot.demo.people import Person
from bot.demo.rules import Unsupported
from bot.demo.session import DEMO_TOKEN, WorldSession
from bot.demo.state import Json
from bot.demo.world import World

from .test_media import a_picture


@pytest.fixture
def bot(world: World) -> Bot:
    return Bot(DEMO_TOKEN, session=WorldSession(world))


@pytest.fixture
def photo() -> BufferedInputFile:
    return BufferedInputFile(a_picture().content, "mug.png")


@pytest.fixture
def shop(world: World, bot: Bot, ann: Person) -> Dispatcher:
    """A counter: each press adds one, in place."""
    dispatcher = Dispatcher()

    @dispatcher.message(F.text == "/start")
    async def start(message: Message) -> None:
        await message.answer("<b>0</b> mugs", parse_mode="HTML", reply_markup=more(0))

    @dispatcher.callback_query()
    async def add(query: CallbackQuery) -> None:
        count = int(query.data or 0) + 1
        assert isinstance(query.message, Message)
        await query.message.edit_text(f"{count} mugs", reply_markup=more(count))
        await query.answer("Added")

    async def deliver(update: Json) -> None:
        await dispatcher.feed_raw_update(bot, update)

    world.deliver = deliver
    return dispatcher


def more(count: int) -> InlineKeyboardMarkup:
    button = InlineKeyboardButton(text="Add a mug", callback_data=str(count))
    return InlineKeyboardMarkup(inline_keyboard=[[button]])


@pytest.mark.usefixtures("shop")
async def test_a_dispatcher_serves_a_person(ann: Person) -> None:
    """The same Bot, handlers and types as against the real server."""
    await ann.starts()
    await ann.taps("Add")
    await ann.taps("Add a mug")
    assert (ann.screen, ann.toast, len(ann.from_bot)) == ("2 mugs", "Added", 1)


async def test_a_file_travels_there_and_back(bot: Bot, ann: Person, photo: BufferedInputFile) -> None:
    """Upload, reuse by id inside InputMedia, download."""
    sent = await bot.send_photo(ann.id, photo, caption="Mug")
    assert sent.photo
    media = InputMediaPhoto(media=sent.photo[-1].file_id, caption="Red mug")
    edited = await bot.edit_message_media(media, chat_id=ann.id, message_id=sent.message_id)
    assert isinstance(edited, Message)
    assert edited.caption == "Red mug"
    target = await bot.download(sent.photo[-1], io.BytesIO())
    assert target
    assert target.read() == photo.data


async def test_an_album_of_uploads(bot: Bot, ann: Person, photo: BufferedInputFile) -> None:
    """Attachments inside a list are uploaded, too."""
    sent = await bot.send_media_group(ann.id, [InputMediaPhoto(media=photo), InputMediaPhoto(media=photo)])
    assert [bool(message.photo) for message in sent] == [True, True]


async def test_results_are_typed(bot: Bot, world: World, ann: Person) -> None:
    """Every kind of answer fits aiogram's models."""
    group = world.add_group("Staff", [ann.id], bot_status="administrator")
    await bot.set_my_commands([BotCommand(command="help", description="Help")])
    assert [command.command for command in await bot.get_my_commands()] == ["help"]
    assert (await bot.get_chat(group.id)).title == "Staff"
    statuses = [each.status for each in await bot.get_chat_administrators(group.id)]
    assert statuses == ["creator", "administrator"]
    assert (await bot.get_webhook_info()).url == ""
    assert (await bot.get_chat_menu_button()).type == "commands"
    assert (await bot.me()).username == "dukkan_demo_bot"


async def test_every_update_of_a_person_is_typed(bot: Bot, world: World, ann: Person) -> None:
    """Whatever a person does, aiogram can read it."""
    world.has_privacy_mode = False
    group = world.add_group("Staff", [ann.id], kind="group")
    for act in (ann.sends_photo, ann.sends_sticker, ann.sends_voice, ann.shares_contact, ann.blocks_bot):
        await act()
    await ann.unblocks_bot()
    await ann.sends_location(1.5, 2.5)
    await ann.taps_data(99, "gone")
    await ann.upgrades_group(group.id)
    updates = await bot.get_updates()
    assert [update.event_type for update in updates] == [
        *["message"] * 4,
        *["my_chat_member"] * 2,
        "message",
        "callback_query",
        *["message"] * 2,
    ]


FAULTS = [
    (Fault.FLOOD, aiogram_errors.TelegramRetryAfter),
    (Fault.SERVER_ERROR, aiogram_errors.TelegramServerError),
    (Fault.GATEWAY, aiogram_errors.ClientDecodeError),
    (Fault.RESET_BEFORE, aiogram_errors.TelegramNetworkError),
    (Fault.RESET_AFTER, aiogram_errors.TelegramNetworkError),
    (Fault.GARBAGE, aiogram_errors.ClientDecodeError),
    (Fault.WRONG_FILE, aiogram_errors.TelegramBadRequest),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS)
async def test_a_fault_is_the_exception_of_a_real_session(
    bot: Bot, world: World, ann: Person, fault: Fault, error: type[Exception]
) -> None:
    """Once; only when the answer was lost, the call has acted."""
    world.faults.add("sendMessage", fault, retry_after=7)
    with pytest.raises(error) as met:
        await bot.send_message(ann.id, "x")
    assert len(ann.from_bot) == (1 if fault in (Fault.RESET_AFTER, Fault.GARBAGE) else 0)
    assert getattr(met.value, "retry_after", 7) == 7
    await bot.send_message(ann.id, "y")
    assert ann.screen == "y"


async def test_a_fault_may_be_meant_for_one_chat_or_any_method(bot: Bot, world: World, ann: Person) -> None:
    """And ends when it is cleared."""
    world.faults.add("*", "429", 2, chat_id=5)
    await bot.send_message(ann.id, "x")
    world.faults.add("*", "500", 9)
    with pytest.raises(aiogram_errors.TelegramServerError):
        await bot.get_me()
    assert await bot.get_updates() is not None
    world.faults.clear()
    await bot.get_me()


async def test_refusals_are_the_exceptions_of_a_real_session(bot: Bot, world: World, ann: Person) -> None:
    """400, 403, and the way to an upgraded group."""
    with pytest.raises(aiogram_errors.TelegramBadRequest, match="chat not found"):
        await bot.send_message(5, "x")
    old = world.add_group("Staff", [ann.id], kind="group")
    new_id = await ann.upgrades_group(old.id)
    with pytest.raises(aiogram_errors.TelegramMigrateToChat) as migrated:
        await bot.send_message(old.id, "x")
    assert migrated.value.migrate_to_chat_id == new_id
    await ann.blocks_bot()
    with pytest.raises(aiogram_errors.TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(ann.id, "x")


async def test_a_second_poller_ends_the_first(bot: Bot) -> None:
    """As TelegramConflictError."""
    first = asyncio.create_task(bot.get_updates(timeout=50))
    await asyncio.sleep(0.01)
    await bot.get_updates()
    with pytest.raises(aiogram_errors.TelegramConflictError):
        await first


async def test_a_method_that_is_not_known_says_so_by_name(bot: Bot, ann: Person) -> None:
    """It is a gap of the emulator, not an error of Telegram."""
    with pytest.raises(Unsupported, match="sendDice"):
        await bot.send_dice(ann.id)
