"""The line to WeChat Pay: every request signed, every answer proven."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate

from store import wire
from store.payments import pem
from store.payments import wechat_signing as signing
from store.payments.gateway import BadSignature, GatewayError
from store.payments.wechat_certificates import PlatformCertificates, key_among
from store.payments.wechat_keys import PUBLIC_KEY_MARK, WechatKeys
from store.payments.wechat_signing import Signed

BASE = "https://api.mch.weixin.qq.com"
_CERTIFICATES = "/v3/certificates"
_MOST_BILL_BYTES = 64 * 1024 * 1024
_BILL_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: proven, when its status says that it worked. `code` is WeChat Pay's word for why it did not."""

    status: int
    body: bytes
    code: str = ""

    @property
    def is_done(self) -> bool:
        return 200 <= self.status < 300

    def content(self) -> dict[str, Any]:
        """Raises: GatewayError."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise GatewayError("WeChat Pay's answer makes no sense")
        return found


class WechatLine:
    def __init__(
        self, keys: WechatKeys, client: httpx.AsyncClient, *, clock: Callable[[], datetime], base: str = BASE
    ) -> None:
        self.keys = keys
        self.certificates = PlatformCertificates(self._load_certificates)
        self._client = client
        self._clock = clock
        self._base = base.rstrip("/")

    async def ask(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Said:
        """What WeChat Pay says to this. Raises: GatewayError (no answer, or one that WeChat Pay did not sign: anything may have happened)."""
        await self._ready()
        answer = await self._send(method, path, content)
        if 200 <= answer.status < 300:
            await self._prove(answer)
            return Said(answer.status, answer.body)
        return Said(answer.status, answer.body, _code(answer.body))

    async def download(self, url: str) -> bytes:
        """A file that a proven answer has named; who asked for it proves its content. Raises: GatewayError."""
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        answer = await self._send("GET", path, None, most_bytes=_MOST_BILL_BYTES, timeout_s=_BILL_TIMEOUT_S)
        if answer.status != 200:
            raise GatewayError(f"WeChat Pay does not hand out the file: {answer.status} {_code(answer.body)}")
        return answer.body

    def key(self, serial: str, *, now: datetime) -> RSAPublicKey | None:
        """While a merchant changes from certificates to the public key, WeChat Pay signs with either: both count."""
        if self.keys.public_key is not None and serial == self.keys.public_key_id:
            return self.keys.public_key
        return self.certificates.key(serial, now=now)

    async def keep_fresh(self, given: Signed, *, now: datetime) -> None:
        """Before a notification is proven: the certificates are loaded if the clock says so, whatever the number in the notification."""
        if not given.serial.startswith(PUBLIC_KEY_MARK):
            await self.certificates.keep_fresh(now=now)

    def waits_for(self, given: Signed) -> bool:
        """Whether a notification may be signed with a certificate that has only not been loaded yet."""
        return not given.serial.startswith(PUBLIC_KEY_MARK) and not self.certificates.is_loaded

    async def _ready(self) -> None:
        """No request goes out whose answer could not be proven. Raises: GatewayError."""
        await self.certificates.keep_fresh(now=self._clock())
        if self.keys.public_key is None and not self.certificates.is_loaded:
            raise GatewayError("WeChat Pay's certificates have not been loaded yet")

    async def _send(
        self,
        method: str,
        path: str,
        content: Mapping[str, Any] | None,
        *,
        most_bytes: int = wire.MOST_BYTES,
        timeout_s: float | None = None,
    ) -> wire.Answer:
        # Made to bytes once: what is signed is what is sent.
        body = "" if content is None else json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        try:
            return await wire.ask(
                self._client,
                method,
                self._base + path,
                content=body.encode(),
                headers=self._headers(method, path, body),
                most_bytes=most_bytes,
                timeout_s=timeout_s,
            )
        except wire.WireError as error:
            raise GatewayError(f"WeChat Pay does not answer: {error}") from None

    def _headers(self, method: str, path: str, body: str) -> Mapping[str, str]:
        keys, moment, nonce = self.keys, str(int(self._clock().timestamp())), secrets.token_hex(16).upper()
        message = signing.request_message(method, path, moment, nonce, body)
        proof = signing.authorization(
            keys.private_key, mchid=keys.mchid, serial=keys.serial, moment=moment, nonce=nonce, message=message
        )
        headers = {"Accept": "application/json", "Content-Type": "application/json", "Authorization": proof}
        # Asks for an answer that is signed with that key.
        return headers | ({"Wechatpay-Serial": keys.public_key_id} if keys.public_key_id else {})

    async def _prove(self, answer: wire.Answer) -> None:
        now = self._clock()
        try:
            given = signing.signed(answer.headers, now=now)
            key = self.key(given.serial, now=now)
            if key is None and not given.serial.startswith(PUBLIC_KEY_MARK):
                await self.certificates.reload(now=now)
                key = self.key(given.serial, now=now)
            if key is None:
                raise BadSignature("signed with an unknown key")
            signing.prove(key, given, answer.body)
        except BadSignature as error:
            raise GatewayError(f"not WeChat Pay's own answer: {error}") from None

    async def _load_certificates(self, now: datetime) -> Sequence[Certificate]:
        """Those in force; none for a merchant who has only the public key. Raises: GatewayError."""
        answer = await self._send("GET", _CERTIFICATES, None)
        if answer.status == 404 and self.keys.public_key is not None:
            return []
        if answer.status != 200:
            raise GatewayError(f"{answer.status} {_code(answer.body)}")
        try:
            loaded = [self._unsealed(each) for each in json.loads(answer.body)["data"]]
            self._prove_with(loaded, answer, now=now)
        except (BadSignature, ValueError, KeyError, TypeError, RecursionError) as error:
            raise GatewayError(f"not WeChat Pay's own certificates: {error!r}") from None
        return [each for each in loaded if each.not_valid_after_utc >= now]

    def _unsealed(self, entry: Mapping[str, Any]) -> Certificate:
        """Raises: BadSignature (sealed with another API v3 key), ValueError, KeyError, TypeError."""
        found = pem.certificate(signing.unsealed(self.keys.sealing_key, entry["encrypt_certificate"]))
        if found.serial_number != int(entry["serial_no"], 16):
            raise ValueError("another certificate than it says")
        return found

    def _prove_with(self, loaded: Sequence[Certificate], answer: wire.Answer, *, now: datetime) -> None:
        """The first list can be proven only with what is in it; that it is WeChat Pay's, the seal says. Raises: BadSignature."""
        given = signing.signed(answer.headers, now=now)
        key = self.key(given.serial, now=now) or key_among(loaded, given.serial, now=now)
        if key is None:
            raise BadSignature("signed with an unknown key")
        signing.prove(key, given, answer.body)


def _code(body: bytes) -> str:
    """An error's code, as far as there is one: it may come from a machine in between."""
    try:
        code = json.loads(body)["code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return code[:64] if isinstance(code, str) else ""
