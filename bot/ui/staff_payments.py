"""The money of an order for the staff: every try to pay it, all that was said about it, and what waits for a person."""

from collections.abc import Iterator

from markupsafe import Markup

from bot.ui.format import moment, money
from bot.ui.i18n import Translator, noop
from bot.ui.pay_methods import method_label
from bot.ui.payment_callbacks import DecideFact, Decision, ShowPayments
from bot.ui.screen import Button, Screen, Style
from bot.ui.staff_callbacks import ShowCard
from store.order_status import AttemptStatus
from store.payments.money_story import MoneyStory, Told, Try

# A card of Telegram holds 4096 signs.
TOLD_SHOWN = 12

_STATUS = {
    AttemptStatus.CREATED: noop("begun"),
    AttemptStatus.PENDING: noop("open"),
    AttemptStatus.SUCCEEDED: noop("paid"),
    AttemptStatus.FAILED: noop("declined"),
    AttemptStatus.CANCELLED: noop("closed"),
    AttemptStatus.EXPIRED: noop("closed, time was up"),
}
_KIND = {
    "captured": noop("{amount} came in"),
    "failed": noop("declined"),
    "cancelled": noop("closed by the provider"),
    "expired": noop("time was up"),
    "pending": noop("is being paid"),
    "approved": noop("the buyer has agreed"),
    "refunded": noop("{amount} went back"),
    "refund_failed": noop("a refund of {amount} did not work"),
    "refund_stuck": noop("a refund of {amount} is stuck"),
    "chargeback": noop("the buyer's bank took {amount} back"),
    "chargeback_reversed": noop("{amount} of a chargeback came back"),
}
_SOURCE = {
    "webhook": noop("told by the provider"),
    "query": noop("asked"),
    "return": noop("asked"),
    "staff": noop("by the staff"),
    "statement": noop("from the statement"),
}
_REASON = {
    "unknown_reference": noop("it names no payment of this shop"),
    "foreign_account": noop("it went to another account"),
    "foreign_currency": noop("it is in another currency than the order"),
    "no_amount": noop("it names no amount"),
    "unknown_refund": noop("it names a refund that this shop does not know"),
    "unknown_chargeback": noop("it names a chargeback that this shop does not know"),
    "refund_amount": noop("the refund has another amount here"),
    "refunded_after_failure": noop("the refund had failed here"),
    "refund_stuck": noop("the provider could not give the money back: do it on its own page"),
    "more_than_came_in": noop("more went back than had come in"),
}


def payments_screen(story: MoneyStory, t: Translator, zone: str) -> Screen:
    """Everything about the money of one order."""
    total = money(story.total_minor, story.currency, t.language)
    parts = [t("💳 <b>Order</b> <code>{number}</code> · {total}", number=story.number, total=total)]
    parts += [_try(each, t, zone) for each in story.tries]
    if not story.tries:
        parts.append(t("Nobody has tried to pay it through a provider."))
    waiting = [told for each in story.tries for told in each.told if told.fate == "quarantined"]
    rows = [_decisions(told.id, t) for told in waiting[:1]]  # the oldest: one after the other
    back = Button(t.label("← Back"), ShowCard(order_id=story.order_id))
    return Screen(Markup("\n\n").join(parts), (*rows, (back,)))


def _try(each: Try, t: Translator, zone: str) -> Markup:
    head = t(
        "<b>{method}</b> · {amount} · {status}\n<code>{reference}</code>",
        method=method_label(each.gateway, t),
        amount=money(each.amount_minor, each.currency, t.language),
        status=t(_STATUS[each.status]),
        reference=each.merchant_ref,
    )
    return Markup("\n").join([head, *_sums(each, t), *_told(each, t, zone)])


def _sums(each: Try, t: Translator) -> Iterator[Markup]:
    if each.provider_ref:
        yield t("Provider's number: <code>{number}</code>", number=each.provider_ref)
    if each.captured_minor or each.refunded_minor:
        yield t(
            "In {captured}, back {refunded}",
            captured=money(each.captured_minor, each.currency, t.language),
            refunded=money(each.refunded_minor, each.currency, t.language),
        )


def _told(each: Try, t: Translator, zone: str) -> Iterator[Markup]:
    for told in each.told[-TOLD_SHOWN:]:
        yield t(
            "<i>{time}</i> {what} ({source})",
            time=moment(told.occurred_at, t.language, zone),
            what=_what(told, t),
            source=t(_SOURCE.get(told.source, told.source)),
        ) + (t(" ⚠️ {reason}", reason=reason_text(told.reason or "", t)) if told.fate == "quarantined" else Markup(""))


def _what(told: Told, t: Translator) -> Markup:
    is_amount = told.amount_minor is not None and told.currency is not None
    amount = money(told.amount_minor or 0, told.currency or "", t.language) if is_amount else t("no amount")
    return t(_KIND.get(told.kind, told.kind), amount=amount)


def reason_text(reason: str, t: Translator) -> Markup:
    """Why a fact waits for a person. A reason that the table does not know is a fault of the program, by its name."""
    return t(_REASON[reason]) if reason in _REASON else Markup("<code>{}</code>").format(reason)


def quarantine_screen(
    fact_id: int, gateway: str, amount: str, reason: str, order_id: int | None, t: Translator
) -> Screen:
    """Tells the staff of money, or of a message about money, that fits no order. *reason* is our own word for it."""
    text = t(
        "🚨 <b>A payment needs a person.</b>\n{gateway} reported {amount}, but {reason}. Nothing was changed.\n"
        "Look at the provider's own page first. “Try again” takes it as it came, once what was missing is here; “Dealt with” puts it away.",
        gateway=method_label(gateway, t),
        amount=amount or t("no amount"),
        reason=reason_text(reason, t),
    )
    show = [(Button(t.label("💳 The order's payments"), ShowPayments(order_id=order_id)),)] if order_id else []
    return Screen(text, (_decisions(fact_id, t), *show))


def _decisions(fact_id: int, t: Translator) -> tuple[Button, ...]:
    return (
        Button(t.label("🔁 Try again"), DecideFact(fact_id=fact_id, decision=Decision.AGAIN)),
        Button(t.label("☑️ Dealt with"), DecideFact(fact_id=fact_id, decision=Decision.DONE), style=Style.PRIMARY),
    )


def decided_screen(text: Markup, order_id: int | None, t: Translator) -> Screen:
    """What became of a fact that somebody has decided on."""
    show = Button(t.label("💳 The order's payments"), ShowPayments(order_id=order_id)) if order_id else None
    return Screen(text, ((show,),) if show else ())
