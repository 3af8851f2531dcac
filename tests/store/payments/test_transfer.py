"""Bank transfer: what is typed into a bank's form, and what a person of the shop says has come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import order_numbers
from store.audit import SYSTEM, Actor
from store.db import Database
from store.errors import BadInput, EditedMeanwhile, NotAllowedNow, PaymentUnavailable
from store.order_search import by_number
from store.order_status import OrderStatus, RefundStatus
from store.payments import by_hand, reconcile, refund_job, refunds, transfer, transfer_codes
from store.payments.attempts import AttemptView
from store.payments.gateway import BadKeys, PaymentRequest
from store.payments.registry import registry
from tests.builders import NOW
from tests.doubles import telegram
from tests.doubles.telegram import IBAN
from tests.store.payments.till import Till, an_order, order, paid_attempt, refunds_of

MAX = Actor.staff(7, "Max")


@given(
    number=st.builds(order_numbers.new),
    place=st.integers(2, 12),
    other=st.sampled_from("23456789ABCDEFGHJKMNPQRSTVWXY"),
)
def test_a_slip_of_the_finger_in_a_reference_is_noticed(number: str, place: int, other: str) -> None:
    """However it is spaced; any letter for a letter, any digit for a digit. What the check digits may miss, the number's own letter does not."""
    reference = transfer_codes.reference(f"{number.replace('-', '')}-0123456789ab")
    assert transfer_codes.order_number(transfer_codes.spaced(reference).lower()) == number.replace("-", "")
    wrong = reference[:place] + other + reference[place + 1 :]
    read = transfer_codes.order_number(wrong)
    if reference[place].isdigit() == other.isdigit():
        assert (read is None) == (wrong != reference)
    assert wrong == reference or read is None or order_numbers.normalise(read) is None


def test_the_codes_are_those_of_the_standards() -> None:
    """Published examples: ISO 11649, ISO 13616, and the lines of EPC069-12."""
    assert transfer_codes.order_number("RF18 5390 0754 7034") == "539007547034"
    assert transfer_codes.is_iban("GB82WEST12345698765432") and transfer_codes.is_iban(IBAN)
    assert not transfer_codes.is_iban("GB82WEST12345698765431")
    request = PaymentRequest("7K2QM9XD3-0123456789ab", 1990, "EUR", "Shop", None)
    code = telegram.transfer(bic="COBADEFFXXX")._code(request)
    assert (
        code
        == f"BCD\n002\n1\nSCT\nCOBADEFFXXX\nDukkan\n{IBAN}\nEUR19.90\n\n{transfer_codes.reference(request.merchant_ref)}"
    )
    assert len(code.encode()) <= 331
    assert telegram.transfer(currencies=frozenset({"USD"}))._code(PaymentRequest("7K2Q-1", 1, "USD", "", None)) is None


@pytest.mark.parametrize(
    ("account", "setting"),
    [
        ({"iban": None}, "TRANSFER__MAIN__IBAN or TRANSFER__MAIN__ACCOUNT is missing"),
        ({"iban": "DE88370400440532013000"}, "TRANSFER__MAIN__IBAN is mistyped"),
        ({"bic": "COBA"}, "TRANSFER__MAIN__BIC is no BIC"),
    ],
)
def test_an_account_that_cannot_be_right_is_named(account: dict[str, str | None], setting: str) -> None:
    with pytest.raises(BadKeys, match=setting):
        telegram.transfer(**account)


async def an_attempt(db: Database) -> tuple[Till, AttemptView]:
    till = Till(db)
    order_id = await an_order(db, currency="EUR")
    return till, await till.attempt(order_id, gateway=telegram.transfer())


async def receives(db: Database, order_id: int, amount_minor: int, seen_minor: int = 0) -> None:
    async with db.begin() as session:
        await transfer.receive(session, order_id, amount_minor, seen_minor=seen_minor, actor=MAX, now=NOW)


async def test_short_then_the_rest_pays_and_over_goes_back_by_hand(db: Database) -> None:
    """The ledger decides as for every money; a person sends the surplus back and says so, once."""
    _, attempt = await an_attempt(db)
    owed = attempt.amount_minor
    await receives(db, attempt.order_id, 500)
    assert (await order(db, attempt.order_id)).payment_status == "partially_paid"
    await receives(db, attempt.order_id, owed - 400, seen_minor=500)
    assert (await order(db, attempt.order_id)).status == OrderStatus.CONFIRMED
    (over,) = await refunds_of(db, attempt.order_id)
    assert (over.reason, over.amount_minor) == ("over", 100)
    await refund_job.submit_due(db, registry(telegram.transfer()), now=NOW)
    async with db.begin() as session:
        await by_hand.settle(session, over.id, actor=MAX, now=NOW)
    with pytest.raises(NotAllowedNow):
        async with db.begin() as session:
            await by_hand.settle(session, over.id, actor=MAX, now=NOW)
    assert [each.status for each in await refunds_of(db, attempt.order_id)] == [RefundStatus.SUCCEEDED]


async def test_of_two_who_say_the_same_one_has_said_it(sqlite_db: Database) -> None:
    """And nobody writes down nothing, less than nothing, or what no bank can send."""
    _, attempt = await an_attempt(sqlite_db)
    for amount_minor in (0, -5, 10**14):
        with pytest.raises(BadInput):
            await receives(sqlite_db, attempt.order_id, amount_minor)
    await receives(sqlite_db, attempt.order_id, 500)
    with pytest.raises(EditedMeanwhile):
        await receives(sqlite_db, attempt.order_id, 500)
    assert (await paid_attempt(sqlite_db, attempt)).captured_minor == 500


async def test_a_press_from_before_the_buyer_began_anew_writes_nothing_down_twice(sqlite_db: Database) -> None:
    """What was written down for the first asking counts for the second: two had looked, one has said it, and the buyer came back for the rest."""
    till, attempt = await an_attempt(sqlite_db)
    await receives(sqlite_db, attempt.order_id, 500)
    assert await reconcile.close_live(sqlite_db, registry(telegram.transfer()), attempt.order_id, now=till.now)
    again = await till.attempt(attempt.order_id, gateway=telegram.transfer())
    with pytest.raises(EditedMeanwhile):
        await receives(sqlite_db, attempt.order_id, 500)
    async with sqlite_db.read() as session:
        known = await transfer.expected(session, attempt.order_id)
    assert (known.captured_minor, known.missing_minor) == (500, again.amount_minor)
    await receives(sqlite_db, attempt.order_id, known.missing_minor, seen_minor=known.captured_minor)
    assert (await order(sqlite_db, attempt.order_id)).status == OrderStatus.CONFIRMED
    assert await refunds_of(sqlite_db, attempt.order_id) == []


async def test_a_transfer_that_comes_after_the_order_expired_revives_it(sqlite_db: Database) -> None:
    till, attempt = await an_attempt(sqlite_db)
    gateways = registry(telegram.transfer())
    assert await reconcile.expire_unpaid(sqlite_db, gateways, now=till.passes(days=8)) == 1
    await receives(sqlite_db, attempt.order_id, attempt.amount_minor)
    assert (await order(sqlite_db, attempt.order_id)).status == OrderStatus.CONFIRMED


async def test_an_order_that_was_never_asked_for_a_transfer_gets_none(sqlite_db: Database) -> None:
    """Nor is a provider's refund a person's word."""
    till = Till(sqlite_db)
    attempt = await till.attempt()
    with pytest.raises(NotAllowedNow):
        await receives(sqlite_db, attempt.order_id, 500)
    await till.bank.pay(attempt.merchant_ref, now=till.now)
    async with sqlite_db.begin() as session:
        (refund_id,) = await refunds.request_all(session, attempt.order_id, reason="staff", actor=SYSTEM, now=NOW)
    with pytest.raises(PaymentUnavailable):
        async with sqlite_db.begin() as session:
            await by_hand.settle(session, refund_id, actor=MAX, now=NOW)


async def test_the_reference_finds_its_order_for_its_buyer(sqlite_db: Database) -> None:
    _, attempt = await an_attempt(sqlite_db)
    placed = await order(sqlite_db, attempt.order_id)
    reference = transfer_codes.spaced(transfer_codes.reference(attempt.merchant_ref))
    async with sqlite_db.read() as session:
        assert await by_number(session, placed.customer_id, reference) == placed.id
        assert await by_number(session, placed.customer_id + 1, reference) is None
