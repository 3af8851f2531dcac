"""Providers repeat themselves and overtake themselves: the end is the same."""

from itertools import permutations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from store.db import Database
from store.models import Order, OrderGroup, PaymentEvent
from store.payments import attempts, ledger
from store.payments.attempts import AttemptView
from store.payments.gateway import EventKind, ProviderEvent, Source
from tests.store.payments.till import Till, a_fact, an_order, order, paid_attempt, refunds_of

Told = tuple[EventKind, int, str]  # what, how much, and which time

PAID = EventKind.CAPTURED
LIVES: dict[str, list[Told]] = {
    "paid": [(EventKind.PENDING, 0, "a"), (PAID, 2000, "a")],
    "declined, then paid": [(EventKind.PENDING, 0, "a"), (EventKind.FAILED, 0, "a"), (PAID, 2000, "a")],
    "paid in parts": [(PAID, 700, "a"), (PAID, 800, "b"), (PAID, 500, "c")],
    "paid twice": [(PAID, 2000, "a"), (PAID, 2000, "b"), (EventKind.EXPIRED, 0, "a")],
    "paid too much in parts": [(PAID, 1500, "a"), (PAID, 1500, "b"), (EventKind.CANCELLED, 0, "a")],
    "paid too little": [(PAID, 1999, "a"), (EventKind.PENDING, 0, "a")],
}


async def another(db: Database, template_id: int) -> int:
    """An order like the template, without goods: thousands of them are made here."""
    async with db.begin() as session:
        row = await session.get_one(Order, template_id)
        values = {column.key: getattr(row, column.key) for column in Order.__table__.columns}
        number = await session.scalar(select(func.count()).select_from(Order))
        group = OrderGroup(
            customer_id=row.customer_id, currency=row.currency, total_minor=row.total_minor, created_at=row.placed_at
        )
        session.add(group)
        await session.flush()
        values |= {"id": None, "group_id": group.id, "number": f"N{number}", "cart_id": None}
        order_ = Order(**values)
        session.add(order_)
    return order_.id


def fact(attempt: AttemptView, told: Told, source: Source = Source.WEBHOOK) -> ProviderEvent:
    kind, amount_minor, key = told
    return a_fact(
        attempt, kind, event_key=f"{attempt.merchant_ref}:{kind}:{key}", amount_minor=amount_minor, source=source
    )


async def the_end(till: Till, template_id: int, story: list[Told], sources: list[Source]) -> tuple[object, ...]:
    """How everything stands after the story was told in this order."""
    order_id = await another(till.db, template_id)
    async with till.db.begin() as session:  # one transaction for all: what commits in between is tested elsewhere
        attempt = await attempts.start(session, order_id, till.gateway, now=till.now)
        for told, source in zip(story, sources, strict=True):
            stored_id = await ledger.record(session, fact(attempt, told, source), now=till.now)
            if stored_id is not None:
                await ledger.apply_event(session, stored_id, now=till.now)
    paid, of = await paid_attempt(till.db, attempt), await order(till.db, order_id)
    going_back = sum(refund.amount_minor for refund in await refunds_of(till.db, order_id))
    async with till.db.read() as session:
        entries = select(PaymentEvent.kind, PaymentEvent.amount_minor).where(PaymentEvent.attempt_id == attempt.id)
        written = sorted((str(kind), amount) for kind, amount in await session.execute(entries))
    money = (paid.captured_minor, paid.refund_reserved_minor, going_back)
    return of.status, of.payment_status, paid.status, paid.active_slot, money, written


@st.composite
def retellings(draw: st.DrawFn) -> tuple[str, list[Told], list[Source]]:
    """One life, every fact at least once, some several times, in any order, from anywhere."""
    life = draw(st.sampled_from(sorted(LIVES)))
    story = LIVES[life] + draw(st.lists(st.sampled_from(LIVES[life]), max_size=5))
    order_ = draw(st.permutations(story))
    sources = draw(st.lists(st.sampled_from(list(Source)[:3]), min_size=len(story), max_size=len(story)))
    return life, list(order_), sources


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(retelling=retellings())
async def test_the_order_of_telling_does_not_matter(
    sqlite_db: Database, retelling: tuple[str, list[Told], list[Source]]
) -> None:
    """Any permutation and repetition of one life's facts gives the same statuses, the same sums and the same ledger."""
    life, story, sources = retelling
    till = Till(sqlite_db)
    template_id = await the_template(sqlite_db)
    as_it_was = await the_end(till, template_id, LIVES[life], [Source.WEBHOOK] * len(LIVES[life]))
    assert await the_end(till, template_id, story, sources) == as_it_was


async def the_template(db: Database) -> int:
    async with db.read() as session:
        order_id = await session.scalar(select(func.min(Order.id)))
    return order_id or await an_order(db)


async def test_every_permutation_of_a_double_payment_ends_alike(db: Database) -> None:
    """On every database: one payment is kept, the other is on its way back."""
    till = Till(db)
    template_id = await an_order(db)
    for story in permutations(LIVES["paid twice"]):
        end = await the_end(till, template_id, list(story), [Source.WEBHOOK] * 3)
        assert end[:5] == ("confirmed", "overpaid", "succeeded", None, (4000, 2000, 2000))
