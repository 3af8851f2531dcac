"""Column types that mean the same on SQLite, PostgreSQL and MariaDB/MySQL."""

from datetime import UTC, datetime
from typing import Annotated, Any, cast

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, MetaData, String, Table
from sqlalchemy.dialects.mysql import DATETIME, MEDIUMBLOB
from sqlalchemy.dialects.sqlite import INTEGER
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import JSON, TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored as naive UTC with microseconds and read back aware; a naive one is refused: it would be a guess."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None else value.replace(tzinfo=UTC)


# SQLite gives a rowid alias (fast, auto-incrementing) only to a column whose type is literally INTEGER.
Id = BigInteger().with_variant(INTEGER(), "sqlite")
Blob = LargeBinary().with_variant(MEDIUMBLOB(), "mysql", "mariadb")

Pk = Annotated[int, mapped_column(Id, primary_key=True, autoincrement=True)]
Minor = Annotated[int, mapped_column(BigInteger)]
Currency = Annotated[str, mapped_column(String(3))]
Status = Annotated[str, mapped_column(String(32))]
Code = Annotated[str, mapped_column(String(64))]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
Texts = dict[str, str]  # language code → text
Hours = dict[str, list[list[str]]]  # weekday → spans of the day


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime,
        Texts: JSON,
        Hours: JSON,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        int: Id,  # a foreign key must have the very type of the key it points at
        str: String(255),
        bytes: Blob,
    }


def table(model: type[Base]) -> Table:
    """For statements that are written once and run often: without the entity they cost half."""
    return cast("Table", model.__table__)


def version_column() -> Mapped[int]:
    """Counts the changes of a row; a button made from an older version is stale."""
    return mapped_column(Integer, default=0)
