"""Accounts at providers of payment. `.env.example` documents each field; without an account nobody is asked."""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings

from bot.settings_accounts import Account, Accounts


def _unset(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _parts(value: str) -> list[str]:
    """`EUR, usd` → EUR and USD."""
    return [each.strip().upper() for each in value.split(",") if each.strip()]


def _listed(value: object) -> object:
    return _parts(value) if isinstance(value, str) else value


def _limits(value: object) -> object:
    """`USD 100-1000000, EUR 90-900000`, in the currency's smallest unit. Raises: ValueError."""
    if not isinstance(value, str):
        return value
    found: dict[str, tuple[int, int]] = {}
    for each in _parts(value):
        match = re.fullmatch(r"([A-Z]{3}) +([0-9]{1,12}) *- *([0-9]{1,15})", each)
        if match is None or int(match[2]) > int(match[3]):
            raise ValueError("is no list like USD 100-1000000, EUR 90-900000")
        found[match[1]] = (int(match[2]), int(match[3]))
    return found


def _json(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("is no JSON") from None


OptionalText = Annotated[str | None, BeforeValidator(_unset)]
Currencies = Annotated[frozenset[Annotated[str, Field(pattern=r"^[A-Z]{3}$")]], BeforeValidator(_listed)]
Percentages = Annotated[tuple[Annotated[int, Field(ge=1, le=100)], ...], BeforeValidator(_listed), Field(max_length=4)]


class AlipayAccount(Account):
    """An application at the Alipay Open Platform: with Alipay's public key, or with the three certificates."""

    app_id: str = Field(pattern=r"^\d{16}$")
    private_key: SecretStr
    public_key: OptionalText = None
    app_cert: OptionalText = None
    alipay_cert: OptionalText = None
    root_cert: OptionalText = None
    seller_id: str = Field(pattern=r"^2088\d{12}$")
    mode: Literal["qr", "page", "wap"] = "qr"
    sandbox: bool = False
    api_url: Annotated[str | None, BeforeValidator(_unset), Field(pattern=r"^https?://[^?#\s]+$")] = None


class WechatAccount(Account):
    """A direct merchant of WeChat Pay, API v3: known by WeChat Pay's public key, by its platform certificates, or by both."""

    mchid: str
    appid: str
    serial: str
    private_key: SecretStr
    api_v3_key: SecretStr
    public_key_id: OptionalText = None
    public_key: OptionalText = None
    mode: Literal["native", "h5"] = "native"
    api_url: str = Field("https://api.mch.weixin.qq.com", pattern=r"^https?://[^/?#\s]+$")


class PaypalAccount(Account):
    """A REST application at PayPal, and the webhook in it that reports to this shop."""

    client_id: str
    client_secret: SecretStr
    webhook_id: str
    mode: Literal["sandbox", "live"] = "live"
    brand: OptionalText = None


class TelegramAccount(Account):
    """A payment provider that @BotFather has connected with the bot."""

    provider_token: SecretStr
    currencies: Currencies = frozenset()
    limits: Annotated[Mapping[str, tuple[int, int]], BeforeValidator(_limits)] = {}
    tips: Percentages = ()
    tip_max: int = Field(30, ge=1, le=100)
    receipt: Annotated[Literal["email", "phone"] | None, BeforeValidator(_unset)] = None
    provider_data: Annotated[Any, BeforeValidator(_json)] = None


class TransferAccount(Account):
    """A bank account of the shop's, with an IBAN or with whatever number its country uses."""

    holder: str = Field(min_length=1, max_length=70)
    iban: OptionalText = None
    account: OptionalText = None
    bic: OptionalText = None
    bank: OptionalText = None
    currencies: Currencies = frozenset()
    hold_days: int = Field(7, ge=1, le=60)


class StripeAccount(Account):
    """An account at Stripe, in test or in live mode: the secret key says which."""

    secret_key: SecretStr
    webhook_secret: SecretStr
    api_url: str = Field("https://api.stripe.com", pattern=r"^https?://[^/?#\s]+$")


class PaymentSettings(BaseSettings):
    """One line a provider: `name: Accounts[ItsAccount] = {}`."""

    alipay: Accounts[AlipayAccount] = {}
    paypal: Accounts[PaypalAccount] = {}
    telegram: Accounts[TelegramAccount] = {}
    telegram_stars: bool = False
    transfer: Accounts[TransferAccount] = {}
    stripe: Accounts[StripeAccount] = {}
    wechat: Accounts[WechatAccount] = {}
