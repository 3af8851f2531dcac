"""Brings a bot's updates to its webhook as the Bot API server does: again until they are taken, in order lane by lane.

Source: WebhookActor of tdlib/telegram-bot-api.
"""

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import httpx

from bot.demo.faults import GatewayError, LineReset, Sleep
from bot.demo.rules import BotApiError, Unsupported
from bot.demo.state import Json, QueuedUpdate, Webhook
from bot.demo.updates import Lane
from bot.demo.world import World

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
LONGEST_PAUSE_S = 60
ANSWER_TIMEOUT_S = 60
# What a webhook may not ask for in its answer: nobody would hear what came of it.
NOT_IN_AN_ANSWER = {"setwebhook", "deletewebhook", "close", "logout"}


@dataclass(frozen=True)
class _Failure:
    reason: str
    retry_after: float = 0


class Courier:
    """*client* reaches the webhook; *sleep* waits between two tries. One courier a world."""

    def __init__(self, world: World, client: httpx.AsyncClient, *, sleep: Sleep = asyncio.sleep) -> None:
        self._world = world
        self._client = client
        self._sleep = sleep
        self._hook = Webhook()
        self._slots = asyncio.Semaphore(1)
        self._lanes: dict[Lane, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Updates go to whatever webhook is set, until this is cancelled."""
        async with asyncio.TaskGroup() as lanes:
            while True:
                self._world.updates.changed.clear()
                await self._look(lanes)
                await self._world.updates.changed.wait()

    async def _look(self, lanes: asyncio.TaskGroup) -> None:
        if self._world.state.webhook is not self._hook:
            await self._abandon()
            self._hook = self._world.state.webhook
            self._slots = asyncio.Semaphore(self._hook.max_connections)
        if not self._hook.url:
            return
        for lane in self._world.updates.lanes() - self._lanes.keys():
            self._lanes[lane] = lanes.create_task(self._serve(lane), name=f"webhook {lane}")

    async def _abandon(self) -> None:
        """As if the server had closed its connections: what is under way comes again."""
        tasks = list(self._lanes.values())
        self._lanes.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, lane: Lane) -> None:
        """The lane is empty."""
        while queued := self._world.updates.next_in(lane):
            await self._bring(queued)
        del self._lanes[lane]

    async def _bring(self, queued: QueuedUpdate) -> None:
        """The update is taken, or too old to matter."""
        for pause in _pauses():
            async with self._slots:
                self._world.updates.note_handed(queued)
                failure = await self._try(queued.update)
            if failure is None:
                self._world.updates.delivered(queued)
                return
            self._hook.last_error_date, self._hook.last_error_message = self._world.now(), failure.reason
            await self._sleep(failure.retry_after or pause)
            self._world.updates.drop_expired()
            if queued not in self._world.state.queue:
                return

    async def _try(self, update: Json) -> _Failure | None:
        headers = {SECRET_HEADER: self._hook.secret_token} if self._hook.secret_token else {}
        try:
            answer = await self._client.post(self._hook.url, json=update, headers=headers, timeout=ANSWER_TIMEOUT_S)
        except httpx.TimeoutException:
            return _Failure("Read timeout expired")
        except httpx.ConnectError:
            return _Failure("Connection refused")
        except httpx.HTTPError:
            return _Failure("Connection closed")
        if not answer.is_success:
            reason = f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
            return _Failure(reason, _seconds(answer.headers.get("retry-after", "")))
        await self._act_on(answer)
        return None

    async def _act_on(self, answer: httpx.Response) -> None:
        """A call in the body is executed; whether it worked, the bot is not told."""
        call = call_in(answer)
        method = str(call.pop("method", ""))
        if not method or method.lower().startswith("get") or method.lower() in NOT_IN_AN_ANSWER:
            return
        try:
            await self._world.call_in_answer(method, call)
        except (BotApiError, Unsupported, GatewayError, LineReset) as error:
            log.warning("%s in a webhook's answer failed: %s", method, error)


def call_in(answer: httpx.Response) -> Json:
    """The method and parameters that a webhook's answer asks for; empty when it asks for nothing."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(answer.text))
    if kind != "application/json":
        return {}
    try:
        body: Any = json.loads(answer.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _pauses() -> Iterator[float]:
    """At once, then 2, 4, 8 … seconds."""
    yield 0
    pause = 2.0
    while True:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE_S)


def _seconds(retry_after: str) -> float:
    return float(retry_after) if retry_after.isdigit() else 0
