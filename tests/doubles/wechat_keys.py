"""Keys and certificates of WeChat Pay and of one merchant, made anew for each run."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509 import Certificate, Name, NameAttribute
from cryptography.x509.oid import NameOID

from store.payments.wechat_keys import WechatKeys, wechat_keys
from tests.builders import NOW

MCHID, APPID, SERIAL = "1900000001", "wx8888888888888888", "444F4864EA9B34415A2B3C4D5E6F708192A3B4C5"
PUBLIC_KEY_ID = "PUB_KEY_ID_0119000000012026030200000000000001"
SEALING_KEY = "a key of thirty-two characters.."


@cache
def rsa_key(name: str) -> RSAPrivateKey:
    """The one of this name: making one takes a tenth of a second."""
    return rsa.generate_private_key(65537, 2048)


def private_pem(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key: RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def a_certificate(
    key: RSAPrivateKey, *, serial: int, since: datetime = NOW, lasts: timedelta = timedelta(days=365)
) -> Certificate:
    name = Name([NameAttribute(NameOID.COMMON_NAME, "Platform")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), serial, since - timedelta(days=30), since + lasts)
    return builder.sign(key, SHA256())


@dataclass
class Signer:
    """One key with which WeChat Pay may sign, and the name under which it is known."""

    serial: str
    key: RSAPrivateKey = field(repr=False)
    certificate: Certificate | None = None


def a_platform(
    name: str = "platform",
    *,
    serial: int = 0x0A1B2C3D4E5F60718293A4B5C6D7E8F901234567,
    lasts: timedelta = timedelta(days=365),
    since: datetime = NOW,
) -> Signer:
    key = rsa_key(name)
    return Signer(f"{serial:040X}", key, a_certificate(key, serial=serial, lasts=lasts, since=since))


def the_public_key() -> Signer:
    return Signer(PUBLIC_KEY_ID, rsa_key("public"))


def merchant_keys(*, has_public_key: bool = True) -> WechatKeys:
    """What the shop is configured with."""
    return wechat_keys(
        mchid=MCHID,
        appid=APPID,
        serial=SERIAL,
        private_key=private_pem(rsa_key("merchant")),
        api_v3_key=SEALING_KEY,
        public_key_id=PUBLIC_KEY_ID if has_public_key else None,
        public_key=public_pem(rsa_key("public")) if has_public_key else None,
    )
