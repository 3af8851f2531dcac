"""How Alipay is asked: one signed form to one address, one signed answer."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx

from store import wire
from store.money import to_decimal, to_minor
from store.payments.alipay_keys import AlipayKeys
from store.payments.alipay_signing import is_signed, node_of, signed
from store.payments.gateway import GatewayError

LIVE_URL = "https://openapi.alipay.com/gateway.do"
SANDBOX_URL = "https://openapi-sandbox.dl.alipaydev.com/gateway.do"
CURRENCY = "CNY"

BEIJING = ZoneInfo("Asia/Shanghai")  # every moment that Alipay writes or reads, whatever clock this machine shows
_MOMENT = "%Y-%m-%d %H:%M:%S"
# Where Alipay lays down files. Its names are public, and what speaks for them has their certificate.
_FILES = re.compile(r"([a-z0-9-]+\.)+(alipay\.com|alipaydev\.com)")
_FILE_TIMEOUT_S = 60
_YUAN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
_CODE = re.compile(r"[\w.\-]{1,64}", re.ASCII)
_OK = "10000"
# What was asked for has not been done, and will not be. Any other code leaves it open.
_REFUSALS = ("40001", "40002", "40004", "40006")
_OPEN = ("ACQ.SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR", "ACQ.DISCORDANT_REPEAT_REQUEST", "isp.unknow-error")


class Refused(GatewayError):
    """Alipay's own word that it will not: asking again gives the same answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Alipay's own word: that it was done, or by which refusal it was not."""

    refusal: str | None
    fields: Mapping[str, object]
    raw: bytes

    def text(self, name: str) -> str:
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""


class AlipayLine:
    """The line of one application. *endpoint* is the live gateway's address or the sandbox's."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        keys: AlipayKeys,
        *,
        app_id: str,
        clock: Callable[[], datetime],
        endpoint: str = LIVE_URL,
    ) -> None:
        self._client, self._keys, self._app_id, self._clock, self._endpoint = client, keys, app_id, clock, endpoint

    async def ask(self, method: str, content: Mapping[str, object], **common: str) -> Answer:
        """The proven answer. Raises: GatewayError when there is none, or it leaves open what was done."""
        body = urlencode(self._parameters(method, content, common)).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
        try:
            # The charset stands in the address too: the body cannot be read before it is known.
            answer = await wire.ask(
                self._client, "POST", f"{self._endpoint}?charset=utf-8", content=body, headers=headers
            )
        except wire.WireError as error:
            raise GatewayError(f"{method}: {error}") from None
        if answer.status != 200:
            raise GatewayError(f"{method}: HTTP {answer.status}")
        return self._proven(method, answer.body)

    async def download(self, address: str, *, most_bytes: int) -> bytes:
        """A file that a proven answer has named; its address works for half a minute. Raises: GatewayError."""
        url = self._of_alipay(address)
        try:
            answer = await wire.ask(self._client, "GET", url, most_bytes=most_bytes, timeout_s=_FILE_TIMEOUT_S)
        except wire.WireError as error:
            raise GatewayError(f"Alipay does not hand out the file: {error}") from None
        if answer.status != 200:
            raise GatewayError(f"Alipay does not hand out the file: HTTP {answer.status}")
        return answer.body

    def _of_alipay(self, address: str) -> str:
        """The same address, over https, if it is one of Alipay's, or of the gateway's own machine. Raises: GatewayError."""
        try:
            url, own = httpx.URL(address), httpx.URL(self._endpoint)
        except httpx.InvalidURL:
            raise GatewayError("Alipay's file has no address") from None
        if (url.scheme, url.netloc) == (own.scheme, own.netloc):
            return str(url)
        # The documentation's examples are http, and what says so is signed; the file is not, and has to come over a proven line.
        if url.scheme not in ("http", "https") or url.port or url.userinfo or not _FILES.fullmatch(url.host):
            raise GatewayError("Alipay's file would lie elsewhere")
        return str(url.copy_with(scheme="https"))

    def address(self, method: str, content: Mapping[str, object], **common: str) -> str:
        """A page's address, signed at this moment."""
        return f"{self._endpoint}?{urlencode(self._parameters(method, content, common))}"

    def _parameters(self, method: str, content: Mapping[str, object], common: Mapping[str, str]) -> dict[str, str]:
        parameters = {
            "app_id": self._app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": beijing(self._clock()),
            "version": "1.0",
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
            **common,
        }
        if self._keys.app_cert_sn and self._keys.root_cert_sn:
            parameters |= {"app_cert_sn": self._keys.app_cert_sn, "alipay_root_cert_sn": self._keys.root_cert_sn}
        return parameters | {"sign": signed(parameters, self._keys.private)}

    def _proven(self, method: str, body: bytes) -> Answer:
        try:
            node = node_of(body, method)
        except (ValueError, RecursionError):
            raise GatewayError(f"{method}: not an answer of Alipay") from None
        code, refusal = (_code(node.fields.get(name)) for name in ("code", "sub_code"))
        if not is_signed(node.text.encode(), node.signature, self._keys.alipay):
            raise GatewayError(f"{method}: {self._why_unproven(node.cert_sn)} ({code} {refusal})")
        if code == _OK:
            return Answer(None, node.fields, body)
        if code in _REFUSALS and refusal not in _OPEN:
            return Answer(refusal or code, node.fields, body)
        raise GatewayError(f"{method}: {code} {refusal}")

    def _why_unproven(self, cert_sn: str | None) -> str:
        if self._keys.alipay_cert_sn is None:
            return "the answer is not signed with the key in PUBLIC_KEY"
        if cert_sn not in (None, self._keys.alipay_cert_sn):
            return "Alipay signs with a newer certificate than ALIPAY_CERT: download it from the console"
        return "the answer is not signed with the certificate in ALIPAY_CERT"


def beijing(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime(_MOMENT)


def moment_of(text: str) -> datetime:
    """Raises: ValueError."""
    return datetime.strptime(text.partition(".")[0], _MOMENT).replace(tzinfo=BEIJING).astimezone(UTC)


def yuan(amount_minor: int) -> str:
    return str(to_decimal(amount_minor, CURRENCY))


def fen(text: str) -> int:
    """Raises: ValueError."""
    if not _YUAN.fullmatch(text):
        raise ValueError("not an amount in yuan")
    return to_minor(text, CURRENCY)


def _code(value: object) -> str:
    """An answer may not be proven yet: nothing but what looks like a code of Alipay's gets into a log."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else ""
