"""Updates that are brought to a webhook: the secret, tries, pauses, order, answers, what the bot is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.demo.people import Person
from bot.demo.rules import BotApiError
from bot.demo.state import Json
from bot.demo.unrest import Unrest
from bot.demo.webhook import SECRET_HEADER, Courier
from bot.demo.world import World

from .conftest import Clock

URL = "https://shop.example/hook"


@dataclass
class Hook:
    """A bot's webhook: answers as *answers* say, then 200. What it got stands in *got*; *held* keeps it from answering."""

    answers: list[Response] = field(default_factory=list)
    got: list[Json] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    paused: list[float] = field(default_factory=list)
    while_paused: Callable[[], None] = lambda: None
    held: asyncio.Event | None = None
    busy: int = 0
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __call__(self, request: Request) -> Response:
        async with self._arrived:
            self.got.append(await request.json())
            self.secrets.append(request.headers.get(SECRET_HEADER))
            self.busy += 1
            self._arrived.notify_all()
        if self.held:
            await self.held.wait()
        self.busy -= 1
        return self.answers.pop(0) if self.answers else Response()

    async def gets(self, count: int) -> list[str]:
        """What was said in the first *count* updates, as soon as that many have come."""
        async with asyncio.timeout(5), self._arrived:
            await self._arrived.wait_for(lambda: len(self.got) >= count)
        return [_said(update) for update in self.got]

    async def pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        self.while_paused()
        await asyncio.sleep(0)


def _said(update: Json) -> str:
    return str(update["message"]["text"] if "message" in update else update["callback_query"]["data"])


@pytest.fixture
async def hook(world: World, ann: Person) -> AsyncIterator[Hook]:
    hook = Hook()

    async def receive(request: Request) -> Response:
        return await hook(request)

    app = Starlette(routes=[Route("/hook", receive, methods=["POST"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        running = asyncio.create_task(Courier(world, client, sleep=hook.pause).run())
        await world.call("setWebhook", {"url": URL, "secret_token": "s3cret", "max_connections": 2})
        yield hook
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def emptied(world: World) -> None:
    """Nothing waits for the webhook any more."""
    async with asyncio.timeout(5):
        while len(world.updates):  # noqa: ASYNC110 - the queue tells its courier and nobody else
            await asyncio.sleep(0)


async def test_an_update_arrives_with_the_secret(world: World, ann: Person, hook: Hook) -> None:
    """And is gone from the queue once it was answered with 2xx."""
    hook.answers.append(Response(status_code=204))
    await ann.sends("hello")
    assert await hook.gets(1) == ["hello"]
    assert hook.secrets == ["s3cret"]
    await emptied(world)
    assert (world.updates.ledger.sent, world.updates.ledger.taken) == (2, 1)  # /start was forgotten


async def test_what_is_not_taken_comes_again_at_once_and_then_less_and_less_often(
    world: World, ann: Person, hook: Hook
) -> None:
    """Up to once a minute."""
    hook.answers += [Response(status_code=500) for _ in range(8)]
    await ann.sends("hello")
    assert await hook.gets(9) == ["hello"] * 9
    assert hook.paused == [0, 2, 4, 8, 16, 32, 60, 60]
    await emptied(world)
    assert world.updates.ledger.repeated == 8


async def test_a_webhook_may_say_when_to_come_back(ann: Person, hook: Hook) -> None:
    """By Retry-After."""
    hook.answers.append(Response(status_code=503, headers={"Retry-After": "7"}))
    await ann.sends("hello")
    await hook.gets(2)
    assert hook.paused == [7]


async def test_the_bot_is_told_what_is_wrong(world: World, ann: Person, hook: Hook, clock: Clock) -> None:
    """getWebhookInfo: what waits, and the last error."""
    hook.held = asyncio.Event()
    hook.answers.append(Response(status_code=502))
    await ann.sends("hello")
    await hook.gets(1)
    assert (await world.call("getWebhookInfo", {}))["pending_update_count"] == 1
    hook.held.set()
    await emptied(world)
    info = await world.call("getWebhookInfo", {})
    assert info["pending_update_count"] == 0
    assert info["last_error_message"] == "Wrong response from the webhook: 502 Bad Gateway"
    assert info["last_error_date"] == int(clock().timestamp())


async def test_nobody_is_there(world: World, ann: Person, hook: Hook) -> None:
    """A webhook whose program is down, or answers nothing in time."""
    down = httpx.MockTransport(_refuses)
    async with httpx.AsyncClient(transport=down) as client:
        for expected in ("Connection refused", "Read timeout expired", "Connection closed"):
            failure = await Courier(world, client)._try({"update_id": 1})
            assert failure
            assert failure.reason == expected


_errors = iter((httpx.ConnectError("no"), httpx.ReadTimeout("no"), httpx.RemoteProtocolError("no")))


def _refuses(request: httpx.Request) -> httpx.Response:
    raise next(_errors)


async def test_messages_of_a_chat_wait_for_each_other(ann: Person, hook: Hook) -> None:
    """The second one is not brought before the first was taken."""
    hook.answers += [Response(status_code=500), Response(status_code=500)]
    await ann.sends("a")
    await ann.sends("b")
    assert await hook.gets(4) == ["a", "a", "a", "b"]


async def test_a_press_overtakes_a_message_of_the_same_person(world: World, ann: Person, hook: Hook) -> None:
    """They travel in different queues, of which either may be first; what waits behind the message does not hold up the press."""
    hook.held = asyncio.Event()
    await ann.sends("a")
    await ann.sends("b")
    await ann.taps_data(1, "press")
    assert set(await hook.gets(2)) == {"a", "press"}
    hook.held.set()
    assert (await hook.gets(3))[2] == "b"


async def test_no_more_connections_than_allowed(world: World, ann: Person, hook: Hook) -> None:
    """Two of three people's messages are under way, the third waits."""
    hook.held = asyncio.Event()
    for name in ("Ben", "Cho", "Dia"):
        await Person(world, world.add_user(name).id).sends(name)
    await hook.gets(2)
    await asyncio.sleep(0.01)
    assert hook.busy == 2
    hook.held.set()
    assert len(await hook.gets(3)) == 3


async def test_an_update_is_given_up_when_it_is_too_old(world: World, ann: Person, hook: Hook, clock: Clock) -> None:
    """A press lives for 150 seconds."""
    hook.while_paused = lambda: clock.advance(seconds=200)
    hook.answers.append(Response(status_code=500))
    await ann.taps_data(1, "press")
    await emptied(world)
    assert await hook.gets(1) == ["press"]
    assert world.updates.ledger.expired == 1


async def test_a_call_in_the_answer_is_executed(world: World, ann: Person, hook: Hook) -> None:
    """As JSON; what it says is never told, be it an error."""
    hook.answers += [
        JSONResponse({"method": "sendMessage", "chat_id": ann.id, "text": "hi"}),
        JSONResponse({"method": "sendMessage", "chat_id": 5, "text": "nobody"}),
        Response(f"method=sendMessage&text=form&chat_id={ann.id}", media_type="application/x-www-form-urlencoded"),
        JSONResponse({"method": "deleteWebhook"}),
        JSONResponse({"method": "getMe"}),
        JSONResponse(["method"]),
        Response("{", media_type="application/json"),
    ]
    for text in "abcdefg":
        await ann.sends(text)
    await emptied(world)
    assert [message["text"] for message in ann.from_bot] == ["hi", "form"]
    assert world.state.webhook.url == URL
    assert world.counts["getMe"] == 0


async def test_a_new_webhook_gets_what_the_old_one_did_not_take(
    world: World, ann: Person, hook: Hook, clock: Clock
) -> None:
    """At once, without waiting for the old one's answer or pause."""
    hook.held = asyncio.Event()
    await ann.sends("a")
    await hook.gets(1)
    await world.call("deleteWebhook", {})
    clock.advance(seconds=1)
    hook.held.set()
    await world.call("setWebhook", {"url": URL, "secret_token": "new"})
    await hook.gets(2)
    assert hook.secrets == ["s3cret", "new"]


async def test_setting_a_webhook_in_haste_is_a_flood(world: World, hook: Hook, clock: Clock) -> None:
    """Once a second is enough; the one that is set stays."""
    with pytest.raises(BotApiError) as error:
        await world.call("setWebhook", {"url": URL})
    assert (error.value.error_code, error.value.parameters) == (429, {"retry_after": 1})
    clock.advance(seconds=1)
    set_one = world.state.webhook
    assert await world.call("setWebhook", {"url": URL, "secret_token": "s3cret", "max_connections": 2})
    assert world.state.webhook is set_one


async def test_setting_a_webhook_ends_a_poll(world: World) -> None:
    """The bot that polls is told why."""
    poll = asyncio.create_task(world.call("getUpdates", {"timeout": 50}))
    await asyncio.sleep(0)
    await world.call("setWebhook", {"url": URL})
    with pytest.raises(BotApiError, match="Conflict: terminated by setWebhook request"):
        await poll


async def test_updates_come_twice_and_out_of_order_on_request(world: World, ann: Person, hook: Hook) -> None:
    """Each once more, under the same number; the second before the first."""
    hook.held = asyncio.Event()
    world.updates.unrest = Unrest(repeat_rate=1, swap_rate=1)
    await ann.sends("a")
    await hook.gets(1)
    await ann.sends("b")
    await ann.sends("c")
    hook.held.set()
    got = await hook.gets(6)
    assert sorted(got) == ["a", "a", "b", "b", "c", "c"]
    assert got.index("c") < got.index("b")
    assert world.updates.ledger.repeated == 3
