"""A picture is uploaded once by a bot, whichever of its processes shows it."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from bot.demo.people import Person
from bot.demo.state import Json
from store import goods_drafts
from store.models import PictureFile
from tests.conversations.conftest import Shop
from tests.conversations.shelves import a_picture


def _uploads(shop: Shop) -> int:
    """How many files Telegram was given."""
    return len(shop.world.state.files)


def _photo(shop: Shop) -> Json:
    photo: Json = shop.ann.from_bot[-1]["photo"][-1]
    return photo


async def test_a_restart_uploads_nothing_again(shop: Shop) -> None:
    await shop.ann.starts()
    before, photo = _uploads(shop), _photo(shop)
    await shop.restart()
    await shop.ann.starts()

    assert _uploads(shop) == before
    assert _photo(shop) == photo


async def test_a_file_that_telegram_has_lost_is_uploaded_again(shop: Shop) -> None:
    """The screen comes all the same, and the new id is the one that is kept."""
    await shop.ann.starts()
    lost = _photo(shop)["file_id"]
    await shop.restart()
    shop.world.state.files[f"{lost}-elsewhere"] = shop.world.state.files.pop(lost)
    await shop.ann.starts()
    found = _photo(shop)["file_id"]
    async with shop.app.db.read() as session:
        kept = set(await session.scalars(select(PictureFile.file_id)))

    assert found != lost and found in kept and lost not in kept


async def test_another_bot_has_its_own_files(shop: Shop) -> None:
    """An id of one bot opens nothing for another."""
    await shop.ann.starts()
    async with shop.app.db.read() as session:
        kept = (await session.execute(select(PictureFile.bot_id, func.count()).group_by(PictureFile.bot_id))).all()

    assert [tuple(row) for row in kept] == [(shop.app.bot.id, 1)]


async def test_a_replaced_file_is_another_picture(shop: Shop) -> None:
    pictures = shop.app.pictures
    await shop.ann.starts()
    assert isinstance(await pictures.media("hero.jpg"), str)
    own = shop.folder / "own"
    own.mkdir()
    (own / "hero.jpg").write_bytes(b"another picture")
    pictures._folders.insert(0, own)

    assert await pictures.file_ids(["hero.jpg"]) == {}


async def test_a_database_that_is_away_costs_one_more_upload(shop: Shop) -> None:
    """Not the screen: the shop goes on without knowing the file."""
    from bot.pictures import Pictures, Shelf
    from store.db import Database

    nowhere = Database(f"sqlite+aiosqlite:///{shop.folder / 'no' / 'such' / 'folder.sqlite3'}")
    pictures = Pictures(*shop.app.pictures._folders, shelf=Shelf(nowhere, shop.app.bot.id))
    assert not isinstance(await pictures.media("hero.jpg"), str)
    await pictures.learn("hero.jpg", "photo-1")
    await nowhere.close()

    assert await pictures.media("hero.jpg") == "photo-1"


async def test_a_photo_is_a_draft_though_the_database_gave_up_its_first_try(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the update has been committed by then: it is handled again."""
    begin, tries = goods_drafts.begin, iter([OperationalError("insert", {}, Exception("database is locked"))])

    async def gives_up_once(*given: Any, **named: Any) -> int:
        for error in tries:
            raise error
        return await begin(*given, **named)

    monkeypatch.setattr(goods_drafts, "begin", gives_up_once)
    max_alone = Person(shop.world, shop.max.id)
    await max_alone.starts()
    await max_alone.sends_photo(a_picture(), "Sea-blue mug\n$15.50")
    assert max_alone.sees("Sea-blue mug")
