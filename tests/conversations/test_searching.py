"""Finding something by typing what it is."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.ui.search_callbacks import ShowResults, ShowResultsFrom
from store import catalog_edits
from store.audit import SYSTEM
from store.models import Product, Search
from tests.conversations.conftest import Shop
from tests.conversations.walks import orders, takes


async def test_a_word_typed_at_any_time_finds_goods(shop: Shop) -> None:
    """From the front door to the cart without a category."""
    await shop.ann.starts()
    await shop.ann.sends("linen")
    assert shop.ann.sees("Found for “linen”") and "Linen dress" in shop.ann.buttons
    await shop.ann.taps("Linen dress")
    await shop.ann.taps("Add to cart")

    assert shop.ann.sees("Linen dress")


async def test_everybody_finds_in_their_language(shop: Shop) -> None:
    await shop.lilei.sends("连衣裙")
    await shop.ivan.sends("платья")

    assert "亚麻连衣裙" in shop.lilei.buttons
    assert "Льняное платье" in shop.ivan.buttons


async def test_the_button_asks_and_what_is_typed_next_is_the_answer(shop: Shop) -> None:
    """Even what would be a question about a parcel at another time."""
    await shop.ann.starts()
    await shop.ann.taps("🔍 Search")
    await shop.ann.sends("where is my order")
    assert shop.ann.sees("I found nothing for where is my order")
    await shop.ann.taps("Search again")
    await shop.ann.sends("mug")

    assert shop.ann.sees("Found for “mug”")


async def test_a_question_about_a_parcel_is_no_search(shop: Shop) -> None:
    await orders(shop.ann)
    await shop.ann.sends("where is my parcel")

    assert not shop.ann.sees("Found for")
    assert not shop.ann.sees("I found nothing")


async def test_words_in_the_middle_of_a_checkout_answer_the_checkout(shop: Shop) -> None:
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.ann.sends("Linen")

    assert not shop.ann.sees("Found for")


async def test_a_price_in_words(shop: Shop) -> None:
    await shop.ann.sends("/search linen under 40")

    assert "Linen dress" not in shop.ann.buttons
    assert "Linen cushion" in shop.ann.buttons


async def test_results_are_turned_and_the_product_leads_back_to_its_page(shop: Shop) -> None:
    """Also after another size and another quantity was chosen there."""
    await shop.ann.sends("/search under 1000")
    first = list(shop.ann.buttons)
    await shop.ann.taps("Next")
    second = list(shop.ann.buttons)
    await shop.ann.taps(second[1])
    await shop.ann.taps("➕")
    await shop.ann.taps("Back")
    assert shop.ann.buttons[0] == second[1]
    await shop.ann.taps("Previous")
    await shop.ann.taps("Next")

    assert first != second
    assert len(shop.ann.from_bot) == 1


@pytest.mark.parametrize("text", ["hello", "купить", "你好", "<b>bold</b>", "zzz " * 40])
async def test_words_that_find_nothing_lead_on(shop: Shop, text: str) -> None:
    await shop.ann.sends(text)

    assert "🔍 Search again" in shop.ann.buttons or "🛍 Browse" in shop.ann.buttons


@pytest.mark.parametrize("text", ["/search 🙂", "/search the", "/search ..."])
async def test_what_has_no_words_finds_nothing(shop: Shop, text: str) -> None:
    """Not everything."""
    await shop.ann.sends(text)

    assert shop.ann.sees("I found nothing for")


async def test_a_withdrawn_product_is_found_no_more(shop: Shop) -> None:
    async with shop.app.db.begin() as session:
        product_id = await session.scalar(select(func.min(Product.id)))
        await catalog_edits.archive_product(session, product_id or 0, actor=SYSTEM, now=shop.clock())
    await shop.ann.sends("linen dress")

    assert "Linen dress" not in shop.ann.buttons


async def test_nobody_learns_what_another_looked_for(shop: Shop) -> None:
    """The number of somebody else's search opens nothing."""
    await shop.ann.sends("linen")
    async with shop.app.db.read() as session:
        search_id = await session.scalar(select(Search.id)) or 0
    await shop.ivan.starts()
    message_id = shop.ivan.from_bot[-1]["message_id"]
    for forged in (ShowResults(search_id=search_id), ShowResultsFrom(search_id=search_id, product_id=1)):
        await shop.ivan.taps_data(message_id, forged.pack())
        assert not shop.ivan.sees("linen")
        assert shop.ivan.sees("Что вы ищете?")


async def test_the_latest_searches_are_kept(shop: Shop) -> None:
    """A button of one that is forgotten asks anew."""
    await shop.ann.sends("/search under 1000")
    oldest = shop.ann.from_bot[-1]["message_id"]
    for number in range(21):
        await shop.ann.sends(f"linen under {100 + number}")
    async with shop.app.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Search)) == 20
        first = await session.scalar(select(func.min(Search.id))) or 0
    await shop.ann.taps_data(oldest, ShowResults(search_id=first - 1).pack())

    assert shop.ann.sees("What are you looking for?")


async def test_what_was_looked_for_again_is_among_the_latest(shop: Shop) -> None:
    """Its buttons work for another twenty searches."""
    await shop.ann.sends("linen")
    for number in range(19):
        await shop.ann.sends(f"linen under {100 + number}")
    shop.clock.at += timedelta(seconds=1)
    await shop.ann.sends("linen")
    await shop.ann.sends("mug")
    async with shop.app.db.read() as session:
        kept = set(await session.scalars(select(Search.text)))

    assert "linen" in kept and len(kept) == 20
