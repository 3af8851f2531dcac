"""WeChat Pay's signatures and seals (API v3): what we sign, what we believe, and how a notification's content is opened. Pure."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from store.payments.gateway import BadSignature

SCHEME = "WECHATPAY2-SHA256-RSA2048"
SEAL = "AEAD_AES_256_GCM"
TOLERANCE_S = 300
_PROBE = "WECHATPAY/SIGNTEST/"
_MOMENT = re.compile(r"[1-9][0-9]{0,11}")
_NONCE = re.compile(r"[!-~]{1,128}")
_SEAL_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Signed:
    """What came with a notification or an answer; well formed, nothing proven yet."""

    serial: str  # which of WeChat Pay's keys to prove it with
    moment: str
    nonce: str
    signature: bytes


def sign(key: RSAPrivateKey, message: str) -> str:
    return base64.b64encode(key.sign(message.encode(), PKCS1v15(), SHA256())).decode()


def request_message(method: str, path: str, moment: str, nonce: str, body: str) -> str:
    """*path* with its query, exactly as sent."""
    return f"{method}\n{path}\n{moment}\n{nonce}\n{body}\n"


def authorization(key: RSAPrivateKey, *, mchid: str, serial: str, moment: str, nonce: str, message: str) -> str:
    """The header that proves a request of ours."""
    signature = sign(key, message)
    return f'{SCHEME} mchid="{mchid}",nonce_str="{nonce}",timestamp="{moment}",serial_no="{serial}",signature="{signature}"'


def signed(headers: Mapping[str, str], *, now: datetime) -> Signed:
    """The signature's parts. Header names are lower case. Raises: BadSignature (incomplete, a probe, too old or too new)."""
    found = {name: headers.get(f"wechatpay-{name}", "") for name in ("timestamp", "nonce", "serial", "signature")}
    if missing := [name for name, value in found.items() if not value]:
        raise BadSignature(f"no Wechatpay-{missing[0].title()} (does a proxy take it away?)")
    if headers.get("wechatpay-signature-type", SCHEME) != SCHEME:
        raise BadSignature("an unknown kind of signature")
    # Now and then WeChat Pay sends a wrong signature on purpose, to see whether it is refused.
    if found["signature"].startswith(_PROBE):
        raise BadSignature("the provider's probe, refused as it should be")
    if not _MOMENT.fullmatch(found["timestamp"]) or not _NONCE.fullmatch(found["nonce"]):
        raise BadSignature("no time or no nonce")
    if abs(now.timestamp() - int(found["timestamp"])) > TOLERANCE_S:
        raise BadSignature("too old or too new")
    return Signed(found["serial"], found["timestamp"], found["nonce"], _unpacked(found["signature"]))


def prove(key: RSAPublicKey, given: Signed, body: bytes) -> None:
    """*body*, the raw bytes, was signed with *key*'s other half. Raises: BadSignature."""
    message = f"{given.moment}\n{given.nonce}\n".encode() + body + b"\n"
    try:
        key.verify(given.signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        raise BadSignature("wrong signature") from None


def unsealed(sealing_key: bytes, resource: Mapping[str, Any]) -> bytes:
    """What the sealed part of a notification, or a sealed certificate, says. Raises: BadSignature."""
    try:
        nonce, sealed = resource["nonce"].encode(), base64.b64decode(resource["ciphertext"], validate=True)
        extra = (resource.get("associated_data") or "").encode()
        if resource["algorithm"] != SEAL or len(nonce) != _SEAL_NONCE_BYTES:
            raise BadSignature("an unknown seal")
        return AESGCM(sealing_key).decrypt(nonce, sealed, extra)
    except InvalidTag:
        raise BadSignature("sealed with another API v3 key") from None
    except (KeyError, TypeError, AttributeError, ValueError):
        raise BadSignature("not sealed") from None


def _unpacked(signature: str) -> bytes:
    """Only its one canonical spelling: base64 has spare bits, and a changed one is another header."""
    try:
        unpacked = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        raise BadSignature("no signature") from None
    if base64.b64encode(unpacked).decode() != signature:
        raise BadSignature("no signature")
    return unpacked
