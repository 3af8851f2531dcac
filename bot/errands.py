"""Updates in hand: each is handled to its end, one person's in their order; what cannot be handled is tried again, and set aside in the end."""

import asyncio
import contextlib
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.types import Update
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.errand import Errand, RawUpdate, is_hurried, person_of, without_keyboard
from store import updates
from store.db import Database, may_pass, run_again
from store.updates import Lease, UpdateStatus

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]

MOST_TRIES = 3
# So many are in hand at most; whoever brings more has to come again.
MOST_IN_HAND = 400
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
ANSWERS_WITHIN_S = 5
# An update that ends the process is found among those that were in hand so soon after a start.
WATCHED_AFTER_START = timedelta(minutes=1)
LEASE = timedelta(seconds=30)
LOOKS_EVERY_S = 10
# What is in hand when the program closes may take so long; the rest is kept for the next start.
CLOSING_S = 8
_TROUBLE = (SQLAlchemyError, OSError, TimeoutError)


class Errands:
    """Whoever brings updates (polling, the webhook, a test) gives them to `take`."""

    def __init__(
        self,
        bot: Bot,
        dp: Dispatcher,
        db: Database,
        clock: Callable[[], datetime],
        *,
        sleep: Sleep = asyncio.sleep,
        in_order: bool = True,
    ) -> None:
        self._bot, self._dp, self._db, self._clock, self._sleep = bot, dp, db, clock, sleep
        self._in_order = in_order
        self._holder = secrets.token_hex(8)
        self._in_hand: dict[int, Errand] = {}
        self._last: dict[object, Errand] = {}
        self._one_suspect = asyncio.Lock()
        self._started_at: datetime | None = None
        self._closing = asyncio.Event()
        self._aside_count = 0
        # By reason, what came to the webhook and was no update of Telegram's.
        self.refused: Counter[str] = Counter()

    def counts(self) -> Mapping[str, int]:
        """For the health page: what is in hand now, and what this process has set aside or refused since its start."""
        refused = {f"refused_{reason}": count for reason, count in self.refused.items()}
        return {"in_hand": len(self._in_hand), "set_aside": self._aside_count, **refused}

    @property
    def is_full(self) -> bool:
        return len(self._in_hand) >= MOST_IN_HAND

    def take(self, update: RawUpdate, *, is_kept: bool = False) -> Errand:
        """It is handled after what the same person did before. One that is in hand already is not taken twice."""
        errand = self._known(update)
        if errand is None:
            errand = Errand(update, is_kept=is_kept, is_watched=is_kept or self._is_young())
            before = None if is_hurried(update) or not self._in_order else self._after(errand)
            self._in_hand[errand.id] = errand
            errand.task = asyncio.create_task(self._run(errand, before), name=f"update {errand.id}")
        return errand

    def _known(self, update: RawUpdate) -> Errand | None:
        return self._in_hand.get(update["update_id"])

    def _after(self, errand: Errand) -> Errand | None:
        person = person_of(errand.update)
        before, self._last[person] = self._last.get(person), errand
        return before

    def _is_young(self) -> bool:
        return self._started_at is not None and self._clock() - self._started_at < WATCHED_AFTER_START

    async def _run(self, errand: Errand, before: Errand | None) -> None:
        try:
            if before is not None:
                await before.over()
            await self._settle(errand)
        except Exception:
            log.exception("update %s was given up", errand.id)
            errand.is_settled = True
        finally:
            self._in_hand.pop(errand.id, None)
            person = person_of(errand.update)
            if self._last.get(person) is errand:
                del self._last[person]

    async def _settle(self, errand: Errand) -> None:
        if not errand.is_watched or is_hurried(errand.update):
            errand.is_settled = await self._try(errand)
        else:
            # Of those that may have ended the last process one is tried at a time: the others must not be set aside with it.
            is_suspect = await self._surely(partial(self._was_tried, errand))
            async with self._one_suspect if is_suspect else contextlib.nullcontext():
                if await self._is_to_be_handled(errand):
                    errand.is_settled = await self._try(errand)
        if errand.is_settled and errand.is_kept:
            await self._finished(errand)

    async def _was_tried(self, errand: Errand) -> bool:
        async with self._db.read() as session:
            return await updates.was_tried(session, self._bot.id, errand.id)

    async def _is_to_be_handled(self, errand: Errand) -> bool:
        """If this ends the process, the next one knows that it was tried."""
        work = partial(updates.begin_try, bot_id=self._bot.id, payload=errand.update, lease=self._lease())
        noted = await self._surely(partial(run_again, self._db, work))
        if noted is None:
            return False
        errand.tries, errand.is_settled, errand.is_kept = noted.tries, noted.status != UpdateStatus.KEPT, True
        if not errand.is_settled and errand.tries > MOST_TRIES:
            errand.error_name = "the process ended"
            errand.is_settled = await self._surely(partial(self._set_aside, errand)) is not None
        return not errand.is_settled

    async def _try(self, errand: Errand) -> bool:
        """Whether the update is settled: handled, or set aside. False when the program closes before that."""
        pause = FIRST_PAUSE_S
        while True:
            await self._feed(errand)
            if errand.error is None:
                return True
            is_away = may_pass(errand.error) and not await self._database_answers()
            if is_away or errand.has_acted or errand.tries >= MOST_TRIES:
                await errand.apologise()
            if not is_away and (errand.has_acted or errand.tries >= MOST_TRIES):
                if errand.has_acted or await self._is_set_aside(errand):
                    return True
            elif not is_away:
                errand.tries += 1
            await self._sleep(pause)
            if self._closing.is_set():
                return False
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _feed(self, errand: Errand) -> None:
        errand.error = None
        try:
            update = Update.model_validate(without_keyboard(errand.update), context={"bot": self._bot})
        except ValidationError as error:  # its own text holds what the person wrote
            log.error("update %s cannot be read: %s", errand.id, _where(error))
            return
        try:
            await self._dp.feed_update(self._bot, update, errand=errand)
        except Exception as error:
            log.exception("update %s failed outside of its handler, reference %s", errand.id, errand.reference)
            errand.failed(error)

    async def _database_answers(self) -> bool:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S), self._db.read() as session:
                await session.execute(select(1))
        except _TROUBLE:
            return False
        return True

    async def _surely(self, write: Callable[[], Awaitable[Any]]) -> Any:
        """What *write* returns, as soon as the database takes it; None when the program closes before that."""
        pause = FIRST_PAUSE_S
        while not self._closing.is_set():
            try:
                return await write()
            except _TROUBLE as error:
                if not may_pass(error):
                    raise
                log.warning("what is noted of updates was not written, again in %.1f s: %s", pause, _name(error))
            await self._sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)
        return None

    # ---- what the database keeps

    def _lease(self) -> Lease:
        now = self._clock()
        return Lease(self._holder, now, now + LEASE)

    async def keep(self, errand: Errand) -> None:
        """The update can be confirmed: if this process dies, another one takes it up. Raises: what the database raises."""
        if errand.is_settled or errand.is_kept:
            return
        work = partial(
            updates.keep, bot_id=self._bot.id, payload=errand.update, tries=errand.tries, lease=self._lease()
        )
        await run_again(self._db, work)
        errand.is_kept = True
        if errand.is_settled:
            await self._finished(errand)

    async def _finished(self, errand: Errand) -> None:
        try:
            await run_again(self._db, partial(updates.finish, bot_id=self._bot.id, update_id=errand.id))
        except _TROUBLE as error:  # it will be taken up again, and not act again
            log.warning("update %s was handled, which could not be noted: %s", errand.id, _name(error))

    async def _is_set_aside(self, errand: Errand) -> bool:
        """False when the database does not take it now: then it is the database's fault more than the update's."""
        try:
            return await self._set_aside(errand)
        except _TROUBLE as error:
            if not may_pass(error):
                raise
            return False

    async def _set_aside(self, errand: Errand) -> bool:
        work = partial(
            updates.set_aside,
            bot_id=self._bot.id,
            payload=errand.update,
            tries=errand.tries,
            reference=errand.reference,
            error=errand.error_name,
            now=self._clock(),
        )
        await run_again(self._db, work)
        self._aside_count += 1
        log.warning("update %s is set aside after %s tries, reference %s", errand.id, errand.tries, errand.reference)
        return True

    async def take_up(self, *, everybodys: bool = False) -> int:
        """What this process holds it holds on to, and what nobody holds (any more) it takes; *everybodys*: whoever held it is gone."""
        lease = self._lease()
        work = partial(updates.claim, bot_id=self._bot.id, lease=lease, everybodys=everybodys)
        async with self._db.read() as session:
            if not await updates.has_kept(session, self._bot.id):
                return 0
        claimed = await run_again(self._db, work)
        for payload in claimed:
            self.take(payload, is_kept=True)
        return len(claimed)

    def begin(self) -> None:
        self._started_at = self._clock()

    @property
    def is_alone(self) -> bool:
        """A SQLite file has one program."""
        return self._db.dialect == "sqlite"

    async def tend(self, stopping: asyncio.Event, beat: Callable[[], None] = lambda: None) -> None:
        """Until *stopping*: what nobody handles is taken up, now and from time to time."""
        while not stopping.is_set():
            try:
                await self.take_up()
            except _TROUBLE as error:
                log.warning("kept updates were not looked for: %s", _name(error))
            else:
                beat()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), LOOKS_EVERY_S)

    async def close(self) -> None:
        """What is in hand has come to its end, or is kept for whoever starts next."""
        self._closing.set()
        in_hand = list(self._in_hand.values())
        if in_hand:
            await asyncio.wait({errand.running for errand in in_hand}, timeout=CLOSING_S)
        late = [errand for errand in in_hand if not errand.running.done()]
        for errand in late:
            if not is_hurried(errand.update):
                with contextlib.suppress(*_TROUBLE):
                    await self.keep(errand)
            errand.running.cancel()
        await asyncio.gather(*(errand.running for errand in late), return_exceptions=True)
        if any(errand.is_kept for errand in late):
            with contextlib.suppress(*_TROUBLE):
                await run_again(self._db, partial(updates.release, lease=self._lease()))


def _name(error: BaseException) -> str:
    """An error's own words may hold what somebody wrote."""
    return type(error).__name__


def _where(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['type']}" for each in found)
