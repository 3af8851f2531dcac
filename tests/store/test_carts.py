import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select, update

from store import carts
from store.carts import CartView
from store.db import Database, run_again
from store.errors import BadInput, NotForSale, NotFound, OutOfStock, QuantityOutOfRange, StoreError
from store.models import Cart, Customer, Price, Product, StockLevel, Variant
from tests.builders import NOW, a_cart, a_customer, a_product, a_shop, a_variant


async def add(db: Database, customer: Customer, variant: Variant, quantity: int = 1) -> CartView:
    # First taps at once: InnoDB may give one of them up, and the shop runs it again.
    return await run_again(db, lambda session: carts.add(session, customer.id, variant.id, quantity=quantity, now=NOW))


async def put(db: Database, customer: Customer, variant: Variant, quantity: int) -> CartView:
    async with db.begin() as session:
        return await carts.set_quantity(session, customer.id, variant.id, quantity, now=NOW)


async def cart_of(db: Database, customer: Customer) -> CartView:
    async with db.read() as session:
        return await carts.cart(session, customer.id)


async def test_a_cart_that_nobody_filled_is_empty(db: Database) -> None:
    """Looking makes no row."""
    await a_shop(db)
    view = await cart_of(db, await a_customer(db))
    assert (view.id, view.is_empty, view.is_digital, view.currency, view.subtotal_minor) == (
        None,
        True,
        False,
        "USD",
        0,
    )


async def test_adding_the_same_again_sums(db: Database) -> None:
    """One line, and each change is a new version."""
    mug, ann = await a_variant(db, stock=5, price_minor=1500), await a_customer(db)
    first = await add(db, ann, mug)
    second = await add(db, ann, mug, 2)
    assert [(line.quantity, line.total_minor) for line in second.lines] == [(3, 4500)]
    assert (second.id, second.version) == (first.id, first.version + 1)
    assert await cart_of(db, ann) == second


async def test_lines_keep_the_order_in_which_they_came(db: Database) -> None:
    """A stepper must not jump about under the thumb."""
    mug, bowl, ann = await a_variant(db, stock=5), await a_variant(db, stock=5, weight_g=700), await a_customer(db)
    await a_cart(db, ann, mug, bowl)
    view = await put(db, ann, mug, 4)
    assert [(line.variant_id, line.quantity) for line in view.lines] == [(mug.id, 4), (bowl.id, 1)]
    assert (view.weight_g, view.quantity, view.problems) == (4 * 300 + 700, 5, ())


async def test_ten_taps_at_once_are_ten_pieces(db: Database) -> None:
    """None is lost, and the first ones do not make two carts."""
    mug, ann = await a_variant(db, stock=50), await a_customer(db)
    await asyncio.gather(*(add(db, ann, mug) for _ in range(10)))
    view = await cart_of(db, ann)
    assert (view.quantity, view.version) == (10, 10)
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Cart)) == 1


async def test_taps_at_once_stop_at_what_is_free(db: Database) -> None:
    """The ones too many are told, the others count."""
    mug, ann = await a_variant(db, stock=4), await a_customer(db)
    outcomes = await asyncio.gather(*(add(db, ann, mug) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(outcome, OutOfStock) for outcome in outcomes) == 4
    assert (await cart_of(db, ann)).quantity == 4


async def test_without_the_lock_on_the_cart_taps_at_once_pass_the_limit(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above: what decides is the version's UPDATE, which holds the cart's row until the end."""
    if db.dialect == "sqlite":
        pytest.skip("SQLite has one writer, with or without it")
    mug, ann = await a_variant(db, stock=4), await a_customer(db)
    await add(db, ann, mug)
    everybody = asyncio.Barrier(8)

    async def only_looks(session: Any, customer_id: int, *, now: object) -> bool:
        await everybody.wait()
        return True

    monkeypatch.setattr(carts, "touch", only_looks)
    read = carts._quantity

    async def reads_with_the_others(session: Any, cart_id: int, variant_id: int) -> int:
        found = await read(session, cart_id, variant_id)
        await everybody.wait()
        return found

    monkeypatch.setattr(carts, "_quantity", reads_with_the_others)
    await asyncio.gather(*(add(db, ann, mug) for _ in range(8)), return_exceptions=True)
    assert (await cart_of(db, ann)).quantity > 4


async def refused(db: Database, ann: Customer, variant_id: int, quantity: int = 1) -> StoreError:
    """The reason why neither adding nor typing the quantity works; the cart has not changed."""
    before = await cart_of(db, ann)
    reasons = []
    for change in (carts.add, carts.set_quantity):
        with pytest.raises(StoreError) as error:
            async with db.begin() as session:
                await change(session, ann.id, variant_id, quantity=quantity, now=NOW)
        reasons.append(error.value)
    assert type(reasons[0]) is type(reasons[1])
    assert await cart_of(db, ann) == before
    return reasons[0]


async def test_more_than_is_free_is_refused_with_what_is_left(db: Database) -> None:
    """So that the answer can be 'only 2 left'."""
    mug, ann = await a_variant(db, stock=2), await a_customer(db)
    error = await refused(db, ann, mug.id, 3)
    assert isinstance(error, OutOfStock)
    assert error.params == {"variant_id": mug.id, "title": {"en": "Mug"}, "wanted": 3, "free": 2}


async def test_a_quantity_has_limits(db: Database) -> None:
    """Typed quantities are anything."""
    mug, ann = await a_variant(db, stock=1000), await a_customer(db)
    for quantity in (-1, 100, 10**12):
        error = await refused(db, ann, mug.id, quantity)
        assert isinstance(error, QuantityOutOfRange)
        assert error.params == {"minimum": 1, "maximum": 99}
    await put(db, ann, mug, 99)
    with pytest.raises(QuantityOutOfRange):
        await add(db, ann, mug)


async def test_what_was_withdrawn_cannot_be_put_in(db: Database) -> None:
    """An old button, a moment too late."""
    retired, archived, foreign = await a_variant(db), await a_variant(db), await a_variant(db, currency="EUR")
    ann = await a_customer(db)
    async with db.begin() as session:
        await session.execute(update(Variant).where(Variant.id == retired.id).values(status="archived"))
        await session.execute(update(Product).where(Product.id == archived.product_id).values(status="archived"))
    for variant in (retired, archived, foreign):
        assert isinstance(await refused(db, ann, variant.id), NotForSale)
    assert isinstance(await refused(db, ann, 999), NotFound)


async def test_a_cart_stays_readable(db: Database) -> None:
    """Thirty different things fit into a message."""
    ann, dress = await a_customer(db), await a_product(db)
    variants = [await a_variant(db, product=dress) for _ in range(carts.MAXIMUM_LINES + 1)]
    await a_cart(db, ann, *variants[:-1])
    assert isinstance(await refused(db, ann, variants[-1].id), BadInput)


async def test_a_typed_quantity_replaces_the_old_one_and_0_takes_out(db: Database) -> None:
    """Also for what is not in the cart."""
    mug, ann = await a_variant(db, stock=9), await a_customer(db)
    assert (await put(db, ann, mug, 7)).quantity == 7
    assert (await put(db, ann, mug, 2)).quantity == 2
    gone = await put(db, ann, mug, 0)
    assert gone.is_empty
    assert (await put(db, ann, mug, 0)).version == gone.version


async def test_less_is_always_possible(db: Database) -> None:
    """Others bought meanwhile: the minus button still works, the plus button does not."""
    mug, ann = await a_variant(db, stock=9), await a_customer(db)
    await put(db, ann, mug, 9)
    async with db.begin() as session:
        await session.execute(update(StockLevel).values(reserved=6))
        await session.execute(update(Product).values(status="archived"))
    view = await put(db, ann, mug, 8)
    assert [line.is_problem for line in view.lines] == [True]
    with pytest.raises(NotForSale):
        await put(db, ann, mug, 9)


async def test_what_stands_in_the_way_of_an_order_is_named(db: Database) -> None:
    """Withdrawn lines cost nothing; too many pieces do, until they are fewer."""
    mug, bowl, cup, ann = (*[await a_variant(db, stock=5) for _ in range(3)], await a_customer(db))
    await a_cart(db, ann, mug, bowl, cup, quantity=2)
    async with db.begin() as session:
        await session.execute(update(StockLevel).where(StockLevel.variant_id == mug.id).values(reserved=4))
        await session.execute(update(Price).where(Price.variant_id == bowl.id).values(currency="EUR"))
    view = await cart_of(db, ann)
    assert [(line.variant_id, line.free, line.is_for_sale) for line in view.problems] == [
        (mug.id, 1, True),
        (bowl.id, 5, False),
    ]
    assert view.subtotal_minor == 2 * 1500 + 2 * 1500


async def test_a_greater_quantity_gets_its_tier(db: Database) -> None:
    """The greatest least quantity that is reached counts, for all pieces."""
    mug, ann = await a_variant(db, stock=99, price_minor=1000, tiers={5: 900, 20: 700}), await a_customer(db)
    prices = {quantity: (await put(db, ann, mug, quantity)).lines[0].unit_minor for quantity in (1, 4, 5, 19, 20, 99)}
    assert prices == {1: 1000, 4: 1000, 5: 900, 19: 900, 20: 700, 99: 700}


async def test_a_cleared_cart_is_empty_and_a_new_version(db: Database) -> None:
    """Clearing nothing changes nothing."""
    mug, ann = await a_variant(db), await a_customer(db)
    filled = await a_cart(db, ann, mug)
    for _ in range(2):
        async with db.begin() as session:
            await carts.clear(session, ann.id, now=NOW)
    view = await cart_of(db, ann)
    assert (view.is_empty, view.id, view.version) == (True, filled.id, filled.version + 1)


async def test_carts_are_ones_own(db: Database) -> None:
    """And digital goods weigh nothing."""
    ann, bob = await a_customer(db), await a_customer(db)
    guide, mug = await a_variant(db, kind="digital"), await a_variant(db, stock=2)
    mixed = await a_cart(db, ann, guide, mug)
    digital = await a_cart(db, bob, await a_variant(db, kind="digital"))
    assert (mixed.is_digital, mixed.weight_g, digital.is_digital, digital.weight_g) == (False, 300, True, 0)
    assert mixed.id != digital.id
