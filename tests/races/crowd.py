"""Many people at once: carts by the hundred, and everybody pressing in the same instant."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from store.db import Database
from store.errors import StoreError
from store.models import Cart, CartLine, Checkout, Customer, DeliveryMethod, Seller, Variant
from tests.builders import CURRENCY, NOW, Ready

T = TypeVar("T")
PRICE_MINOR = 1500

_telegram_ids = itertools.count(50_000)


async def a_crowd(db: Database, count: int, *variants: Variant) -> list[Ready]:
    """*count* customers at the review screen, each with one of each variant, to be fetched at the counter. Written in bulk."""
    total_minor = PRICE_MINOR * len(variants)
    async with db.begin() as session:
        seller_id = (await session.scalars(select(Seller.id))).one()
        method_id = await session.scalar(select(DeliveryMethod.id).where(DeliveryMethod.code == "pickup"))
        people = [Customer(telegram_id=next(_telegram_ids), name="A buyer", created_at=NOW) for _ in range(count)]
        session.add_all(people)
        await session.flush()
        common = {"seller_id": seller_id, "currency": CURRENCY, "created_at": NOW, "updated_at": NOW}
        carts = [Cart(customer_id=person.id, **common) for person in people]
        session.add_all(carts)
        await session.flush()
        lines = [{"cart_id": cart.id, "variant_id": v.id, "quantity": 1} for cart in carts for v in variants]
        await session.execute(insert(CartLine), lines)
        answers = {
            "contact_name": "A buyer",
            "contact_phone": "+351912345678",
            "delivery_method_id": method_id,
            "payment_method": "sandbox",
            "expected_total_minor": total_minor,
            "updated_at": NOW,
        }
        await session.execute(insert(Checkout), [answers | {"cart_id": cart.id} for cart in carts])
    return [
        Ready(person, variants, cart.id, 0, total_minor, "sandbox") for person, cart in zip(people, carts, strict=True)
    ]


async def all_at_once(acts: Iterable[Callable[[], Awaitable[T]]]) -> list[T | Exception]:
    """What became of each, in their order; nobody begins before everybody is ready. A refusal by shop or database is an outcome too."""
    acts = list(acts)
    start = asyncio.Barrier(len(acts))

    async def run(act: Callable[[], Awaitable[T]]) -> T | Exception:
        await start.wait()
        try:
            return await act()
        except (StoreError, DBAPIError, RuntimeError) as error:
            return error

    return await asyncio.gather(*map(run, acts))
