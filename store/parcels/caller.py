"""Calling a carrier out of its budget: whoever asks for parcels waits for a turn, and says how it went."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from store.db import Database, run_again
from store.parcels import budget
from store.parcels.budget import For
from store.parcels.carrier import Carrier, CarrierError, Tracked, TrackingRequest
from store.parcels.office import Office

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """One carrier, at one moment, for somebody."""

    db: Database
    carrier: Carrier
    office: Office
    now: datetime
    whom: For

    async def turn(self) -> datetime | None:
        """None when the carrier may be called, which counts; otherwise when to come again."""
        turn = await run_again(self.db, partial(budget.take, carrier=self.carrier, now=self.now, whom=self.whom))
        if turn.not_before is None and turn.wait_s:
            await self.office.sleep(turn.wait_s)
        return turn.not_before

    async def track(self, requests: Iterable[TrackingRequest]) -> Mapping[str, Tracked]:
        """What the carrier says of each number, asked for once. Raises: CarrierError."""
        distinct = {request.number: request for request in requests}
        answers = {each.number: each for each in await self.carrier.track(list(distinct.values()), now=self.now)}
        await self.answered()
        return {number: answers.get(number, Tracked(number)) for number in distinct}

    async def answered(self) -> None:
        await run_again(self.db, partial(budget.answered, carrier=self.carrier, now=self.now))

    async def failed(self, error: CarrierError) -> datetime:
        """It counts against the carrier; until when it is to be left alone."""
        log.warning("carrier %s did not answer: %s", self.carrier.name, error)
        return await run_again(self.db, partial(budget.failed, carrier=self.carrier, error=error, now=self.now))
