"""What somebody sends, before it fills the memory."""

from starlette.requests import ClientDisconnect, Request


async def body_of(request: Request, *, limit: int) -> bytes | None:
    """The raw bytes; None when there are more than *limit* of them."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body.extend(chunk)
            if len(body) > limit:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)
