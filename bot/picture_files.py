"""Pictures that came from outside, kept in the shop's own folder under a name made of their content: the same picture is kept once, and a change
of bots, whose file ids mean nothing to each other, loses none.

Source of the measures: Telegram shows a photo with at most 2560 pixels on its long side, and takes 10 MB.
"""

import asyncio
import hashlib
import io
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from store.errors import BadInput

FOLDER = "kept"
CONTENT_MAX = 20 * 1024 * 1024
LONG_SIDE = 2560
# A small file can hold a picture that fills the memory: what is larger is never unpacked.
PIXELS_MAX = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def keep(folder: Path, content: bytes) -> str:
    """The picture lies below *folder*, upright and no larger than Telegram shows it; its name. Slow: not for the event loop.

    Raises: BadInput(field="picture", reason) too_large, not_a_picture.
    """
    made = _normalised(content)
    name = f"{FOLDER}/{hashlib.sha256(made).hexdigest()[:40]}.jpg"
    _write(folder / name, made)
    return name


def keeper(folder: Path) -> Callable[[bytes], Awaitable[str]]:
    """The same beside the event loop."""

    async def kept(content: bytes) -> str:
        return await asyncio.to_thread(keep, folder, content)

    return kept


def _normalised(content: bytes) -> bytes:
    if len(content) > CONTENT_MAX:
        raise BadInput(field="picture", reason="too_large")
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise BadInput(field="picture", reason="too_large")
            return _as_jpeg(picture)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        raise BadInput(field="picture", reason="not_a_picture") from None


def _as_jpeg(picture: Image.Image) -> bytes:
    """Where it was taken, and with which camera, is nobody's business: only the picture itself is kept."""
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONG_SIDE, LONG_SIDE))
    if upright.mode in ("RGBA", "LA", "P", "PA"):
        seen = upright.convert("RGBA")
        upright = Image.new("RGB", seen.size, "white")
        upright.paste(seen, mask=seen.getchannel("A"))
    file = io.BytesIO()
    upright.convert("RGB").save(file, "JPEG", quality=90, optimize=True)
    return file.getvalue()


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing: a process may die here, and another may write the same."""
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(unfinished).chmod(0o644)
    Path(unfinished).replace(path)
