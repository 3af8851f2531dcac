"""The keyboards under the input field: only they can share a phone number or a place. One at a time, for one answer, and gone after it."""

from typing import Any

from bot.speaker import Turn
from bot.ui.screen import Doubt, Screen

# What stands in the input field meanwhile: how the answer is typed instead, in every language.
_TYPED_INSTEAD = {"request_contact": "+351 912 345 678", "request_location": "38.70775, -9.13659"}


async def offer(turn: Turn, screen: Screen) -> None:
    """A message has buttons below it or a keyboard below the input field, not both: the way back stays below the question."""
    for label, asked in ((screen.asks_contact, "request_contact"), (screen.asks_location, "request_location")):
        if label is None:
            continue
        keyboard: dict[str, Any] = {"keyboard": [[{"text": label, asked: True}]], "resize_keyboard": True}
        keyboard |= {"one_time_keyboard": True, "input_field_placeholder": _TYPED_INSTEAD[asked]}
        await turn("sendMessage", doubt=Doubt.SILENCE, text=label, reply_markup=keyboard, disable_notification=True)
