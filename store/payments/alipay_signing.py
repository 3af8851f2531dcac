"""RSA2, Alipay's way of signing: what is signed is the text `a=1&b=2` in the order of its names, values as they are meant and not as they travel."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from store.payments.gateway import BadSignature

_UNSIGNED = ("sign", "sign_type")  # of a notification; in a request sign_type is signed
_CHARSETS = {"utf-8": "utf-8", "utf8": "utf-8", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030"}
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Node:
    """An answer's one part that is signed: what it says, and the very text that the signature is over."""

    fields: Mapping[str, object]
    text: str
    signature: str
    cert_sn: str | None


def signed(parameters: Mapping[str, str], key: RSAPrivateKey) -> str:
    """The signature of a request. It carries no empty value: whether those are signed is where implementations differ."""
    text = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters))
    return base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


def is_signed(message: bytes, signature: str, key: RSAPublicKey) -> bool:
    """Whether *key*'s owner has signed exactly *message*. A signature has one spelling."""
    try:
        raw = base64.b64decode(signature, validate=True)
        if base64.b64encode(raw).decode() != signature:
            return False
        key.verify(raw, message, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def notice_of(body: bytes, key: RSAPublicKey) -> dict[str, str]:
    """What a notification says, proven: each value decoded once, in the charset that it names; empty values stand.

    Raises: BadSignature.
    """
    fields = _form(body)
    # Proven on the decoded bytes, before anybody has to know what charset they are in.
    message = b"&".join(name + b"=" + fields[name] for name in sorted(fields) if name.decode() not in _UNSIGNED)
    if fields.get(b"sign_type", b"RSA2") != b"RSA2":
        raise BadSignature("not signed with RSA2")
    if not is_signed(message, fields.get(b"sign", b"").decode("ascii", "replace"), key):
        raise BadSignature("wrong signature")
    charset = _CHARSETS.get(fields.get(b"charset", b"utf-8").decode("ascii", "replace").lower())
    try:
        return {name.decode(): value.decode(charset or "") for name, value in fields.items()}
    except (UnicodeDecodeError, LookupError):
        raise BadSignature("signed, but not in the charset that it names") from None


def _form(body: bytes) -> dict[bytes, bytes]:
    fields: dict[bytes, bytes] = {}
    for pair in body.split(b"&"):
        name, separator, value = (unquote_to_bytes(part.replace(b"+", b" ")) for part in pair.partition(b"="))
        # Of two values with one name, one would be proven and the other believed.
        if not separator or not name.isascii() or name in fields:
            raise BadSignature("no form, or a name twice")
        fields[name] = value
    return fields


def node_of(body: bytes, method: str) -> Node:
    """The part of an answer that speaks about *method*, not proven yet. Raises: ValueError for what is no such answer."""
    members = _members(body.decode())
    name = next((each for each in (method.replace(".", "_") + "_response", "error_response") if each in members), None)
    if name is None:
        raise ValueError("an answer to something else")
    fields, text = members[name]
    signature, cert_sn = members.get("sign", ("", ""))[0], members.get("alipay_cert_sn", (None, ""))[0]
    if not isinstance(fields, dict) or not isinstance(signature, str) or not isinstance(cert_sn, str | None):
        raise ValueError("not an answer")
    return Node(fields, text, signature, cert_sn)


def _members(text: str) -> dict[str, tuple[object, str]]:
    r"""The members of a JSON object, each with its very text: written anew it would be another one, as Alipay writes `\/` for `/`. Raises: ValueError."""
    members: dict[str, tuple[object, str]] = {}
    at = _expect(text, 0, "{")
    while True:
        name, at = _DECODER.raw_decode(text, at)
        start = _expect(text, at, ":")
        value, end = _DECODER.raw_decode(text, start)
        if not isinstance(name, str) or name in members:
            raise ValueError("a name twice")
        members[name] = value, text[start:end]
        at = _skip(text, end)
        if text[at : at + 1] == "}":
            return members
        at = _expect(text, at, ",")


def _expect(text: str, at: int, sign: str) -> int:
    """Where the next value begins, behind *sign*. Raises: ValueError."""
    at = _skip(text, at)
    if text[at : at + 1] != sign:
        raise ValueError("not JSON")
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\t", "\r", "\n"):
        at += 1
    return at
