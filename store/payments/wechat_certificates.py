"""WeChat Pay's platform certificates: kept, refreshed by the clock, and never because somebody outside asks for it."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate

from store.payments.gateway import GatewayError

log = logging.getLogger(__name__)

Load = Callable[[datetime], Awaitable[Sequence[Certificate]]]

EVERY = timedelta(hours=12)
AT_MOST_EVERY = timedelta(minutes=1)
_SERIAL = re.compile(r"[0-9A-F]{1,40}")


def key_among(certificates: Iterable[Certificate], serial: str, *, now: datetime) -> RSAPublicKey | None:
    """The key of the certificate with this number, if it is among them and in force. Leading zeros do not count."""
    number = int(serial, 16) if _SERIAL.fullmatch(serial) else None
    for each in certificates:
        if each.serial_number == number and each.not_valid_before_utc <= now <= each.not_valid_after_utc:
            key = each.public_key()
            return key if isinstance(key, RSAPublicKey) else None
    return None


class PlatformCertificates:
    """By serial number. *load* fetches and unseals all that are in force; raises GatewayError.

    Whoever comes while they are loaded waits for the same answer. Between two loads, whatever they brought, a minute passes.
    """

    def __init__(self, load: Load) -> None:
        self._load = load
        self._known: Sequence[Certificate] = ()
        self._due_at: datetime | None = None  # None: never loaded
        self._not_before: datetime | None = None
        self._loading = asyncio.Lock()

    def key(self, serial: str, *, now: datetime) -> RSAPublicKey | None:
        return key_among(self._known, serial, now=now)

    @property
    def is_loaded(self) -> bool:
        """False as long as no list of them has ever arrived; afterwards an unknown number is a foreign one."""
        return self._due_at is not None

    async def keep_fresh(self, *, now: datetime) -> None:
        """Loaded within the last twelve hours, if it can be had: the old ones stay good for as long as they are in force."""
        if self._due_at is None or now >= self._due_at:
            await self.reload(now=now)

    async def reload(self, *, now: datetime) -> None:
        """Loaded anew, unless that was tried within the last minute: for an unknown number in an answer to a request of ours."""
        async with self._loading:
            if self._not_before is not None and now < self._not_before:
                return
            self._not_before = now + AT_MOST_EVERY
            try:
                loaded = await self._load(now)
            except GatewayError as error:
                log.warning("WeChat Pay's certificates cannot be loaded: %s", error)
                return
            self._known = loaded
            self._due_at = now + EVERY
