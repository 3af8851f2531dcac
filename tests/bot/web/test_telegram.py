"""The webhook: what is taken, what is refused, and when Telegram hears of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiogram.types import Message
from sqlalchemy.exc import OperationalError

from bot.hook import PATH, secret_of
from bot.web import telegram
from store.updates import UpdateStatus
from tests.apps import Stage, a_stage
from tests.bot.updates import Heard, a_text, hears_all, row

URL = "https://shop.example"
JSON = {"content-type": "application/json"}


@pytest.fixture
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(sqlite_url, tmp_path, public_url=URL) as stage:
        yield stage


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(stage.app.web), base_url=URL) as client:
        yield client


def genuine(stage: Stage) -> dict[str, str]:
    return JSON | {telegram.SECRET_HEADER: secret_of(stage.app.bot.token)}


async def brings(client: httpx.AsyncClient, stage: Stage, update: dict[str, Any]) -> httpx.Response:
    return await client.post(PATH, json=update, headers=genuine(stage))


async def test_an_update_is_taken_when_it_is_handled(stage: Stage, client: httpx.AsyncClient, hears: Heard) -> None:
    heard = await hears_all(stage, hears)
    assert (await brings(client, stage, a_text(stage))).status_code == 200
    assert heard == ["1"]


@pytest.mark.parametrize("secret", [None, b"", b"wrong", b"\xe9", b"x" * 5000])
async def test_whoever_does_not_know_the_secret_is_refused(
    stage: Stage, client: httpx.AsyncClient, hears: Heard, secret: bytes | None
) -> None:
    heard = await hears_all(stage, hears)
    given = [(b"content-type", b"application/json")]
    given += [] if secret is None else [(telegram.SECRET_HEADER.encode(), secret)]
    answer = await client.post(PATH, json=a_text(stage), headers=given)
    assert (answer.status_code, heard) == (401, [])


async def test_one_letter_less_is_another_secret(stage: Stage, client: httpx.AsyncClient, hears: Heard) -> None:
    """And one that differs in a single place, wherever it is."""
    heard, right = await hears_all(stage, hears), secret_of(stage.app.bot.token)
    wrong = [right[:-1], right + "0", *(right[:at] + "z" + right[at + 1 :] for at in range(len(right)))]
    for each in wrong:
        answer = await client.post(PATH, json=a_text(stage), headers=JSON | {telegram.SECRET_HEADER: each})
        assert answer.status_code == 401
    assert heard == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b"{}", 400),
        (b"\xff\xfe", 400),
        (b'{"update_id": "1"}', 400),
        (b'{"update_id": true}', 400),
        (b'{"update_id": -1}', 400),
        (b'{"update_id": 9223372036854775808}', 400),
        (b"[" * 100_000, 400),
        (b'{"update_id": 1, "x": "' + b"x" * telegram.BODY_LIMIT + b'"}', 413),
        (b'{"update_id": 1, "unheard_of": {}}', 200),
        (b'{"update_id": 1, "message": {"message_id": "no number"}}', 200),
    ],
    ids=range(14),
)
async def test_what_is_no_update_is_refused(stage: Stage, client: httpx.AsyncClient, body: bytes, status: int) -> None:
    """What is one, and is not understood, is taken: it will not be better the next time."""
    answer = await client.post(PATH, content=body, headers=genuine(stage))
    assert answer.status_code == status


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_is_read(stage: Stage, client: httpx.AsyncClient, kind: str) -> None:
    headers = genuine(stage) | {"content-type": kind}
    answer = await client.post(PATH, content=json.dumps(a_text(stage)), headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_only_post_is_answered(stage: Stage, client: httpx.AsyncClient, method: str) -> None:
    assert (await client.request(method, PATH, headers=genuine(stage))).status_code == 405


async def test_what_is_refused_and_set_aside_is_counted(stage: Stage, client: httpx.AsyncClient, hears: Heard) -> None:
    """On the health page."""

    async def hear(message: Message) -> None:
        raise ZeroDivisionError

    hears(hear)
    await client.post(PATH, json=a_text(stage))
    await brings(client, stage, a_text(stage))
    told = (await client.get("/health/ready")).json()["intake"]
    assert (told["refused_secret"], told["set_aside"], told["in_hand"]) == (1, 1, 0)


@pytest.fixture
def slow(hears: Heard, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Every message takes until the event, and Telegram's patience is over at once."""
    may_end = asyncio.Event()

    async def hear(message: Message) -> None:
        await may_end.wait()

    hears(hear)
    monkeypatch.setattr("bot.web.telegram.PATIENCE_S", 0)
    return may_end


async def test_what_takes_long_is_taken_when_it_is_kept(
    stage: Stage, client: httpx.AsyncClient, slow: asyncio.Event
) -> None:
    assert (await brings(client, stage, a_text(stage))).status_code == 200
    kept = await row(stage)
    assert kept is not None and (kept.status, kept.payload) == (UpdateStatus.KEPT, a_text(stage))
    slow.set()


async def test_what_is_neither_handled_nor_kept_has_to_come_again(
    stage: Stage, client: httpx.AsyncClient, slow: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away."""
    with monkeypatch.context() as patch:
        patch.setattr("store.updates.keep", _away)
        answer = await brings(client, stage, a_text(stage))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    slow.set()
    monkeypatch.setattr("bot.web.telegram.PATIENCE_S", 10)
    assert (await brings(client, stage, a_text(stage))).status_code == 200


async def _away(*_: object, **__: object) -> None:
    raise OperationalError("INSERT", {}, Exception("server closed the connection"))


async def test_too_many_at_once_have_to_come_again(
    stage: Stage, client: httpx.AsyncClient, slow: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.errands.MOST_IN_HAND", 2)
    answers = [await brings(client, stage, a_text(stage, update_id=number)) for number in (1, 2, 3)]
    assert [answer.status_code for answer in answers] == [200, 200, 503]
    slow.set()


async def test_a_program_that_closes_takes_nothing_more(stage: Stage, client: httpx.AsyncClient, hears: Heard) -> None:
    heard = await hears_all(stage, hears)
    stage.app.closing.set()
    answer = await brings(client, stage, a_text(stage))
    assert (answer.status_code, answer.headers["retry-after"], heard) == (503, "1", [])


async def test_the_secret_is_one_that_telegram_takes(stage: Stage) -> None:
    """And the token cannot be read out of it."""
    secret = secret_of(stage.app.bot.token)
    await stage.app.bot.set_webhook(URL, secret_token=secret)
    assert stage.world.state.webhook.secret_token == secret
    assert stage.app.bot.token.partition(":")[2] not in secret
