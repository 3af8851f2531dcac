"""A NUL in a text, a name or a link. PostgreSQL knows no such text: on every database somebody is answered, and nobody apologises."""

import pytest

from bot.demo.people import Person
from tests.conversations.conftest import Shop

TEXTS = (
    "\x00",
    "mug\x00",
    "/start \x00",
    "/start p_\x00",
    "/start p_1\x00",
    "/start o_\x00",
    "/search mu\x00g",
    "/track \x00",
    "/\x00",
)


@pytest.fixture
def shop_url(db_url: str) -> str:
    return db_url


def is_answered(person: Person) -> bool:
    return bool(person.from_bot) and "went wrong on our side" not in str(person.from_bot[-1])


async def test_whatever_is_typed_with_a_nul_is_answered(shop: Shop) -> None:
    await shop.ann.starts()
    for text in TEXTS:
        await shop.ann.sends(text)
        assert is_answered(shop.ann), text


async def test_somebody_whose_name_has_a_nul_is_a_customer_like_any_other(shop: Shop) -> None:
    """Also one who is known already, and is called so now."""
    for first_name in ("\x00", "A\x00nn"):
        shop.world.users[shop.ann.id].first_name = first_name
        await shop.ann.starts()
        assert is_answered(shop.ann)
        assert shop.ann.buttons
