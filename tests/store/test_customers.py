import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from store import customers
from store.db import Database
from store.errors import BadInput
from store.models import Address, Customer
from tests.builders import NOW, a_customer, an_address


async def met(db: Database, name: str = "Ann", language: str | None = "en", telegram_id: int = 7) -> Customer:
    async with db.begin() as session:
        return await customers.identify(session, telegram_id, name=name, username="ann", language=language, now=NOW)


async def test_somebody_new_is_known_afterwards(db: Database) -> None:
    """Nothing to register: the Telegram account is enough."""
    async with db.read() as session:
        assert await customers.find(session, 7) is None
    ann = await met(db, language=None)
    async with db.read() as session:
        found = await customers.find(session, 7)
    assert found is not None
    assert (found.id, found.name, found.username, found.language) == (ann.id, "Ann", "ann", "en")


async def test_ten_first_messages_at_once_make_one_customer(db: Database) -> None:
    """Telegram delivers a new person's taps in parallel."""
    everybody = await asyncio.gather(*(met(db) for _ in range(10)))
    assert len({customer.id for customer in everybody}) == 1
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Customer)) == 1


async def test_a_new_name_is_noticed_and_the_language_kept(db: Database) -> None:
    """The name follows the profile; the language is the customer's choice after the first meeting."""
    await met(db)
    again = await met(db, name="Ann\u202e \x07Lee" + "x" * 200, language="ru")
    assert again.name.startswith("Ann Leex")
    assert len(again.name) == 128
    assert again.language == "en"


async def test_a_chosen_language_stays(db: Database) -> None:
    """Whatever Telegram's own language is."""
    ann = await met(db)
    async with db.begin() as session:
        await customers.set_language(session, ann.id, "zh")
    assert (await met(db)).language == "zh"


async def test_the_first_moment_of_being_blocked_is_kept_until_they_return(db: Database) -> None:
    """Every message that fails says 'blocked' again."""
    await met(db)
    for later in (0, 1):
        async with db.begin() as session:
            await customers.mark_blocked(session, 7, blocked=True, now=NOW + timedelta(days=later))
    assert (await met(db)).blocked_at == NOW
    async with db.begin() as session:
        await customers.mark_blocked(session, 7, blocked=False, now=NOW)
    async with db.read() as session:
        assert await session.scalar(select(Customer.blocked_at)) is None


async def test_addresses_come_newest_first_without_the_archived(db: Database) -> None:
    """And only one's own."""
    ann, bob = await a_customer(db), await a_customer(db)
    first, second = await an_address(db, ann), await an_address(db, ann, country="Spain")
    gone = await an_address(db, ann, postcode="1")
    await an_address(db, bob)
    async with db.begin() as session:
        await session.execute(update(Address).where(Address.id == gone.id).values(archived_at=NOW))
        assert [row.id for row in await customers.addresses(session, ann.id)] == [second.id, first.id]


async def test_the_same_address_is_not_saved_twice(db: Database) -> None:
    """Who types it again means the one they have."""
    ann = await a_customer(db)
    first = await an_address(db, ann, country="PT", postcode="1100-148")
    assert (await an_address(db, ann, country="葡萄牙", postcode=" 1100-148 ")).id == first.id


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("country", "Atlantis", "unknown"),
        ("country", "x" * 200, "unknown"),
        ("city", "", "empty"),
        ("city", "x" * 129, "too_long"),
        ("street", "Rua\x00 1", "unreadable"),
        ("street", "x" * 256, "too_long"),
        ("postcode", "1100_148", "unreadable"),
        ("postcode", "1" * 17, "too_long"),
        ("region", "x" * 129, "too_long"),
    ],
)
async def test_an_address_that_no_courier_could_read_says_which_part(
    sqlite_db: Database, field: str, text: str, reason: str
) -> None:
    """The question is asked again for this part, with the reason."""
    ann = await a_customer(sqlite_db)
    address = {"country": "PT", "city": "Lisbon", "street": "Rua Augusta 1"} | {field: text}
    with pytest.raises(BadInput) as error:
        async with sqlite_db.begin() as session:
            await customers.add_address(session, ann.id, **address, now=NOW)
    assert (error.value.params["field"], error.value.params["reason"]) == (field, reason)
