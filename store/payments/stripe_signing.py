"""Stripe's webhook signature, and the two keys of an account."""

import hashlib
import hmac
import re
from datetime import datetime

from store.payments.gateway import BadKeys, BadSignature

HEADER = "stripe-signature"
_TOLERANCE_S = 300
_HEADER_LENGTH = 1024
_PART = re.compile(r"(t|v[0-9]{1,3})=([0-9A-Za-z]{1,128})")
_SECRET_KEY = re.compile(r"[sr]k_(test|live)_[0-9A-Za-z_]{8,255}")
_WEBHOOK_SECRET = re.compile(r"whsec_[0-9A-Za-z_+/=]{8,255}")
_UNLIKE = "does not look like its example in .env.example"
_MISTAKEN_FOR_KEY = {
    "pk_": "is the publishable key; the secret one begins with sk_ (or rk_, for a restricted one)",
    "whsec_": "is a webhook's secret; the secret key begins with sk_ (or rk_)",
}
_MISTAKEN_FOR_SECRET = {
    "sk_": "is a secret key; a webhook's secret begins with whsec_",
    "rk_": "is a restricted key; a webhook's secret begins with whsec_",
    "we_": "is a webhook's number; its secret begins with whsec_ and stands on the same page",
}


def prove(body: bytes, header: str, secret: str, *, now: datetime) -> None:
    """The body was signed with *secret* within five minutes of *now*, to both sides. While a secret is rolled there are two signatures, and one has to fit.

    Raises: BadSignature.
    """
    moment, signatures = _parts(header)
    expected = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(expected, each) for each in signatures):
        raise BadSignature("wrong signature")
    # Stripe's own library lets any time in the future pass.
    if abs(now.timestamp() - int(moment)) > _TOLERANCE_S:
        raise BadSignature("too old or too new")


def _parts(header: str) -> tuple[str, list[str]]:
    if len(header) > _HEADER_LENGTH:
        raise BadSignature("no signature")
    parts = [_PART.fullmatch(part) for part in header.split(",")]
    pairs = [part.groups() for part in parts if part is not None]
    moments = [value for name, value in pairs if name == "t"]
    if len(pairs) != len(parts) or len(moments) != 1 or not re.fullmatch(r"[0-9]{1,12}", moments[0]):
        raise BadSignature("no signature")
    return moments[0], [value for name, value in pairs if name == "v1"]


def is_live(secret_key: str) -> bool:
    return secret_key[2:].startswith("_live_")


def check_keys(*, secret_key: str, webhook_secret: str, prefix: str) -> None:
    """Raises: BadKeys, which names the setting below *prefix* and what was taken for it."""
    for name, value, right, mistaken in (
        ("SECRET_KEY", secret_key, _SECRET_KEY, _MISTAKEN_FOR_KEY),
        ("WEBHOOK_SECRET", webhook_secret, _WEBHOOK_SECRET, _MISTAKEN_FOR_SECRET),
    ):
        if not right.fullmatch(value):
            told = next((told for start, told in mistaken.items() if value.startswith(start)), _UNLIKE)
            raise BadKeys(f"{prefix}__{name} {told}")
