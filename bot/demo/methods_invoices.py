"""Calls that ask for money, and those that look after the bot's Stars."""

import json
import re
from typing import TYPE_CHECKING, Any

from bot.demo import charges, rules
from bot.demo.methods_params import Params
from bot.demo.methods_send import around
from bot.demo.rules import Unsupported, bad_request
from bot.demo.state import Chat, Invoice, Json
from store.payments import telegram_currencies

if TYPE_CHECKING:
    from bot.demo.world import World

STARS = "XTR"
TITLE_MAX, DESCRIPTION_MAX, PAYLOAD_MAX_BYTES, TIPS_MAX = 32, 255, 128, 4
# What a user found on 2026-09-09.
STARS_MAX = 100_000
_TOKEN = re.compile(r"\d+:(TEST|LIVE):\S+")
_FLAGS = ("is_flexible", "need_name", "need_phone_number", "need_email", "need_shipping_address")
_LINK = "https://t.me/$"


def send_invoice(world: "World", params: Params) -> Json:
    chat = rules.writable_chat(world, params)
    invoice = _invoice(world, params)
    shown = {key: invoice.asked[key] for key in ("title", "description", "currency")}
    content = {"invoice": shown | {"start_parameter": params.text("start_parameter"), "total_amount": invoice.total}}
    keyboard = {"reply_markup": _keyboard(params, chat)}
    message = world.post(chat, world.bot, content | around(chat, params) | keyboard)
    invoice.chat_id, invoice.message_id = chat.id, message["message_id"]
    return message


def create_invoice_link(world: "World", params: Params) -> str:
    if "subscription_period" in params or "business_connection_id" in params:
        raise Unsupported("the Telegram in memory sells no subscriptions, and knows no businesses")
    return link_to(_invoice(world, params))


def link_to(invoice: Invoice) -> str:
    return f"{_LINK}{invoice.slug}"


def invoice_behind(world: "World", link: str) -> Invoice | None:
    return world.state.invoices.get(link.removeprefix(_LINK)) if link.startswith(_LINK) else None


def invoice_in(world: "World", chat_id: int, message_id: int) -> Invoice | None:
    """The invoice that a message shows, or whose copy it is."""
    wanted = (chat_id, message_id)
    return next((each for each in world.state.invoices.values() if (each.chat_id, each.message_id) == wanted), None)


def refund_star_payment(world: "World", params: Params) -> Any:
    if not params.integer("user_id"):
        raise bad_request("invalid user_id specified")
    charge_id = params.required("telegram_payment_charge_id")
    charge = world.state.charges.get(charge_id)
    if charge is None or charge.message["currency"] != STARS or charge.user_id != params.integer("user_id"):
        raise bad_request("CHARGE_NOT_FOUND")
    if charge.is_refunded:
        raise bad_request("CHARGE_ALREADY_REFUNDED")
    return charges.give_back(world, charge_id)


def get_star_transactions(world: "World", params: Params) -> Json:
    offset, limit = params.integer("offset"), params.integer("limit", 100)
    if offset < 0 or not 1 <= limit <= 100:
        raise bad_request("limit must be between 1 and 100")
    return {"transactions": world.state.stars[offset : offset + limit]}


def get_my_star_balance(world: "World", params: Params) -> Json:
    return {"amount": sum(each["amount"] if "source" in each else -each["amount"] for each in world.state.stars)}


def _invoice(world: "World", params: Params) -> Invoice:
    asked: Json = {
        "title": _text(params, "title", TITLE_MAX),
        "description": _text(params, "description", DESCRIPTION_MAX),
        "payload": params.text("payload"),
        "currency": params.text("currency").upper(),
        "prices": prices(params.json("prices")),
        "max_tip_amount": params.integer("max_tip_amount"),
        "suggested_tip_amounts": params.json("suggested_tip_amounts") or [],
        **{flag: params.flag(flag) for flag in _FLAGS},
    }
    if not 1 <= len(asked["payload"].encode()) <= PAYLOAD_MAX_BYTES:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    invoice = Invoice(f"inv{len(world.state.invoices) + 1:08x}", asked)
    _refuse_total(invoice)
    _refuse_terms(invoice, params)
    world.state.invoices[invoice.slug] = invoice
    world.touch()
    return invoice


def _text(params: Params, name: str, most: int) -> str:
    """The real wording for a text that is too long is not known."""
    text = params.required(name)
    if len(text) > most:
        raise bad_request(f"invoice {name} is too long")
    return text


def prices(given: Any) -> list[Json]:
    """A list of LabeledPrice. Raises: BotApiError."""
    if not isinstance(given, list) or not given:
        raise bad_request("there must be at least one price")
    for price in given:
        if not isinstance(price, dict) or not isinstance(price.get("label"), str) or not price["label"]:
            raise bad_request("can't parse labeled price: Can't find field \"label\"")
        if type(price.get("amount")) is not int:
            raise bad_request('can\'t parse labeled price: Field "amount" must be of type Number')
    return [{"label": price["label"], "amount": price["amount"]} for price in given]


def _refuse_total(invoice: Invoice) -> None:
    currency, total = invoice.asked["currency"], invoice.total
    if total <= 0:
        raise bad_request("total price must be positive")
    if currency == STARS:
        least, most = 1, STARS_MAX
    elif currency in telegram_currencies.LIMITS:
        least, most = telegram_currencies.LIMITS[currency]
    else:
        raise bad_request("CURRENCY_INVALID")
    if not least <= total <= most:
        raise bad_request("CURRENCY_TOTAL_AMOUNT_INVALID")


def _refuse_terms(invoice: Invoice, params: Params) -> None:
    tips, most = invoice.asked["suggested_tip_amounts"], invoice.asked["max_tip_amount"]
    if invoice.is_in_stars:
        if params.text("provider_token") or len(invoice.asked["prices"]) != 1 or tips or most:
            raise bad_request("STARS_INVOICE_INVALID")
        return
    if not _TOKEN.fullmatch(params.text("provider_token")):
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    is_list = isinstance(tips, list) and all(type(tip) is int and tip > 0 for tip in tips)
    if not is_list or len(tips) > TIPS_MAX or sorted(set(tips)) != tips or (tips and tips[-1] > most):
        raise bad_request("suggested tip amounts must be positive, increasing and at most max_tip_amount")
    if provider_data := params.text("provider_data"):
        try:
            json.loads(provider_data)
        except ValueError:
            raise bad_request("DATA_JSON_INVALID") from None


def _keyboard(params: Params, chat: Chat) -> Json:
    """The client shows a Pay button of its own where none is given."""
    markup = params.markup()
    if not markup:
        return {"inline_keyboard": [[{"text": "Pay", "pay": True}]]}
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], list) or not rows[0]:
        raise bad_request("inline keyboard expected")
    first, *beside = rows[0]
    if not isinstance(first, dict) or not first.get("pay"):
        raise bad_request("REPLY_MARKUP_BUY_EMPTY")
    pay = {"text": str(first.get("text") or "Pay"), "pay": True}
    checked = [_checked(row, chat) for row in (beside, *rows[1:])]
    return {"inline_keyboard": [[pay, *checked[0]], *filter(None, checked[1:])]}


def _checked(row: list[Any], chat: Chat) -> list[Json]:
    keyboard = rules.inline_markup({"inline_keyboard": [row]}, chat)
    return keyboard["inline_keyboard"][0] if keyboard else []
