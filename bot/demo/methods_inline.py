"""Inline mode: what a person types after the bot's name in any chat, the cards that the bot answers with, and the one that is chosen."""

import re
from typing import TYPE_CHECKING

from bot.demo import methods_media as files
from bot.demo import rules
from bot.demo.methods_edit import TOO_OLD
from bot.demo.methods_params import Params
from bot.demo.methods_send import text_content
from bot.demo.rules import Unsupported, bad_request
from bot.demo.state import Chat, InlineQuestion, Json

if TYPE_CHECKING:
    from bot.demo.world import World

RESULTS_MAX = 50
ID_MAX_BYTES = OFFSET_MAX_BYTES = 64
# Not documented; clients ask anew at every letter, and give the old question up.
ANSWER_WITHIN_S = 15
# A card may stand in a private chat or in a group: its buttons are checked as in a private one.
_ANYWHERE = Chat(0, "private")


def open_question(world: "World", user_id: int, text: str, offset: str) -> InlineQuestion:
    number = str(7_000_000_001 + len(world.state.inline_questions))
    question = InlineQuestion(number, user_id, text, offset, world.clock().timestamp())
    world.state.inline_questions[number] = question
    return question


def answer_inline_query(world: "World", params: Params) -> bool:
    question = world.state.inline_questions.get(params.text("inline_query_id"))
    waited = world.clock().timestamp() - question.asked_at if question is not None else 0
    if question is None or question.results is not None or waited > ANSWER_WITHIN_S:
        raise bad_request(TOO_OLD)
    if "results" not in params:
        raise bad_request('parameter "results" is required')
    asked = params.objects("results")
    if len(asked) > RESULTS_MAX:
        raise bad_request("too many inline query results specified")
    results = [_result(world, Params(each)) for each in asked]
    if len({each["id"] for each in results}) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    if len(params.text("next_offset").encode()) > OFFSET_MAX_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    question.button = _button(params.mapping("button"))
    question.results, question.next_offset = results, params.text("next_offset")
    world.touch()
    return True


def _result(world: "World", result: Params) -> Json:
    """What the list shows of the card, and in *content* the message that it becomes."""
    number, kind = result.required("id"), result.required("type")
    if not 1 <= len(number.encode()) <= ID_MAX_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    content = _content(world, kind, result)
    markup = rules.inline_markup(result.markup(), _ANYWHERE)
    look = {"id": number, "title": result.text("title"), "description": result.text("description")}
    return look | {"content": content | {"reply_markup": markup}}


def _content(world: "World", kind: str, result: Params) -> Json:
    given = result.mapping("input_message_content")
    if kind == "article":
        if not result.text("title"):
            raise bad_request("can't parse inline query result: Can't find field \"title\"")
        if given is None:
            raise bad_request("input message content is not specified")
        return _text(given)
    if kind == "photo" and result.text("photo_file_id"):
        photo = files.media(world, result, "photo", result.raw("photo_file_id"))
        return _text(given) if given is not None else photo | files.caption(result)
    raise Unsupported(f"the Telegram in memory does not know inline results of type {kind} that are not cached")


def _text(given: Json) -> Json:
    return text_content(Params(given | {"text": given.get("message_text", "")}))


def _button(button: Json | None) -> Json | None:
    if button is None:
        return None
    if not str(button.get("text") or "").strip():
        raise bad_request('can\'t parse inline query results button: Field "text" must be non-empty')
    start = button.get("start_parameter")
    if start is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(start)):
        raise bad_request("START_PARAM_INVALID")
    return button
