"""Everything about a person is handed over, and nothing of it is left when they go."""

from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from store import coupon_edits, coupon_uses, erasure, favourites, order_life, personal, shipping, staff
from store.audit import SYSTEM
from store.coupons import Applied
from store.db import Database
from store.errors import NotAllowedNow
from store.models import (
    AuditEntry,
    Base,
    BotUpdate,
    Cart,
    ChatMessage,
    Checkout,
    ConversationState,
    Customer,
    Delivery,
    FollowedParcel,
    Order,
    OutboxEvent,
    Shipment,
)
from store.models.search import Search
from store.models.support import SupportMessage, SupportThread
from store.personal import OF_ORDER, OWN, PLAIN
from tests.builders import NOW, a_cart, a_confirmed_order, a_customer, a_shop, a_variant, an_address
from tests.order_builders import STAFF, a_paid_order

NAME, SECRETS = "Zsuzsanna", ("Zsuzsanna", "Ann Lee", "+351912345678", "Rua Augusta", "1100-148", "ring the blue bell")
SAID, SOUGHT = "my blue bell is broken", "bells that are blue"


def _columns(kinds: dict[str, str] | Any) -> list[tuple[str, str]]:
    return [(table, column) for table, columns in kinds.items() for column in columns.split()]


def test_every_column_is_classified_once() -> None:
    """A new one must be: is it about a person, about an order, or about neither?"""
    classified = [*_columns(OWN), *_columns(OF_ORDER), *_columns(PLAIN)]
    there = [(table.name, column.name) for table in Base.metadata.sorted_tables for column in table.columns]
    assert sorted(set(there) - set(classified)) == [], "not classified in store/personal.py"
    assert sorted(set(classified) - set(there)) == [], "classified, but not there"
    assert len(classified) == len(set(classified))


def test_every_table_with_something_personal_is_asked() -> None:
    """Those whose rows no condition finds are handled by name in `store/erasure.py`."""
    asked = {model.__tablename__ for model in personal.rows_of(Customer(id=1, telegram_id=1))}
    assert ({*OWN} | {*OF_ORDER}) - asked == {"bot_updates", "carrier_pushes", "provider_events"}


async def _a_life(db: Database) -> Customer:
    """Somebody who has left something in every table that can hold it."""
    person, mug = await a_customer(db, name=NAME), await a_variant(db, stock=9)
    order_id = await a_confirmed_order(db, mug, customer=person)
    await a_cart(db, person, mug)
    await an_address(db, person, country="FR")
    async with db.begin() as session:
        await session.execute(update(Order).values(note="ring the blue bell", staff_note=f"{NAME} is nice"))
        await favourites.set_favourite(session, person.id, mug.product_id, wanted=True, now=NOW)
        await favourites.set_watch(session, person.id, mug.id, wanted=True, now=NOW)
        cart_id = await session.scalar(select(Cart.id).where(Cart.customer_id == person.id, Cart.open_slot == 1))
        session.add(Checkout(cart_id=cart_id, contact_name="Ann Lee", contact_phone="+351912345678", updated_at=NOW))
        session.add(Search(customer_id=person.id, text=SOUGHT, at=NOW))
        session.add(ConversationState(key=f"draft:address:{person.id}", data={"street": "Rua Augusta"}, updated_at=NOW))
        session.add(ConversationState(key=f"1:{person.telegram_id}:{person.telegram_id}", state="note", updated_at=NOW))
        session.add(ChatMessage(chat_id=person.telegram_id, slot=f"order:{order_id}", message_id=1, updated_at=NOW))
        payload = {"message": {"from": {"id": person.telegram_id, "first_name": NAME}}}
        session.add(BotUpdate(bot_id=1, update_id=1, status="kept", payload=payload, received_at=NOW))
        actor = {"actor": f"customer:{person.id}", "actor_name": NAME, "subject_type": "order", "subject_id": order_id}
        session.add(AuditEntry(at=NOW, action="asked", details={}, **actor))
        thread = SupportThread(customer_id=person.id, open_slot=1, opened_at=NOW, last_side="customer", last_at=NOW)
        session.add(thread)
        event_id = await session.scalar(select(OutboxEvent.id).limit(1))
        session.add(Delivery(event_id=event_id, route="x", chat_id=person.telegram_id, status="sent", available_at=NOW))
        await session.flush()
        said = {"thread_id": thread.id, "side": "customer", "author_id": person.telegram_id, "author_name": NAME}
        where = {"kind": "text", "text": SAID, "chat_id": person.telegram_id, "message_id": 1, "sent_at": NOW}
        await session.execute(insert(SupportMessage).values(**said, **where))
        parcel = {"order_id": order_id, "kind": "courier", "tracking_number": "SB123", "packed_at": NOW}
        session.add(shipment := Shipment(**parcel))
        await session.flush()
        coupon = await coupon_edits.apologise(session, shipment.id, 10, actor=STAFF, now=NOW)
        await coupon_uses.spend(session, Applied(coupon.id, coupon.code, 150), person.id, order_id, freed={}, now=NOW)
        elsewhere = {"carrier": "sandbox", "tracking_number": "SB987", "phone_tries": 0, "created_at": NOW}
        session.add(FollowedParcel(customer_id=person.id, **elsewhere))
    return person


async def _is_over(db: Database) -> None:
    async with db.begin() as session:
        for order_id in list(await session.scalars(select(Order.id))):
            await order_life.cancel(session, order_id, actor=SYSTEM, reason="test", now=NOW)


async def _everything(db: Database) -> dict[str, list[str]]:
    """Every cell of every table, as text."""
    async with db.read() as session:
        return {
            table.name: [str(row) for row in (await session.execute(text(f"SELECT * FROM {table.name}"))).all()]
            for table in Base.metadata.sorted_tables
        }


def _left(everything: dict[str, list[str]], secret: str) -> list[str]:
    return [f"{table}: {row}" for table, rows in everything.items() for row in rows if secret in row]


async def test_all_that_is_known_is_handed_over(db: Database) -> None:
    """Each of the person's words is in it, and nothing of another's."""
    person = await _a_life(db)
    other = await a_customer(db, name="Benedek")
    await an_address(db, other, country="ES")
    async with db.read() as session:
        found = await personal.export(session, person)
    whole = str(found)
    assert not [
        secret for secret in (*SECRETS, SAID, SOUGHT, "SB123", "SB987", str(person.telegram_id)) if secret not in whole
    ]
    assert "Benedek" not in whole and "'ES'" not in whole
    assert {*found} == {*OWN, *OF_ORDER} - {"bot_updates", "carrier_pushes", "provider_events", "refunds", "scans"} - {
        "arrival_revisions",
        "payment_attempts",
        "payment_events",
    }


async def test_whoever_is_forgotten_has_left_no_word(db: Database) -> None:
    """Of all cells of all tables none says who it was; what was ordered and paid is there."""
    person = await _a_life(db)
    secrets = (*SECRETS, SAID, SOUGHT, "SB123", "SB987", str(person.telegram_id))
    before = await _everything(db)
    assert not [secret for secret in secrets if not _left(before, secret)]  # the search finds what there is
    await _is_over(db)
    async with db.begin() as session:
        await erasure.forget(session, person.id, now=NOW)
    after = await _everything(db)
    assert not [left for secret in secrets for left in _left(after, secret)]
    async with db.read() as session:
        order = (await session.scalars(select(Order))).one()
        assert order.total_minor and order.address == {"country": "PT"}
        # The staff's card is drawn again without the name.
        told = await session.scalars(select(OutboxEvent.payload).where(OutboxEvent.type == "order.changed"))
        assert {"order_id": order.id} in list(told)


async def test_whoever_has_ordered_nothing_is_gone_altogether(db: Database) -> None:
    """And is somebody new when they come back; nobody else has lost anything."""
    person, other = await a_customer(db, name=NAME), await a_customer(db, name="Ben")
    await a_cart(db, person, await a_variant(db))
    await an_address(db, other)
    async with db.begin() as session:
        await erasure.forget(session, person.id, now=NOW)
    async with db.read() as session:
        assert list(await session.scalars(select(Customer.name))) == ["Ben"]
    assert _left(await _everything(db), "Rua Augusta")


async def _travels(db: Database, order_id: int) -> None:
    """As the staff does it: the number is typed, corrected, and the parcel arrives."""
    async with db.begin() as session:
        wrong, right = {"tracking_number": "SB0001WRONG"}, {"tracking_number": "SB0002RIGHT"}
        parcel = await shipping.ship(session, order_id, carrier="sandbox", actor=STAFF, now=NOW, **wrong)
        await shipping.correct_number(session, parcel, carrier="sandbox", actor=STAFF, now=NOW, **right)
        await shipping.mark_delivered(session, parcel, actor=STAFF, now=NOW)


async def test_the_number_of_a_parcel_leads_to_nobody(db: Database) -> None:
    """The carrier knows whose it was: it is gone also from what the staff did."""
    order = await a_paid_order(db, await a_variant(db))
    await _travels(db, order.id)
    before = await _everything(db)
    assert _left(before, "SB0001WRONG") and _left(before, "SB0002RIGHT")
    async with db.begin() as session:
        await erasure.forget(session, order.customer_id, now=NOW)
    assert not _left(await _everything(db), "SB000")


async def test_an_order_under_way_stands_in_the_way(db: Database) -> None:
    """Its parcel still needs the address."""
    person = await _a_life(db)
    async with db.begin() as session:
        assert len(await erasure.in_the_way(session, person.id)) == 1
        with pytest.raises(NotAllowedNow):
            await erasure.forget(session, person.id, now=NOW)
    assert _left(await _everything(db), NAME)


async def test_whoever_works_here_stays_known(db: Database) -> None:
    """Until their role is taken back."""
    await a_shop(db)
    person = await a_customer(db, name=NAME)
    async with db.begin() as session:
        await staff.grant(session, person.telegram_id, staff.Role.PACKER, name=NAME, now=NOW)
        with pytest.raises(NotAllowedNow):
            await erasure.forget(session, person.id, now=NOW)
