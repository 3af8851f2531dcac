"""A customer's coupons: typed at the checkout, offered there, or come by with a link."""

from datetime import datetime
from typing import Any

from aiogram import Bot
from aiogram.filters import CommandStart
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui import links
from bot.ui.coupon_callbacks import DropCoupon, UseCoupon
from bot.ui.coupons import held_screen
from bot.ui.errors import in_words
from bot.ui.i18n import Translator
from bot.ui.linked import with_checkout, with_news
from bot.ui.links import Target
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from bot.ui.states import Awaiting
from handlers.awaits import Awaits
from handlers.counter import Counter, answered, asked_again, counter_router
from handlers.start import home
from store import checkout, coupon_edits, coupons
from store.coupons import Trouble
from store.db import Database
from store.errors import BadInput, CouponGone

router = counter_router(__name__)


class FollowsCoupon(CommandStart):
    """/start with the link of a coupon; other links are the front door's."""

    async def __call__(self, message: Message, bot: Bot) -> bool | dict[str, Any]:
        found = await super().__call__(message, bot)
        if not isinstance(found, dict):
            return False
        link = links.read(found["command"].args or "")
        return {"code": link.name} if link is not None and link.to is Target.COUPON else False


@router.message(FollowsCoupon())
async def follow_link(
    message: Message, code: str, db: Database, counter: Counter, seller: SellerView, now: datetime
) -> Screen:
    """A coupon that does not help this customer leads to the shop, and says so."""
    t, customer = counter.t, counter.customer
    async with db.begin() as session:
        found = await coupons.find(session, customer.id, code, now=now)
        if isinstance(found, BadInput):
            return with_news(await home(session, customer, seller, t, now), _of_a_link(found, t), t)
        await coupons.hold(session, customer.id, found, now=now)
        screen = held_screen(await coupon_edits.coupon(session, found), t, zone=seller.timezone)
        is_begun = await checkout.is_begun(session, customer.id)
    return with_checkout(screen, t) if is_begun else screen


def _of_a_link(why: BadInput, t: Translator) -> str:
    """Nobody has typed anything that could be typed again."""
    is_unknown = why.params["reason"] in (Trouble.UNKNOWN, "format")
    return in_words(CouponGone() if is_unknown else why, t)


@router.message(Awaits(Awaiting.COUPON))
async def type_code(message: Message, db: Database, counter: Counter, now: datetime) -> Screen:
    """A wrong code is counted before it is refused."""
    async with db.begin() as session:
        found = await coupons.find(session, counter.customer.id, message.text or "", now=now)
    if isinstance(found, BadInput):
        raise found
    return await _with(found, db, counter)


@router.callback_query(UseCoupon.filter())
async def use_coupon(
    query: CallbackQuery, callback_data: UseCoupon, db: Database, counter: Counter, now: datetime
) -> Screen:
    """The press may come from a screen of yesterday, and the data from anybody: what they know and may use is looked up again."""
    coupon_id, customer_id = callback_data.coupon_id, counter.customer.id
    async with db.read() as session:
        why: Trouble | None = Trouble.UNKNOWN
        if await coupons.knows(session, customer_id, coupon_id):
            why = await coupons.gone(session, coupon_id, customer_id, now=now)
    if why is not None:
        return await asked_again(db, counter, in_words(CouponGone(reason=why), counter.t))
    return await _with(coupon_id, db, counter)


@router.callback_query(DropCoupon.filter())
async def drop_coupon(query: CallbackQuery, db: Database, counter: Counter) -> Screen:
    return await _with(None, db, counter)


async def _with(coupon_id: int | None, db: Database, counter: Counter) -> Screen:
    async def write(session: AsyncSession) -> None:
        await checkout.set_coupon(session, counter.customer.id, coupon_id, now=counter.now)

    return await answered(db, counter, write)
