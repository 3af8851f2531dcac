"""The one line to providers: bounded in time and size, never redirected, and nothing that it says in an error is a secret."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpx

TIMEOUT = httpx.Timeout(10, connect=5)
MOST_BYTES = 1024 * 1024
_USER_AGENT = "Dukkan"


class WireError(Exception):
    """No whole answer came. What was asked for may have happened all the same."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, raw: signatures are proven on these bytes. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def new_client() -> httpx.AsyncClient:
    """One a process, closed by whoever owns the tasks."""
    return httpx.AsyncClient(
        verify=_trusted(), timeout=TIMEOUT, follow_redirects=False, headers={"User-Agent": _USER_AGENT}
    )


def roots() -> list[bytes]:
    """The authorities that the line trusts, DER: whoever has to prove a certificate elsewhere trusts the same ones."""
    return _trusted().get_ca_certs(binary_form=True)


@cache
def _trusted() -> ssl.SSLContext:
    """The world's certificates: 40 ms to read, once a process."""
    return httpx.create_ssl_context()


async def ask(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    timeout_s: float | None = None,
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """The answer to exactly these bytes, whatever its status. Raises: WireError (no connection, no answer in time, too long an answer)."""
    timeout = TIMEOUT if timeout_s is None else httpx.Timeout(timeout_s)
    basic = httpx.BasicAuth(*auth) if auth else None
    try:
        request = client.build_request(method, url, content=content, headers=dict(headers or {}), timeout=timeout)
        response = await client.send(request, auth=basic, stream=True, follow_redirects=False)
        try:
            body = await _bounded(response, most_bytes)
        finally:
            await response.aclose()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # Its text may hold the address, and that a key.
        raise WireError(type(error).__name__) from None
    return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)


async def _bounded(response: httpx.Response, most_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body.extend(chunk)
        if len(body) > most_bytes:
            raise WireError("an answer without end")
    return bytes(body)
