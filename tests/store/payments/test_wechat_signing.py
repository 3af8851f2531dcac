"""What WeChat Pay's gateway believes: published vectors, and nothing that differs from them by a single byte."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

from store.payments import pem
from store.payments import wechat_signing as signing
from store.payments.gateway import BadSignature, EventKind, GatewayError
from store.payments.wechat import WechatGateway
from store.payments.wechat_certificates import key_among
from tests.builders import NOW
from tests.doubles import wechat_keys as keys
from tests.doubles.wechat import WechatDouble, sealed
from tests.doubles.wechat_books import transaction
from tests.doubles.wechat_shop import REFERENCE, a_gateway, an_order

Notice = tuple[bytes, dict[str, str]]


@pytest.fixture
def vectors(shared_data: Path) -> Any:
    return json.loads((shared_data / "payments/wechat/wechatpay-go-vectors.json").read_text())


def test_the_published_notification_is_proven_and_opened(vectors: Any) -> None:
    """With its certificate, at its time; a space more, another order of its keys, another time: refused."""
    vector = vectors["notify"]
    body, at = vector["body"].encode(), datetime.fromtimestamp(vector["at_unix"], UTC)
    given = signing.signed({name.lower(): value for name, value in vector["headers"].items()}, now=at)
    certificate = pem.certificate(vector["platform_certificate"].encode())
    key = key_among([certificate], given.serial, now=at)
    assert key is not None
    signing.prove(key, given, body)
    content = signing.unsealed(vector["api_v3_key"].encode(), json.loads(body)["resource"])
    assert content.decode() == vector["plaintext"]
    reordered = json.dumps(dict(reversed(json.loads(body).items())), ensure_ascii=False, separators=(",", ":")).encode()
    for other in (body + b" ", body.replace(b'","', b'", "', 1), reordered):
        with pytest.raises(BadSignature):
            signing.prove(key, given, other)
    for late in (-301, 301):
        with pytest.raises(BadSignature):
            signing.signed(
                {name.lower(): value for name, value in vector["headers"].items()}, now=at + timedelta(seconds=late)
            )


def test_a_request_is_signed_byte_for_byte_as_the_vectors_say(vectors: Any) -> None:
    key = pem.private_key(vectors["sign"]["private_key_pkcs8_pem"], setting="PRIVATE_KEY")
    assert signing.sign(key, vectors["sign"]["message"]) == vectors["sign"]["signature_b64"]
    for method in ("get", "post"):
        vector, wanted = vectors["authorization"][method], vectors["authorization"]
        told = signing.request_message(
            method.upper(), vector["canonical_url"], str(wanted["timestamp"]), wanted["nonce"], vector["body"]
        )
        assert told == vector["message"]


def test_a_sealed_text_is_opened_as_the_vector_says(vectors: Any) -> None:
    vector = vectors["aes_256_gcm"]
    resource = {
        "algorithm": "AEAD_AES_256_GCM",
        "nonce": vector["Nonce"],
        "associated_data": vector["AssociatedData"],
        "ciphertext": vector["Ciphertext"],
    }
    assert signing.unsealed(vector["APIV3Key"].encode(), resource).decode() == vector["Plaintext"]
    for wrong in ({"algorithm": "AES"}, {"nonce": "short"}, {"ciphertext": "AA=="}, {"associated_data": "x"}):
        with pytest.raises(BadSignature):
            signing.unsealed(vector["APIV3Key"].encode(), resource | wrong)


async def heard(double: WechatDouble, **changes: Any) -> Notice:
    """A notification of a payment, as it comes over the wire. *changes* are made before it is signed."""
    found: list[Notice] = []

    async def listen(body: bytes, headers: dict[str, str]) -> int:
        found.append((body, headers))
        return 200

    double.post = listen
    gateway = a_gateway(double)
    await gateway.create(an_order())
    double.books.pay(REFERENCE, now=double.now)
    await double.tell("TRANSACTION.SUCCESS", "transaction", transaction(double.books.order(REFERENCE)) | changes)
    return found[0]


async def accepted(gateway: WechatGateway, notices: Iterator[Notice], *, now: datetime = NOW) -> tuple[int, int]:
    """How many were tried, and how many of them believed."""
    tried = believed = 0
    for body, headers in notices:
        tried += 1
        try:
            await gateway.verify(body, headers, now=now)
            believed += 1
        except (BadSignature, GatewayError):
            pass
    return tried, believed


def flipped(text: bytes) -> Iterator[bytes]:
    """Every byte, changed in each of its bits."""
    for at in range(len(text)):
        for bit in range(8):
            yield text[:at] + bytes([text[at] ^ 1 << bit]) + text[at + 1 :]


@pytest.mark.parametrize("kind", ["certificate", "public key"])
async def test_of_ten_thousand_mutations_none_is_believed(kind: str, record_property: Any) -> None:
    """Each bit of body, signature, serial, nonce and time; the untouched original is."""
    double = WechatDouble(public=None) if kind == "certificate" else WechatDouble()
    body, headers = await heard(double)
    gateway = a_gateway(double)
    await gateway.query(an_order())  # the certificates are here
    tried, believed = await accepted(gateway, ((other, headers) for other in flipped(body)))
    for name in ("serial", "nonce", "timestamp", "signature", "signature-type"):
        value = headers[f"wechatpay-{name}"].encode("latin-1")
        others = ((body, headers | {f"wechatpay-{name}": each.decode("latin-1")}) for each in flipped(value))
        more, also = await accepted(gateway, others)
        tried, believed = tried + more, believed + also
    assert believed == 0
    assert tried >= 10_000
    record_property("told", f"wechat, signed with the {kind}: {tried} mutations of a notification, {believed} believed")
    (fact,) = await gateway.verify(body, headers, now=NOW)
    assert (fact.kind, fact.amount_minor, fact.merchant_ref) == (EventKind.CAPTURED, 2000, REFERENCE)


async def test_no_mutated_key_believes_a_notification(record_property: Any) -> None:
    """Each bit of WeChat Pay's modulus and of the API v3 key: the wrong key of each kind."""
    double = WechatDouble()
    body, headers = await heard(double)
    own = keys.merchant_keys()
    assert own.public_key is not None
    numbers = own.public_key.public_numbers()
    wrong = [
        replace(own, public_key=RSAPublicNumbers(numbers.e, numbers.n ^ 1 << bit).public_key())
        for bit in range(1, 2047)  # an even modulus is no key at all
    ]
    wrong += [replace(own, sealing_key=other) for other in flipped(own.sealing_key)]
    believed = 0
    for each in wrong:
        gateway = WechatGateway(each, double.client(), base_url="https://shop.test", clock=lambda: NOW)
        believed += (await accepted(gateway, iter([(body, headers)])))[1]
    assert believed == 0
    record_property("told", f"wechat: {len(wrong)} mutated keys, {believed} notifications believed with them")


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 3 * 86_400])
async def test_a_recording_is_refused(seconds: int) -> None:
    """Five minutes, both ways; a repetition by WeChat Pay itself is signed anew."""
    double = WechatDouble()
    body, headers = await heard(double)
    with pytest.raises(BadSignature, match="too old or too new"):
        await a_gateway(double).verify(body, headers, now=NOW + timedelta(seconds=seconds))
    for still in (-300, 300):
        assert await a_gateway(double).verify(body, headers, now=NOW + timedelta(seconds=still))


@pytest.mark.parametrize("name", ["timestamp", "nonce", "serial", "signature"])
async def test_a_header_that_a_proxy_took_away_is_named(name: str) -> None:
    double = WechatDouble()
    body, headers = await heard(double)
    del headers[f"wechatpay-{name}"]
    with pytest.raises(BadSignature, match=f"no Wechatpay-{name.title()}.*proxy"):
        await a_gateway(double).verify(body, headers, now=NOW)


async def test_the_kind_of_signature_may_be_left_out() -> None:
    """It is not always there."""
    double = WechatDouble()
    body, headers = await heard(double)
    del headers["wechatpay-signature-type"]
    assert await a_gateway(double).verify(body, headers, now=NOW)


async def test_bug_15_a_probe_is_refused() -> None:
    """WeChat Pay tries whether a wrong signature is believed, and then sends the right one."""
    double = WechatDouble()
    body, headers = await heard(double)
    probe = headers | {"wechatpay-signature": f"WECHATPAY/SIGNTEST/{headers['wechatpay-signature'][19:]}"}
    with pytest.raises(BadSignature, match="probe"):
        await a_gateway(double).verify(body, probe, now=NOW)
    refusal = a_gateway(double).reply(False)
    assert (refusal.status, json.loads(refusal.body)["code"]) == (401, "FAIL")
    assert await a_gateway(double).verify(body, headers, now=NOW)


@pytest.mark.parametrize("changed", [{"mchid": "1900000002"}, {"appid": "wx7777777777777777"}, {"mchid": None}])
async def test_bug_07_another_merchants_payment_is_none_of_ours(changed: dict[str, Any]) -> None:
    """Rightly signed and sealed, for another merchant number or app."""
    double = WechatDouble()
    body, headers = await heard(double, **changed)
    with pytest.raises(BadSignature, match="another account"):
        await a_gateway(double).verify(body, headers, now=NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": {"total": 20.0, "currency": "CNY"}},
        {"amount": {"total": "2000", "currency": "CNY"}},
        {"amount": {"total": True, "currency": "CNY"}},
        {"amount": {"total": -5, "currency": "CNY"}},
        {"amount": None},
        {"success_time": "2026-03-02T18:00:00"},
        {"success_time": 5},
        {"transaction_id": ""},
        {"out_trade_no": "x" * 33},
    ],
)
async def test_what_makes_no_sense_is_refused_even_when_signed(changed: dict[str, Any]) -> None:
    """Whole fen, a moment with its zone, numbers that are texts: else nobody guesses."""
    double = WechatDouble()
    body, headers = await heard(double, **changed)
    with pytest.raises(BadSignature, match="makes no sense"):
        await a_gateway(double).verify(body, headers, now=NOW)


async def test_bug_01_the_raw_bytes_are_proven_chinese_text_and_all() -> None:
    """A body that was read and written again is another body."""
    double = WechatDouble()
    body, headers = await heard(double)
    assert "支付成功".encode() in body
    for again in (json.dumps(json.loads(body)).encode(), body + b"\n", b"\xef\xbb\xbf" + body):
        with pytest.raises(BadSignature, match="wrong signature"):
            await a_gateway(double).verify(again, headers, now=NOW)
    assert await a_gateway(double).verify(body, headers, now=NOW)


async def test_a_notification_about_something_else_is_no_fact() -> None:
    """Accepted, so that it does not come for a day."""
    double = WechatDouble()
    notice = double.notice("PAYSCORE.USER_OPEN_SERVICE", "payscore", {"mchid": keys.MCHID})
    body = json.dumps(notice).encode()
    assert await a_gateway(double).verify(body, double.signed(body), now=NOW) == []
    for nonsense in (b"[]", b"null", b'{"event_type": 5}', b'{"event_type": "REFUND.SUCCESS"}', b"[" * 5000):
        with pytest.raises(BadSignature, match=r"makes no sense|not sealed"):
            await a_gateway(double).verify(nonsense, double.signed(nonsense), now=NOW)


async def test_a_body_that_is_too_long_is_not_even_hashed() -> None:
    double = WechatDouble()
    with pytest.raises(BadSignature, match="too long"):
        await a_gateway(double).verify(b"x" * 65_537, double.signed(b""), now=NOW)


def test_a_seal_of_somebody_else_is_not_opened() -> None:
    """Right algorithm, another API v3 key."""
    with pytest.raises(BadSignature, match="another API v3 key"):
        signing.unsealed(keys.SEALING_KEY.encode(), sealed("{}", "transaction", key="another key of thirty-two bytes."))
