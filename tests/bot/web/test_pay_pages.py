"""The shop's own address to pay at, for a provider that looks at where a browser comes from."""

from collections.abc import AsyncIterator

import pytest

from store.db import Database
from store.payments.wechat import Mode
from tests.doubles.wechat_shop import Shop, a_shop


@pytest.fixture
async def shop(sqlite_db: Database) -> AsyncIterator[Shop]:
    async with a_shop(sqlite_db, mode=Mode.H5) as opened:
        yield opened


async def test_only_a_press_opens_the_providers_page(shop: Shop) -> None:
    """A chat that looks at its links opens nothing; the press tells WeChat Pay the browser's address, and comes from the shop's domain."""
    address = str((await shop.attempt()).pay_url)
    shown = await shop.client.get(address)
    assert (shown.status_code, shop.wechat.asked.total()) == (200, 0)
    assert "Pay with WeChat Pay" in shown.text
    assert "20.00" in shown.text
    pressed = await shop.client.post(address)
    assert pressed.status_code == 303
    assert pressed.headers["location"].startswith("https://wx.tenpay.com/")
    assert pressed.headers["cache-control"] == "no-store"
    for answer in (shown, pressed):
        assert answer.headers["referrer-policy"] == "strict-origin"
    assert "form-action 'self' https:;" in shown.headers["content-security-policy"]
    (order,) = shop.wechat.books.orders.values()
    assert order.asked["scene_info"]["payer_client_ip"] == "127.0.0.1"
    assert order.asked["description"].startswith("Shop ")
    assert (await shop.client.post(address)).headers["location"] == pressed.headers["location"]


async def test_where_nothing_is_to_be_paid_there_is_no_page(shop: Shop) -> None:
    """Paid, too late, or a reference of nobody's; and a gateway without such pages has none."""
    paid, late = await shop.attempt(), await shop.attempt()
    await shop.client.post(str(paid.pay_url))
    await shop.wechat.pay(paid.merchant_ref)
    shop.clock.goes_on(hours=1)
    for path in (
        str(paid.pay_url),
        str(late.pay_url),
        "/pay/wechat/open/nobody",
        "/pay/wechat/open/%00",
        "/pay/nobody/open/x",
    ):
        for answer in (await shop.client.get(path), await shop.client.post(path)):
            assert answer.status_code == 404


async def test_a_provider_that_is_silent_is_tried_again(shop: Shop) -> None:
    """Nothing was charged, and that is what the page says."""
    address = str((await shop.attempt()).pay_url)
    shop.wechat.trouble.append("500")
    silent = await shop.client.post(address)
    assert (silent.status_code, "Nothing was charged" in silent.text) == (503, True)
    assert (await shop.client.post(address)).status_code == 303
