"""What happens to a file after somebody has sent it: it is looked at, carried out when it is wanted, and its products are found."""

import tempfile
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select

from store import search
from store.db import Database
from store.importing import imports
from store.importing.imports import RECEIVED, Claimed
from store.importing.report import Report
from store.importing.work import NotWanted, carry_out, examine
from store.models import ImportProduct
from store.payments.registry import Gateways

INDEXED_AT_ONCE = 100


async def work_off(db: Database, gateways: Gateways, *, now: datetime) -> int:
    """One file further on its way; how many were. A file that ends the program three times is given up."""
    async with db.begin() as session:
        await imports.forget_old(session, now=now)
        claimed = await imports.claim_due(session, now=now)
    if claimed is None:
        return 0
    if claimed.is_hopeless:
        async with db.begin() as session:
            await imports.failed(session, claimed.id, Report(), now=now)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        await _work(db, gateways, claimed, Path(folder) / "goods", now)
    return 1


async def _work(db: Database, gateways: Gateways, claimed: Claimed, path: Path, now: datetime) -> None:
    with path.open("wb") as file:
        async with db.read() as session:
            await imports.write_file(session, claimed.id, file)
    if claimed.status == RECEIVED:
        report = await examine(db, path, gateways=gateways)
        async with db.begin() as session:
            await imports.looked_at(session, claimed.id, report, now=now)
        return
    try:
        order = imports.order(claimed.id, claimed.actor, now=now)
        report = await carry_out(db, path, order, gateways=gateways)
    except NotWanted:
        return
    if not report.is_fine:
        async with db.begin() as session:
            await imports.failed(session, claimed.id, report, now=now)


async def index_due(db: Database, *, now: datetime) -> int:
    """Some of the products that imports have written are found by what they are called now; how many."""
    async with db.begin() as session:
        waiting = select(ImportProduct.product_id).order_by(ImportProduct.product_id).limit(INDEXED_AT_ONCE)
        ids = list(await session.scalars(waiting))
        if ids:
            await session.execute(delete(ImportProduct).where(ImportProduct.product_id.in_(ids)))
            await search.index(session, ids)
    return len(ids)
