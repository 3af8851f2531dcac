"""A shop's end of the line to the WeChat Pay of the tests."""

from datetime import timedelta

from store.payments.gateway import PaymentRequest, ProviderEvent, RefundRequest
from store.payments.wechat import Mode, WechatGateway
from tests.builders import NOW
from tests.doubles.wechat import WechatDouble
from tests.doubles.wechat_keys import merchant_keys

BASE = "https://shop.test"
REFERENCE = "ORDER1-0123456789ab"

FACT = ("event_key", "kind", "merchant_ref", "amount_minor", "currency", "provider_ref", "refund_ref", "occurred_at")


def a_gateway(double: WechatDouble, *, has_public_key: bool = True, mode: Mode = Mode.NATIVE) -> WechatGateway:
    keys = merchant_keys(has_public_key=has_public_key)
    return WechatGateway(keys, double.client(), base_url=BASE, clock=lambda: double.at, mode=mode)


def over_its_double() -> WechatGateway:
    return a_gateway(WechatDouble())


def an_order(reference: str = REFERENCE, amount_minor: int = 2000) -> PaymentRequest:
    return PaymentRequest(reference, amount_minor, "CNY", "店 1", NOW + timedelta(minutes=30))


def a_refund(number: str = "r1", amount_minor: int = 900, reference: str = REFERENCE) -> RefundRequest:
    return RefundRequest(f"{reference}-{number}", reference, None, amount_minor, "CNY", "staff")


def facts(events: list[ProviderEvent]) -> list[tuple[object, ...]]:
    return [tuple(getattr(event, name) for name in FACT) for event in events]


async def paid(double: WechatDouble, gateway: WechatGateway, amount_minor: int = 2000) -> list[ProviderEvent]:
    """An order that is paid; its notifications arrive in the list."""
    told: list[ProviderEvent] = []

    async def listen(body: bytes, headers: dict[str, str]) -> int:
        told.extend(await gateway.verify(body, headers, now=double.now))
        return 204

    double.post = listen
    await gateway.create(an_order(amount_minor=amount_minor))
    await double.pay(REFERENCE)
    return told
