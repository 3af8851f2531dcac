"""A process that says secrets in every way in which a program can say something. Its first line on stdout names them, in JSON.

`bare` as the second argument: without the redactor, so that a test can see that each of them really comes out.
"""

import asyncio
import base64
import gc
import json
import logging
import sys
import threading
import traceback
import warnings
from collections.abc import Awaitable, Callable
from urllib.parse import quote, quote_plus

import aiohttp
import httpx
import uvicorn
from aiogram import Bot, Dispatcher, Router
from aiogram.types import Update
from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import redaction
from bot.logs import configure_logging
from bot.settings import Settings, load
from tests.bot.canaries import Canaries

log = logging.getLogger("canaries")
canaries = Canaries()


def settings(log_format: str) -> Settings:
    return load(
        bot_token=SecretStr(canaries.token()),
        sandbox_secret=SecretStr(canaries.word("sandbox/secret+&=' ")),
        database_url=f"postgresql://shop:{canaries.word('data@base')}@127.0.0.1:1/shop",
        log_format=log_format,
        log_level="DEBUG",
    )


def say_the_settings(own: Settings) -> None:
    """Their own secrets, as they are and in every form in which a library quotes them."""
    assert own.bot_token and own.sandbox_secret and own.database_url
    log.warning("%r %s", own, own.model_dump())
    log.warning("%s", [own.bot_token.get_secret_value(), own.sandbox_secret.get_secret_value()])
    secret = own.sandbox_secret.get_secret_value()
    forms = [quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]]
    forms += [secret.encode().hex(), base64.b64encode(secret.encode()).decode(), f"{quote(own.database_url, safe='')}"]
    forms += [base64.urlsafe_b64encode(f"{'x' * n}{secret}{'y' * n}".encode()).decode() for n in range(3)]
    for form in forms:
        log.error("the provider answered: %s", canaries.kept(form))


def say_by_arguments() -> None:
    log.warning("%s", canaries.url())
    log.warning(f"{canaries.token()} was refused")
    log.warning("%(it)s", {"it": canaries.card()})
    log.info("a customer of %s at %s", canaries.phone(), canaries.email())
    log.warning("looked for %s", canaries.card(), extra={"chat_id": canaries.never(canaries.phone())})
    log.debug("headers: %s", {"Authorization": f"Bearer {canaries.word()}", "Cookie": canaries.word()})
    log.debug("raw headers: %s", [(b"authorization", f"Basic {canaries.basic()}".encode())])
    log.debug("%s", aiohttp.ClientSession.__name__ + f" X-Telegram-Bot-Api-Secret-Token: {canaries.word()}")
    log.info("https://pay.example/?api_key=%s&token=%s", canaries.word(), canaries.word())
    log.warning("Authorization: Basic %s", canaries.basic(), stack_info=True)


def say_by_exceptions() -> None:
    try:
        try:
            raise ValueError(f"no such card {canaries.card()}") from KeyError(canaries.token())
        except ValueError as error:
            error.add_note(f"asked by {canaries.email()}")
            raise ExceptionGroup(f"several at {canaries.url()}", [error, OSError(canaries.phone())]) from error
    except ExceptionGroup:
        log.exception("a call failed")
    password = canaries.url()
    try:
        raise LookupError(len(password))
    except LookupError as error:
        log.error("%s", "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()))


def say_past_the_log() -> None:
    """Warnings, threads, destructors, and lines whose parameters do not fit them."""
    warnings.warn(f"{canaries.url()} is deprecated", stacklevel=1)
    log.warning("%d of them", canaries.token())
    log.warning("%s and %s", canaries.email())
    log.warning("no place", canaries.card())

    class Unprintable:
        def __str__(self) -> str:
            raise RuntimeError(canaries.never(canaries.token()))

    log.warning("%s", Unprintable())

    def breaks() -> None:
        raise RuntimeError(canaries.card())

    class Clings:
        def __del__(self) -> None:
            raise RuntimeError(canaries.phone())

    thread = threading.Thread(target=breaks)
    thread.start()
    thread.join()
    Clings()
    gc.collect()


async def say_by_asyncio() -> None:
    async def breaks() -> None:
        raise RuntimeError(canaries.url())

    task = asyncio.create_task(breaks())
    await asyncio.wait({task})
    del task
    gc.collect()
    asyncio.get_running_loop().call_exception_handler({"message": f"a transport of {canaries.email()} broke"})


async def say_by_libraries() -> None:
    async with aiohttp.ClientSession() as session:
        for address in (f"http://127.0.0.1:1/bot{canaries.token()}/getMe", f"http://[{canaries.email()}/"):
            try:
                await session.get(address, headers={"Authorization": f"Bearer {canaries.never(canaries.word())}"})
            except (aiohttp.ClientError, ValueError):
                log.exception("GET %s", address)
    logging.getLogger("httpx").setLevel(logging.INFO)
    engine = create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT :phone, nothing"), {"phone": canaries.phone()})
    except SQLAlchemyError:
        log.exception("the database refused")
    try:
        create_engine(f"nothing://shop:{canaries.never(canaries.word())}@host/shop")
    except SQLAlchemyError as error:
        log.error("%s: %s", error, canaries.url())


async def say_by_aiogram() -> None:
    logging.getLogger("aiogram.event").setLevel(logging.DEBUG)
    bot, dp, router = Bot(canaries.never(canaries.token())), Dispatcher(), Router()

    @router.message()
    async def breaks(*_: object) -> None:
        raise RuntimeError(f"{canaries.email()} {canaries.card()}")

    dp.include_router(router)
    message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "hi"}
    await dp._process_update(bot, Update.model_validate({"update_id": 1, "message": message}))
    logging.getLogger("aiogram.dispatcher").error(
        "Failed to fetch updates - %s by %s", canaries.url(), canaries.token()
    )
    await bot.session.close()


async def say_by_uvicorn() -> None:
    async def breaks(_request: Request) -> Response:
        raise RuntimeError(canaries.url())

    logging.getLogger("uvicorn.access").setLevel(logging.INFO)
    app = Starlette(routes=[Route("/", breaks), Route("/fine", lambda _request: Response())])
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", port=0))
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 - it has no event
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await client.get(f"/?token={canaries.word()}")
        await client.get("/fine", params={"phone": canaries.phone(), "email": canaries.email()})
    server.should_exit = True
    await serving


WAYS: tuple[Callable[[], Awaitable[None]], ...] = (say_by_asyncio, say_by_libraries, say_by_aiogram, say_by_uvicorn)


def main(log_format: str, *, is_bare: bool) -> None:
    if is_bare:
        redaction.Redactor.clean = lambda self, text: text  # type: ignore[method-assign]  # put in its place on purpose
    own = settings(log_format)
    configure_logging(own)
    say_the_settings(own)
    for way in (say_by_arguments, say_by_exceptions, say_past_the_log):
        way()
    for asynchronous in WAYS:
        asyncio.run(asynchronous())  # type: ignore[arg-type]  # the given values are of several types
    last = canaries.token()
    sys.stdout.write(json.dumps([canaries.said, canaries.unsaid]) + "\n")
    sys.stdout.flush()
    raise SystemError(last)


if __name__ == "__main__":
    main(sys.argv[1], is_bare="bare" in sys.argv)
