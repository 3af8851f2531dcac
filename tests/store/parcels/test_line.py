"""A carrier's line: every answer of the world becomes one of ours, and says nothing that is secret."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import httpx
import pytest

from store.parcels.carrier import CarrierBusy, CarrierError, CarrierRefused
from store.parcels.line import LONGEST_WAIT, Line, retry_after

Answering = Callable[[httpx.Request], httpx.Response]


async def asked(answer: Answering, **options: float) -> object:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        line = Line(client, "Post", **options)
        return await line.get("https://post.test/track", {"key": "secret-key-1"}, passes=[404])


async def test_json_is_read_also_where_a_failure_tells_more() -> None:
    assert await asked(lambda _: httpx.Response(200, json={"ok": [1]})) == {"ok": [1]}
    assert await asked(lambda _: httpx.Response(404, json={"why": "unknown"})) == {"why": "unknown"}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(500, text="secret-key-1"), CarrierError),
        (httpx.Response(302, headers={"location": "http://127.0.0.1/"}), CarrierError),
        (httpx.Response(401), CarrierRefused),
        (httpx.Response(403), CarrierRefused),
        (httpx.Response(429), CarrierBusy),
        (httpx.Response(503, headers={"retry-after": "30"}), CarrierBusy),
        (httpx.Response(200, text="<html>secret-key-1"), CarrierError),
        (httpx.Response(200, text="[" * 100_000), CarrierError),
        (httpx.Response(200, content=b'{"a":"' + b"x" * 2_000_000 + b'"}'), CarrierError),
    ],
)
async def test_every_failure_has_its_kind_and_no_secret(answer: httpx.Response, error: type[CarrierError]) -> None:
    with pytest.raises(error) as caught:
        await asked(lambda _: answer)
    assert type(caught.value) is error
    assert "secret-key-1" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_an_answer_that_never_ends_is_not_waited_for() -> None:
    async def trickle() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    with pytest.raises(CarrierError):
        await asked(lambda _: httpx.Response(200, content=trickle()), timeout_s=0.01)


def test_a_carrier_says_how_long_it_wants_to_be_left_alone() -> None:
    """Seconds, or a date by the clock it tells; nonsense says nothing."""
    said = {
        "120": timedelta(seconds=120),
        "Mon, 02 Nov 2026 10:00:00 GMT": timedelta(),
        "Mon, 02 Nov 2026 11:00:00 GMT": timedelta(hours=1),
        "Sun, 01 Nov 2026 10:00:00 GMT": timedelta(),
        "99999999": LONGEST_WAIT,
        "soon": None,
        "": None,
        "-5": None,
    }
    date = {"date": "Mon, 02 Nov 2026 10:00:00 GMT"}
    assert {written: retry_after({"retry-after": written} | date) for written in said} == said
    assert retry_after({"retry-after": "Mon, 02 Nov 2026 11:00:00 GMT"}) is None
