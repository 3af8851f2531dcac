"""What can be had instead of something that cannot."""

from sqlalchemy.ext.asyncio import AsyncSession

from store import catalog
from store.catalog import ProductCard, ProductView
from store.errors import NotFound

MOST = 4


async def instead_of(session: AsyncSession, product: ProductView) -> tuple[ProductCard, ...]:
    """Up to four other products that are in stock: of the same category, else of the first ones that have any."""
    elsewhere = [
        each.id for each in await catalog.categories(session, product.currency) if each.id != product.category_id
    ]
    for category_id in (product.category_id, *elsewhere[:3]):
        if found := await _in_stock(session, category_id, product):
            return found
    return ()


async def _in_stock(session: AsyncSession, category_id: int, product: ProductView) -> tuple[ProductCard, ...]:
    """Near the product in its shelf; at most two pages are looked through."""
    try:
        pages = [await catalog.products_page(session, category_id, product.currency, after=product.id)]
    except NotFound:
        return ()
    if pages[0].before is not None:
        pages.append(await catalog.products_page(session, category_id, product.currency))
    cards = {card.id: card for page in pages for card in page.cards if not card.is_sold_out and card.id != product.id}
    return tuple(cards.values())[:MOST]
