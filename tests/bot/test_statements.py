import contextlib
from collections.abc import Iterator
from typing import Any

from aiogram.types import CallbackQuery
from sqlalchemy import event

from store.db import Database
from tests.apps import Stage


async def test_whatever_is_known_of_a_person_is_asked_in_one_statement(stage: Stage, says: Any) -> None:
    """Each statement is a way to the database and back, before the handler has begun."""

    async def press(query: CallbackQuery) -> None:
        pass

    says(press)
    await stage.ann.sends("/menu")
    with statements_of(stage.app.db) as asked:
        await stage.ann.taps("Go")
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1


@contextlib.contextmanager
def statements_of(db: Database) -> Iterator[list[str]]:
    asked = list[str]()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    engines = {db._writer.sync_engine, db._reader.sync_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield asked
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
