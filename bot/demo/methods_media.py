"""Files in messages: what a call uploads or reuses becomes the photo or document of a Message."""

import io
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from bot.demo import rules
from bot.demo.methods_params import Params, Upload
from bot.demo.rules import bad_request
from bot.demo.state import Json, StoredFile

if TYPE_CHECKING:
    from bot.demo.world import World

PHOTO_MAX_BYTES = 10 * 1024 * 1024
DOWNLOAD_MAX_BYTES = 20 * 1024 * 1024


def media(world: "World", params: Params, kind: str, source: object) -> Json:
    """The part of a Message that carries a file: `{"photo": […]}` or `{"document": {…}}`. Raises: BotApiError."""
    if source is None:
        raise bad_request(f"there is no {kind} in the request")
    stored = _stored(world, kind, params.file(source))
    return {"photo": [photo_size(stored)]} if kind == "photo" else {"document": document(stored)}


def caption(params: Params) -> Json:
    """Raises: BotApiError."""
    text, entities = params.formatted("caption", "caption_entities")
    if len(text) > rules.CAPTION_MAX:
        raise bad_request("message caption is too long")
    return {"caption": text, "caption_entities": entities}


def photo_size(stored: StoredFile) -> Json:
    return _head(stored) | {"width": stored.width, "height": stored.height}


def document(stored: StoredFile) -> Json:
    return _head(stored) | {"file_name": stored.name, "mime_type": stored.mime}


def get_file(world: "World", params: Params) -> Json:
    stored = world.state.files.get(params.required("file_id"))
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(stored.content) > DOWNLOAD_MAX_BYTES:
        raise bad_request("file is too big")
    return _head(stored) | {"file_path": stored.path}


def store(world: "World", kind: str, upload: Upload) -> StoredFile:
    """Keep an uploaded file as a photo, document, … Raises: BotApiError."""
    if not upload.content:
        raise bad_request("file must be non-empty")
    if kind != "photo":
        return world.store_file(upload, kind)
    size = len(upload.content)
    if size > PHOTO_MAX_BYTES:
        most = f"the maximum size is {PHOTO_MAX_BYTES} bytes"
        raise bad_request(f"file of size {size} bytes is too big for a photo; {most}")
    width, height = _dimensions(upload.content)
    return world.store_file(upload, kind, width=width, height=height)


def _stored(world: "World", kind: str, source: Upload | str) -> StoredFile:
    if isinstance(source, Upload):
        return store(world, kind, source)
    if source.startswith(("http://", "https://")):
        # The Telegram in memory has no way out: to it every address is one that does not answer.
        raise bad_request("failed to get HTTP URL content")
    known = world.state.files.get(source)
    if known is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if known.kind != kind:
        raise bad_request(f"can't use file of type {known.kind.capitalize()} as {kind.capitalize()}")
    return known


def _dimensions(content: bytes) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height


def _head(stored: StoredFile) -> Json:
    sizes = {"file_size": len(stored.content)}
    return {"file_id": stored.file_id, "file_unique_id": stored.file_unique_id, **sizes}
