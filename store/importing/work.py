"""A file looked at, and a file carried out. Reading it happens outside the transaction: on SQLite everybody waits for a writer."""

import asyncio
import pickle
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import IO

from sqlalchemy.ext.asyncio import AsyncSession

from store import audit
from store.audit import Actor
from store.db import Database, run_again
from store.importing.apply import Writer
from store.importing.goods import Goods, Read, ShopFacts
from store.importing.plan import Change, plan_of
from store.importing.reading import Format, read
from store.importing.report import Report
from store.importing.shelf import Homes, shelf
from store.importing.stocktake import Promised
from store.importing.trouble import Trouble
from store.models import Seller
from store.payments.registry import Gateways
from store.sellers import the_seller

# Products at a time: few enough to stay small, enough for the database to be asked rarely.
BATCH = 200

NO_GATEWAYS: Gateways = MappingProxyType({})
Batch = list[Goods]
# False when it has been carried out already, or is not wanted any more. Asked first, in the very transaction: whoever comes second waits, and sees it.
Claim = Callable[[AsyncSession], Awaitable[bool]]
Told = Callable[[AsyncSession, Report], Awaitable[None]]


class Overtaken(Exception):
    """The shop has changed since the file was looked at, so that it does not fit any more."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.what)
        self.trouble = trouble


class NotWanted(Exception):
    """It has been carried out already, or called off."""


async def examine(db: Database, path: Path, *, gateways: Gateways = NO_GATEWAYS, form: Format = Format.AUTO) -> Report:
    """What the file would change, with a remark on what nobody could pay. Nothing is written. Raises: NotFound without a shop."""
    report = Report()
    async for _ in _surveyed(db, path, gateways, form, report):
        pass
    return report


@dataclass(frozen=True, slots=True)
class Order:
    """Who wants it carried out, and as which import. *told* keeps the report."""

    import_id: int
    actor: Actor
    now: datetime
    claim: Claim
    told: Told


async def carry_out(
    db: Database, path: Path, order: Order, *, gateways: Gateways = NO_GATEWAYS, form: Format = Format.AUTO
) -> Report:
    """All of the file stands in the shop, or, with errors in the report, nothing of it. Raises: NotFound; NotWanted."""
    report = Report()
    with tempfile.TemporaryFile() as kept:
        async for changes in _surveyed(db, path, gateways, form, report):
            if goods := [change.goods for change in changes if change.is_any]:
                pickle.dump(goods, kept)
        if not report.is_fine:
            return report
        try:
            return await run_again(db, lambda session: _written(session, kept, report, order))
        except (Promised, Overtaken) as late:
            report.tell(late.trouble)
            return report


async def _surveyed(
    db: Database, path: Path, gateways: Gateways, form: Format, report: Report
) -> AsyncIterator[list[Change]]:
    """The changes batch by batch; what is wrong goes into the report."""
    async with db.read() as session:
        seller = await the_seller(session)
        homes = await Homes.load(session, seller.id)
    reading = read(path, ShopFacts(seller.currency, seller.language, gateways), form=form)
    while some := await asyncio.to_thread(_next, reading):
        for each in some:
            if isinstance(each, Trouble):
                report.tell(each)
        async with db.read() as session:
            changes = await _planned(session, [each for each in some if isinstance(each, Goods)], seller, homes, report)
        yield changes
    report.categories = len(homes.new)


def _next(reading: Iterator[Read]) -> list[Read]:
    return list(islice(reading, BATCH))


async def _planned(session: AsyncSession, batch: Batch, seller: Seller, homes: Homes, report: Report) -> list[Change]:
    standing = await shelf(session, batch, seller_id=seller.id, currency=seller.currency)
    changes = []
    for goods in batch:
        report.form = Format.SHOPIFY if goods.is_lenient else Format.DUKKAN
        plan = plan_of(goods, standing, homes)
        for trouble in plan.troubles:
            report.tell(trouble)
        if plan.change is not None:
            report.count(plan.change)
            changes.append(plan.change)
    return changes


async def _written(session: AsyncSession, kept: IO[bytes], seen: Report, order: Order) -> Report:
    """Compared once more with the shop as it is now, then written. What is the same already is not looked at again."""
    report = Report(remarks=seen.remarks, notes=seen.notes, form=seen.form)
    report.products.same, report.variants.same = seen.products.same, seen.variants.same
    if not await order.claim(session):
        raise NotWanted
    seller = await the_seller(session)
    homes = await Homes.load(session, seller.id)
    before = len(homes.slugs)
    writer = Writer(seller, order.import_id, homes, order.actor, order.now)
    again = Report()
    for batch in _unpacked(kept):
        changes = await _planned(session, batch, seller, homes, again)
        if again.troubles:
            raise Overtaken(again.troubles[0])
        await writer.write(session, [change for change in changes if change.is_any])
    _add(report, again)
    report.categories, report.links = len(homes.slugs) - before, writer.links
    await order.told(session, report)
    counted = {"products": report.products.total, "new": report.products.new, "changed": report.products.changed}
    await audit.record(session, order.actor, "imported", "import", order.import_id, now=order.now, **counted)
    await writer.finish(session)
    return report


def _add(report: Report, again: Report) -> None:
    for mine, other in ((report.products, again.products), (report.variants, again.variants)):
        mine.new, mine.changed, mine.same = mine.new + other.new, mine.changed + other.changed, mine.same + other.same


def _unpacked(kept: IO[bytes]) -> Iterator[Batch]:
    kept.seek(0)
    while True:
        try:
            yield pickle.load(kept)  # noqa: S301 - this very function's caller wrote it, into a file without a name
        except EOFError:
            return
