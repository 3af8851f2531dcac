"""Several pictures sent together, above the screen that speaks of them."""

import logging
from collections.abc import Sequence
from typing import Any

from aiogram.exceptions import TelegramAPIError
from aiogram.types import InputFile

from bot.pictures import Pictures, is_link
from bot.refusals import Refusal, reason, refusal
from bot.speaker import Turn
from bot.ui.screen import Doubt, Picture

log = logging.getLogger(__name__)

# Telegram takes two to ten.
LEAST, MOST = 2, 10


async def send_album(turn: Turn, album: Sequence[Picture], pictures: Pictures) -> None:
    """The pictures stand in the chat, without a sound. What Telegram does not take is left out: the screen below says it all in words."""
    try:
        await _send(turn, album, pictures)
    except TelegramAPIError as error:
        if refusal(error) is Refusal.WRONG_FILE and not any(map(is_link, album)):
            for picture in album:
                await pictures.forget(picture)
            await _send(turn, album, pictures)
        elif refusal(error) in (Refusal.BAD_PICTURE, Refusal.WRONG_FILE):
            log.warning("Telegram does not take one of the pictures %r: %s", album, reason(error))
        else:
            raise


async def _send(turn: Turn, album: Sequence[Picture], pictures: Pictures) -> None:
    asked = [(picture, await pictures.media(picture)) for picture in album[:MOST]]
    found: list[tuple[Picture, InputFile | str]] = [(each, media) for each, media in asked if media is not None]
    if len(found) < LEAST:
        return
    items = [{"type": "photo", "media": media} for _, media in found]
    sent: list[dict[str, Any]] | None = await turn(
        "sendMediaGroup", doubt=Doubt.SILENCE, media=items, disable_notification=True
    )
    for (picture, _), message in zip(found, sent or (), strict=False):
        if message.get("photo"):
            await pictures.learn(picture, message["photo"][-1]["file_id"])
