"""Whether Telegram brings updates to our address, or we fetch them: set, and taken away, only where it differs and where it is ours."""

import asyncio
import contextlib
import hashlib
import hmac
import logging
from collections.abc import Callable
from datetime import datetime

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramRetryAfter
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.refusals import reason
from bot.settings import WEBHOOK_PATH
from store.db import Database
from store.models import IdempotencyKey
from store.upsert import insert_ignoring

log = logging.getLogger(__name__)

PATH = WEBHOOK_PATH
MAX_CONNECTIONS = 40
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
_SCOPE = "webhook"


def secret_of(token: str) -> str:
    """Only Telegram and this bot's programs know it; it needs no setting and changes with the token."""
    return hmac.new(token.encode(), b"dukkan: telegram webhook", hashlib.sha256).hexdigest()


class Hook:
    """The webhook of one bot. *url* is where we would have it, None when the shop has no public address."""

    def __init__(
        self, bot: Bot, db: Database, clock: Callable[[], datetime], *, url: str | None, allowed_updates: list[str]
    ) -> None:
        self._bot, self._db, self._clock = bot, db, clock
        self._url = url
        self._allowed = sorted(allowed_updates)
        self.secret = secret_of(bot.token)

    async def stand(self, stopping: asyncio.Event) -> None:
        """Telegram brings the updates to us, or *stopping* is set."""
        pause = FIRST_PAUSE_S
        while not stopping.is_set():
            try:
                await self._ensure()
            except (AiogramError, SQLAlchemyError, OSError) as error:
                wait = float(error.retry_after) if isinstance(error, TelegramRetryAfter) else pause
                level = logging.ERROR if isinstance(error, TelegramBadRequest) else logging.WARNING
                log.log(level, "the webhook is not set, again in %.0f s: %s", wait, _why(error))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), wait)
                pause = min(pause * 2, LONGEST_PAUSE_S)
            else:
                return

    async def _ensure(self) -> None:
        """One getWebhookInfo where nothing differs. The secret is not in it: what we set last stands in the database."""
        assert self._url is not None
        found = await self._bot.get_webhook_info()
        stands = (found.url, sorted(found.allowed_updates or []), found.max_connections)
        is_remembered = await self._remembers(self._print())
        if is_remembered and stands == (self._url, self._allowed, MAX_CONNECTIONS):
            return
        await self._bot.set_webhook(
            self._url, secret_token=self.secret, allowed_updates=self._allowed, max_connections=MAX_CONNECTIONS
        )
        async with self._db.begin() as session:
            await _forget(session, self._bot.id)
            await insert_ignoring(session, IdempotencyKey, scope=_SCOPE, key=self._print(), created_at=self._clock())
        log.info("Telegram brings updates to %s", self._url)

    async def is_taken_away(self) -> bool:
        """Whether a webhook stood in our way that an earlier run of this shop had set; another program's is left alone."""
        found = await self._bot.get_webhook_info()
        if not found.url or not (found.url == self._url or await self._remembers(self._address(found.url))):
            return False
        await self._bot.delete_webhook()
        async with self._db.begin() as session:
            await _forget(session, self._bot.id)
        log.info("this shop's webhook is taken away: updates are fetched")
        return True

    async def _remembers(self, beginning: str) -> bool:
        async with self._db.read() as session:
            found = select(IdempotencyKey.key).where(
                IdempotencyKey.scope == _SCOPE, IdempotencyKey.key.startswith(beginning, autoescape=True)
            )
            return await session.scalar(found.limit(1)) is not None

    def _address(self, url: str) -> str:
        return f"{self._bot.id}:{_digest(url)}:"

    def _print(self) -> str:
        assert self._url is not None
        return self._address(self._url) + _digest(self.secret)


async def _forget(session: AsyncSession, bot_id: int) -> None:
    mine = IdempotencyKey.key.startswith(f"{bot_id}:", autoescape=True)
    await session.execute(delete(IdempotencyKey).where(IdempotencyKey.scope == _SCOPE, mine))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _why(error: Exception) -> str:
    return reason(error) if isinstance(error, AiogramError) else type(error).__name__
