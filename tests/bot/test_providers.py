"""What a merchant has set becomes ways to pay; what cannot be right is said in one line at the start."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import providers
from bot.settings import Settings, SettingsError, load
from bot.settings_secrets import secrets_of
from store.payments.registry import Gateways
from tests.apps import Clock
from tests.doubles import wechat_keys as wechat
from tests.doubles.alipay import private_pem, public_pem
from tests.doubles.paypal import KEYS
from tests.sources import ROOT

ALIPAY = {"app_id": "2021000000000001", "seller_id": "2088000000000001"}


WECHAT = {
    "mchid": wechat.MCHID,
    "appid": wechat.APPID,
    "serial": wechat.SERIAL,
    "private_key": wechat.private_pem(wechat.rsa_key("merchant")),
    "api_v3_key": wechat.SEALING_KEY,
    "public_key_id": wechat.PUBLIC_KEY_ID,
    "public_key": wechat.public_pem(wechat.rsa_key("public")),
}


async def nobody(method: str, **_values: Any) -> Any:
    raise AssertionError(f"{method}: nobody is asked before somebody pays")


def offered(settings: Settings) -> Gateways:
    return providers.gateways(settings, None, "", Clock(), httpx.AsyncClient(), nobody)


def with_alipay(**fields: str) -> Settings:
    keys = {"private_key": private_pem("app"), "public_key": public_pem("alipay")}
    return load(alipay={"main": ALIPAY | keys | fields}, public_url="https://shop.test")


def with_paypal(**fields: str) -> Settings:
    keys = {"client_id": KEYS.client_id, "client_secret": KEYS.client_secret, "webhook_id": KEYS.webhook_id}
    return load(paypal={"main": keys | fields})


def test_every_account_is_a_way_to_pay_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment; a key may be a file, or one line."""
    (tmp_path / "key.pem").write_text(private_pem("app"))
    for label, endpoint in (("MAIN", "false"), ("SECOND", "true")):
        fields = ALIPAY | {
            "private_key": str(tmp_path / "key.pem"),
            "public_key": public_pem("alipay").replace("\n", "\\n"),
            "sandbox": endpoint,
        }
        for name, value in fields.items():
            monkeypatch.setenv(f"ALIPAY__{label}__{name.upper()}", value)
    assert [*offered(load())] == ["alipay", "alipay_second", "cash"]


def test_stripe_is_offered_and_not_loaded() -> None:
    """Its SDK is imported by whoever pays first; a key that is none is named."""
    keys = {"secret_key": "sk_test_0123456789", "webhook_secret": "whsec_0123456789"}
    assert [*offered(load(stripe={"main": keys, "eu": keys}))] == ["stripe", "stripe_eu", "cash"]
    with pytest.raises(SettingsError, match="STRIPE__EU__SECRET_KEY is the publishable key"):
        offered(load(stripe={"eu": keys | {"secret_key": "pk_test_0123456789"}}))
    script = (
        "import sys; from tests.bot.test_providers import *; "
        f"offered(load(stripe={{'main': {keys}}})); sys.exit('stripe' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60, cwd=ROOT).returncode == 0


def test_what_cannot_be_right_is_named() -> None:
    """The setting and what to do; never a key."""
    wrong = [
        ({"public_key": public_pem("app")}, "ALIPAY__MAIN__PUBLIC_KEY is the public key of your own application"),
        ({"public_key": ""}, "ALIPAY__MAIN needs either PUBLIC_KEY"),
        ({"seller_id": "77"}, "ALIPAY__MAIN__SELLER_ID does not look like its example"),
        ({"mode": "qrcode"}, "ALIPAY__MAIN__MODE is none of 'qr', 'page' or 'wap'"),
        ({"privat_key": "x"}, "ALIPAY__MAIN__PRIVAT_KEY is no setting"),
    ]
    for fields, told in wrong:
        with pytest.raises(SettingsError, match=told) as refused:
            offered(with_alipay(**fields))
        assert "KEY-----" not in str(refused.value)


def test_an_account_at_wechat_pay_is_a_way_to_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment; with certificates alone, with the public key, for the phone's browser."""
    for label, changes in (("MAIN", {}), ("PHONES", {"mode": "h5"}), ("OLD", {"public_key": "", "public_key_id": ""})):
        for name, value in (WECHAT | changes).items():
            monkeypatch.setenv(f"WECHAT__{label}__{name.upper()}", value)
    assert [*offered(load())] == ["wechat", "wechat_phones", "wechat_old", "cash"]
    assert WECHAT["api_v3_key"] in secrets_of(load())


def test_a_wrong_key_of_wechat_pay_is_named() -> None:
    """By its setting, at the start."""
    wrong = [
        ({"api_v3_key": "short"}, "WECHAT__MAIN__API_V3_KEY has not 32 characters"),
        ({"public_key": wechat.public_pem(wechat.rsa_key("merchant"))}, "WECHAT__MAIN__PUBLIC_KEY is your own key"),
        ({"mode": "app"}, "WECHAT__MAIN__MODE is none of 'native' or 'h5'"),
        ({"mchid": "wx"}, "WECHAT__MAIN__MCHID is no merchant number"),
        ({"api_key": "x"}, "WECHAT__MAIN__API_KEY is no setting"),
    ]
    for fields, told in wrong:
        with pytest.raises(SettingsError, match=told) as refused:
            offered(load(wechat={"main": WECHAT | fields}))
        assert wechat.SEALING_KEY not in str(refused.value)


def test_a_wrong_key_of_paypal_is_named() -> None:
    """By its setting, at the start."""
    for fields, told in (
        ({"webhook_id": "WH-58D329510W468432D"}, "PAYPAL__MAIN__WEBHOOK_ID is an event's number"),
        ({"client_id": KEYS.client_secret}, "PAYPAL__MAIN__CLIENT_SECRET is the client id"),
        ({"mode": "test"}, "PAYPAL__MAIN__MODE is none of 'sandbox' or 'live'"),
    ):
        with pytest.raises(SettingsError, match=told) as refused:
            offered(with_paypal(**fields))
        assert KEYS.client_secret not in str(refused.value)


def test_paypals_two_worlds_are_two_accounts() -> None:
    """And a shop that has set up neither is not offered it."""
    accounts = {offered(with_paypal(mode=mode))["paypal"].account for mode in ("live", "sandbox")}
    assert len(accounts) == 2
    assert "paypal" not in offered(load())
