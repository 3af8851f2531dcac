"""What the database keeps in a form that says nothing to whoever has only the database, and names that nobody else can guess."""

import base64
import hashlib
import hmac
import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a library of its own size, for shops whose carriers want a phone
    from cryptography.fernet import Fernet

_SECRET_BYTES = 32


class Seal:
    """All of it follows from one secret, which is kept outside of the database."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def close(self, text: str) -> str:
        """Never the same twice, and read by nobody without the secret."""
        return self._fernet.encrypt(text.encode()).decode()

    def read(self, sealed: str) -> str | None:
        """None for what was sealed with another secret, or changed since."""
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except (InvalidToken, ValueError):
            return None

    def name_of(self, what: str) -> str:
        """32 characters that stand for *what* in an address; always the same, and not to be guessed."""
        return self._derived(f"name of {what}").hex()[:32]

    @cached_property
    def _fernet(self) -> "Fernet":
        from cryptography.fernet import Fernet

        return Fernet(base64.urlsafe_b64encode(self._derived("seal")))

    def _derived(self, purpose: str) -> bytes:
        return hmac.new(self._secret, f"dukkan: {purpose}".encode(), hashlib.sha256).digest()


def kept_secret(path: Path) -> str:
    """The secret in the file, which nobody but its owner may read; a new one where there is no file. Raises: OSError, ValueError when it is empty."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(_SECRET_BYTES))
    return _read(path)


def _read(path: Path) -> str:
    secret = path.read_text().strip()
    if len(secret) < _SECRET_BYTES:
        raise ValueError(f"{path} holds no secret")
    return secret
