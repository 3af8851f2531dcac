"""Which of WeChat Pay's keys count, and who may make the shop ask for them."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from store.payments.gateway import BadSignature, Closed, GatewayError
from store.payments.wechat import WechatGateway
from tests.builders import NOW
from tests.doubles import wechat_keys as keys
from tests.doubles.wechat import WechatDouble
from tests.doubles.wechat_shop import a_gateway, an_order

ASKED = "GET certificates"
OTHER = keys.a_platform("other", serial=0x5F5F)


def notice(double: WechatDouble, signer: keys.Signer) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(double.notice("PAYSCORE.USER_OPEN_SERVICE", "payscore", {})).encode()
    return body, double.signed(body, by=signer)


async def test_bug_03_certificates_and_the_public_key_count_at_once() -> None:
    """While a merchant changes over, notifications are signed with either; the number's leading zeros do not count."""
    double = WechatDouble()
    double.certificates.append(OTHER)
    gateway = a_gateway(double)
    await gateway.query(an_order())
    for signer in (keys.the_public_key(), *double.certificates, replace(OTHER, serial="5F5F")):
        body, headers = notice(double, signer)
        assert await gateway.verify(body, headers, now=NOW) == []
    for stranger in (keys.a_platform("stranger", serial=7), replace(keys.the_public_key(), serial="PUB_KEY_ID_02")):
        body, headers = notice(double, stranger)
        with pytest.raises(BadSignature, match="unknown key"):
            await gateway.verify(body, headers, now=NOW)


async def test_bug_03_strangers_cause_no_calls() -> None:
    """A thousand notifications with unknown numbers: not one question to WeChat Pay; that some are new there the clock finds out."""
    double = WechatDouble()
    gateway = a_gateway(double)
    await gateway.query(an_order())
    assert double.asked[ASKED] == 1
    for serial in range(1, 1001):
        body, headers = notice(double, keys.Signer(f"{serial:040X}", keys.rsa_key("stranger")))
        with pytest.raises(BadSignature, match="unknown key"):
            await gateway.verify(body, headers, now=NOW)
    assert double.asked[ASKED] == 1


async def test_the_clock_refreshes_them_every_twelve_hours() -> None:
    """A certificate that WeChat Pay has added counts from then on, and one that it has withdrawn no more."""
    double = WechatDouble()
    gateway = a_gateway(double)
    await gateway.query(an_order())
    old, double.certificates = double.certificates[0], [OTHER]
    for hours, knows in ((11, old), (12.5, OTHER)):
        double.now = NOW + timedelta(hours=hours)
        body, headers = notice(double, knows)
        assert await gateway.verify(body, headers, now=double.now) == []
    body, headers = notice(double, old)
    with pytest.raises(BadSignature):
        await gateway.verify(body, headers, now=double.now)
    assert double.asked[ASKED] == 2


async def test_one_whose_time_is_up_does_not_count() -> None:
    """Nor one whose time has not come."""
    double = WechatDouble()
    double.certificates += [
        keys.a_platform("short", serial=0x51, lasts=timedelta(hours=1)),
        keys.a_platform("early", serial=0x52, since=NOW + timedelta(days=31)),
    ]
    gateway = a_gateway(double)
    await gateway.query(an_order())
    body, headers = notice(double, double.certificates[1])
    assert await gateway.verify(body, headers, now=NOW) == []
    double.now = NOW + timedelta(hours=2)
    for signer in double.certificates[1:]:
        body, headers = notice(double, signer)
        with pytest.raises(BadSignature, match="unknown key"):
            await gateway.verify(body, headers, now=double.now)


async def test_an_unknown_number_in_an_answer_is_looked_up_once_a_minute() -> None:
    """WeChat Pay itself may sign with a certificate of this hour; its answer is then proven with it."""
    double = WechatDouble(public=None)
    gateway = a_gateway(double, has_public_key=False)
    await gateway.query(an_order())
    double.certificates = [OTHER]
    with pytest.raises(GatewayError, match="unknown key"):  # the first look was not a minute ago
        await gateway.create(an_order())
    double.now = NOW + timedelta(seconds=61)
    assert (await gateway.create(an_order())).qr
    assert double.asked[ASKED] == 2


async def test_many_who_come_at_once_ask_once() -> None:
    """Single flight: twenty requests, one list of certificates."""
    double = WechatDouble(public=None)
    gateway = a_gateway(double, has_public_key=False)
    await asyncio.gather(*[gateway.close(an_order(f"ORDER{number}-0123456789ab")) for number in range(20)])
    assert double.asked[ASKED] == 1


async def test_without_them_nothing_is_sent_and_a_notification_waits() -> None:
    """Nobody's key is believed; WeChat Pay is asked once a minute, and sends the notification again."""
    double = WechatDouble(public=None)
    right, double.certificates = double.certificates, []
    gateway = a_gateway(double, has_public_key=False)
    body, headers = notice(double, right[0])
    for _ in range(50):
        with pytest.raises(GatewayError, match="not been loaded"):
            await gateway.verify(body, headers, now=NOW)
    with pytest.raises(GatewayError, match="not been loaded"):
        await gateway.create(an_order())
    assert await gateway.close(an_order()) is Closed.UNKNOWN
    assert dict(double.asked) == {ASKED: 1}
    double.certificates, double.now = right, NOW + timedelta(seconds=61)
    assert await gateway.verify(body, headers, now=double.now) == []


async def test_a_merchant_with_the_public_key_alone_needs_none() -> None:
    """WeChat Pay has no certificates for newer merchants, and says so."""
    double = WechatDouble(certificates=[])
    gateway = a_gateway(double)
    assert (await gateway.create(an_order())).qr
    body, headers = notice(double, OTHER)
    with pytest.raises(BadSignature, match="unknown key"):
        await gateway.verify(body, headers, now=NOW)


@pytest.mark.parametrize("how", ["sealed with another key", "signed by a stranger", "another number"])
async def test_a_list_of_somebody_else_is_not_believed(how: str) -> None:
    """The seal with the API v3 key is what makes them WeChat Pay's."""
    double = WechatDouble(public=None)
    own = keys.merchant_keys(has_public_key=False)
    if how == "sealed with another key":
        own = replace(own, sealing_key=b"another key of thirty-two bytes.")
    elif how == "signed by a stranger":
        double.certificates[0] = replace(double.certificates[0], key=keys.rsa_key("stranger"))
    else:
        double.certificates[0] = replace(double.certificates[0], serial="77")
    gateway = WechatGateway(own, double.client(), base_url="https://shop.test", clock=lambda: NOW)
    with pytest.raises(GatewayError, match="not been loaded"):
        await gateway.create(an_order())
    assert dict(double.asked) == {ASKED: 1}
