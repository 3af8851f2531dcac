"""Calls that answer Telegram's own payment form."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.demo.methods_invoices import prices
from bot.demo.methods_params import Params
from bot.demo.rules import bad_request
from bot.demo.state import Json

if TYPE_CHECKING:
    from bot.demo.world import World

# After so long the form tells the person that the payment failed.
ANSWER_WITHIN_S = 10


def answer_pre_checkout_query(world: "World", params: Params) -> bool:
    return _answer(world, params.text("pre_checkout_query_id"), params)


def answer_shipping_query(world: "World", params: Params) -> bool:
    options = _options(params) if params.flag("ok") else []
    return _answer(world, params.text("shipping_query_id"), params, options)


def _options(params: Params) -> list[Json]:
    """Raises: BotApiError."""
    options = params.objects("shipping_options")
    if not options:
        raise bad_request("there must be at least one shipping option")
    for option in options:
        if not str(option.get("id") or "") or not str(option.get("title") or ""):
            raise bad_request("can't parse shipping option: id and title must be non-empty")
    if len({option["id"] for option in options}) < len(options):
        raise bad_request("SHIPPING_ID_DUPLICATE")
    return [{"id": each["id"], "title": each["title"], "prices": prices(each.get("prices"))} for each in options]


def _answer(world: "World", question_id: str, params: Params, options: Sequence[Json] = ()) -> bool:
    question = world.state.payment_questions.get(question_id)
    now = world.clock().timestamp()
    if question is None or question.is_ok is not None or now - question.asked_at > ANSWER_WITHIN_S:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if not params.flag("ok") and not params.text("error_message"):
        raise bad_request("there is no error message")
    question.is_ok, question.error = params.flag("ok"), params.text("error_message")
    question.options = list(options)
    world.touch()
    return True
