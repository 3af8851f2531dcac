"""A Bot API that says yes to everything, as fast as it can: what stands on the other side of the wire in the benchmarks."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import web

TOKEN = "4000000001:AAExampleExampleExampleExampleExample1"  # noqa: S105 - opens nothing
BOT = {"id": 4000000001, "is_bot": True, "first_name": "Shop", "username": "shop_bot"}
CHAT = {"id": 11, "type": "private", "first_name": "Ann"}
PHOTO = [
    {
        "file_id": f"photo-{side}",
        "file_unique_id": f"p{side}",
        "width": side,
        "height": side * 3 // 4,
        "file_size": side,
    }
    for side in (90, 320, 800)
]
MESSAGE = {"message_id": 7, "date": 1772445600, "chat": CHAT, "from": BOT, "photo": PHOTO, "caption": "Shelf"}


def _body(result: object) -> bytes:
    return json.dumps({"ok": True, "result": result}).encode()


_YES, _MESSAGE = _body(True), _body(MESSAGE)
_OTHERS = {
    "getMe": _body(BOT),
    "getWebhookInfo": _body({"url": "", "has_custom_certificate": False, "pending_update_count": 0}),
    "getMyCommands": _body([]),
    "getChatMenuButton": _body({"type": "default"}),
    "getMyDescription": _body({"description": ""}),
    "getMyShortDescription": _body({"short_description": ""}),
}


def answer(method: str) -> bytes:
    """The body of the answer to a call."""
    return _OTHERS.get(method) or (_MESSAGE if method.startswith(("send", "edit")) else _YES)


@dataclass
class BotApi:
    """*polled* is set once somebody has asked for updates: there are none. *hooked*, once somebody has said where to bring them."""

    url: str = ""
    polled: asyncio.Event = field(default_factory=asyncio.Event)
    hooked: asyncio.Event = field(default_factory=asyncio.Event)
    called: Counter[str] = field(default_factory=Counter)

    async def call(self, request: web.Request) -> web.Response:
        await request.read()
        method = request.match_info["method"]
        self.called[method] += 1
        if method == "setWebhook":
            self.hooked.set()
        if method == "getUpdates":
            self.polled.set()
            await asyncio.sleep(30)
            return web.json_response({"ok": True, "result": []})
        return web.Response(body=answer(method), content_type="application/json")


@contextlib.asynccontextmanager
async def serving(api: BotApi | None = None) -> AsyncIterator[BotApi]:
    """The Bot API on a free port of this machine, until the block ends."""
    api, app = api or BotApi(), web.Application(client_max_size=2**24)
    app.router.add_post("/bot{token}/{method}", api.call)
    runner = web.AppRunner(app, shutdown_timeout=0, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()
