"""Names and texts that would like to be markup, placeholders or an order of their own change nothing but the place where they stand."""

import json
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from store.models import Category, Product, Variant
from tests import databases
from tests.conversations.conftest import Shop, opened
from tests.conversations.crawl import GOOD, Crawl, commands
from tests.conversations.watching import watches

PLAIN = "Plainword"
HOSTILE = {
    "markup": '<b>&amp; </i> <a href="x">y {0} {name} %s %(a)d',
    "letters": "\u202eevil\u202c Z\u0351\u034b\u0327a\u0310\u0327l\u0334g\u0337o 👨‍👩‍👧‍👦 🏴‍☠️ \u200b\u200f العربية",
    "long": "Donaudampfschifffahrtsgesellschaft " * 3 + "Ab",
}
TYPED = ("contact_name", "note", "address_street", "address_city", "address_label", "search")


async def _walk(shop: Shop, words: str) -> list[tuple[str, list[object]]]:
    """(press, structures of the screens that came of it) of a whole crawl in a shop whose goods and people are all called *words*."""
    await _is_called(shop, words)
    answers = GOOD | {state: (words.replace("\u202e", ""),) for state in TYPED}
    crawl = Crawl(shop, shop.ann, watches(shop.world), known={"gs:zh", "gs:ru"}, harmless=True, answers=answers)
    await crawl.everything(commands())
    return [(step.what, [look.structure for look in step.screens]) for step in crawl.steps if step.is_press]


async def _is_called(shop: Shop, words: str) -> None:
    shop.world.users[shop.ann.id].first_name = words
    texts = {"en": words}
    async with shop.app.db.begin() as session:
        await session.execute(update(Product).values(title=texts, description=texts))
        await session.execute(update(Category).values(title=texts))
        await session.execute(update(Variant).values(title=texts))


@pytest.fixture
def shop_url(sqlite_file_url: str) -> str:
    """Two new files, whose rows are numbered alike: buttons carry the numbers."""
    return sqlite_file_url


@pytest.fixture
async def other_shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    with databases.sqlite() as url:
        yield await opened(tmp_path_factory.mktemp("other"), url)


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
async def test_no_words_change_the_structure_of_a_screen(shop: Shop, other_shop: Shop, kind: str) -> None:
    """The same buttons with the same data, and the same entities in the same order, as where everything has a plain name."""
    plain = dict(await _walk(other_shop, PLAIN))
    hostile = dict(await _walk(shop, HOSTILE[kind]))
    await other_shop.app.stop()
    both = plain.keys() & hostile.keys()
    assert len(both) > 30
    different = {what: (plain[what], hostile[what]) for what in both if plain[what] != hostile[what]}
    assert not different, json.dumps(different, ensure_ascii=False, indent=1)[:4000]
