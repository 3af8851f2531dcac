"""What somebody is told of what they like, wait for, or have left in the cart: true when it is told, or not told at all."""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.settings import Settings
from bot.ui.favourites import back_in_stock_screen, cart_left_screen, price_dropped_screen
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from notifications.telling import Recipient, Telling
from store import carts, catalog, currencies
from store.catalog import ProductView, VariantView
from store.errors import NotForSale
from store.models import Customer, PriceChange
from store.wish_events import BackInStock, CartLeft, CustomerEvent, PriceDropped

_PERSON = select(Customer.telegram_id, Customer.language).where(
    Customer.id == bindparam("customer_id"), Customer.blocked_at.is_(None)
)


async def person(
    session: AsyncSession, event: CustomerEvent, _settings: Settings, _seller: SellerView
) -> list[Recipient]:
    """The customer's private chat; nobody when they have blocked the bot."""
    return [Recipient(*row) for row in await session.execute(_PERSON, {"customer_id": event.customer_id})]


async def back_in_stock(session: AsyncSession, event: BackInStock, tell: Telling) -> Screen | None:
    found = await _buyable(session, event.customer_id, event.variant_id)
    return back_in_stock_screen(*found, tell.t) if found is not None else None


async def price_dropped(session: AsyncSession, event: PriceDropped, tell: Telling) -> Screen | None:
    """Only while it is cheaper than it was in the currency that they see, and there is something to buy."""
    found = await _buyable(session, event.customer_id, event.variant_id)
    change = await session.get(PriceChange, event.change_id)
    if found is None or change is None or change.before_minor is None or change.currency != found[1].currency:
        return None
    if found[1].price_minor >= change.before_minor:
        return None
    return price_dropped_screen(*found, tell.t, before_minor=change.before_minor)


async def cart_left(session: AsyncSession, event: CartLeft, tell: Telling) -> Screen | None:
    """Only while the very same cart stands there, with something in it that can be bought."""
    cart = await carts.cart(session, event.customer_id)
    if cart.id != event.cart_id or not any(not line.is_problem for line in cart.lines):
        return None
    return cart_left_screen(cart, tell.t)


async def _buyable(session: AsyncSession, customer_id: int, variant_id: int) -> tuple[ProductView, VariantView] | None:
    try:
        product, variant = await catalog.variant(session, variant_id, await currencies.of(session, customer_id))
    except NotForSale:
        return None
    return (product, variant) if product.is_for_sale and variant.is_active and variant.free > 0 else None
