"""Telegram's payment form on the demo page: what it shows, the question about delivery, and the button that pays."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException

from bot.demo.bodies import Delivery, Opening, Paying
from bot.demo.methods_invoices import invoice_behind, invoice_in, link_to
from bot.demo.paying import Form, FormClosed
from bot.demo.people import Person
from bot.demo.state import Invoice, Json, PaymentQuestion
from bot.ui import format as fmt
from store.money import exponent

FIELDS = ("country_code", "state", "city", "street_line1", "street_line2", "post_code")


def opened(person: Person, wanted: Opening) -> Json:
    """What the form shows. Raises: HTTPException."""
    invoice = invoice_behind(person.world, wanted.link) or invoice_in(person.world, person.chat_id, wanted.message)
    if invoice is None:
        raise HTTPException(409, "This invoice is gone.")
    asked = invoice.asked
    money = _in_words(asked["currency"])
    return {
        "link": link_to(invoice),
        "title": asked["title"],
        "text": asked["description"],
        "currency": asked["currency"],
        "digits": exponent(asked["currency"]),
        "lines": [{"label": price["label"], "amount": money(price["amount"])} for price in asked["prices"]],
        "total": invoice.total,
        "total_text": money(invoice.total),
        "tips": [{"amount": tip, "text": money(tip)} for tip in asked["suggested_tip_amounts"]],
        "tip_max": asked["max_tip_amount"],
        "needs_address": bool(asked["need_shipping_address"] or asked["is_flexible"]),
        "is_stars": invoice.is_in_stars,
    }


async def asked_delivery(person: Person, wanted: Delivery) -> Json:
    """The ways of delivery that the bot has for this address; or why there are none."""
    form = _form(person, wanted)
    question = await form.asks_delivery(_address(wanted.address))
    if not question.is_ok:
        return {"error": question.error}
    money = _in_words(form.invoice.asked["currency"])
    options = [(each, sum(price["amount"] for price in each["prices"])) for each in question.options]
    return {
        "options": [
            {"id": each["id"], "title": each["title"], "amount": amount, "text": money(amount)}
            for each, amount in options
        ]
    }


async def paid(person: Person, wanted: Paying) -> Json:
    form = _form(person, wanted)
    if form.invoice.asked["need_shipping_address"] or form.needs_delivery:
        question = await form.asks_delivery(_address(wanted.address))
        if not question.is_ok:
            return {"error": question.error}
    try:
        question = await form.pays(option=wanted.option, tip=wanted.tip, is_declined=wanted.declined)
    except FormClosed as closed:
        return {"error": str(closed)}
    return _outcome(question, is_declined=wanted.declined)


def _outcome(question: PaymentQuestion, *, is_declined: bool) -> Json:
    if question.charge_id:
        return {"paid": True}
    if question.is_ok and is_declined:
        return {"error": "Your card was declined. Nothing was charged."}
    return {"error": question.error}


def _form(person: Person, wanted: Delivery) -> Form:
    invoice: Invoice | None = invoice_behind(person.world, wanted.link)
    if invoice is None:
        raise HTTPException(409, "This invoice is gone.")
    return Form(person.world, person.id, invoice)


def _address(given: Mapping[str, str]) -> Json:
    return {field: given.get(field, "")[:100] for field in FIELDS}


def _in_words(currency: str) -> Callable[[Any], str]:
    return lambda amount: fmt.money(amount, currency, "en")
