"""What a merchant has from WeChat Pay, checked before anything is sold: a wrong key found at the first notification is found too late."""

import re
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from store.payments import pem
from store.payments.gateway import BadKeys

PUBLIC_KEY_MARK = "PUB_KEY_ID_"
_SEALING_KEY_BYTES = 32
_MCHID = re.compile(r"[0-9]{6,32}")
_APPID = re.compile(r"wx[0-9A-Za-z]{6,30}")
_SERIAL = re.compile(r"[0-9A-F]{8,40}")


@dataclass(frozen=True, slots=True)
class WechatKeys:
    """`serial` is the merchant certificate's. Without `public_key` WeChat Pay is known by its platform certificates alone."""

    mchid: str
    appid: str
    serial: str
    private_key: RSAPrivateKey = field(repr=False)
    sealing_key: bytes = field(repr=False)  # the "API v3 key"
    public_key_id: str | None = None
    public_key: RSAPublicKey | None = None


def wechat_keys(
    *,
    mchid: str,
    appid: str,
    serial: str,
    private_key: str,
    api_v3_key: str,
    public_key_id: str | None = None,
    public_key: str | None = None,
    prefix: str = "WECHAT__MAIN",
) -> WechatKeys:
    """The keys of one account. Raises: BadKeys, which names the setting below *prefix*."""
    keys = WechatKeys(
        mchid=_matching(_MCHID, mchid, f"{prefix}__MCHID is no merchant number: digits only"),
        appid=_matching(_APPID, appid, f"{prefix}__APPID is no app id: it starts with wx"),
        serial=_serial(serial, f"{prefix}__SERIAL"),
        private_key=pem.private_key(private_key, setting=f"{prefix}__PRIVATE_KEY"),
        sealing_key=_sealing_key(api_v3_key, f"{prefix}__API_V3_KEY"),
        public_key_id=public_key_id,
        public_key=pem.public_key(public_key, setting=f"{prefix}__PUBLIC_KEY") if public_key else None,
    )
    _check_public_key(keys, prefix)
    return keys


def _check_public_key(keys: WechatKeys, prefix: str) -> None:
    if (keys.public_key_id is None) != (keys.public_key is None):
        raise BadKeys(f"{prefix}__PUBLIC_KEY_ID and {prefix}__PUBLIC_KEY belong together: one is missing")
    if keys.public_key_id is not None and not keys.public_key_id.startswith(PUBLIC_KEY_MARK):
        raise BadKeys(f"{prefix}__PUBLIC_KEY_ID does not start with {PUBLIC_KEY_MARK}")
    if keys.public_key is not None and pem.is_pair(keys.private_key, keys.public_key):
        # Everything would look right, and every notification would be refused.
        raise BadKeys(f"{prefix}__PUBLIC_KEY is your own key's other half; WeChat Pay's public key is wanted")


def _matching(pattern: re.Pattern[str], value: str, mistake: str) -> str:
    if not pattern.fullmatch(value.strip()):
        raise BadKeys(mistake)
    return value.strip()


def _serial(value: str, setting: str) -> str:
    if value.strip().startswith(PUBLIC_KEY_MARK):
        raise BadKeys(f"{setting} is WeChat Pay's key id; the serial number of your own certificate is wanted")
    return _matching(_SERIAL, value.upper(), f"{setting} is no certificate's serial number: hexadecimal digits only")


def _sealing_key(value: str, setting: str) -> bytes:
    key = value.strip().encode()
    if len(key) != _SEALING_KEY_BYTES:
        raise BadKeys(
            f"{setting} has not {_SEALING_KEY_BYTES} characters: the API v3 key is wanted, not the older API key"
        )
    return key
