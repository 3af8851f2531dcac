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


class PaymentSettings(BaseSettings):
    """One line a provider: `name: Accounts[ItsAccount] = {}`."""

    alipay: Accounts[AlipayAccount] = {}
