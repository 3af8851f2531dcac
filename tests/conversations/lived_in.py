"""A shop in the middle of its life, in one language: orders that wait for money, for the packer, for the post and for nothing any more."""

from sqlalchemy import update

from bot.demo.people import Person
from store.models import Customer, Seller
from store.parcels.sandbox import SandboxCarrier
from tests.conversations.conftest import Shop
from tests.conversations.walks import CASH, PICKUP, answers, orders, takes

TELEGRAMS = {"zh": "zh-hans"}


async def lives(shop: Shop) -> None:
    """Ann has ordered in every way, Max has sent one parcel, Ann follows another from elsewhere and stands before the next checkout."""
    await orders(shop.ann)
    await shop.pays(shop.ann)
    await _orders_again(shop, payment=CASH)
    for label in ("Accept", "Pack", "Ship", "Label:"):
        await shop.max.taps(label)
    await shop.works(hours=6)
    await _orders_again(shop, delivery=PICKUP, payment="Pay at pick-up")
    await _orders_again(shop, payment=CASH)
    await _orders_again(shop)
    await shop.ann.sends(await SandboxCarrier().new_label(key="elsewhere", destination_country="PT", now=shop.clock()))
    await shop.ann.taps("Follow it")
    await takes(shop.ann, "Clothing", "Linen dress")


async def _orders_again(shop: Shop, **choices: str) -> None:
    await takes(shop.ann)
    await answers(shop.ann, first=False, **choices)
    await shop.ann.taps("Place order")
    await shop.works()


async def speaks(shop: Shop, language: str) -> None:
    """Everybody in the shop, and the shop itself, speaks *language* from now on."""
    for user in shop.world.users.values():
        user.language_code = TELEGRAMS.get(language, language)
    async with shop.app.db.begin() as session:
        await session.execute(update(Customer).values(language=language))
        await session.execute(update(Seller).values(language=language))


def in_private(person: Person) -> Person:
    """Somebody of the staff in their own chat with the bot."""
    return Person(person.world, person.id, phone=person.phone)
