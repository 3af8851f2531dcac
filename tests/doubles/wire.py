"""What a double has of the wire that is not there."""

import asyncio


async def a_moment() -> None:
    """Whoever else is asking has a turn: without a wire between them, nothing would ever happen at the same time."""
    await asyncio.sleep(0)
