"""The keys of an Alipay account, checked for the mistakes that are made with them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import md5

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from store.payments import pem
from store.payments.gateway import BadKeys

_RSA_SIGNATURES = "1.2.840.113549.1.1."  # the root file holds certificates of the SM2 kind too, which do not count
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class AlipayKeys:
    """What signs our requests, and what Alipay's answers and notifications are proven with. The serials belong to certificate mode."""

    private: RSAPrivateKey = field(repr=False)
    alipay: RSAPublicKey
    app_cert_sn: str | None = None
    alipay_cert_sn: str | None = None
    root_cert_sn: str | None = None


def alipay_keys(
    *,
    private_key: str,
    public_key: str | None = None,
    app_cert: str | None = None,
    alipay_cert: str | None = None,
    root_cert: str | None = None,
    prefix: str = "ALIPAY__MAIN",
) -> AlipayKeys:
    """The keys of one account, in public-key mode or with the three certificates. Raises: BadKeys, which names the setting below *prefix*."""
    private = pem.private_key(private_key, setting=f"{prefix}__PRIVATE_KEY")
    if public_key and not (app_cert or alipay_cert or root_cert):
        return _with_public_key(private, public_key, prefix)
    if app_cert and alipay_cert and root_cert and not public_key:
        return _with_certificates(private, app_cert, alipay_cert, root_cert, prefix)
    raise BadKeys(f"{prefix} needs either PUBLIC_KEY, or all of APP_CERT, ALIPAY_CERT and ROOT_CERT")


def _with_public_key(private: RSAPrivateKey, public_key: str, prefix: str) -> AlipayKeys:
    public = pem.public_key(public_key, setting=f"{prefix}__PUBLIC_KEY")
    if pem.is_pair(private, public):
        raise BadKeys(
            f"{prefix}__PUBLIC_KEY is the public key of your own application. Alipay's is another one: "
            "the console shows it as 支付宝公钥 (Alipay public key) once yours is uploaded"
        )
    return AlipayKeys(private, public)


def _with_certificates(
    private: RSAPrivateKey, app_cert: str, alipay_cert: str, root_cert: str, prefix: str
) -> AlipayKeys:
    app, own = _certificate(app_cert, f"{prefix}__APP_CERT")
    alipay, public = _certificate(alipay_cert, f"{prefix}__ALIPAY_CERT")
    if pem.is_pair(private, public):
        raise BadKeys(
            f"{prefix}__ALIPAY_CERT is your application's own certificate. Alipay's is alipayCertPublicKey_RSA2.crt"
        )
    if not pem.is_pair(private, own):
        raise BadKeys(f"{prefix}__APP_CERT does not belong to PRIVATE_KEY: it is appCertPublicKey_<app id>.crt")
    root = root_serial(root_cert, setting=f"{prefix}__ROOT_CERT")
    return AlipayKeys(private, public, serial_of(app), serial_of(alipay), root)


def serial_of(certificate: x509.Certificate) -> str:
    """How Alipay calls a certificate: a digest of its issuer, last name first, and its number."""
    names = [f"{each.rfc4514_attribute_name}={each.value!s}" for rdn in certificate.issuer.rdns for each in rdn]
    told = f"{','.join(reversed(names))}{certificate.serial_number}"
    return md5(told.encode(), usedforsecurity=False).hexdigest()


def root_serial(root_cert: str, *, setting: str) -> str:
    """The serials of those root certificates that count. Raises: BadKeys."""
    found = [serial_of(each) for each in _roots(pem.text_of(root_cert, setting=setting)) if _is_rsa_signed(each)]
    if not found:
        raise BadKeys(f"{setting} holds no root certificate of Alipay: it is alipayRootCert.crt")
    return "_".join(found)


def _roots(text: str) -> Iterator[x509.Certificate]:
    for block in _CERTIFICATE.findall(text.encode()):
        try:
            yield pem.certificate(block)
        except ValueError:
            continue  # SM2: a curve that nobody here reads


def _is_rsa_signed(certificate: x509.Certificate) -> bool:
    return certificate.signature_algorithm_oid.dotted_string.startswith(_RSA_SIGNATURES)


def _certificate(value: str, setting: str) -> tuple[x509.Certificate, RSAPublicKey]:
    try:
        found = pem.certificate(pem.text_of(value, setting=setting).encode())
        key = found.public_key()
    except ValueError:
        raise BadKeys(f"{setting} is no certificate: that begins with -----BEGIN CERTIFICATE-----") from None
    if not isinstance(key, RSAPublicKey):
        raise BadKeys(f"{setting} holds no RSA key")
    return found, key
