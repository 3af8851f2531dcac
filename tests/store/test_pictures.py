import pytest
from sqlalchemy import update

from store import catalog, pictures
from store.db import Database
from store.errors import NotFound
from store.models import Product
from store.pictures import PictureRow
from tests.builders import NOW, a_product, a_shop

FRONT, BACK = PictureRow("front.jpg"), PictureRow("back.jpg", "https://example.com/back.jpg")


async def _gallery(db: Database, product: Product) -> tuple[PictureRow, ...]:
    async with db.read() as session:
        return await pictures.gallery(session, product.id)


async def _first(db: Database, product: Product) -> str | None:
    async with db.read() as session:
        return (await catalog.product(session, product.id, "USD")).picture


async def test_a_gallery_keeps_its_order_and_its_first_picture_stands_in_lists(db: Database) -> None:
    """Repetitions are left out."""
    dress = await a_product(db)
    async with db.begin() as session:
        await pictures.set_gallery(session, dress.id, [BACK, FRONT, BACK], now=NOW)
    assert await _gallery(db, dress) == (BACK, FRONT)
    assert await _first(db, dress) == "back.jpg"


async def test_a_product_that_knows_only_its_first_picture_has_a_gallery_of_one(db: Database) -> None:
    """So a seed writes it; what is added comes behind it."""
    dress = await a_product(db)
    async with db.begin() as session:
        await session.execute(update(Product).values(picture="front.jpg"))
    assert await _gallery(db, dress) == (FRONT,)
    async with db.begin() as session:
        await pictures.add_picture(session, dress.id, BACK, now=NOW)
    assert await _gallery(db, dress) == (FRONT, BACK)


async def test_when_the_first_picture_goes_the_next_takes_its_place(db: Database) -> None:
    """And without any, the product has none."""
    dress = await a_product(db)
    async with db.begin() as session:
        await pictures.set_gallery(session, dress.id, [FRONT, BACK], now=NOW)
        await pictures.remove_picture(session, dress.id, "front.jpg", now=NOW)
    assert await _first(db, dress) == "back.jpg"
    async with db.begin() as session:
        await pictures.remove_picture(session, dress.id, "back.jpg", now=NOW)
    assert (await _first(db, dress), await _gallery(db, dress)) == (None, ())


async def test_a_gallery_holds_what_an_album_holds(db: Database) -> None:
    """The eleventh picture is left out."""
    dress = await a_product(db)
    async with db.begin() as session:
        for number in range(11):
            await pictures.add_picture(session, dress.id, PictureRow(f"{number}.jpg"), now=NOW)
    assert len(await _gallery(db, dress)) == pictures.MAXIMUM


async def test_a_product_that_does_not_exist_has_no_gallery(db: Database) -> None:
    """Nothing can be hung there."""
    await a_shop(db)
    async with db.begin() as session:
        assert await pictures.gallery(session, 999) == ()
        with pytest.raises(NotFound):
            await pictures.add_picture(session, 999, FRONT, now=NOW)
