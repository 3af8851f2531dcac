"""Calls that answer Telegram's own payment form."""

from typing import TYPE_CHECKING

from bot.demo.methods_params import Params
from bot.demo.rules import bad_request

if TYPE_CHECKING:
    from bot.demo.world import World

# After so long the form tells the person that the payment failed.
ANSWER_WITHIN_S = 10


def answer_pre_checkout_query(world: "World", params: Params) -> bool:
    return _answer(world, params.text("pre_checkout_query_id"), params)


def answer_shipping_query(world: "World", params: Params) -> bool:
    return _answer(world, params.text("shipping_query_id"), params)


def _answer(world: "World", question_id: str, params: Params) -> bool:
    question = world.state.payment_questions.get(question_id)
    now = world.clock().timestamp()
    if question is None or question.is_ok is not None or now - question.asked_at > ANSWER_WITHIN_S:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if not params.flag("ok") and not params.text("error_message"):
        raise bad_request("there is no error message")
    question.is_ok, question.error = params.flag("ok"), params.text("error_message")
    world.touch()
    return True
