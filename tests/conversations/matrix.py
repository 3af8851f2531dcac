"""Every handler that the routers know, what sets it off, and what of the shop it may have changed.

Nothing here names a conversation: buttons come from what was shown, or are forged from their own types with somebody's ids.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.filters.callback_data import CallbackData, CallbackQueryFilter
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from sqlalchemy import select

from bot.incoming import routers
from handlers.routing import Audience, InPrivate
from store.models import Base, Customer, Order
from tests.conversations.conftest import Shop


@dataclass(frozen=True)
class Known:
    """One handler: where it stands, who may use it, and what it waits for."""

    audience: Audience
    kind: str
    name: str
    filters: tuple[Any, ...]

    @property
    def button(self) -> type[CallbackData] | None:
        found = [each.callback_data for each in self.filters if isinstance(each, CallbackQueryFilter)]
        return found[0] if found else None

    @property
    def is_private(self) -> bool:
        return any(isinstance(each, InPrivate) for each in self.filters)

    def __str__(self) -> str:
        return self.name


def handlers() -> list[Known]:
    return [
        Known(router.audience, kind, name_of(handler), tuple(each.callback for each in handler.filters or ()))
        for router in routers()
        for kind, observer in router.observers.items()
        for handler in observer.handlers
    ]


def name_of(handler: HandlerObject) -> str:
    return f"{handler.callback.__module__}.{handler.callback.__name__}"


# ---- buttons

_PLAIN = (1, 0, "sandbox", "en", "USD", "PT", "title", "p_1", "x", "xxx", "2026-03-02", "RB123456785PT", None)


async def buttons(shop: Shop, known: Known) -> list[str]:
    """What its button carried wherever it was shown, each once; and one with ids of Ann's where it was not."""
    assert known.button is not None
    prefix = known.button.__prefix__
    shown = {each.data for each in shop.world.rendered_callbacks if each.data.partition(":")[0] == prefix}
    return sorted(shown)[:3] or [await _forged(shop, known.button)]


async def _forged(shop: Shop, kind: type[CallbackData]) -> str:
    ids = await _ids_of_anns(shop)
    return kind(**{name: ids.get(name, _value(field)) for name, field in kind.model_fields.items()}).pack()


async def _ids_of_anns(shop: Shop) -> dict[str, int]:
    async with shop.app.db.read() as session:
        order_id = await session.scalar(select(Order.id).order_by(Order.id))
        customer_id = await session.scalar(select(Customer.id).where(Customer.telegram_id == shop.ann.id))
    assert order_id and customer_id
    return {"order_id": order_id, "customer_id": customer_id}


def _value(field: FieldInfo) -> Any:
    """The first of some plain values that the field takes."""
    kind = field.annotation
    members = list(kind) if isinstance(kind, type) and issubclass(kind, Enum) else []
    takes = TypeAdapter(field.rebuild_annotation()).validate_python
    for value in (*members, *_PLAIN):
        with suppress(ValidationError):
            takes(value)
            return value
    raise AssertionError(f"no plain value fits {field}: add one to _PLAIN")


# ---- what has changed

# Which updates were handled, how fast a chat may be written to, and what was found before: nobody's things.
_NOBODYS = {"bot_updates", "sending_paces", "picture_files", "alembic_version"}
Row = tuple[str, tuple[Any, ...]]


def rows(shop: Shop) -> set[Row]:
    """All that stands in the database."""
    path = shop.database_url.partition("///")[2]
    with sqlite3.connect(path) as connection:
        return {
            (table, tuple(row))
            for table in Base.metadata.tables
            if table not in _NOBODYS
            for row in connection.execute(f"SELECT {_columns(table)} FROM {table}")
        }


def _columns(table: str) -> str:
    return ", ".join(column.name for column in Base.metadata.tables[table].columns)


def changed(before: set[Row], after: set[Row], *, but_for: int) -> list[Row]:
    """The rows that are other ones now, but for those that belong to the person with this Telegram id, and what hangs on them."""
    moved = before ^ after
    own = _owned(before | after, but_for) if moved else set()
    return sorted(moved - own, key=str)


def _owned(everything: set[Row], telegram_id: int) -> set[Row]:
    """The person's own row first, then whatever refers to something of theirs, until nothing more is found."""
    own: set[Row] = set()
    keys: set[tuple[str, Any]] = set()
    while found := {row for row in everything - own if _is_own(row, telegram_id, keys)}:
        own |= found
        keys |= {(table, values[0]) for table, values in found}
    return own


def _is_own(row: Row, telegram_id: int, keys: set[tuple[str, Any]]) -> bool:
    table, values = row
    for column, value in zip(Base.metadata.tables[table].columns, values, strict=True):
        if column.name in ("telegram_id", "chat_id") and value == telegram_id:
            return True
        if column.name == "key" and _names_them(str(value), telegram_id, keys):
            return True
        if column.name == "subject" and ("support_threads", _number(str(value))) in keys:
            return True
        if value is not None and any((each.column.table.name, value) in keys for each in column.foreign_keys):
            return True
    return False


def _number(subject: str) -> int:
    """support:2 → 2"""
    last = subject.rpartition(":")[2]
    return int(last) if last.isdecimal() else 0


def _names_them(key: str, telegram_id: int, keys: set[tuple[str, Any]]) -> bool:
    """A conversation's key has the account in it, a draft's the customer."""
    last = key.rpartition(":")[2]
    return str(telegram_id) in key or (key.startswith("draft:") and ("customers", int(last)) in keys)


def named(found: Iterable[Row]) -> Iterator[str]:
    """For people who read a failed test."""
    for table, values in found:
        names = [column.name for column in Base.metadata.tables[table].columns]
        yield f"{table}({', '.join(f'{name}={value}' for name, value in zip(names, values, strict=True))})"
