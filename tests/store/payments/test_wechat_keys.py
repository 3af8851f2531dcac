"""A merchant's keys at WeChat Pay: every form in which they are had, and every mistake that is made with them."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from store.payments.gateway import BadKeys
from store.payments.wechat_keys import wechat_keys
from tests.doubles import wechat_keys as keys


def settings(**changes: str | None) -> dict[str, Any]:
    right: dict[str, Any] = {
        "mchid": keys.MCHID,
        "appid": keys.APPID,
        "serial": keys.SERIAL,
        "private_key": keys.private_pem(keys.rsa_key("merchant")),
        "api_v3_key": keys.SEALING_KEY,
        "public_key_id": keys.PUBLIC_KEY_ID,
        "public_key": keys.public_pem(keys.rsa_key("public")),
    }
    return right | changes


def test_bug_02_a_wrong_key_is_named_before_anything_is_sold(tmp_path: Path) -> None:
    """The mistakes that merchants make: each is told by its setting, and none of them tells a key."""
    merchant = keys.rsa_key("merchant")
    certificate = keys.a_certificate(merchant, serial=7)
    certified = certificate.public_bytes(Encoding.PEM).decode()
    mistakes: list[tuple[dict[str, str | None], str]] = [
        ({"mchid": "wx8888888888888888"}, "WECHAT__MAIN__MCHID"),
        ({"appid": keys.MCHID}, "WECHAT__MAIN__APPID"),
        ({"serial": keys.PUBLIC_KEY_ID}, "WECHAT__MAIN__SERIAL is WeChat Pay's key id"),
        ({"serial": "not hexadecimal"}, "WECHAT__MAIN__SERIAL"),
        ({"api_v3_key": "too short"}, "WECHAT__MAIN__API_V3_KEY has not 32"),
        ({"private_key": certified}, "WECHAT__MAIN__PRIVATE_KEY holds a certificate"),
        ({"private_key": keys.public_pem(merchant)}, "WECHAT__MAIN__PRIVATE_KEY holds a public key"),
        ({"private_key": str(tmp_path / "missing.pem")}, "neither a key nor a file"),
        ({"private_key": "x"}, "neither a key nor a file"),
        ({"public_key": keys.public_pem(merchant)}, "WECHAT__MAIN__PUBLIC_KEY is your own key's other half"),
        ({"public_key": certified}, "WECHAT__MAIN__PUBLIC_KEY holds a certificate"),
        ({"public_key": keys.private_pem(merchant)}, "WECHAT__MAIN__PUBLIC_KEY holds a private key"),
        ({"public_key_id": None}, "belong together"),
        ({"public_key": None}, "belong together"),
        ({"public_key_id": "444F4864"}, "does not start with PUB_KEY_ID_"),
    ]
    for changes, told in mistakes:
        with pytest.raises(BadKeys, match=told) as raised:
            wechat_keys(**settings(**changes))
        assert "MII" not in str(raised.value)
        assert keys.SEALING_KEY not in str(raised.value)
    assert "MII" not in repr(wechat_keys(**settings()))
    assert keys.SEALING_KEY not in repr(wechat_keys(**settings()))


def test_a_key_may_be_text_or_a_file_with_or_without_its_armour(tmp_path: Path) -> None:
    """As it was downloaded, as one line of an environment file, or as the bare letters in between."""
    armoured = keys.private_pem(keys.rsa_key("merchant"))
    file = tmp_path / "apiclient_key.pem"
    file.write_text(armoured)
    bare = "".join(line for line in armoured.splitlines() if not line.startswith("-----"))
    numbers = keys.rsa_key("merchant").private_numbers()
    for given in (armoured, armoured.replace("\n", "\\n"), str(file), bare):
        assert wechat_keys(**settings(private_key=given)).private_key.private_numbers() == numbers
