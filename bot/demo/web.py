"""The demo page and what it asks for: the chats as JSON, a stream that says when to ask again, and what people do."""

import asyncio
import base64
import json
import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.demo import backstage, scenes, view, web_payments
from bot.demo.bodies import (
    Ask,
    Attachment,
    Break,
    Choice,
    Delivery,
    Opening,
    Parcel,
    Paying,
    Payment,
    Press,
    Say,
    Travel,
    Who,
)
from bot.demo.guard import PAGE_HEADERS
from bot.demo.levers import LeverJammed, Levers
from bot.demo.people import WHERE_SHE_IS, Person
from bot.demo.rules import BotApiError
from bot.demo.world import World
from store.db import Database

PAGE = Path(__file__).parent / "page"
# Changes come in bursts (a toast, an edit, a mark): the page hears of a burst once.
BURST_S = 0.03
HEARTBEAT_S = 15
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp", b"GIF8": "image/gif"}
_PHOTOS = (b"\xff\xd8\xff", b"\x89PNG")

B = TypeVar("B", bound=BaseModel)


class DemoPage:
    def __init__(
        self, db: Database, world: World, levers: Levers, *, staff_chat: int, zone: str, stopping: asyncio.Event
    ) -> None:
        self._db = db
        self._world = world
        self._levers = levers
        self._staff_chat = staff_chat
        self._zone = zone
        self._stopping = stopping

    def routes(self) -> list[Route]:
        does: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "say": self._say,
            "attach": self._attach,
            "press": self._press,
            "contact": self._contact,
            "ask": self._ask,
            "choose": self._choose,
            "location": self._location,
            "invoice": self._invoice,
            "shipping": self._shipping,
            "pay": self._pay_invoice,
            "travel": self._travel,
            "payment": self._pay,
            "parcel": self._parcel,
            "break": self._break,
        }
        return [
            Route("/", self._file, methods=["GET"]),
            Route("/demo/page/{name}", self._file, methods=["GET"]),
            Route("/demo/events", self._events, methods=["GET"]),
            Route("/demo/state", self._state, methods=["GET"]),
            Route("/demo/backstage", self._backstage, methods=["GET"]),
            Route("/demo/file/{file_id}", self._picture, methods=["GET"]),
            *(Route(f"/demo/{name}", act, methods=["POST"]) for name, act in does.items()),
        ]

    # ---- the page itself

    async def _file(self, request: Request) -> Response:
        path = PAGE / request.path_params.get("name", "index.html")
        if path.parent != PAGE or path.suffix not in _TYPES or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, media_type=_TYPES[path.suffix], headers=dict(PAGE_HEADERS))

    async def _picture(self, request: Request) -> Response:
        stored = self._world.state.files.get(request.path_params["file_id"])
        if stored is None:
            raise HTTPException(404)
        media_type = next((kind for magic, kind in _PICTURES.items() if stored.content.startswith(magic)), None)
        # Whatever was uploaded: only a picture is shown in the page, all else is a download.
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=31536000, immutable"}
        if media_type is None:
            headers["Content-Disposition"] = "attachment"
        return Response(stored.content, media_type=media_type or "application/octet-stream", headers=headers)

    # ---- what there is to see

    async def _events(self, request: Request) -> Response:
        return StreamingResponse(
            self._versions(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def _versions(self) -> AsyncIterator[str]:
        """A line at every change, until the page or the demo is closed."""
        seen = self._world.version
        yield f"data: {seen}\n\n"
        while not self._stopping.is_set():
            seen = await self._changed(seen)
            yield f"data: {seen}\n\n"

    async def _changed(self, seen: int) -> int:
        """The version after the next change; after a while the old one, so that a closed page is noticed."""
        changing = asyncio.ensure_future(self._world.changed(seen))
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({changing, stopping}, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
        changing.cancel()
        stopping.cancel()
        await asyncio.sleep(BURST_S)
        return self._world.version

    async def _state(self, request: Request) -> Response:
        customer, staff = self._wanted(request, "customer"), self._wanted(request, "staff")
        return JSONResponse(
            {
                "version": self._world.version,
                "now": self._world.clock().isoformat(),
                "zone": self._zone,
                "people": view.people(self._world, self._staff_chat),
                "customer": view.chat(self._world, customer.user.id, customer.user.id),
                "staff": view.chat(self._world, self._staff_room(request, staff), staff.user.id),
            }
        )

    def _wanted(self, request: Request, side: str) -> scenes.Figure:
        side_cast = [figure for figure in scenes.CAST if figure.is_staff_side == (side == "staff")]
        asked = request.query_params.get(side)
        return next((figure for figure in side_cast if str(figure.user.id) == asked), side_cast[0])

    def _staff_room(self, request: Request, who: scenes.Figure) -> int:
        """The chat that is shown of the staff: their group, or somebody's own one with the bot."""
        return who.user.id if request.query_params.get("room") == "private" else self._staff_chat

    async def _backstage(self, request: Request) -> Response:
        async with self._db.read() as session:
            return JSONResponse(
                {
                    "orders": await backstage.orders(session),
                    "events": await backstage.events(session),
                    "deliveries": await backstage.deliveries(session),
                    "waiting": await backstage.waiting(session),
                    "broken": self._levers.broken,
                }
            )

    # ---- what people do

    async def _say(self, request: Request) -> Response:
        said = await _body(request, Say)
        person = self._writer(said, said.reply_to)
        if not said.text.strip():
            raise HTTPException(422, "There is nothing to send.")
        await person.sends(said.text, reply_to=said.reply_to)
        return JSONResponse({})

    async def _attach(self, request: Request) -> Response:
        """A JPEG or PNG is sent as a photo, as apps do; everything else as a file."""
        sent = await _body(request, Attachment)
        person = self._writer(sent, sent.reply_to)
        try:
            content = base64.b64decode(sent.content, validate=True)
            if content.startswith(_PHOTOS):
                await person.sends_photo(content, sent.text, reply_to=sent.reply_to)
            else:
                mime = mimetypes.guess_type(sent.name)[0] or "application/octet-stream"
                await person.sends_document(content, sent.name, mime, caption=sent.text, reply_to=sent.reply_to)
        except (ValueError, BotApiError):
            raise HTTPException(422, "This file cannot be read.") from None
        return JSONResponse({})

    async def _press(self, request: Request) -> Response:
        pressed = await _body(request, Press)
        person = self._person(pressed)
        if not _was_shown(person, pressed):
            raise HTTPException(409, "This button is gone.")
        await person.taps_data(pressed.message, pressed.data)
        query = self._world.latest_query(person.id)
        if query is None or query.answered_at is None:
            return JSONResponse({"toast": "The bot did not answer this press."})
        return JSONResponse({"toast": query.text, "alert": query.show_alert})

    async def _contact(self, request: Request) -> Response:
        person = self._person(await _body(request, Who))
        await person.shares_contact()
        person.here.reply_keyboards.pop(person.id, None)
        self._world.touch()
        return JSONResponse({})

    async def _location(self, request: Request) -> Response:
        person = self._person(await _body(request, Who))
        await person.sends_location(*WHERE_SHE_IS)
        person.here.reply_keyboards.pop(person.id, None)
        self._world.touch()
        return JSONResponse({})

    async def _ask(self, request: Request) -> Response:
        """Words after the bot's name: the cards for them."""
        asked = await _body(request, Ask)
        question = await self._person(asked).asks(asked.text)
        cards = [{key: each[key] for key in ("id", "title", "description")} for each in question.results or []]
        return JSONResponse({"question": question.id, "cards": cards})

    async def _choose(self, request: Request) -> Response:
        chosen = await _body(request, Choice)
        question = self._world.state.inline_questions.get(chosen.question)
        cards = (question.results if question is not None else None) or []
        card = next((each for each in cards if each["id"] == chosen.card), None)
        if question is None or card is None:
            raise HTTPException(409, "This card is gone.")
        await self._person(chosen).chooses(question, card["title"])
        return JSONResponse({})

    # ---- Telegram's payment form

    async def _invoice(self, request: Request) -> Response:
        wanted = await _body(request, Opening)
        return JSONResponse(web_payments.opened(self._person(wanted), wanted))

    async def _shipping(self, request: Request) -> Response:
        wanted = await _body(request, Delivery)
        return JSONResponse(await web_payments.asked_delivery(self._person(wanted), wanted))

    async def _pay_invoice(self, request: Request) -> Response:
        wanted = await _body(request, Paying)
        paid = await web_payments.paid(self._person(wanted), wanted)
        await self._levers.app.run_jobs_due()
        return JSONResponse(paid)

    def _writer(self, who: Who, reply_to: int | None) -> Person:
        person = self._person(who)
        if reply_to is not None and all(message["message_id"] != reply_to for message in person.chat):
            raise HTTPException(409, "This message is gone.")
        return person

    def _person(self, who: Who) -> Person:
        try:
            return scenes.person(self._world, who.who, who.chat)
        except LookupError as unknown:
            raise HTTPException(404, str(unknown)) from None

    # ---- behind the scenes

    async def _travel(self, request: Request) -> Response:
        asked = await _body(request, Travel)
        return await _pulled(self._levers.travel(asked.hours))

    async def _pay(self, request: Request) -> Response:
        asked = await _body(request, Payment)
        return await _pulled(self._levers.pay(asked.ref, asked.verb))

    async def _parcel(self, request: Request) -> Response:
        asked = await _body(request, Parcel)
        return await _pulled(self._levers.parcel(asked.shipment, asked.verb))

    async def _break(self, request: Request) -> Response:
        asked = await _body(request, Break)
        return await _pulled(self._levers.break_something(asked.what, is_on=asked.on))


async def _pulled(lever: Awaitable[str]) -> Response:
    try:
        return JSONResponse({"told": await lever})
    except LeverJammed as jammed:
        return JSONResponse({"told": str(jammed), "is_refused": True})


async def _body(request: Request, kind: type[B]) -> B:
    try:
        given: Any = json.loads(await request.body())
        return kind.model_validate(given, strict=True)
    except (ValueError, ValidationError):
        raise HTTPException(422, "This is not understood.") from None


def _was_shown(person: Person, pressed: Press) -> bool:
    """An app can only press what a bot has shown in this chat, be it long ago."""
    return f"{person.chat_id}/{pressed.message}/{pressed.data}" in person.world.state.rendered
