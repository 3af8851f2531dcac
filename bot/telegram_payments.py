"""The gateways that need the Bot API: cards through one of Telegram's providers, and Telegram Stars.

An invoice is a link behind the Pay button of the shop's own message. A message of its own would come twice when the answer to it is lost, and would
have to be taken away again; a link can be asked for any number of times. Whoever has it can open it, so who may pay it is decided when Telegram asks
(`handlers/invoices.py`), and that is also what closes it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from store.money import exponent, share, to_decimal
from store.payments import star_list, telegram_facts
from store.payments.gateway import (
    BadKeys,
    Capabilities,
    Closed,
    GatewayError,
    PaymentLink,
    PaymentRequest,
    ProviderEvent,
    RefundOutcome,
    RefundRequest,
    RefundResult,
    Source,
)
from store.payments.open_links import OpenLinks
from store.payments.telegram_currencies import LIMITS
from store.payments.telegram_facts import CARDS, STARS, XTR
from store.payments.unheard import SettledByHand, Unheard

HOLD = timedelta(minutes=30)
TITLE_MAX, DESCRIPTION_MAX = 32, 255
# The least and the most that one invoice asks for, in Stars; the most is what a user has found out.
STARS_LIMITS = (1, 100_000)
_REFUNDED_ALREADY = "CHARGE_ALREADY_REFUNDED"


class Refused(GatewayError):
    """Telegram has understood the call, and said no: nothing has happened."""


class Ask(Protocol):
    """A call of the Bot API. Raises: Refused; GatewayError when nobody knows whether Telegram has acted."""

    async def __call__(self, method: str, **values: Any) -> Any: ...


async def _invoice(ask: Ask, links: OpenLinks, request: PaymentRequest, **terms: Any) -> PaymentLink:
    if (known := links.of(request)) is not None:
        return known
    title = request.title or request.merchant_ref
    address = await ask(
        "createInvoiceLink",
        title=title[:TITLE_MAX],
        description=(request.goods or title)[:DESCRIPTION_MAX],
        payload=request.merchant_ref,
        currency=request.currency,
        prices=[{"label": title[:TITLE_MAX], "amount": request.amount_minor}],
        **terms,
    )
    if not isinstance(address, str) or not address.startswith("https://"):
        raise GatewayError("Telegram's answer is no link")
    return links.keep(request, PaymentLink(address))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a merchant has agreed with the provider, and wants of the form.

    *tips* are percent of the total, *tip_max* the most that may be given; *receipt* is "email" or "phone", which the provider is told;
    *provider_data* is JSON that the provider asks for, with {amount}, {currency} and {title} in its texts.
    """

    currencies: frozenset[str] = frozenset()
    limits: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    tips: tuple[int, ...] = ()
    tip_max: int = 0
    receipt: str | None = None
    provider_data: Any = None


class TelegramPayments(SettledByHand):
    """Cards and wallets of the provider whose token the merchant got from @BotFather. Only for what is carried or handed over.

    Telegram says nothing about these payments but once, in the message that the money came, which comes again until it is confirmed; it gives none
    back. Refunds are made at the provider, by a person, and written down. A link stays, and is refused as soon as its attempt is over here.
    """

    def __init__(
        self, ask: Ask, *, token: str, terms: Terms, name: str = CARDS, setting: str = "TELEGRAM__MAIN"
    ) -> None:
        self.name = name
        self.account = account_of(token, setting)
        limits = _limits(terms, setting)
        self.capabilities = Capabilities(
            currencies=frozenset(limits),
            hold=HOLD,
            refund=False,
            kinds=frozenset({"physical"}),
            minimum_minor={currency: least for currency, (least, _) in limits.items()},
            maximum_minor={currency: most for currency, (_, most) in limits.items()},
            tip_percent=terms.tip_max if terms.tips else 0,
        )
        self._ask, self._token, self._terms = ask, token, terms
        self._links = OpenLinks()

    async def create(self, request: PaymentRequest) -> PaymentLink:
        return await _invoice(self._ask, self._links, request, provider_token=self._token, **self._extras(request))

    def _extras(self, request: PaymentRequest) -> dict[str, Any]:
        terms, extras = self._terms, dict[str, Any]()
        if tips := suggested_tips(request.amount_minor, terms):
            extras |= {
                "suggested_tip_amounts": tips,
                "max_tip_amount": self.capabilities.most_tip(request.amount_minor),
            }
        if terms.receipt == "email":
            extras |= {"need_email": True, "send_email_to_provider": True}
        if terms.receipt == "phone":
            extras |= {"need_phone_number": True, "send_phone_number_to_provider": True}
        if terms.provider_data is not None:
            extras["provider_data"] = json.dumps(_filled(terms.provider_data, request), ensure_ascii=False)
        return extras


class TelegramStars(Unheard):
    """The only money for what is sent as a message: Telegram lets bots sell that for nothing else, and nothing else for Stars."""

    name = STARS

    def __init__(self, ask: Ask, *, bot_id: int) -> None:
        self.account = str(bot_id)
        least, most = STARS_LIMITS
        self.capabilities = Capabilities(
            currencies=frozenset({XTR}),
            hold=HOLD,
            partial_refund=False,
            kinds=frozenset({"digital"}),
            minimum_minor={XTR: least},
            maximum_minor={XTR: most},
        )
        self._ask = ask
        self._links, self._list = OpenLinks(), star_list.StarList(self._page)

    async def create(self, request: PaymentRequest) -> PaymentLink:
        if request.currency != XTR:
            raise GatewayError("Stars pay what has its price in Stars")
        return await _invoice(self._ask, self._links, request)

    async def query(self, request: PaymentRequest) -> list[ProviderEvent]:
        """The payments with this reference, and what of them went back."""
        since = request.expires_at - HOLD if request.expires_at else datetime.fromtimestamp(0, UTC)
        found = await self._list.since(since - timedelta(minutes=5))
        mine = {each.id for each in found if each.payload == request.merchant_ref}
        return [
            self._fact(each, request.merchant_ref, Source.QUERY)
            for each in found
            if each.id in mine and (each.is_refund or each.payload == request.merchant_ref)
        ]

    async def close(self, request: PaymentRequest) -> Closed:
        return Closed.CLOSED

    async def refund(self, request: RefundRequest) -> RefundResult:
        """The whole charge, or nothing. Asked twice, Telegram says that it is done."""
        if request.provider_ref is None or request.payer is None:
            return RefundResult(RefundOutcome.FAILED, error="nothing was paid")
        if request.amount_minor != request.captured_minor:
            return RefundResult(RefundOutcome.FAILED, error="Stars go back whole, or not at all")
        charge = {"user_id": request.payer, "telegram_payment_charge_id": request.provider_ref}
        try:
            await self._ask("refundStarPayment", **charge)
        except Refused as error:
            if _REFUNDED_ALREADY not in str(error):
                return RefundResult(RefundOutcome.FAILED, error=str(error))
        except GatewayError:
            return RefundResult(RefundOutcome.UNKNOWN)
        return RefundResult(RefundOutcome.SUCCEEDED, request.provider_ref)

    async def query_refund(self, request: RefundRequest) -> RefundResult:
        """Not known is as good as not done: a charge cannot go back twice, so the same request again tells, and does, what is missing."""
        return RefundResult(RefundOutcome.FAILED, error="not known yet")

    async def statement(self, since: datetime, until: datetime) -> list[ProviderEvent]:
        """A refund names its charge alone: where that is older than *since*, its attempt is found by the charge's number."""
        found = [each for each in await self._list.since(since) if since <= each.at < until]
        payloads = {each.id: each.payload for each in found if each.payload}
        references = [(each, payloads.get(each.id) or "") for each in found]
        return [
            self._fact(each, reference, Source.STATEMENT)
            for each, reference in references
            if telegram_facts.is_reference(reference) or (each.is_refund and not reference)
        ]

    async def _page(self, offset: int, limit: int) -> Any:
        return await self._ask("getStarTransactions", offset=offset, limit=limit)

    def _fact(self, entry: star_list.Entry, merchant_ref: str, source: Source) -> ProviderEvent:
        known: dict[str, Any] = {
            "charge_id": entry.id,
            "merchant_ref": merchant_ref,
            "amount_minor": entry.amount,
            "at": entry.at,
            "source": source,
            "raw": entry.raw,
        }
        if entry.is_refund:
            return telegram_facts.refunded(self.account, **known)
        return telegram_facts.captured(self.name, self.account, currency=XTR, **known)


def account_of(token: str, setting: str) -> str:
    """The provider's own number and whether it is a test: the rest of a token is a secret. Raises: BadKeys."""
    provider, _, rest = token.partition(":")
    mode, _, secret = rest.partition(":")
    if not provider.isdigit() or mode not in ("TEST", "LIVE") or not secret:
        raise BadKeys(f"{setting}__PROVIDER_TOKEN is no provider token; @BotFather gives one like 123456789:TEST:…")
    return f"{provider}:{mode}"


def suggested_tips(amount_minor: int, terms: Terms) -> list[int]:
    """At most four, each higher than the one before: on small totals some percentages are the same amount."""
    tips = {share(amount_minor, percent, 100) for percent in terms.tips}
    return sorted(tip for tip in tips if 0 < tip <= share(amount_minor, terms.tip_max, 100))[:4]


def _limits(terms: Terms, setting: str) -> dict[str, tuple[int, int]]:
    """By currency that is taken. Raises: BadKeys for one whose limits nobody has named."""
    known = {**LIMITS, **terms.limits}
    wanted = terms.currencies or known.keys()
    for currency in wanted:
        if currency not in known:
            raise BadKeys(
                f"{setting}__CURRENCIES: {currency} is no currency of Telegram's; add it to {setting}__LIMITS"
            )
        exponent(currency)
    return {currency: known[currency] for currency in wanted}


def _filled(template: Any, request: PaymentRequest) -> Any:
    """What the provider wants to know of each payment, written into the merchant's own form of it."""
    if isinstance(template, Mapping):
        return {key: _filled(value, request) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, request) for value in template]
    if not isinstance(template, str):
        return template
    amount = str(to_decimal(request.amount_minor, request.currency))
    values = {"{amount}": amount, "{currency}": request.currency, "{title}": request.title}
    for placeholder, value in values.items():
        template = template.replace(placeholder, value)
    return template
