"""What people attach on the page, and the staff's own chats with the bot."""

from base64 import b64encode

import httpx
import pytest

from bot.demo.bodies import FILE_MAX_BYTES
from bot.demo.guard import ATTACHED_MAX_BYTES
from bot.demo.state import Json
from tests.bot.demo.page.conftest import ANN, MAX, Visitor
from tests.conversations.shelves import a_picture

MUG = "Sea-blue mug\n$15.50"
LAMPS = b"handle,title,category,price,stock\nlamp,Harbour lamp,Lamps,49,3\n"


async def attaches(visitor: Visitor, content: bytes, name: str, text: str = "") -> httpx.Response:
    """Max does, in his own chat with the bot."""
    given = {"name": name, "content": b64encode(content).decode(), "text": text}
    return await visitor.does("attach", who=MAX, chat=MAX, **given)


async def in_private(visitor: Visitor) -> Json:
    shown: Json = (await visitor.asks(f"/demo/state?staff={MAX}&room=private"))["staff"]
    return shown


async def test_the_owner_has_a_chat_of_his_own(visitor: Visitor) -> None:
    assert not (await in_private(visitor))["has_started"]
    await visitor.does("say", who=MAX, chat=MAX, text="/start")
    shown = await in_private(visitor)
    assert shown["id"] == MAX and not shown["is_group"]
    assert "Harbor Goods" in shown["messages"][-1]["text"]
    assert (await visitor.asks(f"/demo/state?staff={MAX}"))["staff"]["id"] == visitor.staff_chat


async def test_a_picture_with_words_becomes_a_draft(visitor: Visitor) -> None:
    await visitor.does("say", who=MAX, chat=MAX, text="/start")
    assert (await attaches(visitor, a_picture(), "mug.png", MUG)).status_code == 200
    card = (await in_private(visitor))["messages"][-1]
    assert "Sea-blue mug" in card["text"] and "$15.50" in card["text"]


async def test_a_table_becomes_goods(visitor: Visitor) -> None:
    await visitor.does("say", who=MAX, chat=MAX, text="/start")
    assert (await attaches(visitor, LAMPS, "lamps.csv")).status_code == 200
    await visitor.demo.app.run_jobs_due()
    assert "Products: 1 new" in (await in_private(visitor))["messages"][-1]["text"]


@pytest.mark.parametrize(
    "content", [b"\x89PNG and nothing more", b"\xff\xd8\xff\xe0 broken"], ids=["a broken PNG", "a broken JPEG"]
)
async def test_a_picture_that_is_none_is_refused(visitor: Visitor, content: bytes) -> None:
    await visitor.does("say", who=MAX, chat=MAX, text="/start")
    answer = await attaches(visitor, content, "mug.png")
    assert (answer.status_code, answer.text) == (422, "This file cannot be read.")


@pytest.mark.parametrize("content", ["", "not base64!", "====", "A" * (FILE_MAX_BYTES * 2)])
async def test_what_is_no_file_is_refused(visitor: Visitor, content: str) -> None:
    answer = await visitor.does("attach", who=ANN, chat=ANN, name="x.bin", content=content)
    assert answer.status_code in (422, 403)


async def test_only_a_file_may_be_large(visitor: Visitor) -> None:
    """What is not meant to hold one is stopped by the guard as before."""
    large = b64encode(bytes(FILE_MAX_BYTES)).decode()
    assert len(large) < ATTACHED_MAX_BYTES
    assert (await visitor.does("say", who=ANN, chat=ANN, text=large)).status_code == 403
    await visitor.does("say", who=ANN, chat=ANN, text="/start")
    assert (await visitor.does("attach", who=ANN, chat=ANN, name="x.bin", content=large)).status_code == 200
