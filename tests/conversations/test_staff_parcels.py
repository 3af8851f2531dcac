"""An order that leaves in several parcels: chosen piece by piece, each with its carrier, told to the buyer part by part."""

from typing import Any

import pytest

from bot.demo.people import Person
from store.parcels.carrier import CarrierError
from store.parcels.sandbox import SandboxCarrier
from tests.conversations.conftest import Shop
from tests.conversations.test_staff import a_paid_order, cards, presses
from tests.conversations.walks import answers, order_number, takes


async def an_order_of_three(shop: Shop) -> str:
    await takes(shop.ann, more=2)
    await answers(shop.ann)
    await shop.ann.taps("Place order")
    await shop.pays(shop.ann)
    return order_number(shop.ann)


async def in_two_parcels(shop: Shop) -> None:
    await presses(shop, shop.petra, "In parts", "➖", "Pack: 2")
    await presses(shop, shop.petra, "Pack the rest", "Pack: 1")


def told(person: Person) -> str:
    return "\n".join(str(message.get("text") or message.get("caption")) for message in person.from_bot)


async def test_three_mugs_leave_in_two_parcels(shop: Shop) -> None:
    """Each with its own label; the order is done when both have arrived, and Ann always knows which part is where."""
    await an_order_of_three(shop)
    await in_two_parcels(shop)
    await presses(shop, shop.petra, "Parcels: 2", "Ship parcel 1", "Label: Sandbox")
    assert shop.ann.sees("A part of order")
    assert "2 × " in told(shop.ann)
    assert "shipped in part" in cards(shop)[0]
    await presses(shop, shop.petra, "Parcels: 2", "Ship parcel 2", "Label: Sandbox")
    for _ in range(6):
        await shop.works(hours=10)
    assert len(cards(shop)) == 1
    assert "completed" in cards(shop)[0]
    assert "Parcel 2 of 2" in told(shop.ann)


async def test_the_buyer_sees_what_is_still_to_be_sent(shop: Shop) -> None:
    await an_order_of_three(shop)
    await presses(shop, shop.max, "In parts", "➖", "➖", "Pack: 1", "Parcels: 1", "Ship parcel 1", "Label: Sandbox")
    await shop.ann.sends("/track")
    assert shop.ann.sees("Still to be sent")
    assert "sent 1 of 3" in cards(shop)[0]
    assert "Not packed yet: 2 ×" in cards(shop)[0]


async def test_a_number_goes_to_the_parcel_that_the_card_asks_for(shop: Shop) -> None:
    await an_order_of_three(shop)
    await in_two_parcels(shop)
    card = shop.max.from_bot[-1]["message_id"]
    await shop.max.sends("RR123456785PT", reply_to=card)
    assert shop.max.sees("several parcels")
    await presses(shop, shop.max, "Parcels: 2", "Ship parcel 2", "I have a number")
    assert shop.max.sees("number of parcel 2")
    await shop.max.sends("RR123456785PT", reply_to=card)
    await shop.works()
    first, second = cards(shop)[0].split("<b>2.</b>") if "<b>2.</b>" in cards(shop)[0] else cards(shop)[0].split("2. ")
    assert "RR123456785PT" in second
    assert "RR123456785PT" not in first


async def test_two_who_choose_at_once_pack_a_piece_once(shop: Shop) -> None:
    """Petra packs; Max, who chose from the same card before, sees that she did, and what is left."""
    await an_order_of_three(shop)
    await presses(shop, shop.max, "In parts")
    button = shop.max.button("Pack: 3")
    await presses(shop, shop.petra, "Pack: 3")
    await shop.max.taps_data(button.message_id, button.look["callback_data"])
    assert "Petra packed" in (shop.max.toast or "")
    assert cards(shop)[0].count("Petra packed") == 1


async def test_a_parcel_is_unpacked_and_an_order_given_back(shop: Shop) -> None:
    """What nobody outside has heard of is taken back with one press."""
    await an_order_of_three(shop)
    await presses(shop, shop.max, "Accept", "Pack", "Unpack", "Give it back")
    assert "Max unpacked" in cards(shop)[0]
    assert "Max gave it back" in cards(shop)[0]
    await presses(shop, shop.petra, "Accept")
    assert "Petra accepted" in cards(shop)[0]


@pytest.mark.parametrize("is_keyed", [True, False])
async def test_a_label_whose_answer_was_lost_is_paid_for_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, is_keyed: bool
) -> None:
    """The parcel stands in the database before the carrier is asked, and names the label. Control: without the name there are two."""
    made, asked = set[str](), 0
    new_label = SandboxCarrier.new_label

    async def losing_the_first(carrier: SandboxCarrier, **wanted: Any) -> str:
        nonlocal asked
        asked += 1
        number = await new_label(carrier, **(wanted if is_keyed else wanted | {"key": str(asked)}))
        made.add(number)
        if asked == 1:
            raise CarrierError("the line broke")
        return number

    monkeypatch.setattr(SandboxCarrier, "new_label", losing_the_first)
    await a_paid_order(shop)
    await presses(shop, shop.max, "Ship", "Label: Sandbox", "Ship", "Label: Sandbox")
    assert (asked, len(made)) == (2, 1 if is_keyed else 2)
    assert shop.ann.sees("has left the shop")


async def test_a_carrier_that_does_not_answer_leaves_a_packed_parcel(shop: Shop) -> None:
    await a_paid_order(shop)
    carrier = shop.app.carriers["sandbox"]
    assert isinstance(carrier, SandboxCarrier)
    carrier.is_down = True
    await presses(shop, shop.max, "Ship", "Label: Sandbox")
    assert "does not answer" in (shop.max.toast or "")
    assert "Max packed" in cards(shop)[0]
