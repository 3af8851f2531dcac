"""The Telegram in memory as a Bot API server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.demo.faults import Fault
from bot.demo.http import routes
from bot.demo.people import Person
from bot.demo.world import World

from .test_media import a_picture

TOKEN = "4000000001:secret-token"


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=routes(world, TOKEN)))
    async with httpx.AsyncClient(transport=transport, base_url="http://telegram") as client:
        yield client


async def call(http: httpx.AsyncClient, method: str, **request: Any) -> Any:
    return (await http.post(f"/bot{TOKEN}/{method}", **request)).json()


@pytest.mark.parametrize("way", ["json", "data", "params"])
async def test_json_form_and_query_mean_the_same(http: httpx.AsyncClient, ann: Person, way: str) -> None:
    """And the method's name may be written in any case."""
    answer = await call(http, "SENDMESSAGE", **{way: {"chat_id": ann.id, "text": "<i>x</i>", "parse_mode": "HTML"}})
    assert answer["ok"]
    assert answer["result"]["entities"][0]["type"] == "italic"


async def test_a_call_may_be_a_get(http: httpx.AsyncClient, world: World) -> None:
    """As in a browser's address line."""
    answer = (await http.get(f"/bot{TOKEN}/getMe")).json()
    assert answer["result"]["id"] == world.bot_id


async def test_a_multipart_upload_can_be_downloaded(http: httpx.AsyncClient, ann: Person) -> None:
    """Named directly or through attach://."""
    picture = a_picture().content
    files = {"photo": ("mug.png", picture, "image/png")}
    answer = await call(http, "sendPhoto", data={"chat_id": ann.id}, files=files)
    file_id = answer["result"]["photo"][-1]["file_id"]
    path = (await call(http, "getFile", json={"file_id": file_id}))["result"]["file_path"]
    assert (await http.get(f"/file/bot{TOKEN}/{path}")).content == picture
    assert (await http.get(f"/file/bot{TOKEN}/nothing")).status_code == 404


async def test_a_refusal_has_telegrams_form(http: httpx.AsyncClient) -> None:
    """The status is the error code, the words are JSON."""
    answer = await http.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": 5, "text": "x"})
    assert answer.status_code == 400
    assert answer.json() == {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}


@pytest.mark.parametrize(
    ("token", "words"),
    [("4000000001:wrong", "Unauthorized"), ("nonsense", "Unauthorized: invalid token specified")],
)
async def test_a_wrong_token_opens_nothing(http: httpx.AsyncClient, token: str, words: str) -> None:
    """No method, and no file."""
    for address in (f"/bot{token}/getMe", f"/file/bot{token}/x"):
        answer = await http.get(address)
        assert (answer.status_code, answer.json()["description"]) == (401, words)


async def test_an_unknown_method_is_not_found(http: httpx.AsyncClient) -> None:
    """The answer names it."""
    answer = await http.post(f"/bot{TOKEN}/sendDice")
    assert answer.status_code == 404
    assert answer.json()["description"].startswith("Not Found: method not found")
    assert "sendDice" in answer.json()["description"]


async def test_what_telegram_does_not_know_either_is_refused_in_its_words(http: httpx.AsyncClient) -> None:
    answer = await http.post(f"/bot{TOKEN}/sendMug")
    assert (answer.status_code, answer.json()["description"]) == (404, "Not Found: method not found")


async def test_a_flood_says_when_to_come_back(http: httpx.AsyncClient, world: World) -> None:
    """In the body and in the header."""
    world.faults.add("getMe", Fault.FLOOD, retry_after=7)
    answer = await http.post(f"/bot{TOKEN}/getMe")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.json()["parameters"] == {"retry_after": 7}


async def test_a_gateway_in_trouble_answers_a_page(http: httpx.AsyncClient, world: World) -> None:
    """HTML where a client expects JSON."""
    world.faults.add("getMe", Fault.GATEWAY)
    answer = await http.post(f"/bot{TOKEN}/getMe")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (502, "text/html")


async def test_a_garbled_answer_is_no_json(http: httpx.AsyncClient, world: World) -> None:
    """Though its status says that all is well."""
    world.faults.add("getMe", Fault.GARBAGE)
    answer = await http.post(f"/bot{TOKEN}/getMe")
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()


@pytest.mark.parametrize("body", ["{", "[]", "\udcff"])
async def test_a_body_that_is_no_json_object_is_refused(http: httpx.AsyncClient, body: str) -> None:
    """As a bad request, not as a crash."""
    content = body.encode("utf-8", "surrogateescape")
    answer = await http.post(f"/bot{TOKEN}/getMe", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 400


async def test_long_polling_waits_for_a_person(http: httpx.AsyncClient, ann: Person) -> None:
    """The answer comes with the message."""
    poll = asyncio.create_task(call(http, "getUpdates", json={"timeout": 50}))
    await asyncio.sleep(0.01)
    await ann.sends("hello")
    updates = (await asyncio.wait_for(poll, 5))["result"]
    assert [update["message"]["text"] for update in updates] == ["hello"]
