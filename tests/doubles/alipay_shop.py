"""A shop that works with Alipay's double."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from store.db import Database
from tests.apps import Clock
from tests.doubles.alipay import Alipay
from tests.doubles.alipay_gateways import connected
from tests.doubles.shop import ShopWithAProvider, a_shop_with


class Shop(ShopWithAProvider):
    """While it does not hear, notifications get no answer."""

    alipay: Alipay
    hears: bool = True


@asynccontextmanager
async def a_shop(db: Database) -> AsyncIterator[Shop]:
    clock = Clock()

    async def post(body: bytes) -> tuple[int, bytes]:
        if not opened.hears:
            return 0, b""
        answer = await opened.client.post("/pay/alipay/webhook", content=body)
        return answer.status_code, answer.content

    alipay = Alipay(post, clock)
    async with a_shop_with(db, connected(alipay), clock, Shop) as opened:
        opened.alipay = alipay
        yield opened
