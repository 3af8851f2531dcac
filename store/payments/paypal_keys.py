"""What a merchant copies from PayPal's developer pages, and the mistakes that can be seen before PayPal is asked."""

import re
from dataclasses import dataclass, field
from typing import Literal

from store.payments.gateway import BadKeys

Mode = Literal["sandbox", "live"]

_HOSTS: dict[Mode, str] = {"sandbox": "api-m.sandbox.paypal.com", "live": "api-m.paypal.com"}
# Whose certificate signs notifications: it is what tells PayPal's test world from the real one.
_SIGNERS: dict[Mode, str] = {
    "sandbox": "messageverificationcerts.sandbox.paypal.com",
    "live": "messageverificationcerts.paypal.com",
}
_CREDENTIAL = re.compile(r"[A-Za-z0-9_-]{16,128}")
_WEBHOOK_ID = re.compile(r"[A-Z0-9]{10,50}")
_ACCOUNT_MAX = 64
BRAND_MAX = 127


@dataclass(frozen=True, slots=True)
class PaypalKeys:
    """One application at PayPal, and the webhook that reports to this shop."""

    client_id: str
    client_secret: str = field(repr=False)
    webhook_id: str
    mode: Mode
    brand: str | None = None

    @property
    def base(self) -> str:
        return f"https://{_HOSTS[self.mode]}"

    @property
    def signer(self) -> str:
        return _SIGNERS[self.mode]

    @property
    def account(self) -> str:
        """Rows remember it: the shop of another application must not ask about this one's payments."""
        return f"{self.mode}:{self.client_id}"[:_ACCOUNT_MAX]


def paypal_keys(
    *, client_id: str, client_secret: str, webhook_id: str, mode: Mode, brand: str | None, prefix: str
) -> PaypalKeys:
    """*prefix* is what the settings' names start with. Raises: BadKeys."""
    client_id, client_secret, webhook_id = client_id.strip(), client_secret.strip(), webhook_id.strip()
    for name, value in (("CLIENT_ID", client_id), ("CLIENT_SECRET", client_secret)):
        if not _CREDENTIAL.fullmatch(value):
            raise BadKeys(f"{prefix}__{name} is none: copy it whole from your app under Apps & Credentials")
    if client_id == client_secret:
        raise BadKeys(f"{prefix}__CLIENT_SECRET is the client id; the secret is behind 'Show' on the same page")
    if client_id.startswith("E") and client_secret.startswith("A"):
        raise BadKeys(f"{prefix}__CLIENT_ID and {prefix}__CLIENT_SECRET are exchanged")
    if webhook_id.startswith("WH-"):
        raise BadKeys(
            f"{prefix}__WEBHOOK_ID is an event's number; the webhook's own stands in your app's list of webhooks"
        )
    if "/" in webhook_id:
        raise BadKeys(f"{prefix}__WEBHOOK_ID is an address; PayPal gives the webhook with that address an id")
    if not _WEBHOOK_ID.fullmatch(webhook_id):
        raise BadKeys(f"{prefix}__WEBHOOK_ID is none: capital letters and digits, from your app's list of webhooks")
    if brand is not None and len(brand) > BRAND_MAX:
        raise BadKeys(f"{prefix}__BRAND is longer than {BRAND_MAX} characters")
    return PaypalKeys(client_id, client_secret, webhook_id, mode, brand or None)
