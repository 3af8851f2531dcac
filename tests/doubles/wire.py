"""What a double has of the wire that is not there."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl


async def a_moment() -> None:
    """Whoever else is asking has a turn: without a wire between them, nothing would ever happen at the same time."""
    await asyncio.sleep(0)


def unfolded(form: str) -> dict[str, Any]:
    """`a[b][0]=1` → {"a": {"b": {"0": "1"}}}."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        *path, last = name.replace("]", "").split("[")
        place = found
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return found


async def nobody_listens(_body: bytes) -> tuple[int, bytes]:
    return 0, b""
