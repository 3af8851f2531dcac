"""Our line to Telegram says what aiogram's own says, and fails as it fails; over real sockets."""

import asyncio
import json
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram import Bot, methods, types
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramNetworkError
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.calls import NeverSent, PerhapsSent, call, may_have_acted
from bot.demo import http
from bot.demo.faults import Fault
from bot.demo.methods_params import Upload
from bot.demo.world import World
from bot.session import Line
from tests.apps import Clock
from tests.sockets import served

TOKEN = "4000000001:secret-token"
KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="Go", callback_data="g:1", style="success"),
            InlineKeyboardButton(text="⭐", pay=True),
        ],
        [InlineKeyboardButton(text="Copy", copy_text=types.CopyTextButton(text="B2"))],
    ]
)
DEFAULTS = DefaultBotProperties(parse_mode="HTML", link_preview_is_disabled=True, protect_content=True)


def a_file(content: bytes = b"picture") -> BufferedInputFile:
    return BufferedInputFile(content, 'кружка "1".png')


CALLS: list[Callable[[], methods.TelegramMethod[Any]]] = [
    lambda: methods.GetMe(),
    lambda: methods.SendMessage(chat_id=7, text="Привет, <b>мир</b> 🎉", reply_markup=KEYBOARD),
    lambda: methods.SendMessage(chat_id="@name", text="123", parse_mode=None, disable_notification=False),
    lambda: methods.SendMessage(chat_id=7, text="", parse_mode=ParseMode.MARKDOWN_V2),
    lambda: methods.SendMessage(
        chat_id=7,
        text="x",
        entities=[types.MessageEntity(type="bold", offset=0, length=1)],
        link_preview_options=types.LinkPreviewOptions(url="https://x.example/?a=1&b=2"),
        reply_parameters=types.ReplyParameters(message_id=4),
    ),
    lambda: methods.SendMessage(chat_id=7, text="?", reply_markup=types.ReplyKeyboardRemove(remove_keyboard=True)),
    lambda: methods.SendPhoto(chat_id=7, photo="file-1", caption="<i>x</i>"),
    lambda: methods.SendPhoto(chat_id=7, photo=a_file(), caption="x", reply_markup=KEYBOARD, has_spoiler=False),
    lambda: methods.SendMediaGroup(
        chat_id=7, media=[types.InputMediaPhoto(media=a_file(b"1")), types.InputMediaPhoto(media="file-2", caption="x")]
    ),
    lambda: methods.EditMessageMedia(chat_id=7, message_id=3, media=types.InputMediaPhoto(media=a_file(), caption="x")),
    lambda: methods.AnswerCallbackQuery(callback_query_id="5", text="<&>", show_alert=True, cache_time=0),
    lambda: methods.BanChatMember(chat_id=7, user_id=8, until_date=datetime(2027, 1, 1, 12, 0, 0, 700000, UTC)),
    lambda: methods.SetMyCommands(
        commands=[types.BotCommand(command="start", description="Начало")],
        scope=types.BotCommandScopeChat(chat_id=7),
        language_code="ru",
    ),
    lambda: methods.SendInvoice(
        chat_id=7,
        title="Mug",
        description="Blue",
        payload="p",
        currency="XTR",
        prices=[types.LabeledPrice(label="Mug", amount=5)],
        provider_token="",
    ),
    lambda: methods.GetUpdates(offset=1, allowed_updates=["message", "callback_query"], timeout=0),
    lambda: methods.SetMessageReaction(chat_id=7, message_id=3, reaction=[types.ReactionTypeEmoji(emoji="👍")]),
    lambda: methods.SendPoll(chat_id=7, question="?", options=["a", "b"], open_period=0, is_anonymous=False),
    lambda: call("sendMessage", chat_id=7, text="x", reply_markup={"inline_keyboard": [[{"text": "a", "url": "u"}]]}),
    lambda: call("sendPhoto", chat_id=7, photo=a_file(), caption=None, parse_mode=ParseMode.HTML),
    lambda: call("editMessageMedia", chat_id=7, message_id=3, media={"type": "photo", "media": a_file()}),
]


def meaning(params: dict[str, Any]) -> dict[str, Any]:
    """What Telegram's server makes of a form or a JSON body; uploads by what is in them, whatever name stands for them."""
    uploads = {name: value for name, value in params.items() if isinstance(value, Upload)}

    def read(value: Any) -> Any:
        if isinstance(value, str) and value.startswith("attach://"):
            return uploads[value.removeprefix("attach://")]
        if isinstance(value, dict):
            return {name: read(each) for name, each in value.items()}
        return [read(each) for each in value] if isinstance(value, list) else value

    return {name: read(_parsed(value)) for name, value in params.items() if name not in uploads}


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


@pytest.fixture
async def heard() -> AsyncIterator[list[dict[str, Any]]]:
    """What each call meant to the server at `heard.url`."""

    class Heard(list[dict[str, Any]]):
        url = ""

    calls = Heard()

    async def hear(request: Request) -> Response:
        calls.append({"": request.path_params["method"], **meaning(await http._params(request))})
        return JSONResponse({"ok": False, "error_code": 400, "description": "Bad Request: heard"}, 400)

    async with served(Starlette(routes=[Route("/bot{token}/{method}", hear, methods=["POST"])])) as url:
        calls.url = url
        yield calls


def sessions(url: str) -> tuple[BaseSession, BaseSession]:
    server = TelegramAPIServer.from_base(url)
    return Line(api=server, timeout=5), AiohttpSession(api=server, timeout=5)


@pytest.mark.parametrize("defaults", [None, DEFAULTS], ids=["plain bot", "bot with defaults"])
async def test_a_call_means_the_same_over_either_session(heard: Any, defaults: DefaultBotProperties | None) -> None:
    """Whatever aiogram's own session says for a call, ours says: in JSON, or in a form where a file travels."""
    for session in sessions(heard.url):
        async with Bot(TOKEN, session=session, default=defaults) as bot:
            for make in CALLS:
                with pytest.raises(TelegramAPIError, match="heard"):
                    await bot(make())
    ours, theirs = heard[: len(CALLS)], heard[len(CALLS) :]
    assert len(theirs) == len(CALLS)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == other


async def test_a_time_span_means_the_same_moment(heard: Any) -> None:
    for session in sessions(heard.url):
        async with Bot(TOKEN, session=session) as bot:
            with pytest.raises(TelegramAPIError, match="heard"):
                await bot.ban_chat_member(7, 8, until_date=timedelta(hours=1))
    assert abs(heard[0]["until_date"] - heard[1]["until_date"]) <= 1


ANSWERS: list[tuple[int, str]] = [
    *((code, json.dumps({"ok": False, "error_code": code, "description": "Words: more"})) for code in range(400, 430)),
    (400, json.dumps({"ok": False, "description": "x", "parameters": {"migrate_to_chat_id": -100}})),
    (429, json.dumps({"ok": False, "description": "x", "parameters": {"retry_after": 7}})),
    (500, json.dumps({"ok": False, "description": "Internal Server Error: restart"})),
    (500, json.dumps({"ok": False, "description": "Internal Server Error"})),
    (502, "<html><h1>502 Bad Gateway</h1></html>"),
    (504, ""),
    (200, "{broken"),
    (200, "[]"),
    (200, '{"ok": true, "result": {"message_id": "many"}}'),
    (200, '{"ok": false, "error_code": 400, "description": "x"}'),
    (302, "<html>elsewhere</html>"),
]


@pytest.mark.parametrize("method", [methods.SendMessage(chat_id=7, text="x"), methods.GetMe()])
async def test_a_refusal_is_the_same_error_over_either_session(method: methods.TelegramMethod[Any]) -> None:
    status, text = 0, ""

    async def answer(_request: Request) -> Response:
        return Response(text, status)

    async with served(Starlette(routes=[Route("/bot{token}/{method}", answer, methods=["POST"])])) as url:
        ours, theirs = (Bot(TOKEN, session=session) for session in sessions(url))
        async with ours, theirs:
            for status, text in ANSWERS:  # noqa: B007 - the server reads them
                mine, other = [await error_of(bot, method) for bot in (ours, theirs)]
                assert (type(mine), str(mine), vars(mine).keys()) == (type(other), str(other), vars(other).keys())


async def error_of(bot: Bot, method: methods.TelegramMethod[Any]) -> Exception:
    with pytest.raises((TelegramAPIError, ClientDecodeError)) as caught:
        await bot(method)
    return caught.value


@pytest.mark.parametrize("text", ['{"ok": false}', '{"ok": true, "result": null}', "null"])
async def test_an_answer_without_words_is_an_error_all_the_same(text: str) -> None:
    """aiogram stumbles over it; a call whose result is missing has not succeeded."""

    async def answer(_request: Request) -> Response:
        return Response(text, 500)

    async with served(Starlette(routes=[Route("/bot{token}/{method}", answer, methods=["POST"])])) as url:
        async with Bot(TOKEN, session=sessions(url)[0]) as bot:
            assert may_have_acted(await error_of(bot, call("sendMessage", chat_id=7, text="x")))


@pytest.fixture
def world() -> World:
    return World(Clock())


@pytest.fixture
async def bot(world: World) -> AsyncIterator[Bot]:
    async with served(Starlette(routes=http.routes(world, TOKEN))) as url:
        async with Bot(TOKEN, session=Line(api=TelegramAPIServer.from_base(url), timeout=5)) as bot:
            yield bot


async def test_a_result_is_what_aiogram_promises_or_the_plain_json_of_a_plain_call(bot: Bot, world: World) -> None:
    ann = world.add_user("Ann")
    world.private_chat(ann.id)
    message = await bot.send_message(ann.id, "x", reply_markup=types.ForceReply())
    assert (message.text, message.chat.id, message.bot) == ("x", ann.id, bot)
    sent = await bot(call("sendMessage", chat_id=ann.id, text="y"))
    assert (sent["text"], sent["message_id"]) == ("y", message.message_id + 1)
    assert await bot(call("deleteMessage", chat_id=ann.id, message_id=sent["message_id"])) is True


async def test_a_file_is_downloaded(bot: Bot, world: World) -> None:
    stored = world.store_file(Upload("a.txt", b"content"), "document")
    file = await bot.get_file(stored.file_id)
    content = await bot.download_file(str(file.file_path))
    assert content is not None and content.read() == b"content"
    with pytest.raises(FileNotFoundError):
        await bot.download_file("nothing")


async def test_a_line_that_breaks_after_the_call_may_have_sent_it(bot: Bot, world: World) -> None:
    world.faults.add("getMe", Fault.RESET_AFTER)
    with pytest.raises(PerhapsSent) as caught:
        await bot.get_me()
    assert may_have_acted(caught.value) and TOKEN.partition(":")[2] not in repr(caught.value)


async def test_a_line_that_was_never_there_has_sent_nothing() -> None:
    """Nobody listens; or the server's name is unknown."""
    for url in ("http://127.0.0.1:1", "http://no-such-host.invalid"):
        async with Bot(TOKEN, session=sessions(url)[0]) as bot:
            with pytest.raises(NeverSent, match="ClientConnector") as caught:
                await bot.get_me()
        assert not may_have_acted(caught.value)


async def test_a_server_that_stays_silent_may_have_acted() -> None:
    async def wait(_request: Request) -> Response:
        await asyncio.sleep(2)
        return Response()

    async with served(Starlette(routes=[Route("/bot{token}/{method}", wait, methods=["POST"])])) as url:
        async with Bot(TOKEN, session=sessions(url)[0]) as bot:
            with pytest.raises(PerhapsSent, match="TimeoutError"):
                await bot.get_me(request_timeout=0.2)  # type: ignore[arg-type]  # aiogram says int and takes seconds in parts


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://[::1", "ftp://x.example"])
@pytest.mark.parametrize(
    "act",
    [
        lambda bot: bot.get_me(),
        lambda bot: bot.send_photo(7, a_file()),
        lambda bot: bot.download_file("x"),
    ],
)
async def test_the_token_is_in_no_error(url: str, act: Callable[[Bot], Awaitable[object]]) -> None:
    """Not in its text, not in what it came from: errors are logged. aiohttp's own name the address."""
    async with Bot(TOKEN, session=sessions(url)[0]) as bot:
        with pytest.raises(TelegramNetworkError) as caught:
            await act(bot)
    assert "secret-token" not in "".join(traceback.format_exception(caught.value))


async def test_a_picture_that_is_not_there_is_no_trouble_of_the_lines(bot: Bot) -> None:
    """It would be tried again and again."""
    with pytest.raises(FileNotFoundError):
        await bot.send_photo(7, types.FSInputFile("/no/such/picture"))


async def test_a_redirect_is_not_followed(heard: Any) -> None:
    """The address with the token would go to whoever the redirect names."""

    async def away(_request: Request) -> Response:
        return Response("moved", 307, {"location": f"{heard.url}/bot{TOKEN}/getMe"})

    async with served(Starlette(routes=[Route("/bot{token}/{method}", away, methods=["POST"])])) as url:
        async with Bot(TOKEN, session=sessions(url)[0]) as bot:
            with pytest.raises(ClientDecodeError):
                await bot.get_me()
    assert heard == []
