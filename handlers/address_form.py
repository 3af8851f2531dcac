"""Which screen an address that is being typed has now: shared by the checkout, which asks for one, and the account, which keeps them."""

from aiogram.filters.callback_data import CallbackData
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.address_callbacks import ShowAddress, ShowAddresses
from bot.ui.address_form import form_screen, part_screen
from bot.ui.callbacks import AskQuestion, Question
from bot.ui.checkout import back_from, headed
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from store import address_drafts, customers
from store.address_drafts import AddressDraft
from store.address_rules import Part
from store.checkout import CheckoutView
from store.models import Customer


async def asked(
    session: AsyncSession,
    customer: Customer,
    t: Translator,
    draft: AddressDraft,
    *,
    view: CheckoutView | None,
    part: Part | None = None,
    page: int = 0,
) -> Screen:
    """The *part* that is wanted again, else what is open. *view*: the checkout that asks for the address; None: it is for the account."""
    phone = view.contact_phone if view else None
    nearby = await address_drafts.nearby_countries(session, customer.id, phone=phone, language=t.language)
    if view is not None:
        head = headed(view, Question.ADDRESS, t)
        has_saved = bool(await customers.addresses(session, customer.id))
        leaves_to = AskQuestion(question=Question.ADDRESS) if has_saved else back_from(view, Question.ADDRESS)
        return _screen(draft, part, page, t, head, leaves_to, nearby)
    if draft.replaces is not None:
        to = ShowAddress(address_id=draft.replaces)
        return _screen(draft, part, page, t, t("<b>Change the address</b>"), to, nearby)
    return _screen(draft, part, page, t, t("<b>New address</b>"), ShowAddresses(), nearby)


def _screen(
    draft: AddressDraft,
    part: Part | None,
    page: int,
    t: Translator,
    head: Markup,
    leaves_to: CallbackData,
    nearby: list[str],
) -> Screen:
    if part is None:
        return form_screen(draft, t, head=head, leaves_to=leaves_to, nearby=nearby)
    return part_screen(draft, part, t, head=head, leaves_to=leaves_to, nearby=nearby, page=page)
