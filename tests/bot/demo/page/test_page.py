"""What the page asks for and what people do through it."""

import asyncio
import re

import pytest

from bot.demo.methods_params import Upload
from bot.demo.web import PAGE
from tests.bot.demo.page.conftest import ANN, MAX, THEO, Visitor

WRITTEN = sorted(path for path in PAGE.iterdir() if path.suffix in {".html", ".css", ".js"})
MOST_BYTES = 76 * 1024


async def test_the_page_allows_itself_nothing_from_elsewhere(visitor: Visitor) -> None:
    answer = await visitor.client.get("/")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    for name in re.findall(r'(?:src|href)="([^"]+)"', answer.text):
        assert (await visitor.client.get(name)).status_code == 200, name


def test_the_page_is_small_and_loads_nothing_from_the_net() -> None:
    assert sum(path.stat().st_size for path in WRITTEN) <= MOST_BYTES
    for path in WRITTEN:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?:src|href)=[\"']https?:|url\(https?:|@import|innerHTML|insertAdjacentHTML", text), path


@pytest.mark.parametrize("name", ["../web.py", "..%2fweb.py", "nothing.js", "index.html.new"])
async def test_only_the_pages_files_are_served(visitor: Visitor, name: str) -> None:
    assert (await visitor.client.get(f"/demo/page/{name}")).status_code == 404


async def test_somebody_presses_start_and_looks_around(visitor: Visitor) -> None:
    await visitor.does("say", who=ANN, chat=ANN, text="/start")
    door = await visitor.newest()
    assert "Harbor Goods" in door["text"] and door["photo"]["width"]
    browse = door["rows"][0][0]
    await visitor.does("press", who=ANN, chat=ANN, message=door["id"], data=browse["value"])
    assert "Ceramics" in str((await visitor.newest())["rows"])


async def test_commands_and_the_description_come_in_the_persons_language(visitor: Visitor) -> None:
    for who, about, command in (
        (ANN, "Linen", "Your cart"),
        (ANN + 1, "海港好物", "购物车"),
        (ANN + 2, "Гавань", "корзин"),
    ):
        await visitor.does("say", who=who, chat=who, text="/start")
        shown = (await visitor.asks(f"/demo/state?customer={who}"))["customer"]
        told = {row["command"]: row["description"] for row in shown["commands"]}
        assert about in shown["about"] and command in told["cart"].lower() + told["cart"]


async def test_a_press_without_an_answer_says_so(visitor: Visitor) -> None:
    await visitor.does("say", who=ANN, chat=ANN, text="/start")
    door = await visitor.newest()
    await visitor.does("break", what="telegram", on=True)
    press = {"who": ANN, "chat": ANN, "message": door["id"], "data": door["rows"][0][0]["value"]}
    assert "did not answer" in (await visitor.does("press", **press)).json()["toast"]


async def test_an_old_button_can_be_pressed_and_an_invented_one_cannot(visitor: Visitor) -> None:
    await visitor.does("say", who=ANN, chat=ANN, text="/start")
    door = await visitor.newest()
    press = {"who": ANN, "chat": ANN, "message": door["id"]}
    browse = door["rows"][0][0]["value"]
    for _ in range(2):
        assert (await visitor.does("press", **press, data=browse)).status_code == 200
    assert (await visitor.does("press", **press, data="cat:999999")).status_code == 409


async def test_nobody_speaks_where_they_are_not(visitor: Visitor) -> None:
    for who, chat in ((ANN, visitor.staff_chat), (MAX, ANN), (THEO, ANN), (1, 1)):
        assert (await visitor.does("say", who=who, chat=chat, text="hello")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"who": ANN, "chat": ANN, "text": ""},
        {"who": ANN, "chat": ANN, "text": "   "},
        {"who": str(ANN), "chat": ANN, "text": "hi"},
        {"who": ANN, "chat": ANN, "text": "x" * 5000},
        {"who": ANN, "chat": ANN, "text": "hi", "more": 1},
    ],
)
async def test_a_malformed_call_is_refused(visitor: Visitor, body: dict[str, object]) -> None:
    assert (await visitor.does("say", **body)).status_code == 422


async def test_a_reply_to_a_message_that_is_gone_is_refused(visitor: Visitor) -> None:
    reply = {"who": ANN, "chat": ANN, "text": "hi", "reply_to": 999}
    assert (await visitor.does("say", **reply)).status_code == 409, "in a chat that has not begun"
    await visitor.does("say", who=ANN, chat=ANN, text="/start")
    assert (await visitor.does("say", **reply)).status_code == 409


async def test_pictures_are_shown_and_anything_else_is_a_download(visitor: Visitor) -> None:
    await visitor.does("say", who=ANN, chat=ANN, text="/start")
    shown = await visitor.client.get(f"/demo/file/{(await visitor.newest())['photo']['file_id']}")
    assert shown.headers["content-type"] == "image/jpeg"
    evil = visitor.demo.world.store_file(Upload("x.jpg", b"<script>alert(1)</script>", "text/html"), "document")
    answer = await visitor.client.get(f"/demo/file/{evil.file_id}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"


async def test_a_change_is_told_and_the_stream_ends_with_the_demo(visitor: Visitor) -> None:
    stream = asyncio.create_task(visitor.client.get("/demo/events"))
    await asyncio.sleep(0)
    before = visitor.demo.world.version
    await visitor.does("say", who=ANN, chat=ANN, text="/start")
    visitor.demo.stopping.set()
    told = re.findall(r"data: (\d+)\n\n", (await stream).text)
    assert int(told[-1]) > before


async def test_a_stranger_is_told_that_a_button_is_not_for_him(visitor: Visitor) -> None:
    from tests.conversations import walks

    await walks.orders(visitor.person(ANN), payment=walks.CASH, name="Ann Taylor")
    await visitor.demo.app.run_jobs_due()
    card = (await visitor.asks("/demo/state"))["staff"]["messages"][-1]
    accept = next(key for row in card["rows"] for key in row if "Accept" in key["label"])
    press = {"chat": visitor.staff_chat, "message": card["id"], "data": accept["value"]}
    answer = (await visitor.does("press", who=THEO, **press)).json()
    assert answer["alert"] and answer["toast"]
    assert (await visitor.does("press", who=MAX, **press)).json().get("alert") is False


async def test_words_after_the_bots_name_offer_cards(visitor: Visitor) -> None:
    """The card that is chosen stands in the chat, and one that was never offered does not."""
    await visitor.does("say", who=ANN, chat=ANN, text="/search")
    asked = (await visitor.does("ask", who=ANN, chat=ANN, text="mug")).json()
    assert [card["title"] for card in asked["cards"]] == ["Stoneware mug"]
    forged = await visitor.does("choose", who=ANN, chat=ANN, question=asked["question"], card="p_999")
    assert forged.status_code == 409
    await visitor.does("choose", who=ANN, chat=ANN, question=asked["question"], card=asked["cards"][0]["id"])

    assert (await visitor.newest())["text"].startswith("Stoneware mug")
