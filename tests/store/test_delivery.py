import pytest
from sqlalchemy import delete, select, update

from store import delivery
from store.carts import CartView
from store.db import Database
from store.delivery import DeliveryOption
from store.models import DeliveryMethod, DeliveryZone
from tests.builders import a_cart, a_customer, a_shop, a_variant

PORTUGAL = {"country": "PT", "price_minor": 390, "per_kg_minor": 60, "max_weight_g": 30000, "free_over_minor": 5000}
AZORES = {"country": "PT", "postcode_prefix": "9", "price_minor": 790, "per_kg_minor": 150, "max_weight_g": 20000}
WORLD = {"country": "*", "price_minor": 1490, "per_kg_minor": 350, "max_weight_g": 20000}


async def courier_goes_to(db: Database, *zones: dict[str, object]) -> None:
    """The shop's courier knows these zones and no others."""
    await a_shop(db)
    async with db.begin() as session:
        method_id = await session.scalar(select(DeliveryMethod.id).where(DeliveryMethod.code == "courier"))
        await session.execute(delete(DeliveryZone).where(DeliveryZone.method_id == method_id))
        for zone in zones:
            session.add(DeliveryZone(method_id=method_id, **{"currency": "USD"} | zone))


async def a_cart_with(db: Database, *, weight_g: int = 300, price_minor: int = 1500, quantity: int = 1) -> CartView:
    variant = await a_variant(db, stock=quantity, weight_g=weight_g, price_minor=price_minor)
    return await a_cart(db, await a_customer(db), variant, quantity=quantity)


async def options(db: Database, cart: CartView, country: str | None, postcode: str = "") -> dict[str, DeliveryOption]:
    async with db.read() as session:
        found = await delivery.options(session, cart, country=country, postcode=postcode)
    return {option.code: option for option in found}


async def price_to(db: Database, cart: CartView, country: str | None, postcode: str = "") -> int | None:
    """The courier's price, None when it does not go there."""
    option = (await options(db, cart, country, postcode)).get("courier")
    return option.price_minor if option else None


async def test_the_most_specific_zone_counts(db: Database) -> None:
    """Longest postcode prefix, then the country, then anywhere; however the postcode is written."""
    await courier_goes_to(db, WORLD, AZORES, PORTUGAL)
    cart = await a_cart_with(db)
    assert await price_to(db, cart, "PT", "1100-148") == 390
    assert await price_to(db, cart, "PT", " 9-500 321") == 790
    assert await price_to(db, cart, "JP", "900-0001") == 1490
    assert await price_to(db, cart, "PT") == 390


@pytest.mark.parametrize(
    ("weight_g", "price_minor"), [(0, 390), (1, 390), (1000, 390), (1001, 450), (2000, 450), (2001, 510)]
)
async def test_each_begun_kilogram_above_the_first_costs(sqlite_db: Database, weight_g: int, price_minor: int) -> None:
    """Literal prices at the edges."""
    await courier_goes_to(sqlite_db, PORTUGAL)
    assert await price_to(sqlite_db, await a_cart_with(sqlite_db, weight_g=weight_g), "PT") == price_minor


async def test_from_a_value_on_the_courier_is_free(db: Database) -> None:
    """Counted in goods, at exactly the limit too."""
    await courier_goes_to(db, PORTUGAL)
    assert await price_to(db, await a_cart_with(db, price_minor=4999), "PT") == 390
    assert await price_to(db, await a_cart_with(db, price_minor=2500, quantity=2), "PT") == 0


async def test_what_is_too_heavy_for_a_place_does_not_go_there(db: Database) -> None:
    """25 kg for the Azores do not travel at the price of the mainland."""
    await courier_goes_to(db, WORLD, AZORES, PORTUGAL)
    heavy = await a_cart_with(db, weight_g=25000)
    assert await price_to(db, heavy, "PT", "9500") is None
    assert await price_to(db, heavy, "PT", "1100") == 390 + 24 * 60
    assert list(await options(db, heavy, "JP")) == ["pickup"]


async def test_zones_of_one_place_are_weight_bands(db: Database) -> None:
    """The cheapest that carries the parcel."""
    light = {"country": "PT", "price_minor": 300, "max_weight_g": 2000}
    await courier_goes_to(db, light, {"country": "PT", "price_minor": 900})
    assert await price_to(db, await a_cart_with(db, weight_g=2000), "PT") == 300
    assert await price_to(db, await a_cart_with(db, weight_g=2001), "PT") == 900


async def test_a_country_without_a_zone_is_not_reached(db: Database) -> None:
    """Picking up is possible from everywhere."""
    await courier_goes_to(db, PORTUGAL)
    assert list(await options(db, await a_cart_with(db), "JP")) == ["pickup"]


async def test_before_the_address_a_courier_costs_at_least(db: Database) -> None:
    """The least of its prices, the widest of its windows, and marked as such; the pick-up point's price is certain."""
    await courier_goes_to(db, WORLD | {"min_days": 7, "max_days": 14}, PORTUGAL | {"min_days": 1, "max_days": 3})
    found = await options(db, await a_cart_with(db), None)
    courier, pickup = found["courier"], found["pickup"]
    assert (courier.price_minor, courier.min_days, courier.max_days, courier.is_from) == (390, 1, 14, True)
    assert (pickup.price_minor, pickup.is_from) == (0, False)


async def test_digital_goods_travel_as_a_message_and_weigh_nothing_in_a_mixed_cart(db: Database) -> None:
    """With something physical beside them, the parcel decides."""
    ann = await a_customer(db)
    guide = await a_variant(db, kind="digital")
    assert list(await options(db, await a_cart(db, ann, guide), None)) == ["digital"]
    await courier_goes_to(db, PORTUGAL)
    mixed = await a_cart(db, ann, await a_variant(db, weight_g=1000))
    assert list(await options(db, mixed, "PT")) == ["courier", "pickup"]
    assert await price_to(db, mixed, "PT") == 390


async def test_only_what_is_offered_in_the_carts_currency_counts(db: Database) -> None:
    """A zone in another currency would mix amounts; a method that was switched off is not offered."""
    await courier_goes_to(db, PORTUGAL | {"currency": "EUR"})
    async with db.begin() as session:
        await session.execute(update(DeliveryMethod).where(DeliveryMethod.code == "pickup").values(is_active=False))
    assert await options(db, await a_cart_with(db), "PT") == {}
    assert await options(db, await a_cart_with(db), None) == {}


async def test_the_days_of_each_courier_are_told_to_whoever_has_no_cart(db: Database) -> None:
    """From the nearest zone to the farthest; what has no days is not listed."""
    near = {"country": "PT", "price_minor": 400, "min_days": 1, "max_days": 3}
    await courier_goes_to(db, near, near | {"country": "*", "min_days": 4, "max_days": 9})
    async with db.read() as session:
        told = await delivery.days(session)
    assert [(fewest, most) for _, fewest, most in told] == [(1, 9)]
