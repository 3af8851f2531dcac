"""Statements that are compiled once a worker.

SQLAlchemy keeps what it has compiled with the engine, and every test has engines of its own: more than a third of the
time of the tests of `store/` went into compiling what the test before had compiled too.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect

_compiled: dict[Any, Any] = {}


def share() -> None:
    """Whatever one engine of this process has compiled, the others know."""
    # A dialect is part of a statement's key, and each engine has its own.
    DefaultDialect.__eq__ = _speaks_like  # type: ignore[assignment, method-assign]  # object's own does not know it
    DefaultDialect.__hash__ = _kind  # type: ignore[assignment, method-assign]  # as above
    event.listen(Engine, "engine_connect", _remember)


def _speaks_like(dialect: DefaultDialect, other: object) -> bool:
    return type(dialect) is type(other) and _version(dialect) == _version(other)


def _kind(dialect: DefaultDialect) -> int:
    """The version is not known before the first connection."""
    return hash(type(dialect))


def _version(dialect: object) -> object:
    return getattr(dialect, "server_version_info", None), getattr(dialect, "is_mariadb", None)


def _remember(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_compiled)
