"""Stripe's official client, as this program uses it: one client an account, no global state, over the shop's own line.

Importing it loads the SDK, which takes a while: imported when Stripe is spoken to for the first time.
"""

import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx
import stripe

from store import wire
from store.payments.gateway import GatewayError
from store.payments.stripe_facts import StripeRefused

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams
    from stripe.params.checkout import SessionCreateParams

API_VERSION = "2026-10-28.endive"  # what the fields are called; webhooks are made with the same
_RETRIES = 2
_MOST_PAGES = 100
_A_PAGE = 100
_EXPANDED = ["payment_intent.latest_charge"]

Sleep = Callable[[float], Awaitable[None]]
Json = dict[str, Any]


class StripeSdk:
    """The calls that the gateway needs, answered with plain values. Raises: StripeRefused (it was not done), GatewayError (nobody knows)."""

    def __init__(self, client: httpx.AsyncClient, secret_key: str, *, base_url: str, sleep: Sleep) -> None:
        self._stripe = stripe.StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": base_url},
            max_network_retries=_RETRIES,
            http_client=_Line(client, sleep),
        )

    async def create_session(self, params: "SessionCreateParams", *, key: str) -> Json:
        with _in_our_words("checkout.sessions.create"):
            sessions = self._stripe.v1.checkout.sessions
            return (await sessions.create_async(params, {"idempotency_key": key})).to_dict(for_json=True)

    async def session(self, session_id: str) -> Json:
        with _in_our_words("checkout.sessions.retrieve"):
            sessions = self._stripe.v1.checkout.sessions
            return (await sessions.retrieve_async(session_id, {"expand": _EXPANDED})).to_dict(for_json=True)

    async def expire_session(self, session_id: str) -> Json:
        """Under a new key each time: it moves no money, and under an old one an answer that was no good would come again for a day."""
        with _in_our_words("checkout.sessions.expire"):
            return (await self._stripe.v1.checkout.sessions.expire_async(session_id)).to_dict(for_json=True)

    async def create_refund(self, params: "RefundCreateParams", *, key: str) -> Json:
        with _in_our_words("refunds.create"):
            return (await self._stripe.v1.refunds.create_async(params, {"idempotency_key": key})).to_dict(for_json=True)

    async def refunds_of(self, payment_intent: str) -> list[Json]:
        with _in_our_words("refunds.list"):
            page = await self._stripe.v1.refunds.list_async({"payment_intent": payment_intent, "limit": _A_PAGE})
            return await _all(page)

    async def disputes_of(self, payment_intent: str) -> list[Json]:
        with _in_our_words("disputes.list"):
            page = await self._stripe.v1.disputes.list_async({"payment_intent": payment_intent, "limit": _A_PAGE})
            return await _all(page)

    async def payment_intent(self, payment_intent: str) -> Json:
        with _in_our_words("payment_intents.retrieve"):
            return (await self._stripe.v1.payment_intents.retrieve_async(payment_intent)).to_dict(for_json=True)

    async def events(self, types: Sequence[str], since: datetime, until: datetime) -> list[Json]:
        """Oldest first."""
        created: Any = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        with _in_our_words("events.list"):
            page = await self._stripe.v1.events.list_async({"types": list(types), "created": created, "limit": _A_PAGE})
            return (await _all(page))[::-1]


class _Line(stripe.HTTPClient):
    """Stripe's requests over the one line to providers: bounded in time and size, never redirected."""

    name = "httpx"

    def __init__(self, client: httpx.AsyncClient, sleep: Sleep) -> None:
        super().__init__()
        self._client, self._sleep = client, sleep

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        content = post_data.encode() if isinstance(post_data, str) else None
        try:
            answer = await wire.ask(self._client, method.upper(), url, content=content, headers=headers)
        except wire.WireError as error:
            raise stripe.APIConnectionError(str(error), should_retry=True) from None  # type: ignore[no-untyped-call]  # as the SDK has it
        return answer.body, answer.status, answer.headers

    async def sleep_async(self, secs: float) -> None:
        await self._sleep(secs)


async def _all(page: Any) -> list[Json]:
    """Every page of a list. Raises: GatewayError for one without end."""
    found: list[Json] = []
    for _ in range(_MOST_PAGES):
        found += [each.to_dict(for_json=True) for each in page.data]
        if not page.has_more:
            return found
        page = await page.next_page_async()
    raise GatewayError("a list of Stripe's without end")


@contextlib.contextmanager
def _in_our_words(what: str) -> Iterator[None]:
    """Stripe's own text may quote what it was asked with: only its codes are kept."""
    try:
        yield
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        raise StripeRefused(str(error.code or error.http_status)) from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise GatewayError(f"{what}: an answer that makes no sense ({type(error).__name__})") from None
    except stripe.StripeError as error:
        raise GatewayError(f"{what}: {type(error).__name__} {error.code or error.http_status or ''}".rstrip()) from None
