"""The gateways inside Telegram, over the Telegram in memory: what they ask for, what they take, what they tell."""

import json
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest

from bot.telegram_payments import TelegramStars, Terms, account_of, suggested_tips
from store.money import exponent
from store.payments import telegram_facts
from store.payments.gateway import (
    BadKeys,
    EventKind,
    GatewayError,
    PaymentRequest,
    ProviderEvent,
    RefundOutcome,
    RefundRequest,
    Source,
)
from store.payments.telegram_currencies import LIMITS
from tests.builders import NOW
from tests.doubles import telegram
from tests.doubles.telegram import TOKEN, Chats
from tests.sources import ROOT

API = ROOT.parent / "shared" / "data" / "payments" / "telegram" / "api.json"
CURRENCIES = ROOT.parent / "shared" / "data" / "payments" / "telegram" / "currencies-compact.json"


def asked(**changes: Any) -> PaymentRequest:
    return replace(PaymentRequest("ORDER1-0123456789ab", 2000, "USD", "Shop 1", NOW + timedelta(minutes=30)), **changes)


# ---- the gateways


async def test_an_invoice_keeps_within_telegrams_limits() -> None:
    """Titles of any length, in any script; what the provider asks for is filled in; tips rise."""
    chats = Chats()
    for title in ("x", "Магазин «Чай и кофе» 7K2Q-M9XD3 " * 20, "店" * 300, ""):
        await telegram.cards(chats).create(asked(title=title, merchant_ref=f"ORDER-{len(title)}"))
    wanted = {
        "receipt": {"items": [{"description": "{title}", "amount": {"value": "{amount}", "currency": "{currency}"}}]}
    }
    terms = {"tips": (5, 10, 15), "tip_max": 20, "receipt": "email", "provider_data": wanted}
    await telegram.cards(chats, **terms).create(asked(title='Shop "1"', amount_minor=1990))
    called = chats.world.calls[-1][1]
    assert json.loads(called["provider_data"])["receipt"]["items"][0] == {
        "description": 'Shop "1"',
        "amount": {"value": "19.90", "currency": "USD"},
    }
    assert (called["suggested_tip_amounts"], called["max_tip_amount"]) == ([100, 199, 299], 398)
    assert called["need_email"] and called["send_email_to_provider"]
    assert suggested_tips(7, Terms(tips=(1, 2, 15), tip_max=30)) == [1]


async def test_every_call_has_the_parameters_that_telegram_knows() -> None:
    """Each is in the Bot API's description, with a value of its kind, and the required ones are there."""
    if not API.exists():
        pytest.skip(f"no description of the Bot API at {API}")
    methods = json.loads(API.read_text(encoding="utf-8"))["methods"]
    chats = Chats()
    terms: dict[str, Any] = {"tips": (5,), "tip_max": 10, "receipt": "phone", "provider_data": {"order": "{title}"}}
    await telegram.cards(chats, **terms).create(asked())
    stars = telegram.stars(chats)
    paid = await chats.pays((await stars.create(asked(currency="XTR"))).url or "")
    whole = RefundRequest("r-1", "ORDER1-0123456789ab", paid.charge_id, 2000, "XTR", "staff")
    await stars.refund(replace(whole, captured_minor=2000, payer=100))
    await stars.query(asked(currency="XTR"))
    kinds = {"Integer": int, "String": str, "Boolean": bool, "Array of LabeledPrice": list, "Array of Integer": list}
    called = {name: given for name, given in chats.world.calls if name != "answerPreCheckoutQuery"}
    assert called.keys() == {"createInvoiceLink", "refundStarPayment", "getStarTransactions"}
    for name, given in chats.world.calls:
        fields = {field["name"]: field for field in methods[name]["fields"]}
        assert given.keys() <= fields.keys(), name
        assert {each for each, field in fields.items() if field["required"]} <= given.keys(), name
        for each, value in given.items():
            assert isinstance(value, tuple(kinds[kind] for kind in fields[each]["types"])), (name, each)


async def test_what_telegram_refuses_or_never_answers_is_no_page() -> None:
    chats = Chats()
    with pytest.raises(GatewayError):
        await telegram.cards(chats).create(asked(amount_minor=1))
    with pytest.raises(GatewayError):
        await telegram.stars(chats).create(asked())
    chats.silent = True
    with pytest.raises(GatewayError):
        await telegram.cards(chats).create(asked())


@pytest.mark.parametrize("token", ["", "77", "284685063:TEST:", "284685063:PROD:x", "abc:TEST:x", "4000000001:AAE-bot"])
def test_a_token_of_another_kind_is_named_and_not_shown(token: str) -> None:
    with pytest.raises(BadKeys, match="TELEGRAM__MAIN__PROVIDER_TOKEN") as error:
        account_of(token, "TELEGRAM__MAIN")
    assert not token or token not in str(error.value)
    assert account_of(TOKEN, "TELEGRAM__MAIN") == "284685063:TEST"
    with pytest.raises(BadKeys, match="TELEGRAM__MAIN__LIMITS"):
        telegram.cards(currencies=frozenset({"VUV"}))
    assert telegram.cards(currencies=frozenset({"VUV"}), limits={"VUV": (1, 9)}).capabilities.take(
        9, "VUV", ["physical"]
    )


def test_the_table_of_limits_lies_within_telegrams_own() -> None:
    """Every currency, its smallest unit, its least and its most; bug 8: one table, and it agrees with ours."""
    if not CURRENCIES.exists():
        pytest.skip(f"no list of Telegram's at {CURRENCIES}")
    theirs = json.loads(CURRENCIES.read_text(encoding="utf-8"))["currencies"]
    assert theirs.keys() - LIMITS.keys() == {"HRK"}  # Croatia pays in euros
    for currency, (least, most) in LIMITS.items():
        known = theirs[currency]
        assert known["exp"] == exponent(currency), currency
        assert known["min_amount"] <= least < most <= known["max_amount"], currency


def test_each_takes_only_what_telegram_lets_it_sell() -> None:
    """Digital goods for Stars and nothing else, Stars for digital goods and nothing else; a mixture for neither."""
    cards, stars, bank = (each.capabilities for each in (telegram.cards(), telegram.stars(), telegram.transfer()))
    assert cards.take(2000, "USD", ["physical"]) and bank.take(2000, "EUR", ["physical"])
    assert stars.take(450, "XTR", ["digital"])
    for kinds in (["digital"], ["physical", "digital"]):
        assert not cards.take(2000, "USD", kinds) and not bank.take(2000, "EUR", kinds)
    for kinds in (["physical"], ["physical", "digital"]):
        assert not stars.take(450, "XTR", kinds)
    assert not cards.take(99, "USD", ["physical"]) and not cards.take(2000, "XTR", ["physical"])
    assert not stars.take(100_001, "XTR", ["digital"])


async def test_stars_go_back_whole_and_once() -> None:
    """A lost answer is asked again under the same charge; a part, a stranger and nothing are refused before Telegram hears of them."""
    chats = Chats()
    stars = telegram.stars(chats)
    paid = await chats.pays((await stars.create(asked(currency="XTR"))).url or "")
    whole = RefundRequest(
        "r-1", "ORDER1-0123456789ab", paid.charge_id, 2000, "XTR", "staff", captured_minor=2000, payer=100
    )
    assert (await stars.refund(replace(whole, amount_minor=900))).outcome is RefundOutcome.FAILED
    assert (await stars.refund(replace(whole, payer=1))).outcome is RefundOutcome.FAILED
    assert chats.world.counts["refundStarPayment"] == 1
    chats.silent = True
    assert (await stars.refund(whole)).outcome is RefundOutcome.UNKNOWN
    chats.silent = False
    assert (await stars.query_refund(whole)).outcome is RefundOutcome.FAILED  # so that it is asked for again
    assert (await stars.refund(whole)).outcome is RefundOutcome.SUCCEEDED
    assert (await chats.ask("getMyStarBalance"))["amount"] == 0


async def test_a_query_and_a_statement_tell_the_same_facts_as_the_messages() -> None:
    """Over a list of years, of which a few pages are read; what other programs sell with this bot is not taken for ours."""
    chats = Chats(now=NOW - timedelta(days=400))
    stars = telegram.stars(chats)
    for number in range(900):
        chats.world.state.stars.append(_foreign(number, chats))
        chats.passes(hours=11)
    chats.now = NOW
    paid = await chats.pays((await stars.create(asked(currency="XTR"))).url or "")
    await chats.ask("refundStarPayment", user_id=100, telegram_payment_charge_id=paid.charge_id)
    before = chats.world.counts["getStarTransactions"]
    query, statement = await stars.query(asked(currency="XTR")), await stars.statement(NOW, NOW + timedelta(hours=1))
    assert chats.world.counts["getStarTransactions"] - before < 30
    told = [_fact(message) for message in chats.heard]
    assert [_told(each) for each in query] == [_told(each) for each in statement] == [_told(each) for each in told]
    assert [each.kind for each in told] == [EventKind.CAPTURED, EventKind.REFUNDED]
    assert await stars.query(asked(currency="XTR", merchant_ref="ORDER2-0123456789ab")) == []


def _foreign(number: int, chats: Chats) -> dict[str, Any]:
    partner: dict[str, Any] = {"type": "fragment"}
    if number % 3:
        partner = {"type": "user", "transaction_type": "invoice_payment", "user": {}, "invoice_payload": "a game: 7"}
    return {"id": f"x{number}", "amount": 5, "date": chats.world.now(), "source": partner}


def _told(event: ProviderEvent) -> tuple[object, ...]:
    fields = (
        "event_key",
        "kind",
        "merchant_ref",
        "amount_minor",
        "currency",
        "provider_ref",
        "refund_ref",
        "occurred_at",
    )
    return tuple(getattr(event, name) for name in fields)


def _fact(message: dict[str, Any], account: str = "4000000001") -> ProviderEvent:
    """As `handlers/invoices.py` makes it of a message about Stars."""
    at = NOW.fromtimestamp(message["date"], UTC)
    paid = message.get("successful_payment") or message["refunded_payment"]
    known = {"charge_id": paid["telegram_payment_charge_id"], "merchant_ref": paid["invoice_payload"]}
    known |= {"amount_minor": paid["total_amount"], "at": at, "source": Source.WEBHOOK}
    if "successful_payment" in message:
        return telegram_facts.captured("stars", account, currency="XTR", **known)
    return telegram_facts.refunded(account, **known)


@pytest.mark.parametrize(
    "answer",
    [None, [], {}, {"transactions": 5}, {"transactions": [5]}, {"transactions": [{}]}, {"transactions": [{"date": "x"}]},
     {"transactions": [{"date": 10**20}]}, {"transactions": [{"date": 1, "id": 5, "source": {"type": "user", "transaction_type": "invoice_payment"}}]}],
)  # fmt: skip
async def test_a_list_that_makes_no_sense_is_no_fact(answer: Any) -> None:
    async def ask(method: str, **_values: Any) -> Any:
        return answer

    with pytest.raises(GatewayError):
        await TelegramStars(ask, bot_id=1).statement(NOW - timedelta(days=1), NOW)
