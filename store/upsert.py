"""Inserting a row that may be there already, without losing the transaction: PostgreSQL aborts it on the first failed statement."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import CursorResult, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Base

_MYSQL_DUPLICATE_KEY = 1062


async def insert_ignoring(session: AsyncSession, model: type[Base], **values: Any) -> bool:
    """Whether this call inserted the row; False when a unique key has it already. A second writer waits until the first has ended."""
    table = cast("Table", model.__table__)
    dialect = session.get_bind().dialect.name
    if dialect in ("mysql", "mariadb"):
        return await _insert_or_duplicate(session, table, values)
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = build(table).values(**values).on_conflict_do_nothing()
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount == 1


async def _insert_or_duplicate(session: AsyncSession, table: Table, values: Mapping[str, Any]) -> bool:
    # INSERT IGNORE would also swallow a broken foreign key or a cut text. InnoDB undoes only the failed statement, so none is needed.
    try:
        await session.execute(insert(table).values(**values))
    except IntegrityError as error:
        if error.orig is None or error.orig.args[0] != _MYSQL_DUPLICATE_KEY:
            raise
        return False
    return True
