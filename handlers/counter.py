"""Where checkout and payment conversations meet a customer: who it is, and which question comes next."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram.types import TelegramObject
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.callbacks import Question
from bot.ui.cart import cart_screen
from bot.ui.checkout import (
    delivery_screen,
    mixture_screen,
    name_screen,
    note_screen,
    payment_screen,
    phone_screen,
    saved_addresses_screen,
)
from bot.ui.coupons import coupon_screen
from bot.ui.doors import closed_screen
from bot.ui.errors import in_words
from bot.ui.i18n import Translator
from bot.ui.review import review_screen
from bot.ui.screen import Screen
from handlers import address_form
from handlers.routing import AudienceRouter, customers_router
from store import address_drafts, carts, checkout, coupons, customers, doors, promises
from store.address_drafts import AddressDraft, Place
from store.checkout import CheckoutView, Step, address_view
from store.coupons import Applied
from store.db import Database
from store.doors import Closed
from store.errors import CartEmpty, CouponGone, NoDelivery, NotFound, PaymentUnavailable
from store.models import Customer
from store.payments import choice
from store.payments.registry import Gateways

Act = Callable[[AsyncSession], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Counter:
    """Who stands at it, and all that the next question depends on."""

    customer: Customer
    t: Translator
    zone: str
    shop: str
    gateways: Gateways
    now: datetime
    shut: Closed | None = None

    async def ask(
        self, session: AsyncSession, wanted: Question | None = None, *, is_own_change: bool = False
    ) -> Screen:
        """The question that was *wanted* if this checkout has it, else the first that is open.

        What costs something else than last time is named line by line; another total alone too, unless it *is_own_change*. Raises: CartEmpty.
        """
        view = await checkout.view(session, self.customer.id)
        if view.cart.problems:
            sorry = self.t.label("Please settle what is marked first")
            return cart_screen(view.cart, self.t).with_toast(sorry)
        # Before anything is typed: who hears it after the address has typed for nothing.
        if self.shut is not None:
            return closed_screen(self.shut, self.t, self.zone)
        if view.cart.missing_minor:
            return cart_screen(view.cart, self.t)
        if choice.is_mixture(self.gateways, view):
            return mixture_screen(self.t)
        question = wanted if wanted and self._can_ask(view, wanted) else self._open(view)
        if question == Question.REVIEW:
            return await self._review(session, view, is_own_change)
        if question == Question.ADDRESS:
            return await self._ask_address(session, view)
        if question == Question.DELIVERY:
            promised = await promises.promised(session, view, now=self.now)
            return delivery_screen(
                view,
                self.t,
                promised=promised,
                zone=self.zone,
                now=self.now,
                has_currencies=self.customer.currency is not None,
            )
        return self._screen(view, question)

    async def _review(self, session: AsyncSession, view: CheckoutView, is_own_change: bool) -> Screen:
        """The last page; its total is remembered as the one that was seen. A coupon that is gone is taken out, and said so."""
        if view.quote is None:
            raise NoDelivery
        if view.coupon is not None and (why := await self._coupon_gone(session, view.coupon)) is not None:
            await checkout.set_coupon(session, self.customer.id, None, now=self.now)
            screen = await self._review(session, await checkout.view(session, self.customer.id), is_own_change=False)
            return screen.with_toast(why)
        before_minor, total_minor = view.expected_total_minor, view.quote.total_minor
        if not view.is_seen:
            await checkout.seen(session, self.customer.id, total_minor, now=self.now)
        is_news = view.changes or not is_own_change
        seen_minor = before_minor if is_news and before_minor != total_minor else None
        promised = await promises.promised(session, view, now=self.now)
        offer = coupons.NO_OFFER
        if view.coupon is None:
            offer = await coupons.offered(session, self.customer.id, view.cart, now=self.now)
        return review_screen(view, self.t, zone=self.zone, promised=promised, seen_minor=seen_minor, offer=offer)

    async def _coupon_gone(self, session: AsyncSession, coupon: Applied) -> str | None:
        why = await coupons.gone(session, coupon.id, self.customer.id, now=self.now)
        return in_words(CouponGone(code=coupon.code, reason=why), self.t) if why is not None else None

    def _open(self, view: CheckoutView) -> Question:
        if view.step == Step.CONTACT:
            return Question.PHONE if view.contact_name else Question.NAME
        if view.step == Step.REVIEW and not choice.is_settled(self.gateways, view):
            return Question.PAYMENT
        return Question(view.step.value)

    def _can_ask(self, view: CheckoutView, question: Question) -> bool:
        if question in (Question.REVIEW, Question.NOTE, Question.COUPON):
            return view.step == Step.REVIEW and self._open(view) == Question.REVIEW
        step = Step.CONTACT if question in (Question.NAME, Question.PHONE) else Step(question.value)
        return step in view.steps and view.steps.index(step) <= view.steps.index(view.step)

    async def _ask_address(self, session: AsyncSession, view: CheckoutView) -> Screen:
        saved = await customers.addresses(session, self.customer.id)
        if not saved:
            draft = await self._begun_address(session)
            return await address_form.asked(session, self.customer, self.t, draft, view=view)
        return saved_addresses_screen(view, [address_view(row) for row in saved], self.t)

    async def _begun_address(self, session: AsyncSession) -> AddressDraft:
        """What has been typed for this checkout. One that was begun for the account gives way: its answers would lead out of the checkout."""
        begun = await address_drafts.kept(session, self.customer.id)
        if begun is not None and begun.place is Place.CHECKOUT:
            return begun
        await address_drafts.keep(session, self.customer.id, AddressDraft(), now=self.now)
        return AddressDraft()

    def _screen(self, view: CheckoutView, question: Question) -> Screen:
        match question:
            case Question.NAME:
                return name_screen(view, self.t, telegram_name=self.customer.name)
            case Question.PHONE:
                return phone_screen(view, self.t)
            case Question.PAYMENT:
                return payment_screen(view, choice.for_checkout(self.gateways, view), self.t)
            case Question.COUPON:
                return coupon_screen(view, self.t)
            case _:
                return note_screen(view, self.t)


def counter_router(name: str) -> AudienceRouter:
    """A customers' router whose handlers may ask for `counter`."""
    router = customers_router(name)
    router.message.middleware(_at_the_counter)
    router.callback_query.middleware(_at_the_counter)
    return router


async def _at_the_counter(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]], event: TelegramObject, data: dict[str, Any]
) -> Any:
    return await handler(event, data | {"counter": counter_of(data)})


def counter_of(data: Mapping[str, Any]) -> Counter:
    seller, t = data["seller"], data["t"]
    customer, now = data["customer"], data["now"]
    zone, shut = seller.zone_for(customer), doors.closed(seller, now)
    return Counter(customer, t, zone, t.pick(seller.name), data["gateways"], now, shut)


async def answered(db: Database, counter: Counter, act: Act | None = None, *, then: Question | None = None) -> Screen:
    """Acts, then asks what comes next, in one transaction. What stands in the way is said over the question that is open.

    Raises: BadInput for a typed answer, which stays asked.
    """
    try:
        async with db.begin() as session:
            if act is not None:
                await act(session)
            return await counter.ask(session, then, is_own_change=act is not None)
    except CartEmpty as error:
        return await empty_handed(db, counter, error)
    except (NotFound, NoDelivery, PaymentUnavailable) as error:
        return await asked_again(db, counter, in_words(error, counter.t))


async def asked_again(db: Database, counter: Counter, why: str) -> Screen:
    try:
        async with db.begin() as session:
            return (await counter.ask(session)).with_toast(why)
    except CartEmpty as error:
        return await empty_handed(db, counter, error)


async def empty_handed(db: Database, counter: Counter, error: CartEmpty) -> Screen:
    """A checkout without a cart: the order was placed from another device, or the cart was emptied."""
    async with db.read() as session:
        cart = await carts.cart(session, counter.customer.id)
    return cart_screen(cart, counter.t).with_toast(in_words(error, counter.t))
