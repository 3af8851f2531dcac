"""The shop's Alipay gateway, connected with Alipay's double."""

from typing import Any

import httpx

from store.payments.alipay import AlipayGateway
from store.payments.alipay_keys import alipay_keys
from store.payments.gateway import PaymentRequest
from tests.apps import Clock
from tests.doubles.alipay import APP_ID, Alipay, private_pem, public_pem
from tests.doubles.alipay_books import SELLER_ID
from tests.doubles.wire import nobody_listens

SHOP = "https://shop.test"
ENDPOINT = "https://alipay.test/gateway.do"


def connected(alipay: Alipay, **changes: Any) -> AlipayGateway:
    """In public-key mode, unless *changes* say otherwise."""
    client = httpx.AsyncClient(transport=httpx.ASGITransport(alipay.app))
    keys = alipay_keys(private_key=private_pem("app"), public_key=public_pem("alipay"))
    values: dict[str, Any] = {
        "keys": keys,
        "app_id": APP_ID,
        "seller_id": SELLER_ID,
        "base_url": SHOP,
        "clock": alipay.clock,
        "endpoint": ENDPOINT,
    }
    return AlipayGateway(client, **(values | changes))


def over_its_double() -> AlipayGateway:
    return connected(Alipay(nobody_listens, Clock()))


def an_order(ref: str = "ORDER1-0123456789ab", **changes: Any) -> PaymentRequest:
    values: dict[str, Any] = {
        "merchant_ref": ref,
        "amount_minor": 2000,
        "currency": "CNY",
        "title": "Shop 1",
        "expires_at": None,
    }
    return PaymentRequest(**(values | changes))
