"""Alipay's own SDK for Node, and an independent one for Python, judge what the gateway sends; the gateway judges what they sign."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from alipay import AliPay, DCAliPay  # type: ignore[import-untyped]  # has no types

from store.payments import alipay_keys, pem
from store.payments.alipay_signing import node_of, notice_of, signed
from store.payments.gateway import BadSignature
from tests.apps import Clock
from tests.doubles.alipay import APP_ID, Alipay, a_key, private_pem, public_pem
from tests.doubles.alipay_gateways import an_order, connected
from tests.doubles.wire import nobody_listens
from tests.node_tools import run
from tests.store.payments.test_alipay_signing import a_trade

_SDK = """
const { AlipaySdk } = require('alipay-sdk');
const said = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const sdk = new AlipaySdk({ appId: said.app_id, privateKey: said.private_key, keyType: 'PKCS8', alipayPublicKey: said.public_key });
const holds = (check) => { try { check(); return true } catch { return false } };
"""


def node(folder: Path, script: str, **said: Any) -> Any:
    told = {"app_id": APP_ID, "private_key": private_pem("app"), "public_key": public_pem("alipay"), **said}
    return json.loads(run(folder, f"{_SDK}\nconsole.log(JSON.stringify({script}))", json.dumps(told)))


def python(private: str, public: str) -> Any:
    return AliPay(APP_ID, app_private_key_string=private_pem(private), alipay_public_key_string=public_pem(public))


@pytest.fixture
def alipay() -> Alipay:
    return Alipay(nobody_listens, Clock())


def a_notice(alipay: Alipay) -> tuple[bytes, dict[str, str]]:
    """As it travels, and as whoever receives it reads it."""
    body = alipay.signed(alipay.notice(a_trade(), memo="空 %2B"))
    return body, dict(parse_qsl(body.decode(), keep_blank_values=True))


def test_requests_carry_the_very_signature_of_both(node_tools: Path, alipay: Alipay) -> None:
    """Byte for byte: of the parameters of the Node SDK, and of ours by the Python SDK."""
    order = '{ bizContent: { out_trade_no: "R-1", subject: "测试 a+b&c=%25", total_amount: "0.01" }, notify_url: "https://shop.test/x" }'
    address = node(node_tools, f"sdk.pageExecute('alipay.trade.wap.pay', 'GET', {order})")
    theirs = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    assert theirs.pop("sign") == signed(theirs, a_key("app"))
    ours = dict(parse_qsl(urlsplit(connected(alipay).address(an_order(title="测试 %"))).query))
    signature = ours.pop("sign")
    assert python("app", "alipay")._sign("&".join(f"{name}={ours[name]}" for name in sorted(ours))) == signature


def test_both_believe_what_our_double_notifies_and_nothing_else(node_tools: Path, alipay: Alipay) -> None:
    """The double speaks as Alipay does: otherwise it would prove nothing."""
    _, fields = a_notice(alipay)
    forged = fields | {"total_amount": "0.01"}
    script = "[sdk.checkNotifySignV2(said.fields), sdk.checkNotifySignV2(said.forged)]"
    assert node(node_tools, script, fields=fields, forged=forged) == [True, False]
    for each, is_true in ((fields, True), (forged, False)):
        unsigned = {name: value for name, value in each.items() if name != "sign"}
        assert python("app", "alipay").verify(unsigned, each["sign"]) is is_true


def test_we_believe_what_they_sign() -> None:
    """A notification that the Python SDK has signed with Alipay's key; signed with another, it is refused."""
    fields = {"subject": "测试 a+b&c=%25", "charset": "utf-8", "body": "", "trade_status": "TRADE_SUCCESS"}
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    for owner in ("alipay", "stranger"):
        body = urlencode(fields | {"sign": python(owner, "app")._sign(text), "sign_type": "RSA2"}).encode()
        if owner == "alipay":
            assert notice_of(body, a_key("alipay").public_key())["subject"] == fields["subject"]
        else:
            with pytest.raises(BadSignature):
                notice_of(body, a_key("alipay").public_key())


async def test_both_believe_our_doubles_answers(node_tools: Path, alipay: Alipay) -> None:
    """Over the same text as we do, with a slash in it."""
    gateway = connected(alipay)
    await gateway.create(an_order())
    raw = alipay._answer("alipay.trade.query", {"code": "10000", "msg": "a/b 测试"}).body
    node_text = node_of(bytes(raw), "alipay.trade.query")
    said = {"raw": bytes(raw).decode(), "key": "alipay_trade_query_response", "sign": node_text.signature}
    script = "[said.raw, said.raw.replace('10000', '10001')].map(raw => holds(() => sdk.checkResponseSign(raw, said.key, said.sign, '')))"
    assert node(node_tools, script, **said) == [True, False]
    known = python("app", "alipay")._verify_and_return_sync_response(said["raw"], said["key"])
    assert known["msg"] == "a/b 测试"


def test_both_name_certificates_as_we_do(node_tools: Path, shared_data: Path) -> None:
    """Application, Alipay, roots."""
    folder = shared_data / "payments/alipay/certs"
    own, root = folder / "appCertPublicKey_2021001161683774.crt", folder / "alipayRootCert.crt"
    ours = [
        alipay_keys.serial_of(pem.certificate(own.read_bytes())),
        alipay_keys.root_serial(str(root), setting=""),
    ]
    assert [DCAliPay.get_cert_sn(own.read_text()), DCAliPay.get_root_cert_sn(root.read_text())] == ours
    script = "(u => [u.getSNFromPath(said.own, false), u.getSNFromPath(said.root, true)])(require('alipay-sdk/dist/commonjs/antcertutil.js'))"
    assert (
        node(
            node_tools,
            script.replace("require('alipay-sdk/dist", "require('./node_modules/alipay-sdk/dist"),
            own=str(own),
            root=str(root),
        )
        == ours
    )
