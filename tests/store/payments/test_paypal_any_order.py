"""PayPal repeats itself and overtakes itself: the end of a life is the same."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.db import Database
from store.order_status import OrderStatus
from store.payments.attempts import AttemptView
from store.payments.gateway import EventKind
from tests.doubles.paypal_shop import PaypalShop, a_paypal_shop
from tests.store.payments.till import fates


async def a_whole_life(shop: PaypalShop) -> AttemptView:
    """Approved, pending, paid, given back in two parts, disputed and won; PayPal has not told of any of it yet."""
    attempt, books = await shop.approved(), shop.paypal.books
    books.captures_end = "PENDING"
    (pending,) = await shop.gateway.query(attempt.request())
    assert pending.kind is EventKind.PENDING
    capture_id = shop.capture_of(attempt)
    books.settle(capture_id, "COMPLETED")
    for value in ("5.00", "3.00"):
        books.refund(capture_id, {"amount": {"currency_code": "USD", "value": value}})
    books.dispute(capture_id, "CHARGEBACK", value="10.00")
    books.dispute(capture_id, "CHARGEBACK", value="10.00", outcome="RESOLVED_SELLER_FAVOUR")
    return attempt


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(draw=st.data())
async def test_bug_12_any_order_of_a_lifes_notifications_ends_alike(sqlite_db: Database, draw: st.DataObject) -> None:
    """Every one at least once, some often, in any order: the same statuses and sums, and nothing for a person to look at."""
    async with a_paypal_shop(sqlite_db) as shop:
        attempt = await a_whole_life(shop)
        notices, shop.paypal.books.notices = shop.paypal.books.notices, []
        every = range(len(notices))
        more = draw.draw(st.lists(st.sampled_from(every), max_size=4))
        for at in draw.draw(st.permutations([*every, *more])):
            assert await shop.is_told(notices[at]) == 200
        for _ in range(3):  # what waited for its money is applied, then what waited for that
            await shop.sweeps(seconds=1)
        assert await shop.state(attempt) == (OrderStatus.CONFIRMED, "partially_refunded", (2000, 800, 800))
        assert {fate for fate, _ in await fates(sqlite_db)} <= {"applied", "ignored"}
