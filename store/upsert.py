"""Inserting a row that may be there already, without losing the transaction: PostgreSQL aborts it on the first failed statement."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Base
from store.models.base import table

_MYSQL = ("mysql", "mariadb")
_MYSQL_DUPLICATE_KEY = 1062


async def insert_ignoring(session: AsyncSession, model: type[Base], **values: Any) -> bool:
    """Whether this call inserted the row; False when a unique key has it already. A second writer waits until the first has ended."""
    dialect = session.get_bind().dialect.name
    if dialect in _MYSQL:
        return await _insert_or_duplicate(session, model, values) is not None
    return cast("CursorResult[Any]", await session.execute(_ignoring(model, dialect), values)).rowcount == 1


async def new_id_ignoring(session: AsyncSession, model: type[Base], **values: Any) -> int | None:
    """The primary key of the row that this call inserted; None when a unique key has it already."""
    dialect = session.get_bind().dialect.name
    if dialect in _MYSQL:
        result = await _insert_or_duplicate(session, model, values)
        return None if result is None or result.inserted_primary_key is None else int(result.inserted_primary_key[0])
    found: int | None = await session.scalar(_ignoring_telling(model, dialect), values)
    return found


@cache
def _ignoring(model: type[Base], dialect: str) -> Any:
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return build(table(model)).on_conflict_do_nothing()


@cache
def _ignoring_telling(model: type[Base], dialect: str) -> Any:
    return _ignoring(model, dialect).returning(*table(model).primary_key)


async def insert_all_ignoring(session: AsyncSession, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """All *rows* are there, those included that were there already."""
    dialect = session.get_bind().dialect.name
    if dialect in _MYSQL:
        for row in rows:
            await _insert_or_duplicate(session, model, row)
    elif rows:
        await session.execute(_ignoring(model, dialect), list(rows))


async def _insert_or_duplicate(
    session: AsyncSession, model: type[Base], values: Mapping[str, Any]
) -> CursorResult[Any] | None:
    # INSERT IGNORE would also swallow a broken foreign key or a cut text. InnoDB undoes only the failed statement, so none is needed.
    try:
        return cast("CursorResult[Any]", await session.execute(insert(table(model)), values))
    except IntegrityError as error:
        if error.orig is None or error.orig.args[0] != _MYSQL_DUPLICATE_KEY:
            raise
        return None
