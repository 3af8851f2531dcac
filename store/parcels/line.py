"""One carrier's line: the shop's wire, with a carrier's answers and errors as ours. Nothing that it says holds a key, a number or a name."""

import asyncio
import email.utils
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from store import wire
from store.parcels.carrier import CarrierBusy, CarrierError, CarrierRefused
from store.parcels.reading import parsed
from store.wire import Answer

FORM = "application/x-www-form-urlencoded; charset=utf-8"
JSON = "application/json; charset=utf-8"
# What a carrier may ask us to wait; who asks for more is asked again after this.
LONGEST_WAIT = timedelta(hours=24)


@dataclass(frozen=True)
class Line:
    """*title* is the carrier's name in messages; *timeout_s* bounds the whole answer."""

    client: httpx.AsyncClient
    title: str
    timeout_s: float = 20

    async def get(
        self,
        url: str,
        query: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        passes: Collection[int] = (),
    ) -> Any:
        """The JSON at the address. *passes* are the failures whose body says more than they do. Raises: CarrierError."""
        address = f"{url}?{urlencode(query)}" if query else url
        answer = await self._ask("GET", address, None, dict(headers or {}))
        return self._json(answer, passes)

    async def post_form(
        self,
        url: str,
        fields: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        passes: Collection[int] = (),
    ) -> Any:
        """What the carrier answers to the form. Raises: CarrierError."""
        named = {"Content-Type": FORM, **(headers or {})}
        return self._json(await self._ask("POST", url, urlencode(fields).encode(), named, auth), passes)

    async def post_json(
        self,
        url: str,
        content: object,
        *,
        headers: Mapping[str, str] | None = None,
        passes: Collection[int] = (),
    ) -> Any:
        """What the carrier answers to the JSON of *content*; a `bytes` goes as it is, because it is signed. Raises: CarrierError."""
        body = content if isinstance(content, bytes) else compact(content).encode()
        named = {"Content-Type": JSON, **(headers or {})}
        return self._json(await self._ask("POST", url, body, named), passes)

    async def _ask(
        self,
        method: str,
        url: str,
        content: bytes | None,
        headers: Mapping[str, str],
        auth: tuple[str, str] | None = None,
    ) -> Answer:
        try:
            # The whole of it: an answer that trickles in would hold the other parcels up.
            async with asyncio.timeout(self.timeout_s):
                return await wire.ask(self.client, method, url, content=content, headers=headers, auth=auth)
        except (wire.WireError, TimeoutError) as error:
            raise CarrierError(f"{self.title} does not answer: {str(error) or 'too slow'}") from None

    def _json(self, answer: Answer, passes: Collection[int]) -> Any:
        self._check(answer, passes)
        try:
            return parsed(answer.body)
        except ValueError:
            raise CarrierError(f"{self.title} answered {answer.status} without JSON") from None

    def _check(self, answer: Answer, passes: Collection[int]) -> None:
        told = f"{self.title} answered {answer.status}"
        if httpx.codes.is_success(answer.status) or answer.status in passes:
            return
        if answer.status == httpx.codes.TOO_MANY_REQUESTS or "retry-after" in answer.headers:
            raise CarrierBusy(told, retry_after=retry_after(answer.headers))
        if answer.status in (httpx.codes.UNAUTHORIZED, httpx.codes.PAYMENT_REQUIRED, httpx.codes.FORBIDDEN):
            raise CarrierRefused(told)
        raise CarrierError(told)


def compact(content: object) -> str:
    """JSON without a space, which every side signs alike."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long the carrier wants to be left alone: seconds, or a date, by its own clock. None where it does not say, or not so that one can read it."""
    written = headers.get("retry-after", "").strip()
    if written.isdecimal() and len(written) < 9:
        return min(timedelta(seconds=int(written)), LONGEST_WAIT)
    try:
        until, said_at = (email.utils.parsedate_to_datetime(each) for each in (written, headers.get("date", "")))
        return min(max(until - said_at, timedelta()), LONGEST_WAIT)
    except (ValueError, TypeError):
        return None
