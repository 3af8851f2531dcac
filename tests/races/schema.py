"""A schema without some of its guards: a control shows that the race goes wrong once they are gone."""

from collections.abc import Iterable

from sqlalchemy import MetaData, PrimaryKeyConstraint, Table

from store.db import Database
from store.models import Base


async def create_without(db: Database, names: Iterable[str]) -> None:
    """The tables as they are, but for the constraints with these names. Raises: LookupError for a name that no constraint has."""
    wanted, copy = set(names), MetaData(naming_convention=Base.metadata.naming_convention)
    dropped = {name for table in Base.metadata.sorted_tables for name in _drop(table.to_metadata(copy), wanted)}
    if dropped != wanted:
        raise LookupError(f"no such constraints: {wanted - dropped}")
    async with db.engine.begin() as connection:
        await connection.run_sync(copy.create_all)


def _drop(table: Table, names: set[str]) -> set[str]:
    dropped = set()
    for constraint in list(table.constraints):
        if constraint.name in names:
            dropped.add(str(constraint.name))
            table.constraints.discard(constraint)
            if isinstance(constraint, PrimaryKeyConstraint):
                _leave_without_key(table)
    return dropped


def _leave_without_key(table: Table) -> None:
    for column in table.columns:
        column.primary_key = False
    table.append_constraint(PrimaryKeyConstraint())
