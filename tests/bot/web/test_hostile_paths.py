"""Whatever somebody writes into an address of the shop's is answered, on every database: PostgreSQL knows no text with a NUL, MariaDB no half of a character."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.routing import Route

from bot.web import carriers, tracking
from store.db import Database
from store.models import CarrierPush
from store.parcels.registry import OTHER, OtherCarrier
from store.payments.wechat import Mode
from store.seal import Seal
from tests.builders import NOW
from tests.doubles.wechat_shop import a_shop

# A NUL alone, at each end and inside; no UTF-8; signs of other scripts and of none; what turns the text around; very long.
WORDS = ("%00", "%00ref", "ref%00", "re%00f", "%ff%fe", "%ed%a0%80", "%E2%80%AE", "%F0%9F%92%B1", "%0a", "x" * 3000)
SEAL = Seal("a secret that only tests know")
ANYBODYS = {OTHER: OtherCarrier()}


@asynccontextmanager
async def browser(*routes: Route) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        yield client


async def test_there_is_no_page_to_pay_on_at_such_an_address(db: Database) -> None:
    async with a_shop(db, mode=Mode.H5) as shop:
        for word in WORDS:
            for answer in (
                await shop.client.get(f"/pay/wechat/open/{word}"),
                await shop.client.post(f"/pay/wechat/open/{word}"),
                await shop.client.get(f"/pay/{word}/open/ref"),
                await shop.client.post(f"/pay/{word}/webhook", content=b"{}"),
                await shop.client.get(f"/pay/{word}/return?ref=x"),
            ):
                assert answer.status_code == 404, word


async def test_whoever_comes_back_with_such_a_reference_is_thanked_all_the_same(db: Database) -> None:
    """Anybody can open this address, and it proves nothing."""
    async with a_shop(db) as shop:
        for word in WORDS:
            answer = await shop.client.get(f"/pay/wechat/return?ref={word}")
            assert (answer.status_code, "Thank you" in answer.text) == (200, True), word


async def test_there_is_no_parcel_at_such_an_address(db: Database) -> None:
    """Nor a language."""
    async with browser(*tracking.routes(db, ANYBODYS, lambda: NOW + timedelta(days=1))) as client:
        for word in WORDS:
            assert (await client.get(f"/parcel/{word}")).status_code == 404, word
            assert (await client.get(f"/parcel/nobodys?lang={word}")).status_code == 404, word


async def test_nobody_pushes_to_such_an_address(db: Database) -> None:
    async with browser(*carriers.routes(db, ANYBODYS, SEAL, lambda: NOW)) as client:
        for word in WORDS:
            for path in (f"/carriers/{word}/push/secret", f"/carriers/{OTHER}/push/{word}"):
                assert (await client.post(path, content=b"{}")).status_code == 404, word


@pytest.mark.parametrize("word", WORDS)
async def test_what_a_carrier_pushes_is_kept_with_whatever_stands_behind_the_question_mark(
    db: Database, word: str
) -> None:
    """It has the secret: a 500 would bring it again for days."""
    async with browser(*carriers.routes(db, ANYBODYS, SEAL, lambda: NOW)) as client:
        answer = await client.post(f"{carriers.push_path(SEAL, OTHER)}?sign={word}&{word}=1", content=b"{}\x00")
    assert answer.status_code < 500
    async with db.read() as session:
        assert len((await session.scalars(select(CarrierPush))).all()) == 1
