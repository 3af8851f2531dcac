"""Bank transfer: the buyer sends the money from their own bank, with a reference; a person of the shop looks at the account and writes down what came.

Nobody can be asked whether it came. What was written down goes the way of all money: too little, too much and too late have their decisions there.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit
from store.audit import Actor
from store.errors import BadInput, EditedMeanwhile, NotAllowedNow, NotFound
from store.models import Order, PaymentAttempt
from store.payments import attempts, by_hand
from store.payments.gateway import (
    BadKeys,
    Capabilities,
    EventKind,
    PaymentLine,
    PaymentLink,
    PaymentRequest,
)
from store.payments.open_links import OpenLinks
from store.payments.registry import base_name
from store.payments.transfer_codes import credit_transfer, is_iban, reference
from store.payments.unheard import SettledByHand

NAME = "transfer"
MOST_MINOR = 10**13
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where buyers send their money: an IBAN, or the number that its country uses."""

    holder: str
    iban: str | None = None
    number: str | None = None
    bic: str | None = None
    bank: str | None = None
    currencies: frozenset[str] = frozenset()
    hold: timedelta = timedelta(days=7)


class BankTransfer(SettledByHand):
    """Knows an account and how to name an order there."""

    def __init__(self, account: BankAccount, *, name: str = NAME, setting: str = "TRANSFER__MAIN") -> None:
        self.name = name
        self._to = _checked(account, setting)
        self.account = (self._to.iban or self._to.number or "")[:64]
        self.capabilities = Capabilities(
            currencies=self._to.currencies or (frozenset({"EUR"}) if self._to.iban else None),
            hold=account.hold,
            # Its lines are not kept: a new number in the settings counts for whoever looks at them next.
            page_max=timedelta(),
            kinds=frozenset({"physical"}),
        )
        self._links = OpenLinks()

    async def create(self, request: PaymentRequest) -> PaymentLink:
        if (link := self._links.of(request)) is not None:
            return link
        return self._links.keep(request, PaymentLink(None, qr=self._code(request), lines=self._lines(request)))

    def _lines(self, request: PaymentRequest) -> tuple[PaymentLine, ...]:
        to = self._to
        known = {"holder": to.holder, "iban": to.iban, "number": to.number, "bic": to.bic, "bank": to.bank}
        lines = [PaymentLine(kind, value) for kind, value in known.items() if value]
        return (*lines, PaymentLine("reference", reference(request.merchant_ref)))

    def _code(self, request: PaymentRequest) -> str | None:
        """What a banking app in Europe scans; it knows euros and IBANs alone."""
        if self._to.iban is None or request.currency != "EUR":
            return None
        return credit_transfer(
            holder=self._to.holder,
            iban=self._to.iban,
            bic=self._to.bic,
            amount_minor=request.amount_minor,
            creditor_reference=reference(request.merchant_ref),
        )


def is_transfer(gateway: str) -> bool:
    return base_name(gateway) == NAME


@dataclass(frozen=True, slots=True)
class Expected:
    """What a person at the bank's statement compares: what the order still waits for, and what was written down before, whenever it was asked for."""

    attempt_id: int
    currency: str
    missing_minor: int
    captured_minor: int


async def expected(session: AsyncSession, order_id: int) -> Expected:
    """Also of an order that is over: money comes late. Raises: NotFound, NotAllowedNow (nobody was asked to send any)."""
    asked = await _asked(session, order_id)
    newest = asked[-1]
    missing_minor = max(0, newest.amount_minor - newest.captured_minor)
    return Expected(newest.id, newest.currency, missing_minor, _written_down(asked))


async def receive(
    session: AsyncSession, order_id: int, amount_minor: int, *, seen_minor: int, actor: Actor, now: datetime
) -> None:
    """So much has come to the account for the order. *seen_minor* is what was written down when the person looked.

    Of two who write down the same, one has: the other is told to look again. Raises: NotFound, NotAllowedNow, EditedMeanwhile,
    BadInput(field="amount").
    """
    if not 0 < amount_minor <= MOST_MINOR:
        raise BadInput(field="amount", reason="not_positive" if amount_minor <= 0 else "too_high")
    asked = await _asked(session, order_id)
    attempt = asked[-1]
    said = by_hand.fact(attempt, f"received-after-{seen_minor}", EventKind.CAPTURED, amount_minor, now)
    if _written_down(asked) != seen_minor or not await by_hand.believe(session, said, now=now):
        raise EditedMeanwhile(order_id=order_id)
    what = {"amount_minor": amount_minor, "currency": attempt.currency}
    await audit.record(session, actor, "transfer_received", "order", order_id, now=now, **what)


async def _asked(session: AsyncSession, order_id: int) -> list[PaymentAttempt]:
    """The attempts to have it transferred, oldest first, locked with the others of their group. Raises: NotFound, NotAllowedNow."""
    group_id = await session.scalar(select(Order.group_id).where(Order.id == order_id))
    if group_id is None:
        raise NotFound(what="order")
    rows = await attempts.locked(session, group_id)
    asked = [each for each in rows if is_transfer(each.gateway)]
    if not asked:
        raise NotAllowedNow(status="not_asked")
    return asked


def _written_down(asked: list[PaymentAttempt]) -> int:
    """Of all of them: a buyer who goes and comes back begins a new attempt, and a card that was opened before still asks about the old one."""
    return sum(each.captured_minor for each in asked)


def _checked(account: BankAccount, setting: str) -> BankAccount:
    """As it is written in a bank's form. Raises: BadKeys."""
    iban, bic = (re.sub(r"\s", "", each).upper() if each else None for each in (account.iban, account.bic))
    if iban is None and not account.number:
        raise BadKeys(f"{setting}__IBAN or {setting}__ACCOUNT is missing: where should buyers send their money?")
    if iban is not None and not is_iban(iban):
        raise BadKeys(f"{setting}__IBAN is mistyped: its check digits do not fit")
    if bic is not None and not _BIC.fullmatch(bic):
        raise BadKeys(f"{setting}__BIC is no BIC: it has 8 or 11 letters and digits")
    return BankAccount(
        account.holder, iban, account.number, bic, account.bank, currencies=account.currencies, hold=account.hold
    )
