"""Redis holds nothing that the shop could not do without."""

import pytest

from bot.redis import Redis
from tests.bot.test_redis import until
from tests.conversations.conftest import Shop
from tests.conversations.walks import fills_in, order_number, takes
from tests.redis_servers import RedisServer

HAPPENS = ("hangs", "is_killed", "starts_anew")


@pytest.fixture
async def shop_on_redis(shop: Shop, redis_server: RedisServer) -> Shop:
    shop.given = {"redis_url": redis_server.url, "throttle_per_s": 1000}
    await shop.restart()
    return shop


@pytest.mark.parametrize("happens", HAPPENS)
async def test_a_purchase_goes_on(shop_on_redis: Shop, redis_server: RedisServer, happens: str) -> None:
    """It happens while a text is awaited; the answer is taken, and everything after it works."""
    shop = shop_on_redis
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    assert await state_keys(redis_of(shop))
    getattr(redis_server, happens)()
    await fills_in(shop.ann)
    await shop.ann.taps("Place order")
    await shop.pays(shop.ann)
    assert shop.ann.sees(f"Order {order_number(shop.ann)} is paid")


async def test_an_outage_leaves_nothing_wrong_behind(shop_on_redis: Shop, redis_server: RedisServer) -> None:
    """What was asked during it is known after it, also to a process that has not seen it."""
    shop = shop_on_redis
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    redis_server.hangs()
    await fills_in(shop.ann)
    redis_server.goes_on()
    await until(lambda: not redis_of(shop).is_away)
    await shop.restart()
    await shop.ann.taps("Place order")
    await shop.pays(shop.ann)
    assert shop.ann.sees("is paid")


def redis_of(shop: Shop) -> Redis:
    assert shop.app.incoming is not None
    assert shop.app.incoming.redis is not None
    return shop.app.incoming.redis


async def state_keys(redis: Redis) -> int:
    """How many people Redis knows a state of."""
    return int(await redis.run("return #redis.call('KEYS', ARGV[1])", (), "*:state:*") or 0)
