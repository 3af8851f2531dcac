"""Telegram's own money: invoices and what is wrong with them, the form and what it asks, Stars in and out."""

import json
from typing import Any

import pytest

from bot.demo.paying import FormClosed
from bot.demo.people import Person
from bot.demo.rules import BotApiError
from bot.demo.state import Json
from bot.demo.world import World
from tests.bot.demo.conftest import Clock, Refusal
from tests.sources import ROOT

API = ROOT.parent / "shared" / "data" / "payments" / "telegram" / "api.json"
CARD: Json = {
    "title": "Order 7K2Q",
    "description": "Two mugs",
    "payload": "7K2Q-1",
    "provider_token": "284685063:TEST:abc",
    "currency": "USD",
    "prices": [{"label": "Mugs", "amount": 1500}],
}
STARS: Json = CARD | {"provider_token": "", "currency": "XTR", "prices": [{"label": "A book", "amount": 450}]}


class Bot:
    """Answers the form's questions as it is told to, and hears of the money."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.heard: list[Json] = []
        self.answer: Json = {"ok": True}
        self.options: list[Json] = []
        world.deliver = self.hears

    async def hears(self, update: Json) -> None:
        self.heard.append(update)
        if question := update.get("pre_checkout_query"):
            await self.world.call("answerPreCheckoutQuery", {"pre_checkout_query_id": question["id"]} | self.answer)
        if question := update.get("shipping_query"):
            answer = {"shipping_query_id": question["id"], "shipping_options": self.options}
            await self.world.call("answerShippingQuery", answer | self.answer)

    @property
    def kinds(self) -> list[str]:
        return [next(key for key in update if key != "update_id") for update in self.heard]


@pytest.fixture
def bot(world: World, ann: Person) -> Bot:
    return Bot(world)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"title": "x" * 33}, "invoice title is too long"),
        ({"description": ""}, 'parameter "description" is required'),
        ({"payload": "я" * 65}, "INVOICE_PAYLOAD_INVALID"),
        ({"payload": ""}, "INVOICE_PAYLOAD_INVALID"),
        ({"provider_token": ""}, "PAYMENT_PROVIDER_INVALID"),
        ({"provider_token": "nonsense"}, "PAYMENT_PROVIDER_INVALID"),
        ({"currency": "ABC"}, "CURRENCY_INVALID"),
        ({"prices": []}, "there must be at least one price"),
        ({"prices": [{"label": "Mug", "amount": 1.5}]}, None),
        ({"prices": [{"label": "", "amount": 1}]}, None),
        ({"prices": [{"label": "Mug", "amount": 5}, {"label": "Off", "amount": -5}]}, "total price must be positive"),
        ({"prices": [{"label": "Mug", "amount": 99}]}, "CURRENCY_TOTAL_AMOUNT_INVALID"),
        ({"prices": [{"label": "Mug", "amount": 1_000_001}]}, "CURRENCY_TOTAL_AMOUNT_INVALID"),
        ({"suggested_tip_amounts": [100, 100], "max_tip_amount": 500}, None),
        ({"suggested_tip_amounts": [100, 600], "max_tip_amount": 500}, None),
        ({"suggested_tip_amounts": [1, 2, 3, 4, 5], "max_tip_amount": 500}, None),
        ({"provider_data": "{"}, "DATA_JSON_INVALID"),
        (STARS | {"provider_token": "284685063:TEST:abc"}, "STARS_INVOICE_INVALID"),
        (STARS | {"prices": [{"label": "A", "amount": 1}, {"label": "B", "amount": 1}]}, "STARS_INVOICE_INVALID"),
        (STARS | {"max_tip_amount": 5}, "STARS_INVOICE_INVALID"),
        (STARS | {"prices": [{"label": "A", "amount": 100_001}]}, "CURRENCY_TOTAL_AMOUNT_INVALID"),
    ],
)
async def test_an_invoice_out_of_bounds_is_refused(
    refusal: Refusal, ann: Person, wrong: Json, reason: str | None
) -> None:
    """In a chat as behind a link; where Telegram's words are known, in those."""
    said = await refusal("createInvoiceLink", **(CARD | wrong))
    assert said == await refusal("sendInvoice", chat_id=ann.id, **(CARD | wrong))
    assert reason is None or said == f"Bad Request: {reason}"


async def test_an_invoice_in_the_chat_has_a_pay_button_first(world: World, ann: Person, refusal: Refusal) -> None:
    """The client's own, or the bot's."""
    sent = await world.call("sendInvoice", CARD | {"chat_id": ann.id})
    assert sent["invoice"]["total_amount"] == 1500 and ann.buttons == ["Pay"]
    rows = {"inline_keyboard": [[{"text": "Pay $15", "pay": True}], [{"text": "No", "callback_data": "no"}]]}
    await world.call("sendInvoice", CARD | {"chat_id": ann.id, "reply_markup": rows})
    assert ann.buttons == ["Pay $15", "No"]
    rows = {"inline_keyboard": [[{"text": "No", "callback_data": "no"}]]}
    assert "REPLY_MARKUP_BUY_EMPTY" in await refusal("sendInvoice", **CARD, chat_id=ann.id, reply_markup=rows)


async def test_the_money_is_taken_after_the_bot_agreed(bot: Bot, world: World, ann: Person) -> None:
    """A question, then a message from the payer with the ids of both sides."""
    link = await world.call("createInvoiceLink", CARD)
    question = await ann.pays(link)
    assert bot.kinds == ["pre_checkout_query", "message"]
    paid = bot.heard[-1]["message"]["successful_payment"]
    assert (paid["total_amount"], paid["invoice_payload"]) == (1500, "7K2Q-1")
    assert paid["telegram_payment_charge_id"] == question.charge_id and paid["provider_payment_charge_id"]


async def test_a_refusal_or_a_declined_card_takes_nothing(bot: Bot, world: World, ann: Person) -> None:
    link = await world.call("createInvoiceLink", CARD)
    assert not (await ann.pays(link, is_declined=True)).charge_id
    bot.answer = {"ok": False, "error_message": "Sold out"}
    question = await ann.pays(link)
    assert (question.is_ok, question.error, question.charge_id) == (False, "Sold out", "")
    assert not world.state.charges


async def test_a_bot_that_says_nothing_takes_nothing(world: World, ann: Person) -> None:
    async def deaf(_update: Json) -> None: ...

    world.deliver = deaf
    question = await ann.pays(await world.call("createInvoiceLink", CARD))
    assert question.is_ok is None and question.error and not question.charge_id


async def test_delivery_and_tip_come_on_top(bot: Bot, world: World, ann: Person) -> None:
    """A flexible price depends on the address; the tip is bounded by the bot."""
    link = await world.call("createInvoiceLink", CARD | {"is_flexible": True, "max_tip_amount": 300})
    bot.options = [{"id": "3", "title": "Courier", "prices": [{"label": "Courier", "amount": 500}]}]
    await ann.pays(link, option="Courier", tip=200)
    assert bot.kinds == ["shipping_query", "pre_checkout_query", "message"]
    paid = bot.heard[-1]["message"]["successful_payment"]
    assert (paid["total_amount"], paid["shipping_option_id"]) == (2200, "3")
    assert paid["order_info"]["shipping_address"]["city"] == "Lisbon"
    with pytest.raises(FormClosed):
        await ann.pays(link, option="Courier", tip=301)
    with pytest.raises(FormClosed):
        await ann.pays(link, option="Balloon")


@pytest.mark.parametrize(
    "options",
    [
        [],
        [{"id": "", "title": "x", "prices": []}],
        [{"id": "1", "title": "x", "prices": [{"label": "x", "amount": 1}]}] * 2,
    ],
)
async def test_wrong_ways_of_delivery_are_refused(world: World, ann: Person, options: list[Any]) -> None:
    question = await ann.pays_an_invoice("shipping_query")
    with pytest.raises(BotApiError):
        await world.call(
            "answerShippingQuery", {"shipping_query_id": question.id, "ok": True, "shipping_options": options}
        )
    assert question.is_ok is None


async def test_an_answer_after_ten_seconds_is_too_late(world: World, ann: Person, clock: Clock) -> None:
    """Telegram has told the person by then that it did not work."""
    question = await _asked(world, ann)
    clock.advance(seconds=11)
    with pytest.raises(BotApiError):
        await world.call("answerPreCheckoutQuery", {"pre_checkout_query_id": question, "ok": True})


async def _asked(world: World, ann: Person) -> str:
    async def deaf(_update: Json) -> None: ...

    world.deliver = deaf
    return (await ann.pays_an_invoice()).id


async def test_stars_come_and_go_back_whole(bot: Bot, world: World, ann: Person, refusal: Refusal) -> None:
    """The refund is told by a message, stands in the list under the payment's id, and cannot be had twice."""
    paid = await ann.pays(await world.call("createInvoiceLink", STARS))
    assert (await world.call("getMyStarBalance", {}))["amount"] == 450
    refund = {"user_id": ann.id, "telegram_payment_charge_id": paid.charge_id}
    assert "CHARGE_NOT_FOUND" in await refusal("refundStarPayment", **refund | {"user_id": 1})
    assert "invalid user_id specified" in await refusal("refundStarPayment", **refund | {"user_id": ""})
    assert await world.call("refundStarPayment", refund) is True
    assert bot.heard[-1]["message"]["refunded_payment"]["telegram_payment_charge_id"] == paid.charge_id
    assert "CHARGE_ALREADY_REFUNDED" in await refusal("refundStarPayment", **refund)
    came, went = (await world.call("getStarTransactions", {}))["transactions"]
    assert came["id"] == went["id"] == paid.charge_id
    assert came["source"]["invoice_payload"] == "7K2Q-1" and went["receiver"]["user"]["id"] == ann.id
    assert (await world.call("getMyStarBalance", {}))["amount"] == 0
    assert (await world.call("getStarTransactions", {"offset": 1, "limit": 1}))["transactions"] == [went]


async def test_what_the_bot_hears_has_telegrams_shape(bot: Bot, world: World, ann: Person) -> None:
    """Every field stands in the Bot API's description, and every required one is there."""
    if not API.exists():
        pytest.skip(f"no description of the Bot API at {API}")
    types: Json = json.loads(API.read_text(encoding="utf-8"))["types"]
    bot.options = [{"id": "3", "title": "Courier", "prices": [{"label": "Courier", "amount": 500}]}]
    await ann.pays(await world.call("createInvoiceLink", CARD | {"is_flexible": True}), option="3")
    stars = await ann.pays(await world.call("createInvoiceLink", STARS))
    await world.call("refundStarPayment", {"user_id": ann.id, "telegram_payment_charge_id": stars.charge_id})
    shapes = {
        "ShippingQuery": bot.heard[0]["shipping_query"],
        "ShippingAddress": bot.heard[0]["shipping_query"]["shipping_address"],
        "PreCheckoutQuery": bot.heard[1]["pre_checkout_query"],
        "OrderInfo": bot.heard[1]["pre_checkout_query"]["order_info"],
        "SuccessfulPayment": bot.heard[2]["message"]["successful_payment"],
        "RefundedPayment": bot.heard[-1]["message"]["refunded_payment"],
        "StarTransaction": world.state.stars[0],
        "TransactionPartnerUser": world.state.stars[0]["source"],
    }
    for name, value in shapes.items():
        fields = {field["name"]: field["required"] for field in types[name]["fields"]}
        assert value.keys() <= fields.keys(), name
        assert {field for field, is_required in fields.items() if is_required} <= value.keys(), name
