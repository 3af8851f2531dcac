"""The money of some pieces goes back: each piece once, the parts add up to the whole, and the shelf knows what became of the goods."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from store import packing, piece_refunds, shipping
from store.audit import Actor
from store.db import Database
from store.errors import NotAllowedNow
from store.models import Variant
from store.order_status import OrderStatus
from store.orders import OrderView
from store.piece_refunds import Refunded, worth
from store.piece_returns import Fate
from tests.builders import NOW, a_variant
from tests.order_builders import a_paid_order, assert_books_balance, refunded, shelf, ship, the_order

MAX = Actor.staff(7, "Max")


async def an_order(db: Database, *, quantity: int = 3) -> tuple[OrderView, Variant]:
    mug, dress = await a_variant(db, stock=9, price_minor=1000), await a_variant(db, stock=9, price_minor=500)
    return await a_paid_order(db, mug, dress, quantity=quantity), mug


async def gives_back(
    db: Database, order: OrderView, *quantities: int, fate: Fate = Fate.SHELF, version: int | None = None
) -> Refunded:
    seen = (await the_order(db, order.id)).version if version is None else version
    pieces = {line.id: quantity for line, quantity in zip(order.lines, quantities, strict=False)}
    async with db.begin() as session:
        return await piece_refunds.refund_pieces(session, order.id, pieces, fate=fate, version=seen, actor=MAX, now=NOW)


async def test_what_has_not_left_is_called_off_and_can_be_sold_again(db: Database) -> None:
    order, mug = await an_order(db)
    assert (await gives_back(db, order, 2)).amount_minor == 2000
    assert (await shelf(db, mug)).reserved == 1
    assert (await shelf(db, mug)).on_hand == 9
    await assert_books_balance(db)


async def test_what_is_gone_is_not_sold_again(db: Database) -> None:
    """Called off because it is broken: it lies on no shelf any more."""
    order, mug = await an_order(db)
    await gives_back(db, order, 2, fate=Fate.GONE)
    after = await shelf(db, mug)
    assert (after.on_hand, after.reserved) == (7, 1)
    await assert_books_balance(db)


@pytest.mark.parametrize(("fate", "on_hand"), [(Fate.SHELF, 8), (Fate.GONE, 6)])
async def test_what_came_back_lies_on_the_shelf_or_not(db: Database, fate: Fate, on_hand: int) -> None:
    order, mug = await an_order(db)
    await ship(db, order)
    assert (await gives_back(db, order, 2, fate=fate)).amount_minor == 2000
    after = await shelf(db, mug)
    assert (after.on_hand, after.reserved) == (on_hand, 0)
    assert (await the_order(db, order.id)).payment_status == "paid", "the refund is only on its way"
    await assert_books_balance(db)


async def test_the_rest_of_an_order_is_shipped_as_the_whole(db: Database) -> None:
    """Two of six pieces are called off; when the other four have left, everything has."""
    order, _ = await an_order(db)
    await gives_back(db, order, 1, 1)
    await ship(db, order)
    assert (await the_order(db, order.id)).fulfilment_status == "shipped"
    await assert_books_balance(db)


async def test_calling_off_the_last_open_piece_completes_what_has_arrived(db: Database) -> None:
    order, _ = await an_order(db)
    async with db.begin() as session:
        pieces = {order.lines[0].id: 3, order.lines[1].id: 2}
        parcel = await packing.pack_pieces(session, order.id, pieces, version=order.version, actor=MAX, now=NOW)
        await shipping.ship_parcel(session, parcel, carrier="x", tracking_number=None, actor=MAX, now=NOW)
        await shipping.mark_delivered(session, parcel, actor=MAX, now=NOW)
    assert (await the_order(db, order.id)).fulfilment_status == "partially_shipped"
    await gives_back(db, order, 0, 1)
    assert (await the_order(db, order.id)).status == OrderStatus.COMPLETED


@pytest.mark.parametrize("quantities", [(0, 0), (4, 0), (3, 3)])
async def test_no_more_than_there_is_and_never_all_of_what_has_not_left(
    db: Database, quantities: tuple[int, int]
) -> None:
    """Nothing left at all is a cancellation, which has a button of its own."""
    order, mug = await an_order(db)
    with pytest.raises(NotAllowedNow):
        await gives_back(db, order, *quantities)
    assert (await shelf(db, mug)).reserved == 3
    assert await refunded(db, order) == []


async def test_a_piece_that_was_paid_back_is_not_paid_back_again(db: Database) -> None:
    order, _ = await an_order(db)
    await ship(db, order)
    await gives_back(db, order, 2)
    with pytest.raises(NotAllowedNow):
        await gives_back(db, order, 2)
    assert (await gives_back(db, order, 1)).amount_minor == 1000


async def test_what_lies_in_a_parcel_is_unpacked_first(db: Database) -> None:
    """Somebody would send what was paid back."""
    order, _ = await an_order(db)
    async with db.begin() as session:
        await packing.pack(session, order.id, actor=MAX, now=NOW)
    with pytest.raises(NotAllowedNow):
        await gives_back(db, order, 1)


async def both_give_back_one(db: Database, order: OrderView) -> list[str]:
    """Two people confirm the same choice, 1 of 3, at the same instant."""
    version = (await the_order(db, order.id)).version
    works = [gives_back(db, order, 1, version=version) for _ in range(2)]
    return sorted(type(outcome).__name__ for outcome in await asyncio.gather(*works, return_exceptions=True))


async def test_of_two_who_confirm_the_same_choice_one_pays(db: Database) -> None:
    order, _ = await an_order(db)
    assert await both_give_back_one(db, order) == ["NotAllowedNow", "Refunded"]
    assert await refunded(db, order) == [(1000, "staff")]
    await assert_books_balance(db)


async def test_without_the_orders_version_both_would_pay(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: there is money and there are pieces enough for both, so nothing else would stop the second."""

    async def anybodys_turn(session: AsyncSession, order_id: int, version: int) -> None:
        return None

    monkeypatch.setattr(piece_refunds, "_take_turn", anybodys_turn)
    order, _ = await an_order(db)
    assert await both_give_back_one(db, order) == ["Refunded", "Refunded"]
    assert len(await refunded(db, order)) == 2


@given(st.integers(0, 10**9), st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_the_parts_of_a_line_add_up_to_its_total(total_minor: int, parts: list[int]) -> None:
    before = [sum(parts[:n]) for n in range(len(parts))]
    worths = [worth(total_minor, sum(parts), seen, part) for seen, part in zip(before, parts, strict=True)]
    assert sum(worths) == total_minor
    assert min(worths) >= 0
