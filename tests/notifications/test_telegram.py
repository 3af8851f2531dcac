import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from markupsafe import Markup, escape
from PIL import Image

from bot.demo.faults import Fault
from bot.demo.people import Person
from bot.demo.session import DEMO_TOKEN, WorldSession
from bot.demo.world import World
from bot.pictures import Pictures
from bot.speaker import Speaker, Turn
from bot.ui.callbacks import ShowHome
from bot.ui.screen import Button, Document, Screen, Style
from notifications.telegram import Shown, show
from tests.apps import Clock

GO = ((Button("Go", ShowHome(), style=Style.SUCCESS),),)
TEXT = Screen(Markup("<b>Text</b>"), GO)
OTHER = Screen(Markup("Other text"))
PHOTO = Screen(Markup("A mug"), GO, picture="mug.jpg")
DRESS = Screen(Markup("A dress"), picture="dress.jpg")


@pytest.fixture
def world() -> World:
    return World(Clock())


@pytest.fixture
def ann(world: World) -> Person:
    user = world.add_user("Ann")
    world.private_chat(user.id)
    return Person(world, user.id)


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    for name, colour in (("mug", "red"), ("dress", "blue")):
        Image.new("RGB", (40, 40), colour).save(tmp_path / f"{name}.jpg")
    return Pictures(tmp_path)


@pytest.fixture
def put(world: World, ann: Person, pictures: Pictures) -> Callable[..., Any]:
    speaker = Speaker(Bot(DEMO_TOKEN, session=WorldSession(world)))

    async def put(screen: Screen, edit: Shown | None = None) -> Shown | None:
        speaker.lanes.lane(ann.id).closed_until = 0
        async with speaker.relays(ann.id) as turn:
            return await show(turn, screen, pictures=pictures, edit=edit)

    return put


def methods(world: World) -> list[str]:
    return [name for name, _ in world.calls]


@pytest.mark.parametrize(
    ("before", "after", "calls"),
    [
        (TEXT, OTHER, ["editMessageText"]),
        (PHOTO, DRESS, ["editMessageMedia"]),
        (TEXT, PHOTO, ["editMessageMedia"]),
        (PHOTO, TEXT, ["deleteMessage", "sendMessage"]),
    ],
)
async def test_a_screen_takes_the_place_of_the_one_before(
    put: Any, world: World, ann: Person, before: Screen, after: Screen, calls: list[str]
) -> None:
    """One menu in the chat, whatever it shows."""
    standing = await put(before)
    world.calls.clear()
    shown = await put(after, standing)
    assert methods(world) == calls
    assert len(ann.from_bot) == 1
    assert shown.has_picture == (after.picture is not None)


async def test_the_same_screen_again_is_fine(put: Any, ann: Person) -> None:
    standing = await put(TEXT)
    assert await put(TEXT, standing) == standing


async def test_a_message_that_was_deleted_is_sent_again(put: Any, world: World, ann: Person) -> None:
    standing = await put(TEXT)
    ann.here.messages.clear()
    shown = await put(OTHER, standing)
    assert (ann.screen, shown.message_id) == ("Other text", ann.from_bot[-1]["message_id"])


@pytest.mark.parametrize("after", [TEXT, PHOTO])
async def test_a_message_of_another_kind_than_was_thought_is_replaced(put: Any, ann: Person, after: Screen) -> None:
    """What we remember of a message may be wrong after a restore."""
    standing = await put(PHOTO if after is TEXT else TEXT)
    await put(after, Shown(standing.message_id, has_picture=not standing.has_picture))
    assert after.text.striptags() in ann.screen
    assert len(ann.from_bot) == 1


async def test_a_file_below_which_somebody_pressed_stays(world: World, ann: Person, pictures: Pictures) -> None:
    """It cannot become a text either, but it is theirs to keep."""
    speaker = Speaker(Bot(DEMO_TOKEN, session=WorldSession(world)))
    shown: list[Shown | None] = []

    async def work(turn: Turn) -> None:
        document = Screen(Markup("All goods"), document=Document("goods.csv", b"handle"))
        shown.append(await show(turn, document, pictures=pictures))
        shown.append(await show(turn, TEXT, pictures=pictures, edit=shown[0]))

    await speaker.say(ann.id, work, place="here")
    assert [message.get("text") or message["caption"] for message in ann.from_bot] == ["All goods", "Text"]


async def test_a_fresh_screen_is_a_message_of_its_own(put: Any, ann: Person) -> None:
    standing = await put(TEXT)
    await put(Screen(Markup("News"), fresh=True), standing)
    assert len(ann.from_bot) == 2


async def test_a_picture_travels_once(put: Any, world: World) -> None:
    """Afterwards Telegram's own id of it is enough."""
    for screen in (PHOTO, PHOTO, DRESS):
        await put(screen)
    assert len(world.state.files) == 2


async def test_a_picture_that_telegram_forgot_travels_again(put: Any, world: World, ann: Person) -> None:
    await put(PHOTO)
    world.state.files.clear()
    shown = await put(PHOTO)
    assert shown.has_picture and len(world.state.files) == 1
    world.faults.add("sendPhoto", Fault.WRONG_FILE)
    assert (await put(PHOTO)).has_picture


async def test_a_picture_that_was_replaced_on_the_disk_is_shown_anew(put: Any, world: World, tmp_path: Path) -> None:
    await put(PHOTO)
    Image.new("RGB", (50, 50), "green").save(tmp_path / "mug.jpg")
    import os

    os.utime(tmp_path / "mug.jpg", ns=(1, 1))
    await put(PHOTO)
    assert len(world.state.files) == 2


async def test_a_picture_made_on_the_spot_is_sent(put: Any, ann: Person) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 40)).save(drawn, "PNG")
    assert (await put(Screen(Markup("A chart"), picture=drawn.getvalue()))).has_picture


@pytest.mark.parametrize("name", ["none.jpg", "../secret.jpg", "/etc/hostname", ""])
async def test_without_its_picture_a_screen_still_says_its_words(
    put: Any, ann: Person, tmp_path: Path, name: str
) -> None:
    """A name from the catalogue never leads out of the folder."""
    Image.new("RGB", (40, 40)).save(tmp_path.parent / "secret.jpg")
    shown = await put(Screen(Markup("A mug"), picture=name))
    assert (ann.screen, shown.has_picture) == ("A mug", False)


@pytest.mark.parametrize("stands", [None, TEXT, PHOTO])
async def test_a_picture_that_telegram_does_not_take_is_left_out(
    put: Any, ann: Person, tmp_path: Path, stands: Screen | None
) -> None:
    """The merchant has put something else under its name; the goods can be bought all the same."""
    before = await put(stands) if stands is not None else None
    (tmp_path / "dress.jpg").write_bytes(b"no picture")
    shown = await put(DRESS, before)
    assert (ann.screen, shown.has_picture) == ("A dress", False)


async def test_a_text_too_long_for_a_caption_goes_without_the_picture(put: Any, ann: Person) -> None:
    """The words matter more."""
    shown = await put(Screen(escape("word " * 400), picture="mug.jpg"))
    assert not shown.has_picture


async def test_a_text_too_long_for_a_message_is_sent_in_parts_with_the_keyboard_below(put: Any, ann: Person) -> None:
    await put(Screen(Markup("<b>{}</b>").format("word " * 2000), GO))
    assert len(ann.from_bot) == 3
    assert ["reply_markup" in message for message in ann.from_bot] == [False, False, True]


async def test_an_edited_text_that_is_too_long_is_cut(put: Any, ann: Person) -> None:
    """One message stays one message."""
    standing = await put(TEXT)
    await put(Screen(escape("word " * 2000)), standing)
    assert len(ann.from_bot) == 1
    assert ann.screen.endswith("…")


async def test_a_screen_that_asks_for_the_phone_number_has_the_keyboard_for_it(put: Any, ann: Person) -> None:
    standing = await put(TEXT)
    await put(Screen(Markup("Your number?"), asks_contact="Share"), standing)
    assert (ann.keyboard, len(ann.from_bot)) == (["Share"], 2)


async def test_buttons_carry_what_they_do(put: Any, ann: Person) -> None:
    rows = ((Button("Pay", url="https://pay.example/1"), Button("Copy", copy="B2AK")), ())
    await put(Screen(Markup("Pay"), rows))
    [[pay, copy]] = ann.from_bot[-1]["reply_markup"]["inline_keyboard"]
    assert (pay["url"], copy["copy_text"]) == ("https://pay.example/1", {"text": "B2AK"})


async def test_links_have_no_previews(put: Any, world: World) -> None:
    await put(Screen(Markup("https://x.example")))
    assert '"is_disabled": true' in str(world.calls[-1][1]["link_preview_options"])


async def test_a_silent_screen_makes_no_sound(put: Any, world: World) -> None:
    await put(Screen(Markup("News"), silent=True))
    assert world.calls[-1][1]["disable_notification"]


async def test_a_closed_chat_and_a_flood_limit_are_the_callers_business(put: Any, world: World, ann: Person) -> None:
    """The relay and a reply do different things about them."""
    world.faults.add("sendMessage", Fault.FLOOD, retry_after=7)
    with pytest.raises(TelegramRetryAfter):
        await put(TEXT)
    world.users[ann.id].has_blocked_bot = True
    with pytest.raises(TelegramForbiddenError):
        await put(TEXT)


async def test_markup_that_telegram_refuses_is_not_hidden(put: Any) -> None:
    """It is a bug of ours."""
    with pytest.raises(TelegramBadRequest):
        await put(Screen(Markup("<br>")))


async def test_a_document_comes_as_a_message_of_its_own(put: Any, world: World, ann: Person) -> None:
    """A list of goods is a file to keep: the message with the button stays where it is."""
    standing = await put(TEXT)
    await put(Screen(Markup("All goods"), document=Document("goods.csv", b"handle\r\n")), standing)
    assert [message.get("text") or message.get("caption") for message in ann.from_bot] == ["Text", "All goods"]
    assert ann.from_bot[-1]["document"]["file_name"] == "goods.csv"


async def test_a_text_too_long_for_a_caption_comes_before_the_document(put: Any, ann: Person) -> None:
    await put(replace(TEXT, text=Markup("word ") * 300, document=Document("goods.csv", b"handle\r\n")))
    assert len(ann.from_bot) == 2
    assert "document" in ann.from_bot[-1]


async def test_a_picture_that_is_a_dead_link_is_left_out(put: Any, world: World, ann: Person) -> None:
    """Telegram opens the address itself; when it cannot, the goods are shown in words."""
    await put(replace(PHOTO, picture="https://shop.example/gone.jpg"))
    assert methods(world) == ["sendPhoto", "sendMessage"]
    assert ann.sees("A mug")
