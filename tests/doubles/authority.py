"""An authority of the tests' own: a root, an intermediate, and what they vouch for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Vouched:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@cache
def an_rsa_key(name: str = "") -> rsa.RSAPrivateKey:
    """One a name and run: making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Authority:
    """`root` is what a client trusts; `between` signs."""

    def __init__(self, now: datetime, name: str = "Tests") -> None:
        self._now = now
        root_key = ec.generate_private_key(ec.SECP256R1())
        self.root = self._signed(f"{name} Root", root_key, None)
        self.between = self._signed(f"{name} Intermediate", ec.generate_private_key(ec.SECP256R1()), self.root)

    def leaf(
        self,
        *names: str,
        key: Key | None = None,
        days: tuple[int, int] = (-30, 300),
        by: Vouched | None = None,
    ) -> Vouched:
        """For these host names, valid from so many days before (after) now to so many after it."""
        key = key or an_rsa_key()
        builder = self._begun(names[0], key, by or self.between, days)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        return Vouched(builder.sign((by or self.between).key, hashes.SHA256()), key)

    def _signed(self, name: str, key: Key, by: Vouched | None) -> Vouched:
        builder = self._begun(name, key, by, (-365, 3650))
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        builder = builder.add_extension(_may_sign(), True)
        return Vouched(builder.sign(by.key if by else key, hashes.SHA256()), key)

    def _begun(self, name: str, key: Key, by: Vouched | None, days: tuple[int, int]) -> x509.CertificateBuilder:
        issuer = by.certificate if by else None
        issuer_key = by.key.public_key() if by else key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(issuer.subject if issuer else _named(name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now + timedelta(days=days[0]))
            .not_valid_after(self._now + timedelta(days=days[1]))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), False)
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _may_sign() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
