"""Carriers write couriers' and recipients' numbers into their texts; a chat may be read over somebody's shoulder."""

import re

# A date with or without its time is left alone. Seven digits or more, possibly grouped: a phone number, a door code, an identity card.
_LONG_NUMBER = re.compile(
    r"(\d{4}[-/.]\d{2}[-/.]\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?)|(?<![A-Za-z0-9])\+?\d(?:[ \-().]?\d){6,}"
)


def mask(text: str) -> str:
    """Long numbers keep their last two digits: "call 13812345678" → "call •••78"."""
    return _LONG_NUMBER.sub(lambda match: match[1] or "•••" + match[0][-2:], text)
