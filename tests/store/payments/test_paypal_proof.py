"""Whatever PayPal has not sent to this webhook is refused, byte by byte; what it has sent is taken, with or without its certificate."""

import asyncio
import itertools
import json
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from store.payments.gateway import BadSignature, EventKind, GatewayError
from store.payments.paypal import PaypalGateway
from store.payments.paypal_proof import CERTIFICATE_MAX, trusted_roots
from tests.apps import Clock
from tests.doubles.authority import Authority, an_rsa_key
from tests.doubles.paypal import CERTIFICATE, CERTIFICATE_URL, ELSEWHERE, KEYS, SIGNER, PayPal
from tests.doubles.paypal_books import Notice

MUTATIONS = 10_000
CERTS = "https://api.sandbox.paypal.com/v1/notifications/certs/"


class Door:
    """A gateway that is brought one notification: a captured payment."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.paypal = PayPal(self.clock)
        self.client = self.paypal.client()
        self.gateway = self.another_gateway([self.paypal.authority.root.certificate])
        self.notice = self.a_notice()
        self.headers = self.paypal.signed(self.notice)

    def another_gateway(self, roots: list[x509.Certificate], **changes: str) -> PaypalGateway:
        keys = replace(KEYS, **changes)  # type: ignore[arg-type]  # fields of one kind in the tests' hands
        return PaypalGateway(keys, self.client, clock=self.clock, roots=lambda: roots)

    def a_notice(self) -> Notice:
        unit = {"custom_id": "ORDER1-0123456789ab", "invoice_id": "ORDER1-0123456789ab"}
        unit |= {"amount": {"currency_code": "USD", "value": "20.00"}}  # type: ignore[dict-item]  # JSON
        order = self.paypal.books.create({"intent": "CAPTURE", "purchase_units": [unit]})
        self.paypal.books.approve(order["id"])
        self.paypal.books.capture(order["id"])
        return self.paypal.books.notices.pop()

    async def takes(
        self, body: bytes | None = None, *, gateway: PaypalGateway | None = None, **headers: str | None
    ) -> bool:
        """Whether it is believed; headers are named by their last word, None takes one away."""
        sent = dict(self.headers)
        for word, value in headers.items():
            name = next(name for name in sent if name.endswith(word))
            sent.pop(name)
            if value is not None:
                sent[name] = value
        try:
            facts = await (gateway or self.gateway).verify(body or self.notice.body, sent, now=self.clock())
        except (BadSignature, GatewayError):
            return False
        assert [fact.kind for fact in facts] == [EventKind.CAPTURED]
        return True


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    async with door.client:
        yield door


async def test_a_sending_is_believed_by_its_certificate_alone(door: Door) -> None:
    """PayPal is not asked; the certificate is fetched once for any number at once; raw bytes and headers are kept as evidence."""
    assert all(await asyncio.gather(*(door.takes() for _ in range(20))))
    assert door.paypal.asked == ["certificate"]
    (fact,) = await door.gateway.verify(door.notice.body, door.headers, now=door.clock())
    assert (fact.raw, fact.headers) == (door.notice.body, door.headers)


async def test_ten_thousand_mutations_are_refused(door: Door, record_property: Callable[[str, object], None]) -> None:
    """One byte of the body, of a header, of the webhook's id or of the key: never believed. And the original still is."""
    chance, length = random.Random(7), len(door.notice.body)
    strange = door.another_gateway([door.paypal.authority.root.certificate], webhook_id="1JE4291016473214D")
    believed = [await door.takes(gateway=strange)]
    for at, flip in itertools.product(range(length), (1, 0x20, 0x80, chance.randrange(3, 31))):
        believed.append(await door.takes(_mutated(door.notice.body, at, flip)))
    names = itertools.cycle(sorted(door.headers))
    while len(believed) < MUTATIONS:
        name = next(names)
        at, flip = chance.randrange(len(door.headers[name])), chance.randrange(1, 128)
        value = _mutated(door.headers[name].encode(), at, flip).decode("latin-1")
        believed.append(await door.takes(**{name.rpartition("-")[2]: value}))  # type: ignore[arg-type]  # a header by its last word
    for _ in range(20):
        door.clock.goes_on(minutes=1)  # as many questions as a minute allows, so that PayPal's word counts, too
        believed.append(await door.takes(url=f"{CERTS}CERT-{chance.randrange(10**9)}"))
    assert (any(believed), await door.takes()) == (False, True)
    record_property("told", f"paypal: {len(believed)} mutations of a notification, {sum(believed)} accepted")


def _mutated(value: bytes, at: int, flip: int) -> bytes:
    return value[:at] + bytes([value[at] ^ flip]) + value[at + 1 :]


async def test_bug_01_the_bytes_are_proven_and_not_what_they_mean(door: Door) -> None:
    """The same event in other words is refused, also by PayPal's own word; letters of any language are no trouble."""
    event = json.loads(door.notice.body)
    same = [json.dumps(event).encode(), json.dumps(event, sort_keys=True, ensure_ascii=False).encode()]
    same += [door.notice.body + b" ", b"\xef\xbb\xbf" + door.notice.body]
    assert "安".encode() in door.notice.body
    assert not any([await door.takes(body) for body in same])
    door.paypal.certificates.clear()
    door.clock.goes_on(minutes=2)
    unsure = door.another_gateway([])
    assert not any([await door.takes(body, gateway=unsure) for body in same])
    assert await door.takes(gateway=unsure)


async def test_a_certificates_address_is_paypals_or_nothing_is_fetched(door: Door) -> None:
    """No other host, port, path, scheme or spelling; headers that are missing or of another kind."""
    for url in (
        "https://api.paypal.com.evil.test/v1/notifications/certs/CERT-1",
        "http://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com@evil.test/v1/notifications/certs/CERT-1",
        "https://evil.test/https://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com:444/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/../../../evil",
        "https://api.paypal.com/v1/notifications/certs/CERT-1?x=https://evil.test",
        "https://API.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/CERT-1\n",
        "https://www.paypal.com/v1/notifications/certs/CERT-1",
        "file:///etc/passwd",
    ):
        assert not await door.takes(url=url)
    for words in ({"algo": "SHA1withRSA"}, {"algo": "sha256withrsa"}, {"sig": "!"}, {"id": "a|b"}, {"time": "today"}):
        assert not await door.takes(**words)  # type: ignore[arg-type]  # headers by their last word
    for word in ("algo", "sig", "id", "time", "url"):
        assert not await door.takes(**{word: None}) and not await door.takes(**{word: ""})  # type: ignore[arg-type]  # the same
    assert door.paypal.asked == []
    assert not await door.takes(b"x" * 300_000)


async def test_only_the_named_signer_with_a_path_to_an_authority_is_believed(door: Door) -> None:
    """Real PayPal in the test world, somebody else, expired, not yet valid, self-made, of a foreign authority, of a leaf, without RSA."""
    authority, foreign = door.paypal.authority, Authority(door.clock(), "Foreign")
    live = f"{SIGNER}".replace(".sandbox", "")
    leaf = authority.leaf("elsewhere.example.com")
    wrong = {
        "LIVE": (authority.leaf(live), authority.between.pem),
        "OTHER": (authority.leaf("www.paypal.com", "*.paypal.com"), authority.between.pem),
        "OVER": (authority.leaf(SIGNER, days=(-300, -1)), authority.between.pem),
        "EARLY": (authority.leaf(SIGNER, days=(1, 300)), authority.between.pem),
        "FOREIGN": (foreign.leaf(SIGNER), foreign.between.pem + foreign.root.pem),
        "BYLEAF": (authority.leaf(SIGNER, by=leaf), leaf.pem + authority.between.pem),
        "NOBODY": (authority.between, b""),
    }
    for name, (vouched, others) in wrong.items():
        door.paypal.certificates[name] = vouched.pem + others
        headers = door.headers if name == "NOBODY" else door.paypal.sign(door.notice.body, by=vouched)
        door.headers = headers | {"paypal-cert-url": CERTS + name}
        door.clock.goes_on(minutes=1)
        assert not await door.takes(), name
    door.headers = door.paypal.signed(door.notice)
    assert not await door.takes(gateway=door.another_gateway([authority.root.certificate], mode="live"))
    stolen = door.paypal.authority.leaf(SIGNER, key=an_rsa_key("another"))
    door.headers = door.paypal.sign(door.notice.body, by=stolen)
    assert not await door.takes()


async def test_bug_15_old_and_future_sendings_are_refused(door: Door) -> None:
    """Three days of repetitions keep their first time; not a minute more than that and the clocks' difference."""
    for away, is_fine in (
        ({"days": -3}, True),
        ({"days": -3, "minutes": -6}, False),
        ({"minutes": 4}, True),
        ({"minutes": 6}, False),
    ):
        door.headers = door.paypal.sign(door.notice.body, at=door.clock() + timedelta(**away))
        assert await door.takes() is is_fine


async def test_paypals_word_stands_in_for_a_certificate_that_does_not_come(door: Door) -> None:
    """Or that nobody known vouches for; without either, PayPal has to send it again. What is no event is not put into the question."""
    door.paypal.certificates.clear()
    assert await door.takes()
    assert door.paypal.asked == ["certificate", "token", "POST /v1/notifications/verify-webhook-signature"]
    injected = door.notice.body + b', "webhook_id": "' + KEYS.webhook_id.encode() + b'"'
    for body in (injected, b"[]", b"\xff", b"[" * 10_000, b'"text"'):
        with pytest.raises(BadSignature, match="not an event"):
            await door.gateway.verify(body, door.headers, now=door.clock())
    door.paypal.faults = {"down"}
    with pytest.raises(GatewayError):
        await door.gateway.verify(door.notice.body, door.headers, now=door.clock())
    door.paypal.faults = set()
    door.paypal.certificates[CERTIFICATE] = door.paypal.signer.pem
    assert await door.takes(gateway=door.another_gateway([door.paypal.authority.root.certificate]))
    for instead in (b"x" * (CERTIFICATE_MAX + 1), b"no certificate", ELSEWHERE):
        door.paypal.certificates[CERTIFICATE] = instead
        door.paypal.asked.clear()
        assert await door.takes(gateway=door.another_gateway([door.paypal.authority.root.certificate]))
        assert (door.paypal.asked[0], door.paypal.times("certificate")) == ("certificate", 1)


async def test_rubbish_makes_no_storm_of_questions(door: Door) -> None:
    """Twenty questions a minute at most; whoever's certificate is known gets through all the same, and a minute later a new one does."""
    assert await door.takes()
    for number in range(100):
        assert not await door.takes(url=f"{CERTS}RUBBISH-{number}")
    assert door.paypal.times("certificate") <= 20 and door.paypal.times("/verify-webhook-signature") <= 20
    assert await door.takes()
    door.paypal.certificates["NEW"] = door.paypal.certificates[CERTIFICATE]
    assert not await door.takes(url=f"{CERTS}NEW")
    door.clock.goes_on(minutes=1)
    assert await door.takes(url=f"{CERTS}NEW")


async def test_a_certificate_that_did_not_come_is_asked_for_again_a_minute_later(door: Door) -> None:
    """Not at each notification in between."""
    pem = door.paypal.certificates.pop(CERTIFICATE)
    assert [await door.takes() for _ in range(3)] == [True] * 3
    door.paypal.certificates[CERTIFICATE] = pem
    door.clock.goes_on(minutes=1)
    assert await door.takes()
    assert (door.paypal.times("certificate"), door.paypal.times("/verify-webhook-signature")) == (2, 3)


async def test_proven_nonsense_is_refused(door: Door) -> None:
    """A signature says who speaks, not that it makes sense."""
    weird = {"status": "WEIRD", "custom_id": "ORDER1-0123456789ab"}
    changes: list[dict[str, Any]] = [{"resource": None}, {"resource": weird}, {"resource": []}]
    for change in changes:
        body = json.dumps(json.loads(door.notice.body) | change).encode()
        door.headers = door.paypal.sign(body)
        with pytest.raises(BadSignature, match="no sense"):
            await door.gateway.verify(body, door.headers, now=door.clock())


def test_the_worlds_authorities_are_trusted_by_default() -> None:
    """Those that the line itself trusts, the one that vouches for PayPal among them."""
    assert any("DigiCert" in root.subject.rfc4514_string() for root in trusted_roots())
    assert CERTIFICATE_URL.startswith(CERTS)
