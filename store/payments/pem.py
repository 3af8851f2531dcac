"""Keys as merchants have them: pasted text, with or without its armour, or the path of a file. What is wrong with one is said by the setting's name."""

import base64
import binascii
import textwrap
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from store.payments.gateway import BadKeys

_ARMOUR = "-----BEGIN "
_LEAST_BITS = 2048
_MOST_BYTES = 64 * 1024


def private_key(value: str, *, setting: str) -> RSAPrivateKey:
    """An RSA key to sign with, PKCS#1 or PKCS#8. Raises: BadKeys."""
    text = text_of(value, setting=setting)
    kind = _kind(text)
    if kind is not None and "PRIVATE KEY" not in kind:
        raise BadKeys(f"{setting} holds a {kind.lower()}; a private key is wanted")
    for armoured in [text] if kind else [_armoured(text, "PRIVATE KEY"), _armoured(text, "RSA PRIVATE KEY")]:
        try:
            key = load_pem_private_key(armoured.encode(), None)
        except (ValueError, TypeError):
            continue
        if isinstance(key, RSAPrivateKey) and key.key_size >= _LEAST_BITS:
            return key
    raise BadKeys(f"{setting} is no RSA private key of at least {_LEAST_BITS} bits without a password")


def public_key(value: str, *, setting: str) -> RSAPublicKey:
    """An RSA key to verify with. Raises: BadKeys; also for a certificate, which is another thing to configure."""
    text = text_of(value, setting=setting)
    kind = _kind(text)
    if kind is not None and kind != "PUBLIC KEY":
        raise BadKeys(f"{setting} holds a {kind.lower()}; a public key is wanted")
    try:
        key = load_pem_public_key((text if kind else _armoured(text, "PUBLIC KEY")).encode())
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPublicKey) or key.key_size < _LEAST_BITS:
        raise BadKeys(f"{setting} is no RSA public key of at least {_LEAST_BITS} bits")
    return key


def certificate(text: bytes) -> x509.Certificate:
    """Raises: ValueError."""
    return x509.load_pem_x509_certificate(text)


def is_pair(private: RSAPrivateKey, public: RSAPublicKey) -> bool:
    return private.public_key().public_numbers() == public.public_numbers()


def text_of(value: str, *, setting: str) -> str:
    """A line of an environment file cannot hold line ends: there they are written as backslash and n."""
    value = value.strip()
    if _ARMOUR in value:
        return value.replace("\\n", "\n")
    return value if _is_base64(value) else _content(value, setting=setting)


def _content(path: str, *, setting: str) -> str:
    try:
        with Path(path).expanduser().open("rb") as file:
            return file.read(_MOST_BYTES).decode("ascii").strip()
    except (OSError, ValueError):
        raise BadKeys(f"{setting} is neither a key nor a file that can be read") from None


def _is_base64(value: str) -> bool:
    """A key without armour; a path of that length, in this alphabet, has never been seen."""
    try:
        return len(base64.b64decode("".join(value.split()), validate=True)) > _LEAST_BITS // 8
    except (binascii.Error, ValueError):
        return False


def _kind(text: str) -> str | None:
    """What the armour says: `CERTIFICATE`, `PRIVATE KEY`…; None without armour."""
    return text.partition(_ARMOUR)[2].partition("-----")[0] or None


def _armoured(text: str, kind: str) -> str:
    lines = "\n".join(textwrap.wrap("".join(text.split()), 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"
