"""Stripe's signatures and amounts: what Stripe has signed is accepted, and nothing else is."""

import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import stripe as sdk

from store.money import to_decimal
from store.payments.gateway import BadKeys, BadSignature
from store.payments.stripe_money import EXPONENTS, from_wire, maximums, minimums, to_wire
from store.payments.stripe_signing import HEADER, check_keys, is_live, prove
from tests.builders import NOW
from tests.doubles.stripe import WEBHOOK_SECRET, Stripe, nobody_listens
from tests.node_tools import run

MUTATIONS = 12_000


def signed(body: Any = None, *, at: datetime = NOW, secret: str = WEBHOOK_SECRET) -> tuple[bytes, str]:
    double = Stripe(nobody_listens)
    raw, headers = double.signed(body or {"note": "测试 ✓ \\/"}, secret, int(at.timestamp()))
    return raw, headers[HEADER]


def refused(body: bytes, header: str, secret: str = WEBHOOK_SECRET, now: datetime = NOW) -> bool:
    try:
        prove(body, header, secret, now=now)
    except BadSignature:
        return True
    return False


def test_the_vector_on_which_stripes_own_libraries_agree(shared_data: Path) -> None:
    """Accepted at its time; with one space added, or a key moved, refused: bug 1."""
    vector = json.loads((shared_data / "payments/stripe/webhook-signature-vector.json").read_text())
    body, now = vector["payload"].encode(), datetime.fromtimestamp(vector["timestamp"], UTC)
    assert not refused(body, vector["header"], vector["secret"], now)
    rewritten = json.dumps(json.loads(body), indent=2, ensure_ascii=False).encode()
    for other in (body + b" ", rewritten.replace(b'"id"', b'"ID"', 1), json.dumps(json.loads(body)).encode()):
        assert refused(other, vector["header"], vector["secret"], now)


def test_no_changed_byte_is_accepted(record_property: Any) -> None:
    """12,000 single bytes of body, header and secret, and the time five minutes off to either side."""
    chance, (body, header) = random.Random(7), signed()
    accepted = 0
    for number in range(MUTATIONS):
        parts = [bytearray(body), bytearray(header.encode()), bytearray(WEBHOOK_SECRET.encode())]
        part = parts[number % 3]
        at = chance.randrange(len(part))
        part[at] = chance.choice([byte for byte in range(32, 127) if byte != part[at]])
        accepted += not refused(bytes(parts[0]), parts[1].decode(), parts[2].decode())
    record_property("told", f"Stripe: {MUTATIONS} mutations, {accepted} accepted")
    assert accepted == 0
    assert not refused(body, header)


def test_bug_15_neither_old_nor_future() -> None:
    """Five minutes to both sides. Stripe's own library lets a time in the future pass."""
    body, header = signed(at=NOW)
    for seconds, is_refused in ((300, False), (-300, False), (301, True), (-301, True), (-10_000, True), (10**9, True)):
        assert refused(body, header, now=NOW + timedelta(seconds=seconds)) is is_refused


def test_only_a_header_of_stripes_is_one() -> None:
    """Two signatures while a secret is rolled; other schemes are passed over; anything odd is refused."""
    body, header = signed()
    moment, right = header.split(",")
    for fine in (header, f"{moment},v1={'0' * 64},{right}", f"{header},v0={'0' * 64}"):
        assert not refused(body, fine)
    wrong = [
        "",
        moment,
        right,
        f"{right},{moment},{moment}",
        header.replace("v1", "v0"),
        f"{header},",
        f" {header}",
        header.replace(",", ", "),
        f"t=0{moment[2:]},{right}",
        f"t=１７７,{right}",
        f"t={'9' * 30},{right}",
        f"{moment},v1=",
        header + ",v0=0" * 500,
        f"{moment},{right.upper().replace('V1', 'v1')}",
    ]
    assert [each for each in wrong if not refused(body, each)] == []


def test_stripes_python_library_signs_and_believes_as_we_do() -> None:
    """Each proves what the other has signed."""
    now = datetime.now(UTC)
    body, header = signed(at=now)
    sdk.WebhookSignature.verify_header(body, header, WEBHOOK_SECRET, 300)
    with pytest.raises(sdk.SignatureVerificationError):
        sdk.WebhookSignature.verify_header(body + b" ", header, WEBHOOK_SECRET, 300)
    mac = sdk.WebhookSignature._compute_signature(f"{int(now.timestamp())}.{body.decode()}", WEBHOOK_SECRET)
    assert not refused(body, f"t={int(now.timestamp())},v1={mac}", now=now)


def test_stripes_node_library_signs_and_believes_as_we_do(node_tools: Path) -> None:
    """Each proves what the other has signed."""
    now = datetime.now(UTC)
    body, header = signed(at=now)
    script = """
const said = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const { webhooks } = require('stripe')('sk_test_1');
const believes = (body) => { try { webhooks.constructEvent(body, said.header, said.secret); return true } catch { return false } };
const made = webhooks.generateTestHeaderString({ payload: said.body, secret: said.secret });
console.log(JSON.stringify([believes(said.body), believes(said.body + ' '), made]));
"""
    said = json.dumps({"body": body.decode(), "header": header, "secret": WEBHOOK_SECRET})
    right, wrong, theirs = json.loads(run(node_tools, script, said))
    assert (right, wrong, refused(body, theirs, now=now)) == (True, False, False)


def test_bug_08_every_currency_comes_back_as_it_went() -> None:
    """Literal amounts where a mistake would be a factor of ten, a hundred or a thousand; then all of them."""
    literal = [
        (1999, "USD", 1999),
        (500, "JPY", 500),
        (50_000, "KRW", 50_000),
        (12_300, "KWD", 12_300),
        (500, "MGA", 5),
        (17_500, "HUF", 17_500),
        (2000, "CNY", 2000),
    ]
    for amount_minor, currency, wire in literal:
        assert (to_wire(amount_minor, currency), from_wire(wire, currency.lower())) == (wire, (amount_minor, currency))
    for currency in EXPONENTS:
        for wire in (10, 100, 12_340, 99_999_990):
            amount_minor, _ = from_wire(wire, currency.lower())
            assert to_wire(amount_minor, currency) == wire
            assert to_decimal(amount_minor, currency) == Decimal(wire).scaleb(-EXPONENTS[currency])
    for amount_minor, currency in ((1234, "KWD"), (150, "MGA"), (100, "UGX"), (100, "ISK"), (100, "XTR"), (1, "XXX")):
        with pytest.raises(ValueError):
            to_wire(amount_minor, currency)
    for amount, code in ((True, "usd"), (1.0, "usd"), ("1", "usd"), (None, "usd"), (1, None), (100, "ugx"), (1, "")):
        with pytest.raises(ValueError):
            from_wire(amount, code)
    assert (minimums()["USD"], minimums()["JPY"], maximums()["USD"], maximums()["MGA"]) == (
        50,
        50,
        99999999,
        9999999900,
    )


def test_bug_02_a_wrong_key_is_named() -> None:
    """Which setting, and what was taken for it; never the key."""
    right = {"secret_key": "sk_live_0123456789", "webhook_secret": "whsec_0123456789"}
    check_keys(**right, prefix="STRIPE__MAIN")
    check_keys(**right | {"secret_key": "rk_test_0123456789"}, prefix="STRIPE__MAIN")
    assert (is_live("rk_live_0123456789"), is_live("sk_test_0123456789")) == (True, False)
    wrong = [
        ({"secret_key": "pk_live_0123456789"}, "STRIPE__EU__SECRET_KEY is the publishable key"),
        ({"secret_key": "whsec_0123456789"}, "STRIPE__EU__SECRET_KEY is a webhook's secret"),
        ({"webhook_secret": "sk_live_0123456789"}, "STRIPE__EU__WEBHOOK_SECRET is a secret key"),
        ({"webhook_secret": "we_0123456789"}, "STRIPE__EU__WEBHOOK_SECRET is a webhook's number"),
        ({"secret_key": "sk_live_…"}, "STRIPE__EU__SECRET_KEY does not look like"),
        ({"webhook_secret": ""}, "STRIPE__EU__WEBHOOK_SECRET does not look like"),
    ]
    for changes, told in wrong:
        with pytest.raises(BadKeys, match=told) as error:
            check_keys(**right | changes, prefix="STRIPE__EU")
        assert "0123456789" not in str(error.value)
