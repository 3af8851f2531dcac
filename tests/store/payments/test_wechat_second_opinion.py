"""An independent library for Node and one for Python judge what the gateway sends and the double says; the gateway judges what they sign."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from wechatpayv3.async_ import AsyncWeChatPay, WeChatPayType  # type: ignore[import-untyped]  # has no types

from store.payments.gateway import BadSignature, EventKind
from tests.builders import NOW
from tests.doubles import wechat_keys as keys
from tests.doubles.wechat import WechatDouble
from tests.doubles.wechat_bills import bill
from tests.doubles.wechat_books import transaction
from tests.doubles.wechat_keys import private_pem, public_pem, rsa_key
from tests.doubles.wechat_shop import REFERENCE, a_gateway, a_refund, an_order, paid
from tests.node_tools import run

_PLUGIN = """
const { Rsa, Formatter, Aes: { AesGcm } } = require('wechatpay-axios-plugin');
const said = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const from = (pem) => require('crypto').createPublicKey(pem);
"""


def node(folder: Path, script: str, **said: Any) -> Any:
    return json.loads(run(folder, f"{_PLUGIN}\nconsole.log(JSON.stringify({script}))", json.dumps(said)))


def python(**changes: Any) -> Any:
    own: dict[str, Any] = {"public_key": public_pem(rsa_key("public")), "public_key_id": keys.PUBLIC_KEY_ID}
    return AsyncWeChatPay(
        WeChatPayType.NATIVE,
        mchid=keys.MCHID,
        private_key=private_pem(rsa_key("merchant")),
        cert_serial_no=keys.SERIAL,
        appid=keys.APPID,
        apiv3_key=keys.SEALING_KEY,
        notify_url="https://shop.test/pay/wechat/webhook",
        **(own | changes),
    )


def present() -> WechatDouble:
    """Of this very moment: the library for Python knows no other time."""
    now = datetime.now(UTC)
    return WechatDouble(clock=lambda: now, certificates=[keys.a_platform(since=now)])


async def heard(double: WechatDouble) -> tuple[str, dict[str, str]]:
    """A payment's notification, over the wire."""
    await a_gateway(double).create(an_order())
    double.books.pay(REFERENCE, now=double.at)
    notice = double.notice("TRANSACTION.SUCCESS", "transaction", transaction(double.books.order(REFERENCE)))
    body = json.dumps(notice, ensure_ascii=False)
    return body, double.signed(body.encode())


async def test_our_requests_are_proven_by_the_library_for_node(node_tools: Path) -> None:
    """Every kind of request, its path and body as they went over the wire; one byte more, and it is not."""
    double = WechatDouble()
    gateway = a_gateway(double)
    await paid(double, gateway)
    await gateway.query(an_order())
    await gateway.refund(a_refund())
    await gateway.query_refund(a_refund())
    await gateway.close(an_order())
    await gateway.statement(NOW.replace(day=1), NOW)
    script = """said.heads.map(([method, path, proof, body]) => {
        const part = (name) => proof.match(new RegExp(`${name}="([^"]+)"`))[1];
        const text = (more) => Formatter.request(method, path, part('timestamp'), part('nonce_str'), body + more);
        const holds = (more) => Rsa.verify(text(more), part('signature'), from(said.merchant));
        const again = Formatter.authorization(said.mchid, part('nonce_str'), part('signature'), part('timestamp'), said.serial);
        const parts = (header) => header.slice(header.indexOf(' ') + 1).split(',').sort().join();
        return [holds(''), holds(' '), parts(again) === parts(proof)];
    })"""
    heads = [(head.method, head.path, head.authorization, head.body) for head in double.heads]
    merchant = public_pem(rsa_key("merchant"))
    judged = node(node_tools, script, heads=heads, merchant=merchant, mchid=keys.MCHID, serial=keys.SERIAL)
    assert judged == [[True, False, True]] * len(heads)
    assert len(heads) >= 8


async def test_both_believe_what_our_double_notifies_and_nothing_else(node_tools: Path) -> None:
    """Signature and seal; else the double would prove nothing."""
    double = present()
    body, headers = await heard(double)
    content = json.loads(python()._core.decrypt_callback(headers, body))
    assert content == transaction(double.books.order(REFERENCE))
    assert python()._core.decrypt_callback(headers, body.replace("支付", "付支")) is None
    script = """(() => {
        const { resource } = JSON.parse(said.body), h = said.headers;
        const holds = (body) => Rsa.verify(
            Formatter.response(h['wechatpay-timestamp'], h['wechatpay-nonce'], body), h['wechatpay-signature'], from(said.key));
        return [holds(said.body), holds(said.body + ' '), JSON.parse(
            AesGcm.decrypt(resource.ciphertext, said.seal, resource.nonce, resource.associated_data))];
    })()"""
    key = public_pem(rsa_key("public"))
    judged = node(node_tools, script, body=body, headers=headers, key=key, seal=keys.SEALING_KEY)
    assert judged == [True, False, content]


async def test_we_believe_what_the_library_for_node_signs_and_nothing_else(node_tools: Path) -> None:
    """With the platform's certificate and with the public key; sealed by it as well."""
    double = WechatDouble()
    gateway = a_gateway(double)
    await gateway.create(an_order())
    double.books.pay(REFERENCE, now=NOW)
    script = """said.keys.map((key) => {
        const nonce = Formatter.nonce(12), moment = String(said.moment), word = Formatter.nonce();
        const resource = { original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM', nonce, associated_data: 'transaction',
            ciphertext: AesGcm.encrypt(said.content, said.seal, nonce, 'transaction') };
        const body = JSON.stringify({ id: word, event_type: 'TRANSACTION.SUCCESS', resource_type: 'encrypt-resource', resource });
        return [body, moment, word, Rsa.sign(Formatter.response(moment, word, body), require('crypto').createPrivateKey(key))];
    })"""
    signers = [keys.the_public_key(), *double.certificates]
    content = json.dumps(transaction(double.books.order(REFERENCE)), ensure_ascii=False)
    moment = int(NOW.timestamp())
    pems = [private_pem(signer.key) for signer in signers]
    made = node(node_tools, script, keys=pems, content=content, seal=keys.SEALING_KEY, moment=moment)
    for signer, (body, at, word, signature) in zip(signers, made, strict=True):
        headers = {"timestamp": at, "nonce": word, "signature": signature, "serial": signer.serial}
        headers = {f"wechatpay-{name}": value for name, value in headers.items()}
        (fact,) = await gateway.verify(body.encode(), headers, now=NOW)
        assert (fact.kind, fact.amount_minor) == (EventKind.CAPTURED, 2000)
        with pytest.raises(BadSignature):
            await gateway.verify(body.encode() + b" ", headers, now=NOW)


@pytest.mark.parametrize("has_public_key", [True, False])
async def test_the_library_for_python_can_live_with_our_double(has_public_key: bool) -> None:
    """Its requests are believed, our answers are: opened, asked for, closed without a word, given back; and with certificates."""
    double = present()
    pay = python() if has_public_key else python(public_key=None, public_key_id=None)
    pay._core._client = double.client()
    if not has_public_key:
        await pay._core._init_certificates()
    amount = {"total": 2000, "currency": "CNY"}
    answers = [await pay.pay(description="店", out_trade_no=REFERENCE, amount=amount)]
    double.books.pay(REFERENCE, now=double.at)
    answers.append(await pay.query(out_trade_no=REFERENCE))
    back = {"refund": 900} | amount
    answers.append(await pay.refund(out_refund_no="R-1", out_trade_no=REFERENCE, amount=back))
    answers.append(await pay.query_refund(out_refund_no="R-1"))
    assert [status for status, _ in answers] == [200] * 4
    assert "weixin://" in answers[0][1]
    assert json.loads(answers[3][1])["status"] == "SUCCESS"
    await pay.pay(description="店", out_trade_no="OTHER1-0123456789ab", amount=amount)
    assert (await pay.close(out_trade_no="OTHER1-0123456789ab"))[0] == 204


async def test_the_library_for_node_reads_the_same_bill(node_tools: Path) -> None:
    """Line by line, what the double writes is a bill to others."""
    double = WechatDouble()
    gateway = a_gateway(double)
    await paid(double, gateway)
    await gateway.refund(a_refund())
    table = bill(double.books, "2026-03-02").decode("utf-8-sig")
    rows = node(node_tools, "Formatter.castCsvBill(Buffer.from(said.table)).rows", table=table)
    assert [(row["交易状态"], row["商户订单号"], row["申请退款金额"]) for row in rows] == [
        ("SUCCESS", REFERENCE, "0.00"),
        ("REFUND", REFERENCE, "9.00"),
    ]


def test_a_platform_certificate_is_one_to_the_library_for_python() -> None:
    """The double's certificates are no special kind."""
    from wechatpayv3.utils import load_certificate  # type: ignore[import-untyped]  # has no types

    platform = keys.a_platform()
    assert platform.certificate is not None
    loaded = load_certificate(platform.certificate.public_bytes(Encoding.PEM).decode())
    assert f"{loaded.serial_number:040X}" == platform.serial
