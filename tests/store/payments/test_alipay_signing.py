"""Alipay's signatures: those that Alipay has made are accepted, and nothing else is."""

import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, unquote_to_bytes, urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from store.payments import alipay_keys, pem
from store.payments.alipay_signing import is_signed, node_of, notice_of, signed
from store.payments.gateway import BadKeys, BadSignature
from tests.doubles.alipay import Alipay, a_key, private_pem, public_pem
from tests.doubles.alipay_books import Trade
from tests.doubles.alipay_gateways import over_its_double
from tests.doubles.wire import nobody_listens

MUTATIONS = 12_000


@pytest.fixture(scope="module")
def vectors(shared_data: Path) -> Any:
    return json.loads((shared_data / "payments/alipay/notify-vectors.json").read_text())


@pytest.fixture(scope="module")
def certificates(shared_data: Path) -> dict[str, str]:
    return {path.name: str(path) for path in (shared_data / "payments/alipay/certs").iterdir()}


def as_form(params: dict[str, Any], charset: str = "utf-8") -> bytes:
    texts = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        for name, value in params.items()
    }
    return urlencode(texts, encoding=charset).encode()


def key_of(vectors: Any, name: str) -> RSAPublicKey:
    return pem.public_key(vectors["keys"][name], setting="the vector's key")


def test_what_alipay_has_signed_is_accepted_and_what_it_has_not_is_refused(vectors: Any) -> None:
    """Live messages, with and without their sign_type; one that must fail; and the same with sign_type in the signed text."""
    for case in vectors["cases"]:
        key = key_of(vectors, case["public_key"])
        if case["expect"]:
            assert notice_of(as_form(case["params"]), key)["subject"] == "语雀空间 500人规模"
            # Bug 4: "V2", with sign_type kept in the signed text, is for other kinds of messages.
            with pytest.raises(BadSignature):
                notice_of(as_form(case["params"] | {"sign_typ": "RSA2"}), key)
        else:
            with pytest.raises(BadSignature):
                notice_of(as_form(case["params"]), key)


def test_an_answers_signature_is_over_its_very_text(vectors: Any) -> None:
    r"""As it came, `\/` included; written anew it is refused."""
    vector = vectors["response"]
    key = key_of(vectors, vector["public_key"])
    node = node_of(vector["raw"].encode(), "alipay.open.file.upload")
    assert is_signed(node.text.encode(), node.signature, key)
    assert not is_signed(json.dumps(node.fields).encode(), node.signature, key)
    for broken in (b"", b"{}", b"[]", b'{"sign":"x"}', b'{"a":1', vector["raw"].encode()[:-1]):
        with pytest.raises(ValueError):
            node_of(broken, "alipay.open.file.upload")


def test_certificates_have_alipays_serials(certificates: dict[str, str]) -> None:
    """Of the root file only the certificates that count; the SM2 ones are passed over."""
    own, _ = alipay_keys._certificate(certificates["appCertPublicKey_2021001161683774.crt"], "APP_CERT")
    alipay, _ = alipay_keys._certificate(certificates["alipayCertPublicKey_RSA2.crt"], "ALIPAY_CERT")
    assert alipay_keys.serial_of(own) == "866efef280dec9137a87d047ac446315"
    assert alipay_keys.serial_of(alipay) == "7513daaaa48aa3ba2e4018d84402479c"
    root = alipay_keys.root_serial(certificates["alipayRootCert.crt"], setting="ROOT_CERT")
    assert root == "687b59193f3f462dd5336e5abf83c5d8_02941eef3187dddf3d3b83462e1dfcf6"


def test_keys_are_read_in_every_form_in_which_they_are_handed_out(certificates: dict[str, str]) -> None:
    """PKCS#1 and PKCS#8, with armour, without, in one line of an environment file, and as a file's path."""
    forms = [Path(certificates[name]).read_text() for name in ("app-private-key.pem", "app-private-key-pkcs8.pem")]
    bare = ["".join(form.splitlines()[1:-1]) for form in forms]
    folded = [form.replace("\n", "\\n") for form in forms]
    public = Path(certificates["alipay-public-key.pem"]).read_text()
    for private in (*forms, *bare, *folded, certificates["app-private-key.pem"]):
        for alipay in (public, "".join(public.splitlines()[1:-1]), certificates["alipay-public-key.pem"]):
            keys = alipay_keys.alipay_keys(private_key=private, public_key=alipay)
            assert (keys.private.key_size, keys.alipay.key_size) == (2048, 2048)


def test_bug_02_a_wrong_key_is_named_before_anything_is_sold(certificates: dict[str, str]) -> None:
    """The setting and the mistake; never a key."""
    app, alipay = private_pem("app"), public_pem("alipay")
    root, own = certificates["alipayRootCert.crt"], certificates["appCertPublicKey_2021001161683774.crt"]
    theirs = certificates["alipayCertPublicKey_RSA2.crt"]
    certified = {"alipay_cert": theirs, "root_cert": root, "app_cert": own}
    mistakes: list[tuple[dict[str, str], str]] = [
        ({"private_key": app, "public_key": public_pem("app")}, "ALIPAY__SHOP2__PUBLIC_KEY is the public key of your"),
        ({"private_key": public_pem("app"), "public_key": alipay}, "PRIVATE_KEY holds a public key"),
        ({"private_key": app, "public_key": private_pem("app")}, "PUBLIC_KEY holds a private key"),
        ({"private_key": app, "public_key": Path(own).read_text()}, "PUBLIC_KEY holds a certificate"),
        ({"private_key": "/nowhere/key.pem", "public_key": alipay}, "PRIVATE_KEY is neither a key nor a file"),
        ({"private_key": "MIIB" * 100, "public_key": alipay}, "PRIVATE_KEY is no RSA private key"),
        ({"private_key": app}, "ALIPAY__SHOP2 needs either PUBLIC_KEY"),
        ({"private_key": app, "public_key": alipay, "root_cert": root}, "needs either PUBLIC_KEY"),
        ({"private_key": app, **certified, "root_cert": ""}, "needs either PUBLIC_KEY"),
        ({"private_key": app, **certified}, "APP_CERT does not belong to PRIVATE_KEY"),
        ({"private_key": app, **certified, "app_cert": alipay}, "APP_CERT is no certificate"),
    ]
    for given, told in mistakes:
        with pytest.raises(BadKeys) as wrong:
            alipay_keys.alipay_keys(**given, prefix="ALIPAY__SHOP2")
        assert told in str(wrong.value)
        assert "MII" not in str(wrong.value)


def test_a_root_file_that_is_none_is_named(certificates: dict[str, str]) -> None:
    """An empty list of roots would be sent as an empty serial."""
    with pytest.raises(BadKeys, match="ROOT_CERT holds no root certificate"):
        alipay_keys.root_serial(certificates["alipay-public-key.pem"], setting="ROOT_CERT")


def a_trade(**changes: Any) -> Trade:
    values: dict[str, Any] = {
        "total": Decimal(20),
        "subject": "测试 a+b&c=%25",
        "product": "precreate",
        "notify_url": "",
    }
    trade = Trade("ORDER1-0123456789ab", expires_at=None, **(values | changes))
    trade.trade_no, trade.status = "2026030222001", "TRADE_SUCCESS"
    return trade


def test_bug_04_values_are_decoded_once_and_empty_ones_stay() -> None:
    """Plus signs, percent signs, ampersands, Chinese; in UTF-8 and in GBK."""
    key = a_key("alipay").public_key()
    for charset in ("utf-8", "GBK"):
        alipay = Alipay(nobody_listens, charset=charset)
        body = alipay.signed(alipay.notice(a_trade(), memo="一 %2B + ✓" if charset == "utf-8" else "一 %2B +"))
        notice = notice_of(body, key)
        assert (notice["subject"], notice["body"]) == ("测试 a+b&c=%25", "")
        with pytest.raises(BadSignature):  # decoded a second time
            notice_of(unquote_to_bytes(body.replace(b"+", b"%20")), key)
        with pytest.raises(BadSignature):  # an empty value dropped
            notice_of(body.replace(b"&body=", b""), key)
        with pytest.raises(BadSignature):  # something of ours in the address it was sent to
            notice_of(body + b"&shop=1", key)
        with pytest.raises(BadSignature):  # two values under one name: which one is proven?
            notice_of(body + b"&total_amount=0.01", key)


def test_no_changed_byte_is_accepted(record_property: Any) -> None:
    """12,000 single bytes of a notification and of the key: refused, or the same values in another spelling."""
    alipay, chance = Alipay(nobody_listens), random.Random(5)
    original, key = alipay.signed(alipay.notice(a_trade())), a_key("alipay").public_key()
    expected = notice_of(original, key)
    accepted = respelt = 0
    for _ in range(MUTATIONS):
        body = bytearray(original)
        at = chance.randrange(len(body))
        body[at] = chance.choice([byte for byte in range(256) if byte != body[at]])
        try:
            notice = notice_of(bytes(body), key)
        except BadSignature:
            continue
        respelt += notice == expected
        accepted += notice != expected
    others = [pem.public_key(public_pem(owner), setting="") for owner in ("app", "stranger")]
    for other in others:
        with pytest.raises(BadSignature):
            notice_of(original, other)
    record_property("told", f"Alipay: {MUTATIONS} mutations, {accepted} accepted, {respelt} the same values respelt")
    assert accepted == 0


async def test_no_changed_value_is_accepted(record_property: Any) -> None:
    """Every value one byte off, and every name: 0 of all are accepted, whatever they mean."""
    gateway, alipay = over_its_double(), Alipay(nobody_listens)
    fields = alipay.notice(a_trade())
    body = alipay.signed(fields)
    assert await gateway.verify(body, {}, now=alipay.clock())
    tried = accepted = 0
    for name, value in fields.items():
        spelt = f"{name}={quote_plus(value)}".encode()
        for changed in (
            *(f"{name}={quote_plus(value[:at] + '~' + value[at + 1 :])}" for at in range(len(value))),
            *(f"{name[:at]}~{name[at + 1 :]}={quote_plus(value)}" for at in range(len(name))),
        ):
            tried += 1
            try:
                await gateway.verify(body.replace(spelt, changed.encode()), {}, now=alipay.clock())
            except BadSignature:
                continue
            accepted += 1
    record_property("told", f"Alipay: {tried} changed names and values, {accepted} accepted")
    assert (accepted, tried > 400) == (0, True)


def test_a_request_is_signed_over_names_in_order() -> None:
    """sign_type is part of it, values are as meant."""
    text = signed({"b": "2", "a": "测试 &=", "sign_type": "RSA2"}, a_key("app"))
    assert is_signed("a=测试 &=&b=2&sign_type=RSA2".encode(), text, a_key("app").public_key())
    assert not is_signed(b"", text, a_key("app").public_key())


def test_a_signature_has_one_spelling() -> None:
    """Unused bits of its last letter, blanks, line breaks: another text is another signature."""
    text = signed({"a": "1"}, a_key("app"))
    key = a_key("app").public_key()
    last = {"A": "B", "Q": "R", "g": "h", "w": "x"}[text[-3]]
    for other in (text[:-3] + last + "==", text + "\n", " " + text, text[:-1], text + "=", "ü" + text):
        assert not is_signed(b"a=1", other, key)
    assert is_signed(b"a=1", text, key)
