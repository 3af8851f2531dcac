"""What lies at a web address that somebody else wrote down: fetched only from the public internet, in bounded time and size.

The name is resolved once, every address behind it is checked, and the connection goes to the very address that was checked: a name that
answers differently the second time reaches nothing inside. The one module of the shop that speaks httpx to addresses that are not its own.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

TIMEOUT_S = 20
REDIRECTS_MAX = 3
PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")
_LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".lan", ".home", ".corp", ".intranet", ".home.arpa", ".onion")
# The networks in which an IPv4 address is written inside an IPv6 one.
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")

Resolve = Callable[[str, int], Awaitable[list[str]]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """*reason*: forbidden, gone, too_large, unreachable (may pass) or redirected."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def may_pass(self) -> bool:
        return self.reason == "unreachable"


@dataclass(frozen=True, slots=True)
class _Target:
    """An address of the web, and the checked address of the machine that it leads to."""

    url: httpx.URL
    machine: str


async def resolve(host: str, port: int) -> list[str]:
    """Every address of the name. Raises: OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


async def fetch(
    address: str,
    *,
    most_bytes: int,
    resolve: Resolve = resolve,
    transport: httpx.AsyncBaseTransport | None = None,
    timeout_s: float = TIMEOUT_S,
) -> bytes:
    """What lies there. *resolve* and *transport* stand in for the world in tests. Raises: Refused."""
    try:
        async with asyncio.timeout(timeout_s):
            # No proxy, no netrc, no cookie of ours: nothing but what the address itself says.
            async with httpx.AsyncClient(trust_env=False, follow_redirects=False, transport=transport) as client:
                return await _followed(client, address, most_bytes, resolve)
    except (TimeoutError, httpx.HTTPError, OSError):
        raise Refused("unreachable") from None
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise Refused("forbidden") from None


async def _followed(client: httpx.AsyncClient, address: str, most_bytes: int, resolve: Resolve) -> bytes:
    """Each step of a redirect is checked like the first."""
    url = httpx.URL(address)
    for _ in range(REDIRECTS_MAX + 1):
        target = await _checked(url, resolve)
        async with client.stream("GET", target.url.copy_with(host=target.machine), **_as_asked(target)) as answer:
            if not answer.has_redirect_location:
                return await _content(answer, most_bytes)
            url = target.url.join(answer.headers["location"])
    raise Refused("redirected")


def _as_asked(target: _Target) -> dict[str, Any]:
    """The machine is spoken to by its address, as the name: for the server's choice of site, and for its certificate."""
    headers = {"Host": target.url.netloc.decode("ascii"), "Accept": "image/*", "User-Agent": "Dukkan"}
    return {"headers": headers, "extensions": {"sni_hostname": target.url.host}}


async def _content(answer: httpx.Response, most_bytes: int) -> bytes:
    if answer.status_code >= 500 or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise Refused("unreachable")
    if answer.status_code != httpx.codes.OK:
        raise Refused("gone")
    found = bytearray()
    async for piece in answer.aiter_bytes():
        found += piece
        if len(found) > most_bytes:
            raise Refused("too_large")
    return bytes(found)


async def _checked(url: httpx.URL, resolve: Resolve) -> _Target:
    """Raises: Refused."""
    if url.scheme not in PORTS or url.userinfo or (url.port or PORTS[url.scheme]) != PORTS[url.scheme]:
        raise Refused("forbidden")
    literal = _literal(url.host)
    if literal is None and not _is_public_name(url.host):
        raise Refused("forbidden")
    machines = [str(literal)] if literal is not None else await resolve(url.host, PORTS[url.scheme])
    # One private address among public ones is enough: whoever connects may be given any of them.
    if not machines or not all(is_public(machine) for machine in machines):
        raise Refused("forbidden")
    return _Target(url, machines[0])


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _is_public_name(host: str) -> bool:
    """2130706433, 0x7f.1 and 127.1 are addresses to a resolver: a name does not end in a number."""
    name = host.lower().removesuffix(".")
    last = name.rpartition(".")[2]
    is_number = last.isdigit() or last.startswith("0x")
    return bool(_NAME.fullmatch(name)) and not is_number and not f".{name}".endswith(_LOCAL_ENDINGS)


def is_public(machine: str) -> bool:
    """Whether the address belongs to the public internet, also where another one is written inside it."""
    try:
        found = ipaddress.ip_address(machine.partition("%")[0])
    except ValueError:
        return False
    inner = _inner(found) if isinstance(found, ipaddress.IPv6Address) else None
    if inner is not None:
        return is_public(str(inner))
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def _inner(found: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if found.ipv4_mapped is not None:
        return found.ipv4_mapped
    if found.sixtofour is not None:
        return found.sixtofour
    if found.teredo is not None:
        return found.teredo[1]
    if found in _COMPATIBLE or any(found in network for network in _NAT64):
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return None
