"""Telegram's own payment form, played by a person: address, delivery, tip, and the button that pays."""

import asyncio
import contextlib
from dataclasses import dataclass

from bot.demo import charges
from bot.demo.methods_invoices import invoice_behind, invoice_in
from bot.demo.methods_payments import ANSWER_WITHIN_S
from bot.demo.sight import Sight
from bot.demo.state import Invoice, Json, PaymentQuestion
from bot.demo.world import World

LOOKS_EVERY_S = 0.1
AN_ADDRESS: Json = {
    "country_code": "PT",
    "state": "",
    "city": "Lisbon",
    "street_line1": "Rua Augusta 10",
    "street_line2": "",
    "post_code": "1100-053",
}
"""Where the people in tests live, as the form writes it down."""


class FormClosed(Exception):
    """The form does not go on; says why, for the person before it."""


@dataclass
class Form:
    """One person before one invoice."""

    world: World
    user_id: int
    invoice: Invoice
    address: Json | None = None
    options: tuple[Json, ...] = ()

    @property
    def needs_delivery(self) -> bool:
        return bool(self.invoice.asked["is_flexible"])

    async def asks_delivery(self, address: Json) -> PaymentQuestion:
        """The bot is asked how it gets to *address*; where the price does not depend on that, nobody is asked."""
        self.address = address
        question = self._question()
        if self.needs_delivery:
            await self._ask("shipping_query", question, {"shipping_address": address})
            self.options = tuple(question.options)
        else:
            question.is_ok = True
        return question

    async def pays(self, *, option: str = "", tip: int = 0, is_declined: bool = False) -> PaymentQuestion:
        """The Pay button of the form: the bot is asked, and if it agrees, and the card is not declined, the money is taken.

        Raises: FormClosed, when the form would not let the person press.
        """
        more, total = self._order(option, tip)
        question = self._question()
        paid = {"currency": self.invoice.asked["currency"], "total_amount": total}
        await self._ask("pre_checkout_query", question, paid | more)
        if question.is_ok and not is_declined:
            question.charge_id = await charges.take(self.world, self.user_id, self.invoice, total, more)
        return question

    def _order(self, option: str, tip: int) -> tuple[Json, int]:
        asked = self.invoice.asked
        if not 0 <= tip <= asked["max_tip_amount"]:
            raise FormClosed("The tip is too high.")
        more: Json = {}
        total = self.invoice.total + tip
        if asked["need_shipping_address"] or self.needs_delivery:
            if self.address is None:
                raise FormClosed("Where should it go?")
            more["order_info"] = {"shipping_address": self.address}
        if self.needs_delivery:
            chosen = next((each for each in self.options if option in (each["id"], each["title"])), None)
            if chosen is None:
                raise FormClosed("How should it get there?")
            more["shipping_option_id"] = chosen["id"]
            total += sum(price["amount"] for price in chosen["prices"])
        return more, total

    def _question(self) -> PaymentQuestion:
        questions = self.world.state.payment_questions
        number = str(6_000_000_001 + len(questions))
        questions[number] = PaymentQuestion(number, self.user_id, self.world.clock().timestamp())
        return questions[number]

    async def _ask(self, kind: str, question: PaymentQuestion, about: Json) -> None:
        """Telegram waits ten seconds; where the world itself delivers, whatever is not answered by then never will be."""
        asked = {"id": question.id, "from": self.world.user_json(self.user_id)}
        await self.world.emit(kind, asked | {"invoice_payload": self.invoice.asked["payload"]} | about)
        if self.world.deliver is None:
            await self._waits_for_answer(question)
        if question.is_ok is None:
            question.error = "The bot did not answer in time."

    async def _waits_for_answer(self, question: PaymentQuestion) -> None:
        """By the world's clock, and by the wall's where the world's stands still."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                while question.is_ok is None and not self._is_too_late(question):
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self.world.changed(self.world.version), LOOKS_EVERY_S)

    def _is_too_late(self, question: PaymentQuestion) -> bool:
        return self.world.clock().timestamp() - question.asked_at > ANSWER_WITHIN_S


class Payer(Sight):
    """Whoever can be asked for money."""

    async def pays(
        self,
        where: str = "Pay",
        *,
        tip: int = 0,
        address: Json | None = None,
        option: str = "",
        is_declined: bool = False,
    ) -> PaymentQuestion:
        """Go through the form behind the button *where*, or behind a link, to its end.

        The last question that the bot was asked says what it answered, and by `charge_id` whether the money was taken.
        """
        form = self.form(where)
        asked = form.invoice.asked
        if asked["is_flexible"] or asked["need_shipping_address"]:
            question = await form.asks_delivery(address or AN_ADDRESS)
            if not question.is_ok:
                return question
        return await form.pays(option=option, tip=tip, is_declined=is_declined)

    def form(self, where: str = "Pay") -> Form:
        """The form that opens. Raises: AssertionError, when nothing of the kind is there."""
        invoice = invoice_behind(self.world, where) or self._invoice_of_button(where)
        assert invoice is not None, f"{self.name} finds no invoice behind {where!r}:\n{self.description()}"
        return Form(self.world, self.id, invoice)

    def _invoice_of_button(self, label: str) -> Invoice | None:
        button = self.button(label)
        if button.look.get("pay"):
            return invoice_in(self.world, self.chat_id, button.message_id)
        return invoice_behind(self.world, str(button.look.get("url", "")))

    async def pays_an_invoice(self, kind: str = "pre_checkout_query", **about: object) -> PaymentQuestion:
        """A question about an invoice that this bot has never made, or about *about*: whatever a form may ask."""
        form = Form(self.world, self.id, Invoice("none", {"payload": about.pop("payload", "order")}))
        question = form._question()
        money = {"currency": "USD", "total_amount": 1500}
        told: Json = {"shipping_address": AN_ADDRESS} if kind == "shipping_query" else money
        await form._ask(kind, question, told | about)
        return question
