"""The little shop of the machine: three things to buy, three people. Made once a database; laid back to its first day before each life."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from store import coupon_edits, coupons, stock
from store.audit import SYSTEM
from store.coupon_edits import Wanted
from store.coupons import Trouble
from store.db import Database
from store.models import Base, Cart, CartLine, Checkout, Coupon, DeliveryMethod
from tests import builders
from tests.builders import COURIER_MINOR, CURRENCY, NOW

# What a life does not change.
_STAYS = frozenset(
    "sellers staff_roles categories products variants prices pictures product_pictures delivery_methods delivery_zones"
    " customers addresses alembic_version".split()
)
_PRICES_MINOR = (1500, 700, 1900)
# For two of the three people.
_COUPON = Wanted("WELCOME10", percent=10, max_uses=2)
# Who names the code also when others have used it up.
_STUBBORN = 2


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    address_id: int


@dataclass(frozen=True, slots=True)
class Goods:
    """`variants`: a mug, a cup, and a key to download."""

    seller_id: int
    variants: tuple[int, ...]
    people: tuple[Person, ...]
    methods: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Basket:
    """A cart at its review screen."""

    customer_id: int
    cart_id: int
    version: int
    payment_method: str


async def open_shop(db: Database) -> Goods:
    """The shop as it is before anybody has bought anything."""
    mug = await builders.a_variant(db, stock=1, price_minor=_PRICES_MINOR[0])
    cup = await builders.a_variant(db, stock=1, price_minor=_PRICES_MINOR[1])
    key = await builders.a_variant(db, stock=1, price_minor=_PRICES_MINOR[2], kind="digital")
    people = []
    for name in ("Ann", "Bo", "Cem"):
        customer = await builders.a_customer(db, name=name)
        people.append(Person(customer.id, (await builders.an_address(db, customer)).id))
    async with db.read() as session:
        methods = {row.code: row.id for row in await session.execute(select(DeliveryMethod.code, DeliveryMethod.id))}
        seller_id = (await session.scalars(select(DeliveryMethod.seller_id).limit(1))).one()
    return Goods(seller_id, (mug.id, cup.id, key.id), tuple(people), methods)


async def first_day(db: Database, goods: Goods, pieces: Sequence[int]) -> None:
    """Nothing has happened yet, so many pieces of each thing lie on the shelf, and there is a coupon."""
    async with db.begin() as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in _STAYS:
                await session.execute(delete(table))
        for variant_id, quantity in zip(goods.variants, pieces, strict=True):
            await stock.receive(
                session, variant_id, quantity, reason="first", actor=SYSTEM, source_id=variant_id, now=NOW
            )
        await coupon_edits.create(session, _COUPON, actor=SYSTEM, now=NOW)


async def fill_basket(
    db: Database, goods: Goods, who: int, wanted: Mapping[int, int], *, delivery: str, payment_method: str
) -> Basket:
    """The person has everything in the cart and has answered everything. *wanted*: index of a thing → pieces. What was in the cart before is gone.

    Whoever may use the coupon does.
    """
    person = goods.people[who]
    is_digital = set(wanted) == {2}
    carriage_minor = COURIER_MINOR if delivery == "courier" and not is_digital else 0
    goods_minor = sum(_PRICES_MINOR[thing] * pieces for thing, pieces in wanted.items())
    answers: dict[str, Any] = {"payment_method": payment_method, "updated_at": NOW}
    if not is_digital:
        answers |= {"contact_name": "Ann Lee", "contact_phone": "+351912345678", "address_id": person.address_id}
        answers["delivery_method_id"] = goods.methods[delivery]
    async with db.begin() as session:
        coupon = (await session.scalars(select(Coupon))).one()
        why_not = await coupons.gone(session, coupon.id, person.id, now=NOW)
        has_code = why_not is None or (why_not is Trouble.USED_UP and who == _STUBBORN)
        off_minor = coupons.applied(coupon, goods_minor, CURRENCY).discount_minor if has_code else 0
        answers["coupon_id"] = coupon.id if has_code else None
        answers["expected_total_minor"] = goods_minor - off_minor + carriage_minor
        await session.execute(
            update(Cart).where(Cart.customer_id == person.id, Cart.open_slot == 1).values(open_slot=None)
        )
        cart = Cart(customer_id=person.id, seller_id=goods.seller_id, currency=CURRENCY, created_at=NOW, updated_at=NOW)
        session.add(cart)
        await session.flush()
        lines = [
            {"cart_id": cart.id, "variant_id": goods.variants[thing], "quantity": pieces}
            for thing, pieces in sorted(wanted.items())
        ]
        await session.execute(insert(CartLine), lines)
        await session.execute(insert(Checkout), [answers | {"cart_id": cart.id}])
    return Basket(person.id, cart.id, 0, payment_method)
