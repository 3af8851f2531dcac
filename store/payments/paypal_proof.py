"""Whether PayPal has sent a notification: its signature, by a certificate that leads to an authority the world trusts.

Where the certificate cannot be had, PayPal itself is asked. Nothing in the body is believed, or even parsed, before.
"""

import asyncio
import base64
import binascii
import contextlib
import json
import logging
import re
import warnings
import zlib
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from store import wire
from store.payments.gateway import BadSignature, GatewayError

log = logging.getLogger(__name__)

BODY_MAX = 256 * 1024
CERTIFICATE_MAX = 64 * 1024
# Sent again for three days with the time of the first sending.
_AGE_MAX, _AHEAD_MAX = timedelta(days=3, minutes=5), timedelta(minutes=5)
_ALGORITHMS = {"SHA256withRSA": hashes.SHA256}
_URL = re.compile(r"https://api(-m)?(\.sandbox)?\.paypal\.com/v1/notifications/certs/[A-Za-z0-9_-]{1,100}")
_ID = re.compile(r"[0-9A-Za-z-]{1,50}")
_KEPT = 8
_FORGIVEN_AFTER = timedelta(minutes=1)
_QUESTIONS_A_MINUTE = 20


@dataclass(frozen=True, slots=True)
class Transmission:
    """What the headers say of a sending, word for word."""

    id: str
    time: str
    signature: str
    cert_url: str
    algorithm: str

    def signed(self, body: bytes, webhook_id: str) -> bytes:
        return f"{self.id}|{self.time}|{webhook_id}|{zlib.crc32(body)}".encode()

    def headers(self) -> dict[str, str]:
        return {name: getattr(self, part) for name, part in _HEADERS.items()}


_HEADERS = {
    "paypal-transmission-id": "id",
    "paypal-transmission-time": "time",
    "paypal-transmission-sig": "signature",
    "paypal-cert-url": "cert_url",
    "paypal-auth-algo": "algorithm",
}


@dataclass(frozen=True, slots=True)
class Chain:
    """What a certificate's address has given: whose it is, and who stands between it and an authority."""

    leaf: x509.Certificate
    between: Sequence[x509.Certificate]


class Allowance:
    """So many a minute: whoever sends us rubbish must not make us ask PayPal for each piece of it."""

    def __init__(self, most: int = _QUESTIONS_A_MINUTE) -> None:
        self._used: deque[datetime] = deque(maxlen=most)

    def take(self, now: datetime) -> None:
        """Raises: GatewayError."""
        if len(self._used) == self._used.maxlen and now - self._used[0] < timedelta(minutes=1):
            raise GatewayError("too many notifications of unknown certificates in a minute")
        self._used.append(now)


Download = Callable[[str], Awaitable[bytes | None]]
Ask = Callable[[bytes], Awaitable[bool]]


class Prover:
    """Proves notifications to one webhook. *signer* is whose certificate must have signed; *roots* are the authorities, read when first needed."""

    def __init__(
        self,
        *,
        webhook_id: str,
        signer: str,
        roots: Callable[[], Sequence[x509.Certificate]],
        download: Download,
        ask: Ask,
    ) -> None:
        self._webhook_id = webhook_id
        self._signer = signer
        self._roots = roots
        self._store: Store | None = None
        self._ask = ask
        self._asking = Allowance()
        self._certificates = _Certificates(download)

    async def prove(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Transmission:
        """How it was sent. Raises: BadSignature; GatewayError when neither the certificate nor PayPal's word can be had now."""
        if len(body) > BODY_MAX:
            raise BadSignature("too long")
        sent = transmission(headers)
        _check_time(sent, now)
        chain = await self._certificates.of(sent.cert_url, now)
        if chain is not None:
            self._check_leaf(chain.leaf, now)
            _check_signature(chain.leaf, sent, sent.signed(body, self._webhook_id))
            if self._is_trusted(chain, now):
                return sent
            log.warning("no trusted authority vouches for %s; PayPal is asked", sent.cert_url)
        self._asking.take(now)
        if not await self._ask(self._question(sent, body)):
            raise BadSignature("PayPal says that it has not sent it")
        return sent

    def _check_leaf(self, leaf: x509.Certificate, now: datetime) -> None:
        """The name tells PayPal's test world from the real one, and a notification from whatever else PayPal signs."""
        if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
            raise BadSignature("the certificate is not valid now")
        try:
            names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except (x509.ExtensionNotFound, ValueError):
            raise BadSignature("the certificate names nobody") from None
        if self._signer not in names.get_values_for_type(x509.DNSName):
            raise BadSignature("the certificate is somebody else's")

    def _is_trusted(self, chain: Chain, now: datetime) -> bool:
        if self._store is None:
            self._store = Store(list(self._roots()))
        verifier = PolicyBuilder().store(self._store).time(now).build_server_verifier(x509.DNSName(self._signer))
        try:
            verifier.verify(chain.leaf, list(chain.between))
        except VerificationError:
            return False
        return True

    def _question(self, sent: Transmission, body: bytes) -> bytes:
        """The event goes in as it came, byte for byte: PayPal's signature is over these. Raises: BadSignature for what is no event."""
        try:
            is_event = isinstance(json.loads(body.decode()), dict)
        except (ValueError, RecursionError):
            is_event = False
        if not is_event:
            raise BadSignature("not an event")
        told = {
            "auth_algo": sent.algorithm,
            "cert_url": sent.cert_url,
            "transmission_id": sent.id,
            "transmission_sig": sent.signature,
            "transmission_time": sent.time,
            "webhook_id": self._webhook_id,
        }
        return json.dumps(told).encode()[:-1] + b', "webhook_event": ' + body + b"}"


class _Certificates:
    """By address: kept once they have come, and not asked for again for a minute when they have not."""

    def __init__(self, download: Download) -> None:
        self._download = download
        self._kept: OrderedDict[str, Chain] = OrderedDict()
        self._missed: OrderedDict[str, datetime] = OrderedDict()
        self._asking = Allowance()
        self._one_at_a_time = asyncio.Lock()

    async def of(self, url: str, now: datetime) -> Chain | None:
        """None: it does not load. Raises: BadSignature for an address that is none of PayPal's, GatewayError."""
        if not _URL.fullmatch(url):
            raise BadSignature("the certificate's address is none of PayPal's")
        if url in self._kept:
            return self._kept[url]
        async with self._one_at_a_time:
            if url not in self._kept and not self._missed_lately(url, now):
                self._asking.take(now)
                self._keep(url, await self._download(url), now)
            return self._kept.get(url)

    def _missed_lately(self, url: str, now: datetime) -> bool:
        return url in self._missed and now - self._missed[url] < _FORGIVEN_AFTER

    def _keep(self, url: str, pem: bytes | None, now: datetime) -> None:
        chain = _chain(pem) if pem is not None else None
        kept: OrderedDict[str, Chain] | OrderedDict[str, datetime]
        if chain is not None:
            kept, self._kept[url] = self._kept, chain
        else:
            kept, self._missed[url] = self._missed, now
        if len(kept) > _KEPT:
            kept.popitem(last=False)


def trusted_roots() -> list[x509.Certificate]:
    """Who vouches for PayPal's signatures: the authorities that vouch for its web addresses."""
    found = []
    with warnings.catch_warnings(
        action="ignore"
    ):  # some machines still trust certificates that are not quite to the letter
        for der in wire.roots():
            with contextlib.suppress(ValueError):
                found.append(x509.load_der_x509_certificate(der))
    return found


def transmission(headers: Mapping[str, str]) -> Transmission:
    """Raises: BadSignature."""
    sent = Transmission(**{part: headers.get(name, "") for name, part in _HEADERS.items()})
    if not all(headers.get(name) for name in _HEADERS):
        raise BadSignature("no signature: the Paypal-… headers are missing, a proxy may have taken them away")
    if sent.algorithm not in _ALGORITHMS:
        raise BadSignature("signed in another way than PayPal signs")
    if not _ID.fullmatch(sent.id):
        raise BadSignature("not a transmission's id")
    _exactly(sent.signature)
    return sent


def _check_time(sent: Transmission, now: datetime) -> None:
    try:
        sent_at = datetime.fromisoformat(sent.time)
    except ValueError:
        raise BadSignature("not a time") from None
    if sent_at.tzinfo is None or not -_AHEAD_MAX <= now - sent_at <= _AGE_MAX:
        raise BadSignature("too old or too new")


def _check_signature(leaf: x509.Certificate, sent: Transmission, signed: bytes) -> None:
    key = leaf.public_key()
    if not isinstance(key, RSAPublicKey):
        raise BadSignature("not the key of a signature by RSA")
    try:
        key.verify(_exactly(sent.signature), signed, PKCS1v15(), _ALGORITHMS[sent.algorithm]())
    except InvalidSignature:
        raise BadSignature("wrong signature") from None


def _exactly(signature: str) -> bytes:
    """One text for one signature: Base64 has spare bits at its end that a decoder ignores. Raises: BadSignature."""
    try:
        decoded = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        raise BadSignature("not a signature") from None
    if base64.b64encode(decoded).decode() != signature:
        raise BadSignature("not a signature")
    return decoded


def _chain(pem: bytes) -> Chain | None:
    try:
        first, *others = x509.load_pem_x509_certificates(pem)
    except ValueError:
        return None
    return Chain(first, others)
