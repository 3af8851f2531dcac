"""Accounts at providers of payment. `.env.example` documents each field; without an account nobody is asked."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings

from bot.settings_accounts import Account, Accounts


def _unset(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


OptionalText = Annotated[str | None, BeforeValidator(_unset)]


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


class PaymentSettings(BaseSettings):
    """One line a provider: `name: Accounts[ItsAccount] = {}`."""

    alipay: Accounts[AlipayAccount] = {}
    paypal: Accounts[PaypalAccount] = {}
    wechat: Accounts[WechatAccount] = {}
