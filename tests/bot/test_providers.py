"""What a merchant has set becomes ways to pay; what cannot be right is said in one line at the start."""

from pathlib import Path

import httpx
import pytest

from bot import providers
from bot.settings import Settings, SettingsError, load
from store.payments.registry import Gateways
from tests.apps import Clock
from tests.doubles.alipay import private_pem, public_pem

ALIPAY = {"app_id": "2021000000000001", "seller_id": "2088000000000001"}


def offered(settings: Settings) -> Gateways:
    return providers.gateways(settings, None, "", Clock(), httpx.AsyncClient())


def with_alipay(**fields: str) -> Settings:
    keys = {"private_key": private_pem("app"), "public_key": public_pem("alipay")}
    return load(alipay={"main": ALIPAY | keys | fields}, public_url="https://shop.test")


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
