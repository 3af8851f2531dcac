"""Accounts at carriers, and at aggregators of carriers. `.env.example` documents each field; without an account nobody is asked."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr, StringConstraints
from pydantic_settings import BaseSettings

from bot.settings_accounts import Account, Accounts

_LOCAL = ("127.0.0.1", "::1", "localhost")


def _is_safe(address: str) -> str:
    """Keys and phones travel there: in the clear only inside this machine."""
    parts = urlsplit(address)
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL)):
        raise ValueError("is no address that starts with https://")
    return address.rstrip("/")


def _is_a_key(value: SecretStr) -> SecretStr:
    written = value.get_secret_value()
    if len(written) < 6 or any(sign.isspace() for sign in written):
        raise ValueError("is no key: copy it again, without spaces")
    return value


ApiUrl = Annotated[str, AfterValidator(_is_safe)]
Key = Annotated[SecretStr, AfterValidator(_is_a_key)]
Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=r"^\S+$")]


class Kuaidi100Account(Account):
    customer: Id
    key: Key
    query_url: ApiUrl = "https://poll.kuaidi100.com/poll/query.do"
    subscribe_url: ApiUrl = "https://poll.kuaidi100.com/poll"
    detect_url: ApiUrl = "https://www.kuaidi100.com/autonumber/auto"


class SfAccount(Account):
    partner_id: Id
    check_word: Key
    url: ApiUrl = "https://bspgw.sf-express.com/std/service"


class ZtoAccount(Account):
    app_key: Id
    app_secret: Key
    base_url: ApiUrl = "https://japi.zto.com"


class Track17Account(Account):
    key: Key
    base_url: ApiUrl = "https://api.17track.net/track/v2.4"


class AfterShipAccount(Account):
    api_key: Key
    webhook_secret: Key | None = None
    base_url: ApiUrl = "https://api.aftership.com/tracking/2026-07"


class DhlAccount(Account):
    api_key: Key
    base_url: ApiUrl = "https://api-eu.dhl.com/track"


class UpsAccount(Account):
    client_id: Id
    client_secret: Key
    base_url: ApiUrl = "https://onlinetools.ups.com"


class ParcelSettings(BaseSettings):
    """One line a carrier: `name: Accounts[ItsAccount] = {}`. *follow_parcels*: store.parcels.following.Following."""

    follow_parcels: Literal["free", "all", "none"] = "free"

    kuaidi100: Accounts[Kuaidi100Account] = {}
    sf: Accounts[SfAccount] = {}
    zto: Accounts[ZtoAccount] = {}
    dhl: Accounts[DhlAccount] = {}
    ups: Accounts[UpsAccount] = {}
    track17: Accounts[Track17Account] = {}
    aftership: Accounts[AfterShipAccount] = {}
