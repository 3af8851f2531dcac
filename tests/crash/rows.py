"""All rows of a shop, to lay a database back to the moment before a story. Works alike on every database; counters of ids go on counting."""

from typing import Any

from sqlalchemy import delete, insert, select

from store.db import Database
from store.models import Base

Rows = dict[str, list[dict[str, Any]]]


async def taken(db: Database) -> Rows:
    async with db.read() as session:
        return {
            table.name: [dict(row._mapping) for row in await session.execute(select(table))]
            for table in Base.metadata.sorted_tables
        }


async def lay_back(db: Database, rows: Rows) -> None:
    tables = Base.metadata.sorted_tables
    async with db.begin() as session:
        for table in reversed(tables):
            await session.execute(delete(table))
        for table in tables:
            if rows[table.name]:
                await session.execute(insert(table), rows[table.name])
