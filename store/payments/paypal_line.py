"""The line to PayPal: an access token that is fetched once for all who wait for it, and answers as values."""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from store import wire
from store.payments.gateway import GatewayError
from store.payments.paypal_keys import PaypalKeys
from store.wire import Answer, WireError

log = logging.getLogger(__name__)

_RENEW_EARLY = timedelta(minutes=5)
_LONGEST_S = 24 * 3600
_JSON = "application/json"
# Not let in, too slow, the same one still at work, too many: it may be done another time, or be done already.
_UNDECIDED = (401, 408, 409, 429)
_WORD = re.compile(r"[A-Z0-9_]{1,80}")
Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A definite answer: what was asked for was done, or was not and `issue` says why, in PayPal's word."""

    status: int
    content: Content
    issue: str = ""

    @property
    def is_done(self) -> bool:
        return 200 <= self.status < 300


class PaypalLine:
    def __init__(self, keys: PaypalKeys, client: httpx.AsyncClient, *, clock: Callable[[], datetime]) -> None:
        self._keys = keys
        self._client = client
        self._clock = clock
        self._token = ""
        self._renew_at = clock()
        self._fetching = asyncio.Lock()

    async def get(self, path: str) -> Said:
        """Raises: GatewayError when there is no definite answer."""
        return await self._call("GET", path, None, {})

    async def post(self, path: str, content: Content | bytes, *, request_id: str | None = None) -> Said:
        """*request_id* makes a repetition harmless. Raises: GatewayError when there is no definite answer: it may have been done."""
        body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        headers = {"Content-Type": _JSON, "Prefer": "return=representation"}
        if request_id is not None:
            headers["PayPal-Request-Id"] = request_id
        return await self._call("POST", path, body, headers)

    async def download(self, url: str, most_bytes: int) -> bytes | None:
        """A public file of PayPal's, for which nobody needs a token. None when it does not come."""
        try:
            answer = await wire.ask(self._client, "GET", url, most_bytes=most_bytes)
        except WireError:
            return None
        return answer.body if answer.status == 200 else None

    async def _call(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Said:
        token = await self._fresh_token()
        answer = await self._ask(method, path, body, headers, token)
        if answer.status == 401:
            # Withdrawn before its time; once, since a second refusal means something else.
            token = await self._fresh_token(instead_of=token)
            answer = await self._ask(method, path, body, headers, token)
        return _definite(answer, f"{method} {path.partition('?')[0]}")

    async def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], token: str) -> Answer:
        said = {"Accept": _JSON, "Authorization": f"Bearer {token}", **headers}
        return await self._over_the_wire(method, path, body, said)

    async def _over_the_wire(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        auth: tuple[str, str] | None = None,
    ) -> Answer:
        try:
            return await wire.ask(
                self._client, method, f"{self._keys.base}{path}", content=body, headers=headers, auth=auth
            )
        except WireError as error:
            raise GatewayError(f"PayPal does not answer: {error}") from None

    async def _fresh_token(self, *, instead_of: str | None = None) -> str:
        """Whoever comes while it is being fetched waits for the same one."""
        async with self._fetching:
            if self._token in ("", instead_of) or self._clock() >= self._renew_at:
                await self._fetch_token()
            return self._token

    async def _fetch_token(self) -> None:
        answer = await self._over_the_wire(
            "POST",
            "/v1/oauth2/token",
            b"grant_type=client_credentials",
            {"Accept": _JSON, "Content-Type": "application/x-www-form-urlencoded"},
            auth=(self._keys.client_id, self._keys.client_secret),
        )
        if answer.status in (400, 401):
            raise GatewayError(f"PayPal's {self._keys.mode} side does not know CLIENT_ID with this CLIENT_SECRET")
        content = _definite(answer, "token").content
        token, seconds = content.get("access_token"), content.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise GatewayError("PayPal's answer makes no sense: no token")
        self._token = token
        self._renew_at = self._clock() + timedelta(seconds=max(0, min(seconds, _LONGEST_S))) - _RENEW_EARLY


def _definite(answer: Answer, asked: str) -> Said:
    """Raises: GatewayError for whatever may have been done or not."""
    content, issue = _content(answer), ""
    if not 200 <= answer.status < 300:
        issue = _issue(content)
        log.warning(
            "PayPal: %s: %d %s, debug id %s", asked, answer.status, issue, answer.headers.get("paypal-debug-id")
        )
    is_definite = 200 <= answer.status < 300 or (400 <= answer.status < 500 and answer.status not in _UNDECIDED)
    if content is None or not is_definite:
        raise GatewayError(f"PayPal answers {answer.status} {issue}".rstrip())
    return Said(answer.status, content, issue)


def _content(answer: Answer) -> Content | None:
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _issue(content: Content | None) -> str:
    """The finest word for why: of the first detail, else of the whole."""
    if content is None:
        return ""
    details = content.get("details")
    first = details[0] if isinstance(details, list) and details else {}
    issue = first.get("issue") if isinstance(first, dict) else None
    word = issue or content.get("name")
    return word if isinstance(word, str) and _WORD.fullmatch(word) else ""
