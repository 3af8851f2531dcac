"""Photos, documents and albums."""

import io
import json

import pytest
from PIL import Image

from bot.demo.methods_params import Upload
from bot.demo.people import Person
from bot.demo.rules import BotApiError, Unsupported
from bot.demo.state import Json
from bot.demo.world import World

from .conftest import Refusal


def a_picture(width: int = 40, height: int = 30) -> Upload:
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, "PNG")
    return Upload("mug.png", file.getvalue(), "image/png")


async def test_an_uploaded_photo_can_be_sent_again_by_its_id(world: World, ann: Person) -> None:
    """The id stands for the same bytes, which can be downloaded."""
    picture = a_picture()
    asked = {"chat_id": ann.id, "photo": "attach://a", "a": picture, "caption": "<b>Mug</b>", "parse_mode": "HTML"}
    sent = await world.call("sendPhoto", asked)
    size = sent["photo"][-1]
    assert (ann.screen, size["width"], size["height"]) == ("Mug", 40, 30)
    again = await world.call("sendPhoto", {"chat_id": ann.id, "photo": size["file_id"]})
    assert again["photo"] == sent["photo"]
    path = (await world.call("getFile", {"file_id": size["file_id"]}))["file_path"]
    stored = world.file_at(path)
    assert stored
    assert stored.content == picture.content


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (None, "there is no photo in the request"),
        ("nonsense", "wrong file identifier/HTTP URL specified"),
        ("attach://nowhere", "wrong file identifier/HTTP URL specified"),
        (Upload("x.png", b""), "file must be non-empty"),
        (Upload("x.png", b"not a picture"), "IMAGE_PROCESS_FAILED"),
        (a_picture(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (a_picture(210, 10), "PHOTO_INVALID_DIMENSIONS"),
        (
            Upload("x.png", bytes(10 * 1024 * 1024 + 1)),
            "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
        ),
    ],
)
async def test_what_is_no_photo_is_refused(refusal: Refusal, ann: Person, photo: object, reason: str) -> None:
    """By its id, its size, its bytes or its shape."""
    assert await refusal("sendPhoto", chat_id=ann.id, photo=photo) == f"Bad Request: {reason}"


async def test_a_caption_is_shorter_than_a_text(refusal: Refusal, world: World, ann: Person) -> None:
    """1024 characters after the markup is read."""
    asked = {"chat_id": ann.id, "photo": a_picture(), "parse_mode": "HTML"}
    await world.call("sendPhoto", asked | {"caption": f"<i>{'x' * 1024}</i>"})
    reason = await refusal("sendPhoto", **asked, caption="x" * 1025)
    assert reason == "Bad Request: message caption is too long"


async def test_a_document_is_no_photo(refusal: Refusal, world: World, ann: Person) -> None:
    """An id is good for its own kind only."""
    sent = await world.call("sendDocument", {"chat_id": ann.id, "document": Upload("a.pdf", b"%PDF")})
    document = sent["document"]
    assert (document["file_name"], document["file_size"]) == ("a.pdf", 4)
    reason = await refusal("sendPhoto", chat_id=ann.id, photo=document["file_id"])
    assert reason == "Bad Request: can't use file of type Document as Photo"


async def test_a_photo_by_address_is_one_that_does_not_answer(refusal: Refusal, ann: Person) -> None:
    """The real server opens the address; the one in memory has no way out, and says so in its words."""
    reason = await refusal("sendPhoto", chat_id=ann.id, photo="https://x.org/a.png")
    assert reason == "Bad Request: failed to get HTTP URL content"


async def test_an_upload_has_an_end() -> None:
    """50 MB, as HTTP says it."""
    with pytest.raises(BotApiError) as error:
        Upload("x", bytes(50 * 1024 * 1024 + 1))
    assert error.value.error_code == 413


async def test_a_file_that_is_not_there_cannot_be_had(refusal: Refusal) -> None:
    """Telegram's words for it."""
    reason = await refusal("getFile", file_id="x")
    assert reason == "Bad Request: wrong file_id or the file is temporarily unavailable"


async def test_a_large_file_cannot_be_downloaded(refusal: Refusal, world: World, ann: Person) -> None:
    """Bots may send more than they may fetch."""
    large = Upload("a.bin", bytes(20 * 1024 * 1024 + 1))
    sent = await world.call("sendDocument", {"chat_id": ann.id, "document": large})
    assert await refusal("getFile", file_id=sent["document"]["file_id"]) == "Bad Request: file is too big"


def an_album(*kinds: str) -> Json:
    return {"media": json.dumps([{"type": kind, "media": "attach://a"} for kind in kinds]), "a": a_picture()}


async def test_an_album_is_several_messages_of_one_group(world: World, ann: Person) -> None:
    """2 to 10 of them."""
    sent = await world.call("sendMediaGroup", {"chat_id": ann.id} | an_album("photo", "photo"))
    assert len({message["media_group_id"] for message in sent}) == 1
    assert [message["message_id"] for message in ann.from_bot] == [message["message_id"] for message in sent]


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        ([], "there are no messages to send"),
        (["photo"], "too few messages to send as an album"),
        (["photo"] * 11, "too many messages to send as an album"),
        (["photo", "document"], "document can't be mixed with other media types"),
    ],
)
async def test_a_wrong_album_is_refused(refusal: Refusal, ann: Person, kinds: list[str], reason: str) -> None:
    """And nothing of it is sent."""
    assert await refusal("sendMediaGroup", chat_id=ann.id, **an_album(*kinds)) == f"Bad Request: {reason}"
    assert ann.from_bot == []


async def test_an_album_of_other_kinds_is_not_supported(world: World, ann: Person) -> None:
    """Said by name."""
    with pytest.raises(Unsupported, match="video"):
        await world.call("sendMediaGroup", {"chat_id": ann.id} | an_album("video", "video"))
